"""Line-art normalisation: any drawing -> ink on the canonical canvas, and back to its place.

Composites on white, finds which tone is paper and which is ink, evens out contrast, finds the square of the document
that holds the face, and resamples it to 512 x 512.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DrawingError
from dfd_core.geometry import CANVAS

WORKING = 1024
"""Drawings with a longer side are averaged down to about this before anything else; lines stay wide enough to see."""

LEAST_SIDE = 32
FAINTEST = 0.06
"""Ink below this (of full scale) is paper grain."""

LEAST_INK = 40
"""Fewest inked pixels, at working size, that can be a drawing."""

HEAD, BUST = (0.07, 0.83), (0.055, 0.935)
"""Paper above the hair and height of the drawing, as shares of the frame's side, without and with neck or long hair."""

EMPTY = "The layer is empty: draw a face on it first."


@dataclass(frozen=True)
class Frame:
    """The square of the document that is the canonical canvas: left and top edge and side, in document pixels."""

    x: float
    y: float
    side: float


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
        raise DrawingError(EMPTY)
    return pixels


def _reduce(pixels: np.ndarray) -> tuple[np.ndarray, int]:
    """Average whole blocks of `factor` x `factor` pixels: -> premultiplied float (h, w, 2) grey and alpha, factor."""
    height, width, channels = pixels.shape
    factor = max(1, max(height, width) // WORKING)
    rows, columns = -(-height // factor), -(-width // factor)
    out = np.zeros((rows, columns, 2), np.float32)
    weights = np.array([0.299, 0.587, 0.114], np.float32) / 255
    strip = max(1, 2**22 // max(1, width * factor))  # block rows at a time, to bound memory
    for top in range(0, rows, strip):
        part = pixels[top * factor : min(height, (top + strip) * factor)]
        grey = part[:, :, :3].astype(np.float32) @ weights if channels >= 3 else part[:, :, 0] / np.float32(255)
        alpha = part[:, :, 3] / np.float32(255) if channels == 4 else np.ones_like(grey)
        pair = np.stack([grey * alpha, alpha], -1)
        pad = (-len(pair) % factor, -width % factor)
        if any(pad):
            pair = np.pad(pair, ((0, pad[0]), (0, pad[1]), (0, 0)), mode="edge")
        pair = pair.reshape(len(pair) // factor, factor, columns, factor, 2)
        out[top : top + len(pair)] = pair.mean((1, 3))
    return out, factor


def find_ink(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Ink (h, w) float32 in 0..1 of premultiplied `grey` and `alpha` (h, w) in 0..1; raises `DrawingError` without any.

    Dark lines on light paper and light lines on dark paper both work; so do lines of one flat colour, even white, on a
    transparent layer.
    """
    page = grey + 1 - alpha
    paper = float(np.median(page))
    dark, light = np.clip(paper - page, 0, None), np.clip(page - paper, 0, None)
    ink = light if paper < 0.5 and light.sum() > dark.sum() else dark
    if (ink > FAINTEST).sum() < LEAST_INK:  # light lines on toned paper, or lines of the paper's colour on nothing
        see_through = float(np.median(alpha)) < 0.5 and float(np.ptp(alpha)) > FAINTEST
        if see_through and (alpha > 0.2).sum() >= LEAST_INK:
            ink = alpha
        elif (light > FAINTEST).sum() >= LEAST_INK:
            ink = light
    inked = ink > FAINTEST
    if inked.sum() < LEAST_INK:
        if alpha.max() < 0.02 or inked.any() or float(np.ptp(page)) < FAINTEST:
            raise DrawingError(EMPTY)
        raise DrawingError("The lines are too faint to read: draw darker, or raise the layer's contrast.")
    full = float(np.percentile(ink[inked], 90))
    return np.clip((ink - FAINTEST / 2) / (full - FAINTEST / 2), 0, 1).astype(np.float32)


def find_frame(ink: np.ndarray, offset: tuple[float, float], scale: float, canvas: tuple[int, int]) -> Frame:
    """Where the face is: the whole document when the drawing fills it, else a square placed by the ink.

    A drawing that ends as a narrow chin is a head; one that is still wide at its lower edge shows neck, shoulders or
    long hair, which the canonical canvas cuts off at its own edge.
    `ink` (h, w) at `scale` document pixels per value, its corner at `offset` in the document.
    """
    ys, xs = np.nonzero(ink > 0.3)
    left, right = (float(v) * scale + offset[0] for v in np.percentile(xs, [0.5, 99.5]))
    top, bottom = (float(v) * scale + offset[1] for v in np.percentile(ys, [0.5, 99.5]))
    width, height = canvas
    short = min(width, height)
    inside = left >= 0 and top >= 0 and right <= width and bottom <= height
    fills = bottom - top > 0.62 * height and right - left > 0.4 * width
    if inside and fills and short / max(width, height) > 0.75:
        return Frame((width - short) / 2, (height - short) / 2, short)
    reach = _reaches(np.asarray(ink > 0.3))
    rows = np.arange(len(reach)) * scale + offset[1]
    body = reach[rows > bottom - 0.08 * (bottom - top), 1].max(initial=0) * scale
    middle = reach[(rows > top + 0.2 * (bottom - top)) & (rows < top + 0.6 * (bottom - top)) & (reach[:, 1] > 0)]
    head = float(middle[:, 1].max(initial=0)) * scale or right - left
    above, share = BUST if body > 0.6 * head else HEAD
    side = max((bottom - top) / share, head / 0.95, LEAST_SIDE)
    centre = float(middle[:, 0].mean()) * scale + offset[0] if len(middle) else (left + right) / 2
    return Frame(centre - side / 2, top - above * side, side)


def _reaches(inked: np.ndarray) -> np.ndarray:
    """Per row of `inked` (h, w): (middle, width) of what lies between the first and the last ink; 0, 0 without any."""
    first, last = inked.argmax(1), inked.shape[1] - 1 - inked[:, ::-1].argmax(1)
    reach = np.stack([(first + last) / 2, last - first + 1], 1)
    reach[~inked.any(1)] = 0
    return reach


def normalise(pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
              frame: Frame | Literal["auto", "canvas"] = "auto") -> Sketch:  # fmt: skip
    """A drawing on the canonical canvas.

    `pixels`: uint8 sRGB, (h, w), (h, w, 3) or (h, w, 4) with straight alpha; transparent is paper. They cover the
    rectangle at `origin` of a document of size `canvas` (width, height); the rest of the document is paper.
    Raises `DrawingError` when there is nothing to draw from.
    """
    pixels = _check(pixels)
    height, width = pixels.shape[:2]
    canvas = canvas or (origin[0] + width, origin[1] + height)
    if min(canvas) < LEAST_SIDE:
        raise DrawingError(f"The canvas is too small: it needs at least {LEAST_SIDE} x {LEAST_SIDE} pixels.")
    reduced, factor = _reduce(pixels)
    ink = find_ink(reduced[:, :, 0], reduced[:, :, 1])
    if frame == "canvas":
        short = min(canvas)
        frame = Frame((canvas[0] - short) / 2, (canvas[1] - short) / 2, short)
    elif not isinstance(frame, Frame):
        frame = find_frame(ink, origin, factor, canvas)
    return Sketch(_cut(ink, (origin[0] - frame.x) / factor, (origin[1] - frame.y) / factor, frame.side / factor),
                  frame, canvas)  # fmt: skip


def _cut(ink: np.ndarray, x: float, y: float, side: float) -> torch.Tensor:
    """Resample the square of `side` whose corner is at (-x, -y) of `ink` to (512, 512)."""
    coarser = int(side) // (2 * WORKING)
    if coarser > 1:  # a small part of a large canvas: bounds memory
        whole = F.avg_pool2d(torch.from_numpy(ink)[None, None], coarser, ceil_mode=True, count_include_pad=False)
        ink, x, y, side = whole[0, 0].numpy(), x / coarser, y / coarser, side / coarser
    square = max(1, round(side))
    page = np.zeros((square, square), np.float32)
    left, top = round(x), round(y)
    rows = slice(max(0, top), min(square, top + ink.shape[0]))
    columns = slice(max(0, left), min(square, left + ink.shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        page[rows, columns] = ink[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    cut = torch.from_numpy(page)[None, None]
    if square != CANVAS:
        cut = F.interpolate(cut, (CANVAS, CANVAS), mode="bilinear", align_corners=False, antialias=True)
    cut = cut[0, 0]
    if float(cut.max()) < 0.02:
        raise DrawingError("There is no drawing inside the frame: move the frame over the face.")
    inked = cut[cut > 0.15]
    if len(inked) > LEAST_INK:  # thin lines of a large canvas fade when they are averaged down
        cut = cut / inked.quantile(0.8).clamp(0.3, 1)
    return cut.clamp(0, 1)


def place(image: np.ndarray, frame: Frame, canvas: tuple[int, int]) -> tuple[np.ndarray, int, int]:
    """Resample a portrait (S, S, 3) uint8 over `frame` of the document, clipped to it.

    Returns (h, w, 4) uint8 straight alpha, and the x and y of its corner in the document.
    """
    side = max(1, round(frame.side))
    x, y = round(frame.x), round(frame.y)
    picture = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
    if side != image.shape[0]:
        picture = F.interpolate(picture, (side, side), mode="bicubic", align_corners=False, antialias=True)
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(side, canvas[0] - x), min(side, canvas[1] - y)
    if right <= left or bottom <= top:
        raise DrawingError("The frame lies outside the canvas: move it back over the drawing.")
    part = picture[0, :, top:bottom, left:right].permute(1, 2, 0).numpy()
    placed = np.full((*part.shape[:2], 4), 255, np.uint8)
    placed[:, :, :3] = part
    return placed, x + left, y + top
