"""Line-art normalisation: any drawing -> ink on the canonical canvas.

Averages large drawings down, has their ink found, and resamples the square of the document that holds the face to
512 x 512.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.frame import Frame, cut
from dfd_core.ink import EMPTY, find_ink
from dfd_core.networks.placement import Placement
from dfd_core.placement import find_frame

WORKING = 1024
"""Drawings with a longer side are averaged down to about this before anything else; lines stay wide enough to see."""

LEAST_SIDE = 32
LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


@dataclass(frozen=True)
class Sketch:
    """A normalised drawing: `ink` (512, 512) float32 in 0 (paper) .. 1 (full ink), and where it stands."""

    ink: torch.Tensor
    frame: Frame
    canvas: tuple[int, int]


def _check(pixels: np.ndarray) -> np.ndarray:
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        raise DrawingError("The drawing must be a numpy array of 8-bit values: convert it first.")
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4):
        raise DrawingError(f"The drawing must be grey, RGB or RGBA, not of shape {pixels.shape}: convert it first.")
    if 0 in pixels.shape:
        raise EmptyDrawing(EMPTY)
    return pixels


def _reduce(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Average whole blocks of `factor` x `factor` pixels: -> premultiplied grey and alpha, float (h, w); factor."""
    height, width = pixels.shape[:2]
    factor = max(1, max(height, width) // WORKING)
    rows, columns = -(-height // factor), -(-width // factor)
    grey, alpha = np.empty((rows, columns), np.float32), np.empty((rows, columns), np.float32)
    strip = max(1, 2**18 // max(1, width * factor))  # block rows at a time, so that they stay in the cache
    for top in range(0, rows, strip):
        part = pixels[top * factor : min(height, (top + strip) * factor)]
        here = slice(top, top + strip)
        grey[here], alpha[here] = (_blocks(plane, factor) for plane in _planes(part))
    return grey, alpha, factor


def _planes(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied grey and alpha, float32 (h, w) in 0..1."""
    grey = pixels[:, :, 0] * np.float32(1 / 255)
    if pixels.shape[2] >= 3:
        grey *= LUMA[0]
        for channel in (1, 2):
            grey += pixels[:, :, channel] * np.float32(LUMA[channel] / 255)
    if pixels.shape[2] < 4:
        return grey, np.ones_like(grey)
    alpha = pixels[:, :, 3] * np.float32(1 / 255)
    grey *= alpha
    return grey, alpha


def _blocks(plane: np.ndarray, factor: int) -> np.ndarray:
    """Means of the blocks of `factor` x `factor` of `plane` (h, w), whose last row and column are repeated to fill."""
    if factor == 1:
        return plane
    pad = (-plane.shape[0] % factor, -plane.shape[1] % factor)
    if any(pad):
        plane = np.pad(plane, ((0, pad[0]), (0, pad[1])), mode="edge")
    across = plane.reshape(-1, factor, plane.shape[1]).sum(1)
    total = across[:, ::factor].copy()
    for k in range(1, factor):
        total += across[:, k::factor]
    return total / np.float32(factor**2)


def normalise(pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
              frame: Frame | Literal["auto", "canvas"] = "auto",
              placement: Placement | None = None, near: Frame | None = None) -> Sketch:  # fmt: skip
    """A drawing on the canonical canvas.

    `pixels`: uint8 sRGB, (h, w), (h, w, 3) or (h, w, 4) with straight alpha; transparent is paper. They cover the
    rectangle at `origin` of a document of size `canvas` (width, height); the rest of the document is paper. An "auto"
    frame is found by `placement`.
    Raises `DrawingError` when there is nothing to draw from; `EmptyDrawing` when nothing is drawn yet.
    """
    pixels = _check(pixels)
    height, width = pixels.shape[:2]
    canvas = canvas or (origin[0] + width, origin[1] + height)
    if min(canvas) < LEAST_SIDE:
        raise DrawingError(f"The canvas is too small: it needs at least {LEAST_SIDE} x {LEAST_SIDE} pixels.")
    grey, alpha, factor = _reduce(pixels)
    ink = find_ink(grey, alpha)
    if frame == "canvas":
        short = min(canvas)
        frame = Frame((canvas[0] - short) / 2, (canvas[1] - short) / 2, short)
    elif not isinstance(frame, Frame):
        document = (-origin[0] / factor, -origin[1] / factor, canvas[0] / factor, canvas[1] / factor)
        frame = find_frame(ink, document, placement).scaled(factor, *origin)
        if frame.side < LEAST_SIDE:
            frame = Frame.about(*frame.middle, LEAST_SIDE, frame.tilt)
        if near is not None and frame.is_close(near):
            frame = near
    return Sketch(cut(ink, frame.scaled(1 / factor, -origin[0] / factor, -origin[1] / factor)), frame, canvas)
