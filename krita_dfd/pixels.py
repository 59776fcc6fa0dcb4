"""Krita's bytes to numpy and back. Needs numpy, so only the worker thread imports it; knows neither Qt nor Krita."""

from __future__ import annotations

from typing import Any

import numpy as np

Buffer = Any
"""Bytes, or a QByteArray, which numpy reads without copying."""


def _swapped(pixels: np.ndarray) -> np.ndarray:
    """BGRA, Krita's order for 8-bit colour, to RGBA or the other way round.

    Copies channel by channel, which, unlike indexing, is quick and lets Krita's thread go on meanwhile.
    """
    result = np.empty(pixels.shape, np.uint8)
    for channel, other in enumerate((2, 1, 0, 3)):
        result[..., channel] = pixels[..., other]
    return result


def decode(data: Buffer, width: int, height: int) -> np.ndarray:
    """8-bit BGRA rows of a `width` x `height` area -> uint8 RGBA of shape (height, width, 4), straight alpha."""
    return _swapped(np.frombuffer(data, np.uint8).reshape(height, width, 4))


def encode(rgba: np.ndarray) -> bytes:
    """uint8 RGBA of shape (height, width, 4) -> 8-bit BGRA rows."""
    return _swapped(rgba).tobytes()
