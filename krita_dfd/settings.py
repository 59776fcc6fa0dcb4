"""What the painter set in the docker for one document. Plain values: kept in the document as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Union

from . import components

AUTO, CANVAS, SELECTION = "auto", "canvas", "selection"
"""Where the face stands: found in the drawing, the whole canvas, the selection. Or four numbers, see `FrameNumbers`."""

FrameNumbers = tuple[float, float, float, float]
"""Left, top, side in pixels of the document, and tilt in degrees clockwise about the middle."""

FrameChoice = Union[str, FrameNumbers]  # noqa: UP007 - evaluated at run time on Python 3.10, too
Colour = tuple[int, int, int]

LAYER, GROUP = "layer", "group"
"""What a portrait becomes: one layer, or a group with a layer for each component."""

FEMININITY = "femininity"
ATTRIBUTES = (FEMININITY,)
"""What may be said of the whole face."""

COLOURS = ("skin", "hair", "background")

REFERENCE_LAYER, REFERENCE_FILE = "layer:", "file:"

SIDES = (512, 1024, 2048)
"""Sizes of an exported portrait."""

SOFT = 0.05
"""Share of the frame's side over which a soft edge fades out."""

MOST_BETWEEN = 12
"""In-between layers at once."""

_LONGEST = 2**31
"""Pixels of any length in a document."""

LOOK = ("blend", "locks", "taken", "link_eyes", "seed", "colours", "reference", "reference_strength",
        "attributes")  # fmt: skip
"""The settings that a portrait follows from, and that come back with it."""


@dataclass
class Settings:
    """All of them, with what holds until the painter says otherwise."""

    blend: dict[str, float] = field(default_factory=dict)
    """{component: 0 (my lines) .. 1 (plausible face)}, only those that the painter set."""
    locks: list[str] = field(default_factory=list)
    """Components that stay as they were in the last portrait."""
    taken: list[str] = field(default_factory=list)
    """Components that show an alternative instead of what is drawn."""
    link_eyes: bool = False
    attributes: dict[str, float] = field(default_factory=dict)
    """{one of ATTRIBUTES: -1 (masculine) .. 1 (feminine)}, only those that the painter set."""
    seed: int = 0
    colours: dict[str, Colour] = field(default_factory=dict)
    """{one of COLOURS: 8-bit sRGB}, only those that the painter chose."""
    keep_colours: bool = True
    """Skin, hair and light stay as they were in the last portrait when only lines have changed."""
    reference: str = ""
    """`REFERENCE_LAYER` and a layer's id, or `REFERENCE_FILE` and a path."""
    reference_strength: float = 1.0
    frame: FrameChoice = AUTO
    frame_canvas: tuple[int, int] | None = None
    """The document's size when a frame in numbers was chosen; None when that was not noted."""
    selected: FrameNumbers | None = None
    """The square around the last selection that the face was said to stand in."""
    selected_canvas: tuple[int, int] | None = None
    """The document's size then."""
    soft: bool = True
    """Whether the portrait's border fades out where there is canvas around it."""
    source: str = ""
    """Id of the layer to draw from; "" follows the active one."""
    shadow: bool = False
    shadow_strength: float = 0.7
    output: str = LAYER
    native_space: bool = False
    """Portraits are in the document's colour space instead of 8-bit sRGB."""
    side: int = 1024
    """Side of an exported portrait in pixels."""
    between: int = 5
    """In-between layers to add at once."""

    @property
    def feather(self) -> float:
        """Share of the frame's side over which the portrait's edge fades out; see `dfd_core.frame.place`."""
        return SOFT if self.soft else 0.0

    def to_json(self) -> bytes:
        """For the document."""
        return json.dumps({"version": 1, **asdict(self)}).encode()

    def look(self) -> bytes:
        """What `LOOK` names, for the history."""
        return json.dumps({name: getattr(self, name) for name in LOOK}, sort_keys=True).encode()

    def take_look(self, look: bytes) -> None:
        """Take over what `look` gave."""
        other = Settings.from_json(look)
        for name in LOOK:
            setattr(self, name, getattr(other, name))

    @classmethod
    def from_json(cls, text: bytes) -> Settings:
        """What `to_json` gave. Values that make no sense here, from a newer version or damaged, are left out."""
        try:
            noted = json.loads(text or b"{}")
        except (ValueError, RecursionError):
            noted = {}
        settings = cls()
        if isinstance(noted, dict):
            for each in fields(cls):
                value = _sensible(each.name, noted.get(each.name), getattr(settings, each.name))
                setattr(settings, each.name, value)
        return settings


def _sensible(name: str, value: Any, usual: Any) -> Any:
    """`value` in the form of the setting `name`, or `usual` when it is none."""
    if name == "blend":
        return {key: min(1.0, max(0.0, float(v))) for key, v in _pairs(value, components.NAMES) if _number(v)}
    if name == "attributes":
        return {key: min(1.0, max(-1.0, float(v))) for key, v in _pairs(value, ATTRIBUTES) if _number(v) and v}
    if name in ("locks", "taken"):
        return [key for key in components.NAMES if isinstance(value, list) and key in value]
    if name == "colours":
        return {key: tuple(v) for key, v in _pairs(value, COLOURS) if _is_colour(v)}
    if name in ("frame", "selected"):
        if name == "frame" and value in (AUTO, CANVAS, SELECTION):
            return value
        right = isinstance(value, list) and len(value) == 4 and all(_number(v) and abs(v) < _LONGEST for v in value)
        right = right and value[2] >= 1
        return tuple(map(float, value)) if right else usual
    if name in ("frame_canvas", "selected_canvas"):
        right = isinstance(value, list) and len(value) == 2 and all(type(v) is int and 0 < v < _LONGEST for v in value)
        return tuple(value) if right else usual
    if name == "output":
        return value if value in (LAYER, GROUP) else usual
    if name == "side":
        return int(value) if value in SIDES else usual
    if name == "between":
        return int(value) if _number(value) and value in range(1, MOST_BETWEEN + 1) else usual
    if isinstance(usual, (bool, str)):
        return value if isinstance(value, type(usual)) else usual
    if isinstance(usual, int):
        return int(value) if _number(value) and 0 <= value < 2**31 else usual
    return min(1.0, max(0.0, float(value))) if _number(value) else usual


def _pairs(value: Any, allowed: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(key, value[key]) for key in allowed if key in value] if isinstance(value, dict) else []


def _number(value: Any) -> bool:
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of figures
        return False


def _is_colour(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(type(v) is int and 0 <= v <= 255 for v in value)
