"""Krita's bytes to numpy and back. Needs numpy, so only the worker thread imports it; knows neither Qt nor Krita."""

from __future__ import annotations

import numpy as np

_SWAP = (2, 1, 0, 3)
"""BGRA, Krita's order for 8-bit colour, to RGBA and the other way round."""


def decode(data: bytes, width: int, height: int) -> np.ndarray:
    """8-bit BGRA rows of a `width` x `height` area -> uint8 RGBA of shape (height, width, 4), straight alpha."""
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., _SWAP]


def encode(rgba: np.ndarray) -> bytes:
    """uint8 RGBA of shape (height, width, 4) -> 8-bit BGRA rows."""
    return np.ascontiguousarray(rgba[..., _SWAP]).tobytes()
