"""Every command that is an action of Krita. Knows neither Qt nor Krita; `krita_dfd.action` is made from this.

After a change: `python tools/make_actions.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import components
from .texts import mark


@dataclass(frozen=True)
class Command:
    """`checkable` ones are on or off."""

    name: str
    text: str
    tooltip: str
    checkable: bool = False


LOCKS = {
    part: Command(f"dfd_lock_{part}", text, mark("Keep this part as it was in the last portrait"), True)
    for part, text in {
        "left_eye": mark("Portrait: lock the left eye"),
        "right_eye": mark("Portrait: lock the right eye"),
        "nose": mark("Portrait: lock the nose"),
        "mouth": mark("Portrait: lock the mouth"),
        "remainder": mark("Portrait: lock face and hair"),
    }.items()
}
assert tuple(LOCKS) == components.NAMES

ALTERNATIVES = {
    part: Command(f"dfd_next_{part}", text, mark("Try another from the nearest neighbours; after the last, my drawing"))
    for part, text in {
        "left_eye": mark("Portrait: next left eye"),
        "right_eye": mark("Portrait: next right eye"),
        "nose": mark("Portrait: next nose"),
        "mouth": mark("Portrait: next mouth"),
        "remainder": mark("Portrait: next face and hair"),
    }.items()
}
assert tuple(ALTERNATIVES) == components.NAMES

COMMANDS = [
    Command("dfd_generate", mark("Generate portrait from drawing"), mark("Make a portrait from the active drawing")),
    Command("dfd_cancel", mark("Cancel portrait"), mark("Stop making the portrait")),
    Command("dfd_live", mark("Live portrait"), mark("The portrait follows while you draw"), True),
    *LOCKS.values(),
    Command("dfd_back", mark("Portrait: step back"), mark("Show the portrait before this one in the history")),
    Command("dfd_forward", mark("Portrait: step forward"), mark("Show the portrait after this one in the history")),
    Command(
        "dfd_compare",
        mark("Portrait: compare A and B"),
        mark("Show the portrait that was chosen before the last one, or go back"),
        True,
    ),
    Command(
        "dfd_between", mark("Portrait: add in-between layers"), mark("Add layers with portraits on the way from A to B")
    ),
    Command("dfd_keep", mark("Portrait: keep"), mark("Leave the portrait as it is; the next one gets its own layer")),
    Command(
        "dfd_shadow", mark("Portrait: shadow under the drawing"), mark("Show plausible lines under the drawing"), True
    ),
    Command(
        "dfd_edit_frame", mark("Portrait: edit the frame"), mark("Show the frame of the face, to move and turn it")
    ),
    Command("dfd_reset_frame", mark("Portrait: reset the frame"), mark("Find the face in the drawing again")),
    *ALTERNATIVES.values(),
    Command("dfd_link_eyes", mark("Portrait: link the eyes"), mark("Make one eye of both drawn eyes"), True),
    Command("dfd_dice", mark("Portrait: roll the dice"), mark("Another skin, hair and light by chance")),
    Command("dfd_average", mark("Portrait: average appearance"), mark("No seed, no colours, no reference")),
    Command("dfd_keep_colours", mark("Portrait: keep colours"), mark("Colours stay while lines change"), True),
    Command(
        "dfd_check",
        mark("Portrait: check the installation"),
        mark("Check the installation: what is wrong, what to do, and a report to copy"),
    ),
]
