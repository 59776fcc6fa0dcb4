"""Where the face stands in the document, as the painter chose it."""

from __future__ import annotations

from typing import Any

from .qt import tr
from .settings import AUTO, SELECTION, FrameChoice, FrameNumbers

LEAST_SIDE = 32


class FrameProblem(Exception):
    """The chosen frame cannot be used; the message tells the painter what to do."""


def on_canvas(document: Any) -> FrameNumbers:
    """The largest square in the middle of the canvas."""
    width, height = document.width(), document.height()
    side = min(width, height)
    return ((width - side) / 2, (height - side) / 2, float(side), 0.0)


def shown(document: Any, choice: FrameChoice, found: FrameNumbers | None) -> FrameNumbers:
    """The frame in numbers, to show it; an automatic one is where it was `found` last, else on the canvas."""
    try:
        frame = chosen(document, choice)
    except FrameProblem:
        frame = AUTO
    if not isinstance(frame, str):
        return frame
    return found if frame == AUTO and found is not None else on_canvas(document)


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
