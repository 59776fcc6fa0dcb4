"""Live: look at the drawing a few times a second, also while the pen is down, and have its portrait follow.

Where showing a portrait holds Krita up for long, because the canvas is very large or the computer slow, the portrait
follows when the pen is up. Live follows the layer that is active when it is switched on, and every layer that has a
portrait; what else the painter works on is left alone, other documents included. A portrait that the painter took away
is not added again: a new layer after an undo would end what can be redone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import layers, reading
from .making import LIVE
from .qt import QtCore, tr
from .strokes import stroke_is_open
from .watching import Watch, Watcher

if TYPE_CHECKING:
    from .controller import Controller
    from .sessions import Session

POLL_MS = 100

REST = 0.4
"""Seconds without the pen, after which the next stroke is not about to begin."""

SPARE = 20
"""While the pen is down, a portrait comes at most so many times later as showing the last one held Krita up."""


_Drawing = tuple[int, str]
"""A session's number and a layer's id."""


class Live(Watcher):
    """Follows the active drawing while it is on and somebody can see the docker."""

    changed = QtCore.pyqtSignal(bool)
    """It was switched on or off."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(POLL_MS)
        self._controller = controller
        self._watches: dict[_Drawing, Watch] = {}
        self._first: _Drawing | None = None
        self._had: set[_Drawing] = set()
        self._told: set[_Drawing] = set()
        self._due: set[_Drawing] = set()
        """These have changed, and their portraits have not followed yet."""
        self._pen = 0.0
        self._shown = 0.0
        controller.maker.made.connect(self._note_portrait)
        controller.maker.put_off.connect(self._again)
        self.on: bool = False
        self.looks = 0
        """How often a drawing was looked at."""

    def switch(self, on: bool) -> None:
        """On or off. Off means off: nothing is read, and what is being made is dropped."""
        if on == self.on:
            return
        self.on = on
        self._first = None
        for known in (self._watches, self._had, self._told, self._due):
            known.clear()
        if not on:
            self._controller.maker.drop(LIVE)
        self._run()
        self.changed.emit(on)

    def _is_wanted(self) -> bool:
        return self.on

    def _again(self, session: Session, drawing: str) -> None:
        self._due.add((session.number, drawing))

    def _note_portrait(self, *_: object) -> None:
        self._shown = time.monotonic()

    def _spares_the_pen(self, session: Session) -> bool:
        """Whether a portrait now would hold up the pen for too long, or too often."""
        now = time.monotonic()
        if session.stalls:
            return now - self._pen < REST
        return stroke_is_open(session.document) and now - self._shown < SPARE * session.held_up

    def _look(self) -> None:
        self._controller.look()
        session = self._controller.session
        if session.document is not None and stroke_is_open(session.document):
            self._pen = time.monotonic()
        try:
            source = layers.source_of(session.document, session.settings.source)
        except layers.SourceProblem:
            return
        drawing = (session.number, layers.key(source))
        if not self._follows(drawing, bool(layers.portraits_above(session.document, source))):
            return
        if not reading.is_plain(source) and stroke_is_open(session.document):
            return  # what has to be converted is read when the pen is up
        self.looks += 1
        area = reading.area_with_pen(session.document, source, session.frame_now)
        watch = self._watches.setdefault(drawing, Watch())
        if watch.changed(source, area):
            self._due.add(drawing)
        if drawing in self._due and not self._spares_the_pen(session):
            self._due.discard(drawing)
            self._controller.maker.want(session, LIVE)

    def _follows(self, drawing: _Drawing, has_portrait: bool) -> bool:
        """Whether the portrait of `drawing` follows it. Where it does not, the status line says so, once."""
        self._first = self._first or drawing
        if has_portrait:
            self._had.add(drawing)
            self._told.discard(drawing)
            return True
        if drawing == self._first and drawing not in self._had:
            return True
        if drawing not in self._told:
            self._told.add(drawing)
            if drawing in self._had:
                text = tr("The portrait was taken away: Live goes on when it is back, or after Generate.")
            else:
                text = tr("Live leaves this layer alone. To follow it, too, press Generate.")
            self._controller.message.emit(text, False)
        return False
