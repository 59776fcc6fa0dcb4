"""Where the face stands in the document, as the painter chose it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .frame_moves import LEAST_SIDE
from .qt import tr
from .settings import AUTO, SELECTION, FrameChoice, FrameNumbers

if TYPE_CHECKING:
    from .sessions import Session


class FrameProblem(Exception):
    """The chosen frame cannot be used; the message tells the painter what to do."""


def on_canvas(document: Any) -> FrameNumbers:
    """The largest square in the middle of the canvas."""
    width, height = document.width(), document.height()
    side = min(width, height)
    return ((width - side) / 2, (height - side) / 2, float(side), 0.0)


def shown(session: Session, found: FrameNumbers | None) -> FrameNumbers:
    """The frame in numbers, to show it; an automatic one is where it was `found`, else on the canvas."""
    try:
        frame = chosen(session)
    except FrameProblem:
        return on_canvas(session.document)
    if not isinstance(frame, str):
        return frame
    return found if frame == AUTO and found is not None else on_canvas(session.document)


def chosen(session: Session) -> FrameChoice:
    """The frame for the engine: "auto", "canvas" or four numbers; the selection becomes the square around it.

    A selection counts until there is another: few painters draw with the area of the face selected.
    """
    if session.settings.frame != SELECTION:
        return session.settings.frame
    selection = session.document.selection()
    if selection is not None and selection.width() and selection.height():
        session.selected = _around(selection)
    if session.selected is None:
        raise FrameProblem(tr("Nothing is selected. Select the area of the face, or choose another frame."))
    if session.selected[2] < LEAST_SIDE:
        text = tr("The selection is too small: it needs at least {count} pixels. Select the area of the face.")
        raise FrameProblem(text.format(count=LEAST_SIDE))
    return session.selected


def _around(selection: Any) -> FrameNumbers:
    side = max(selection.width(), selection.height())
    x = selection.x() + (selection.width() - side) / 2
    y = selection.y() + (selection.height() - side) / 2
    return (x, y, float(side), 0.0)
