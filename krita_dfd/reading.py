"""A layer's picture as 8-bit sRGB bytes, whatever its kind and colour space, without touching the document."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from . import scratch

SETTLE_MS = 150
"""Shapes are rendered in the background: a vector picture is taken when two readings this far apart are equal."""

_SETTLE_READINGS = 12


@dataclass(frozen=True)
class Picture:
    """The canvas rectangle (0, 0, width, height) of a layer: BGRA rows, 8 bits, sRGB, straight alpha."""

    data: bytes
    width: int
    height: int

    @property
    def transparent(self) -> bool:
        """True when no pixel shows."""
        alpha = self.data[3::4]
        return alpha.count(0) == len(alpha)


def read(document: Any, node: Any) -> Picture:
    """The picture of `node` now. Only call this while no stroke is open."""
    width, height = document.width(), document.height()
    data = bytes(node.projectionPixelData(0, 0, width, height))
    space = (node.colorModel(), node.colorDepth(), node.colorProfile())
    if not scratch.is_srgb8(space):
        data = scratch.to_srgb8(data, width, height, space)
    return Picture(data, width, height)


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
