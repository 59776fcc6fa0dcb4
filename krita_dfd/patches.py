"""Portrait pixels to what is written into Krita's layers. Needs numpy, so only the worker thread imports it.

Everything large is copied strip by strip: one copy of a large portrait would hold Python's lock, and with it Krita's
thread, for longer than a frame.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

from . import pixels
from .qt import QtCore
from .writing import Part, Patch

STRIP = 1 << 18
"""Pixels that are copied in one go: less than a millisecond."""

FEATHER = 28.0
"""Width of the soft edge of a component's mask, in pixels of the canonical canvas."""


def patch(rgba: np.ndarray, x: int, y: int) -> Patch:
    """uint8 RGBA of shape (h, w, 4) with its corner at (x, y)."""
    height, width = rgba.shape[:2]
    return _patch(rgba, x, y, width, height, pixels.encode)


def parts(rgba: np.ndarray, x: int, y: int, frame: Any, components: Any) -> tuple[Part, ...]:
    """A part for each of the `components` (`dfd_core.geometry.Component`) that shows in the portrait `rgba` at (x, y).

    Its picture is what the portrait shows in the component's window, its mask the window with a soft edge.
    """
    found = []
    for component in components:
        left, top, right, bottom = _box(component, frame)
        left, top = max(left, x), max(top, y)
        right, bottom = min(right, x + rgba.shape[1]), min(bottom, y + rgba.shape[0])
        if right > left and bottom > top:
            mask = _mask(component, frame, left, top, right, bottom)
            shape = _patch(mask, left, top, right - left, bottom - top, lambda rows: rows.tobytes())
            picture = patch(rgba[top - y : bottom - y, left - x : right - x], left, top)
            found.append(Part(component.name, picture, shape))
    return tuple(found)


def _patch(array: np.ndarray, x: int, y: int, width: int, height: int, encode: Any) -> Patch:
    data, crc = QtCore.QByteArray(), 0
    data.reserve(array.size)
    rows = max(1, STRIP // max(1, width))
    for top in range(0, height, rows):
        strip = encode(array[top : top + rows])
        crc = zlib.crc32(strip, crc)
        data.append(strip)
    return Patch(data, int(x), int(y), int(width), int(height), crc)


def _box(component: Any, frame: Any) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the component's window in the document."""
    from dfd_core.geometry import CANVAS

    ends = [(value / CANVAS - 0.5) * frame.side for value in (component.x, component.x + component.size)]
    heights = [(value / CANVAS - 0.5) * frame.side for value in (component.y, component.y + component.size)]
    sine, cosine = math.sin(math.radians(frame.tilt)), math.cos(math.radians(frame.tilt))
    xs = [frame.middle[0] + cosine * u - sine * v for u in ends for v in heights]
    ys = [frame.middle[1] + sine * u + cosine * v for u in ends for v in heights]
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def _mask(component: Any, frame: Any, left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """uint8 (bottom - top, right - left): 255 in the window, falling smoothly to 0 at its edge."""
    from dfd_core.geometry import CANVAS

    across = np.arange(left, right, dtype=np.float32)[None] + (0.5 - frame.middle[0])
    down = np.arange(top, bottom, dtype=np.float32)[:, None] + (0.5 - frame.middle[1])
    sine, cosine = math.sin(math.radians(frame.tilt)), math.cos(math.radians(frame.tilt))
    scale = CANVAS / frame.side
    half = component.size / 2
    u = (across * cosine + down * sine) * scale + (CANVAS / 2 - component.x - half)
    v = (down * cosine - across * sine) * scale + (CANVAS / 2 - component.y - half)
    value = np.float32(255)
    for distance in (u, v):
        ramp = np.clip((half - np.abs(distance)) / FEATHER, 0, 1)
        value = value * (ramp * ramp * (3 - 2 * ramp))
    return np.rint(value).astype(np.uint8)
