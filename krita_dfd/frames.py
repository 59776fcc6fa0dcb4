"""Where the face stands in the document, as the painter chose it."""

from __future__ import annotations

from typing import Any

from .qt import tr
from .settings import SELECTION, FrameChoice

LEAST_SIDE = 32


class FrameProblem(Exception):
    """The chosen frame cannot be used; the message tells the painter what to do."""


def chosen(document: Any, choice: FrameChoice) -> FrameChoice:
    """The frame for the engine: "auto", "canvas" or four numbers; the selection becomes the square around it."""
    if choice != SELECTION:
        return choice
    selection = document.selection()
    if selection is None or not selection.width() or not selection.height():
        raise FrameProblem(tr("Nothing is selected. Select the area of the face, or choose another frame."))
    side = max(selection.width(), selection.height())
    if side < LEAST_SIDE:
        text = tr("The selection is too small: it needs at least {count} pixels. Select the area of the face.")
        raise FrameProblem(text.format(count=LEAST_SIDE))
    x = selection.x() + (selection.width() - side) / 2
    y = selection.y() + (selection.height() - side) / 2
    return (x, y, float(side), 0.0)
