"""Where the face stands in the document, as the painter chose it."""

from __future__ import annotations

from typing import Any

from .frame_moves import LEAST_SIDE, scaled, sensible
from .qt import tr
from .sessions import STATE, Session
from .settings import AUTO, SELECTION, FrameChoice, FrameNumbers


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

    A selection counts until there is another: few painters draw with the area of the face selected. What was chosen
    before the image was scaled is scaled along; on a canvas of another shape it does not count any more.
    """
    settings, size = session.settings, session.size
    if isinstance(settings.frame, tuple):
        return _now(settings.frame, settings.frame_canvas, size) or AUTO
    if settings.frame != SELECTION:
        return settings.frame
    selection, before = session.document.selection(), settings.selected
    if selection is not None and selection.width() and selection.height():
        settings.selected = _around(selection)
    elif before is not None:
        settings.selected = _now(before, settings.selected_canvas, size)
    if (settings.selected, settings.selected_canvas) != (before, size):
        settings.selected_canvas = size
        session.keep(STATE)
    if settings.selected is None:
        raise FrameProblem(tr("Nothing is selected. Select the area of the face, or choose another frame."))
    if settings.selected[2] < LEAST_SIDE:
        text = tr("The selection is too small: it needs at least {count} pixels. Select the area of the face.")
        raise FrameProblem(text.format(count=LEAST_SIDE))
    return settings.selected


def keep_up(session: Session) -> str:
    """Note how a frame in numbers stands on the canvas as it is now; returns a line when it had to be given up."""
    settings, size = session.settings, session.size
    if not isinstance(settings.frame, tuple) or settings.frame_canvas == size:
        return ""
    now = _now(settings.frame, settings.frame_canvas, size)
    settings.frame, settings.frame_canvas = (AUTO, None) if now is None else (now, size)
    session.keep(STATE)
    return "" if now else tr("The canvas has another shape by now: the face is found in the drawing again.")


def _now(frame: FrameNumbers, canvas: tuple[int, int] | None, size: tuple[int, int]) -> FrameNumbers | None:
    """Where a frame that was chosen on a `canvas` of that size stands; None when the document has another shape."""
    if canvas in (None, size):
        return frame
    moved = scaled(frame, canvas, size)
    return None if moved is None else sensible(moved, *size)


def _around(selection: Any) -> FrameNumbers:
    side = max(selection.width(), selection.height())
    x = selection.x() + (selection.width() - side) / 2
    y = selection.y() + (selection.height() - side) / 2
    return (x, y, float(side), 0.0)
