"""Line-art normalisation: any drawing -> ink on the canonical canvas.

Averages large drawings down, has their ink found, and resamples the square of the document that holds the face to
512 x 512.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.frame import Frame, cut
from dfd_core.geometry import CANVAS
from dfd_core.ink import EMPTY, find_ink
from dfd_core.networks.anchors import Anchors
from dfd_core.networks.placement import Placement
from dfd_core.paper import without_blue
from dfd_core.placement import find_frame

WORKING = 1024
"""Drawings with a longer side are averaged down to about this before anything else; lines stay wide enough to see."""

LEAST_SIDE = 32
LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""

MARGIN = 1 / 8
"""What is read around a frame, as a share of its side: paper is there even where the face fills the frame."""

THIN = 128
"""Lines are no wider than two of so many parts of the shorter side; shapes are."""

COARSE = 0.75
"""An automatic frame that was found in fewer pixels, as a share of the canonical canvas, is read again by itself."""


@dataclass(frozen=True)
class Sketch:
    """A normalised drawing: `ink` (512, 512) float32 in 0 (paper) .. 1 (full ink), and where it stands.

    `black` says how dark the shapes that are filled are on white, 0..1: they may be brown, and chalk is white.
    """

    ink: torch.Tensor
    frame: Frame
    canvas: tuple[int, int]
    black: float


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


def _factor(shape: tuple[int, ...]) -> int:
    return max(1, max(shape[:2]) // WORKING)


def _reduce(pixels: np.ndarray, factor: int) -> tuple[np.ndarray, np.ndarray]:
    """Average whole blocks of `factor` x `factor` pixels: -> premultiplied grey and alpha, float (h, w)."""
    height, width = pixels.shape[:2]
    rows, columns = -(-height // factor), -(-width // factor)
    grey, alpha = np.empty((rows, columns), np.float32), np.empty((rows, columns), np.float32)
    strip = max(1, 2**18 // max(1, width * factor))  # block rows at a time, so that they stay in the cache
    for top in range(0, rows, strip):
        part = pixels[top * factor : min(height, (top + strip) * factor)]
        if _is_plain(part):
            part = part[:factor, :factor]  # one block is like all others
        here = slice(top, top + strip)
        grey[here], alpha[here] = (_blocks(plane, factor) for plane in _planes(part))
    return grey, alpha


def _is_plain(pixels: np.ndarray) -> bool:
    """Whether all of a layer's pixels (h, w, 4) are the same; other pictures are not asked."""
    if pixels.shape[2] != 4 or pixels.strides[2] != 1:
        return False
    whole = pixels.view(np.uint32)
    return bool((whole[0] == whole[0, 0]).all() and (whole == whole[0, 0]).all())


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


def _around(frame: Frame, origin: tuple[int, int], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns, out of a `shape` (h, w, ...) at `origin`, that hold the `frame` and a margin; may be none.

    They begin and end where blocks of the whole do, and an even number of pixels from its corner, so that what is read
    at the same size as the whole is averaged and rounded as there.
    """
    radians = math.radians(frame.tilt)
    reach = frame.side * ((abs(math.sin(radians)) + abs(math.cos(radians))) / 2 + MARGIN)
    step = 2 * _factor(shape)

    def part(middle: float, size: int) -> slice:
        first, last = math.floor((middle - reach) / step) * step, math.ceil((middle + reach) / step) * step
        return slice(max(0, first), max(0, min(size, last)))

    return part(frame.middle[1] - origin[1], shape[0]), part(frame.middle[0] - origin[0], shape[1])


def _cut(ink: np.ndarray, frame: Frame, origin: tuple[int, int], factor: int) -> torch.Tensor:
    """The `frame` of `ink` that was read at `origin`, averaged down by `factor`: see `frame.cut`."""
    return cut(ink, frame.scaled(1 / factor, -origin[0] / factor, -origin[1] / factor))


def _own_factor(frame: Frame, shape: tuple[int, ...]) -> int:
    """By how much a `frame` is averaged down: no more than all of `shape` is, and not below the canonical canvas."""
    return min(_factor(shape), max(1, int(frame.side) // CANVAS))


def _read(pixels: np.ndarray, factor: int) -> tuple[np.ndarray, float]:
    """The ink of a drawing, averaged down by `factor`, and how dark its shapes are (`Sketch.black`)."""
    grey, alpha = _reduce(pixels, factor)
    ink = find_ink(grey, alpha)
    reach = max(2, min(ink.shape) // THIN)
    at = [slice(k, k - 2 * reach or None) for k in (0, reach, 2 * reach)]
    inked = ink > 0.5
    solid = inked[at[1], at[1]] & inked[at[0], at[1]] & inked[at[2], at[1]] & inked[at[1], at[0]] & inked[at[1], at[2]]
    dark = (alpha - grey)[at[1], at[1]][solid]
    return ink, float(np.median(dark)) if len(dark) else 0.0


def _cut_from_part(pixels: np.ndarray, frame: Frame, origin: tuple[int, int]) -> tuple[torch.Tensor, float] | None:
    """Ink and darkness of the `frame`, read without what is far from it.

    Other panels of a page have other tones, and cost resolution. None when nothing can be read there, or when the part
    is the whole.
    """
    rows, columns = _around(frame, origin, pixels.shape)
    part = pixels[rows, columns]
    if 0 in part.shape or part.shape == pixels.shape:
        return None
    factor = _own_factor(frame, pixels.shape)
    try:
        corner = (origin[0] + columns.start, origin[1] + rows.start)
        ink, black = _read(part, factor)
        return _cut(ink, frame, corner, factor), black
    except DrawingError:
        return None


def normalise(pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
              frame: Frame | Literal["auto", "canvas"] = "auto",
              placement: Placement | None = None, near: Frame | None = None,
              anchors: Anchors | None = None) -> Sketch:  # fmt: skip
    """A drawing on the canonical canvas.

    `pixels`: uint8 sRGB, (h, w), (h, w, 3) or (h, w, 4) with straight alpha; transparent is paper. They cover the
    rectangle at `origin` of a document of size `canvas` (width, height); the rest of the document is paper. An "auto"
    frame is found by `placement` and `anchors`. Paper, ink and contrast are those of what is in and near a given frame;
    with "auto" those of the whole drawing, unless the part alone can be read more sharply.
    Raises `DrawingError` when there is nothing to draw from; `EmptyDrawing` when nothing is drawn yet.
    """
    pixels = _check(pixels)
    pixels = without_blue(pixels, LUMA, _factor(pixels.shape))
    height, width = pixels.shape[:2]
    canvas = canvas or (origin[0] + width, origin[1] + height)
    if min(canvas) < LEAST_SIDE:
        raise DrawingError(f"The canvas is too small: it needs at least {LEAST_SIDE} x {LEAST_SIDE} pixels.")
    if frame == "canvas":
        short = min(canvas)
        frame = Frame((canvas[0] - short) / 2, (canvas[1] - short) / 2, short)
    if isinstance(frame, Frame):
        read = _cut_from_part(pixels, frame, origin)
        if read is not None:
            return Sketch(read[0], frame, canvas, read[1])
    factor = _factor(pixels.shape)
    whole, black = _read(pixels, factor)
    if isinstance(frame, Frame):
        return Sketch(_cut(whole, frame, origin, factor), frame, canvas, black)
    document = (-origin[0] / factor, -origin[1] / factor, canvas[0] / factor, canvas[1] / factor)
    before = near.scaled(1 / factor, -origin[0] / factor, -origin[1] / factor) if near is not None else None
    found = find_frame(whole, document, placement, before, anchors).scaled(factor, *origin)
    if found.side < LEAST_SIDE:
        found = Frame.about(*found.middle, LEAST_SIDE, found.tilt)
    if near is not None and found.is_close(near):
        found = near
    ink = _cut(whole, found, origin, factor)
    coarse = factor > 1 and found.side < COARSE * CANVAS * factor
    closer = _cut_from_part(pixels, found, origin) if coarse else None
    if closer is not None and float(((ink - ink.mean()) * closer[0]).sum()) > 0:  # else paper and ink changed places
        ink, black = closer
    return Sketch(ink, found, canvas, black)
