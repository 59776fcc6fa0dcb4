"""A layer's picture as 8-bit sRGB bytes, whatever its kind and colour space, without touching the document."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from . import scratch
from .qt import QtCore
from .settings import FrameNumbers

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


def read(document: Any, node: Any, rectangle: QtCore.QRect | None = None) -> Picture:
    """The picture of `node` now, or of a `rectangle` of it.

    Only call this while no stroke is open, unless the layer `is_plain`.
    """
    rectangle = area(document, node) if rectangle is None else rectangle
    place = (rectangle.x(), rectangle.y(), rectangle.width(), rectangle.height())
    data = node.projectionPixelData(*place)
    if not rectangle.isEmpty() and not is_plain(node):
        data = scratch.to_srgb8(data, rectangle.width(), rectangle.height(), scratch.space_of(node))
    return Picture(data, *place, (document.width(), document.height()))


def area(document: Any, node: Any) -> QtCore.QRect:
    """Where `node` may have pixels, as far as it is on the canvas: a few lines on a large canvas are quickly read."""
    whole = QtCore.QRect(0, 0, document.width(), document.height())
    return whole.intersected(node.bounds()) if node.type() == "paintlayer" else whole


def area_with_pen(document: Any, node: Any, frame: FrameNumbers | None) -> QtCore.QRect:
    """The same while the pen may be down: Krita does not count an unfinished stroke, but it will be near the face."""
    whole = QtCore.QRect(0, 0, document.width(), document.height())
    if frame is None or node.type() != "paintlayer":
        return whole
    x, y, side, _ = frame
    spare = side / 4
    near = QtCore.QRectF(x - spare, y - spare, side + 2 * spare, side + 2 * spare).toAlignedRect()
    return whole.intersected(node.bounds().united(near))


def is_plain(node: Any) -> bool:
    """True when the layer's pixels can be used as they are; they may be read while a stroke is open, too."""
    return scratch.is_srgb8(scratch.space_of(node))


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
