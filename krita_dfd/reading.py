"""A layer's picture as 8-bit sRGB bytes, whatever its kind and colour space, without touching the document."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from . import scratch
from .qt import QtCore

SETTLE_MS = 150
"""Shapes are rendered in the background: a vector picture is taken when two readings this far apart are equal."""

_SETTLE_READINGS = 12

_BLOCK = 1 << 16
"""Bytes looked at in one go; a multiple of a pixel's four."""


@dataclass(frozen=True)
class Picture:
    """The rectangle of the canvas outside which the layer is empty: BGRA rows, 8 bits, sRGB, straight alpha.

    `x`, `y`, `width` and `height` are in pixels of the document, whose size is `canvas`.
    """

    data: Any
    x: int
    y: int
    width: int
    height: int
    canvas: tuple[int, int]

    @property
    def transparent(self) -> bool:
        """True when no pixel shows. Stops at the first one that does, so it only takes long for empty pictures."""
        view = memoryview(self.data)
        return not any(any(bytes(view[start + 3 : start + _BLOCK : 4])) for start in range(0, len(view), _BLOCK))


def read(document: Any, node: Any) -> Picture:
    """The picture of `node` now. Only call this while no stroke is open."""
    area = QtCore.QRect(0, 0, document.width(), document.height())
    if node.type() == "paintlayer":  # a few lines on a large canvas: read only those
        area = area.intersected(node.bounds())
    rectangle = (area.x(), area.y(), area.width(), area.height())
    data = node.projectionPixelData(*rectangle)
    space = (node.colorModel(), node.colorDepth(), node.colorProfile())
    if not area.isEmpty() and not scratch.is_srgb8(space):
        data = scratch.to_srgb8(data, area.width(), area.height(), space)
    return Picture(data, *rectangle, (document.width(), document.height()))


class Settling:
    """Waits until the background rendering of shapes has come to rest. One object per request."""

    def __init__(self, node: Any) -> None:
        self._needed = node.type() in ("vectorlayer", "grouplayer", "clonelayer")
        self._last: int | None = None
        self._count = 0

    def done(self, picture: Picture) -> bool:
        """True when `picture` can be used; else read again after `SETTLE_MS`."""
        if not self._needed:
            return True
        checksum, self._count = zlib.crc32(picture.data), self._count + 1
        same, self._last = checksum == self._last, checksum
        return self._count >= _SETTLE_READINGS or (same and (not picture.transparent or self._count >= 4))
