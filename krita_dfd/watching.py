"""Looking at the drawing again and again, while somebody can see a docker.

Krita tells nobody that a layer has changed, so its pixels are read and compared by a checksum, a strip at a time: large
canvases must not hold up the pen.
"""

from __future__ import annotations

import time
import zlib
from typing import Any

from .qt import QtCore

STRIP = 1 << 19
"""Pixels that are read in one go: about a millisecond."""

AT_ONCE = 0.006
"""Seconds after which the other strips wait for the next turn."""


class Watcher(QtCore.QObject):
    """Calls `_look` every so many milliseconds while a docker is shown and `_is_wanted`."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__()
        self._viewers = 0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(lambda: self._look())

    def seen(self, visible: bool) -> None:
        """A docker was shown or hidden."""
        self._viewers = max(0, self._viewers + (1 if visible else -1))
        self._run()

    def stop(self) -> None:
        """Krita is about to quit."""
        self._viewers = 0
        self._timer.stop()

    def _run(self) -> None:
        if self._viewers and self._is_wanted():
            self._timer.start()
        else:
            self._timer.stop()

    def _is_wanted(self) -> bool:
        return True

    def _look(self) -> None:
        raise NotImplementedError


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
