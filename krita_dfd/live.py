"""Live: look at the drawing a few times a second, also while the pen is down, and have its portrait follow.

Krita tells nobody that a layer has changed, so its pixels are read and compared by a checksum, a strip at a time: large
canvases must not hold up the pen. Where showing a portrait holds Krita up for long, because the canvas is very large or
the computer slow, the portrait follows when the pen is up. Live follows the layer that is active when it is switched
on, and every layer that has a portrait; what else the painter works on is left alone.
"""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING, Any

from . import layers, reading
from .making import LIVE
from .qt import QtCore
from .strokes import stroke_is_open

if TYPE_CHECKING:
    from .controller import Controller

POLL_MS = 100

STRIP = 1 << 19
"""Pixels that are read in one go: about a millisecond."""

AT_ONCE = 0.006
"""Seconds after which the other strips wait for the next turn."""


STALL = 0.12
"""Seconds that Krita may be held up while the pen is down."""

FORGET = 0.7
"""How much of the longest stall is remembered from one portrait to the next."""


class Live(QtCore.QObject):
    """Follows the active drawing while it is on and somebody can see the docker."""

    changed = QtCore.pyqtSignal(bool)
    """It was switched on or off."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._viewers = 0
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._look)
        self._watches: dict[tuple[int, str], Watch] = {}
        self._first: dict[int, str] = {}
        self._due = False
        self._stall = 0.0
        self._last = 0.0
        self._last_portrait = 0.0
        controller.maker.made.connect(self._note_portrait)
        self.on = False
        self.looks = 0
        """How often a drawing was looked at."""

    def switch(self, on: bool) -> None:
        """On or off. Off means off: nothing is read, and what is being made is dropped."""
        if on == self.on:
            return
        self.on = on
        self._watches.clear()
        self._first.clear()
        if not on:
            self._controller.maker.drop(LIVE)
        self._run()
        self.changed.emit(on)

    def seen(self, visible: bool) -> None:
        """A docker was shown or hidden."""
        self._viewers = max(0, self._viewers + (1 if visible else -1))
        self._run()

    def stop(self) -> None:
        """Krita is about to quit."""
        self.on = False
        self._timer.stop()

    def _run(self) -> None:
        if self.on and self._viewers:
            self._last, self._stall = time.monotonic(), 0.0
            self._timer.start(POLL_MS)
        else:
            self._timer.stop()

    def _note_portrait(self, *_: Any) -> None:
        self._stall *= FORGET
        self._last_portrait = time.monotonic()

    def _note_stall(self) -> None:
        """How late this turn is, if a portrait may be the reason."""
        now = time.monotonic()
        if now - self._last_portrait < 1.5 and self._last > self._last_portrait - 0.5:
            self._stall = max(self._stall, min(2.0, now - self._last - POLL_MS / 1000))
        self._last = now

    def _look(self) -> None:
        self._note_stall()
        self._controller.look()
        session = self._controller.session
        try:
            source = layers.source_of(session.document, session.settings.source)
        except layers.SourceProblem:
            return
        key = layers.key(source)
        follows = self._first.setdefault(session.number, key) == key
        if not follows and not layers.portraits_above(session.document, source):
            return
        if not reading.is_plain(source) and stroke_is_open(session.document):
            return  # what has to be converted is read when the pen is up
        self.looks += 1
        area = reading.area_with_pen(session.document, source, session.frame)
        watch = self._watches.setdefault((session.number, key), Watch())
        self._due = watch.changed(source, area) or self._due
        if self._due and not (self._stall > STALL and stroke_is_open(session.document)):
            self._due = False
            self._controller.maker.want(session, LIVE)


class Watch:
    """Checksums of the strips of one area of one layer."""

    def __init__(self) -> None:
        self._area: Any = None
        self._strips: list[tuple[int, int, int, int]] = []
        self._sums: list[int | None] = []
        self._turn = 0

    def changed(self, node: Any, area: QtCore.QRect) -> bool:
        """Look at the next strips; True at the first sight of an area, and when something in it is different."""
        first = area != self._area
        if first:
            self._cut(area)
        begun, seen = time.monotonic(), False
        for _ in self._strips:
            strip = self._strips[self._turn]
            checksum = zlib.crc32(node.projectionPixelData(*strip))
            before, self._sums[self._turn] = self._sums[self._turn], checksum
            seen = seen or (before is not None and before != checksum)
            self._turn = (self._turn + 1) % len(self._strips)
            if time.monotonic() - begun > AT_ONCE:
                break
        return first or seen

    def _cut(self, area: QtCore.QRect) -> None:
        rows = max(1, STRIP // max(1, area.width()))
        top, bottom = area.y(), area.y() + area.height()
        self._area = QtCore.QRect(area)
        self._strips = [(area.x(), y, area.width(), min(rows, bottom - y)) for y in range(top, bottom, rows)]
        self._sums = [None] * len(self._strips)
        self._turn = 0
