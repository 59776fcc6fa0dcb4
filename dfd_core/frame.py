"""The frame: the square of the document that is the canonical canvas; from there and back again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DrawingError
from dfd_core.geometry import CANVAS

LARGEST = 2048
"""Frames with a longer side are averaged down to about this before they are cut out."""

LEAST_LINES = 40

STRIPE, BAND = 512, 2**22
"""A portrait is enlarged so many columns, and turned so many pixels, at a time: bounds memory."""

OUTSIDE = "The frame lies outside the canvas: move it back over the drawing."


@dataclass(frozen=True)
class Frame:
    """Left and top edge and side in document pixels; `tilt` in degrees, clockwise about the middle."""

    x: float
    y: float
    side: float
    tilt: float = 0.0

    @classmethod
    def about(cls, x: float, y: float, side: float, tilt: float = 0.0) -> Frame:
        """The frame whose middle is at (x, y)."""
        return cls(x - side / 2, y - side / 2, side, tilt)

    @property
    def middle(self) -> tuple[float, float]:
        """x and y of the middle."""
        return self.x + self.side / 2, self.y + self.side / 2

    def is_close(self, other: Frame) -> bool:
        """Whether the two differ by no more than the automatic frame does from one line to the next."""
        limit = 0.04 * min(self.side, other.side)
        apart = max(abs(a - b) for a, b in zip(self.middle, other.middle, strict=True))
        return apart <= limit and abs(self.side - other.side) <= 1.5 * limit and abs(self.tilt - other.tilt) <= 3

    def scaled(self, factor: float, x: float = 0.0, y: float = 0.0) -> Frame:
        """The same frame where lengths are `factor` times as long and the origin has moved to (`x`, `y`)."""
        return Frame(self.x * factor + x, self.y * factor + y, self.side * factor, self.tilt)


def cut(ink: np.ndarray, frame: Frame) -> torch.Tensor:
    """Resample the `frame` of `ink` (h, w), in its pixels, to (512, 512); outside of it is paper.

    Raises `DrawingError` when there is nothing inside the frame.
    """
    coarser = int(frame.side) // LARGEST
    if coarser > 1:  # a small part of a large canvas: bounds memory
        whole = F.avg_pool2d(torch.from_numpy(ink)[None, None], coarser, ceil_mode=True, count_include_pad=False)
        ink, frame = whole[0, 0].numpy(), frame.scaled(1 / coarser)
    square = max(1, round(frame.side))
    page = upright(ink, frame, square)
    if square != CANVAS:
        page = F.interpolate(page, (CANVAS, CANVAS), mode="bilinear", align_corners=False, antialias=True)
    result = page[0, 0]
    if float(result.max()) < 0.02:
        raise DrawingError("There is no drawing inside the frame: move the frame over the face.")
    inked = result[result > 0.15]
    if len(inked) > LEAST_LINES:  # thin lines of a large canvas fade when they are averaged down
        dark = inked.kthvalue(len(inked) * 4 // 5).values  # the 80th percentile; `quantile` would sort them all
        result = result / dark.clamp(0.3, 1)
    return result.clamp(0, 1)


def upright(ink: np.ndarray, frame: Frame, square: int) -> torch.Tensor:
    """What is in the `frame` of `ink` (h, w), its tilt taken off: (1, 1, square, square); outside of it is paper."""
    return _turned(ink, frame, square) if frame.tilt else straight(ink, frame, square)


def straight(ink: np.ndarray, frame: Frame, square: int) -> torch.Tensor:
    """The pixels (1, 1, square, square) from the corner of the frame on, as they are; outside of `ink` is paper."""
    page = np.zeros((square, square), np.float32)
    left, top = round(-frame.x), round(-frame.y)
    rows = slice(max(0, top), min(square, top + ink.shape[0]))
    columns = slice(max(0, left), min(square, left + ink.shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        page[rows, columns] = ink[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return torch.from_numpy(page)[None, None]


def points(frame: Frame, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """x and y in the document, both (count, count), of evenly spaced points of the frame, as rows and columns."""
    there = (torch.arange(count) + 0.5) / count - 0.5
    v, u = torch.meshgrid(there, there, indexing="ij")
    x, y = _turn(u * frame.side, v * frame.side, frame.tilt)
    return x + frame.middle[0], y + frame.middle[1]


def _turned(ink: np.ndarray, frame: Frame, square: int) -> torch.Tensor:
    x, y = points(frame, square)
    height, width = ink.shape
    grid = torch.stack([x * 2 / width - 1, y * 2 / height - 1], -1)
    return F.grid_sample(torch.from_numpy(ink)[None, None], grid[None], align_corners=False)


def _turn(x: torch.Tensor, y: torch.Tensor, tilt: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn points clockwise (y points down) by `tilt` degrees about the origin."""
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    return cosine * x - sine * y, sine * x + cosine * y


def resized(image: np.ndarray, side: int) -> np.ndarray:
    """A portrait (S, S, 3) uint8 as (side, side, 3)."""
    return enlarged(image, side, slice(0, side), slice(0, side))[0].permute(1, 2, 0).contiguous().numpy()


def enlarged(image: np.ndarray, side: int, rows: slice, columns: slice) -> torch.Tensor:
    """The `rows` and `columns` of a portrait (S, S, 3) uint8 at (side, side): (1, 3, h, w) uint8.

    Bicubic without sharpening: that, like a second pass of the enlargement, brought out a pattern on skin at 2048.
    """
    picture = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
    if side == image.shape[0]:
        return picture[:, :, rows, columns]
    wide = _resampled(picture, (image.shape[0], side))[:, :, :, columns]
    parts = [_resampled(part, (side, part.shape[3]))[:, :, rows] for part in wide.split(STRIPE, 3)]
    return torch.cat(parts, 3)


def _resampled(picture: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """One direction after the other gives the very bytes that both at once give, and can leave out what is not seen."""
    picture = picture.contiguous(memory_format=torch.channels_last)
    return F.interpolate(picture, size, mode="bicubic", align_corners=False, antialias=True)


def place(
    image: np.ndarray, frame: Frame, canvas: tuple[int, int], feather: float = 0.0
) -> tuple[np.ndarray, int, int]:
    """Resample a portrait (S, S, 3) uint8 over `frame` of the document, clipped to it.

    Its border fades out over the share `feather` of the side, but over no more than there is canvas beyond it: a
    portrait that fills the canvas does not fade.

    Returns (h, w, 4) uint8 straight alpha, transparent outside a tilted frame, and the x and y of its corner in the
    document. Raises `DrawingError` when the frame lies outside the document.
    """
    side = max(1, round(frame.side))
    radians = math.radians(frame.tilt)
    reach = side if not frame.tilt else math.ceil(side * (abs(math.sin(radians)) + abs(math.cos(radians))))
    x, y = round(frame.middle[0] - reach / 2), round(frame.middle[1] - reach / 2)
    if not frame.tilt:
        x, y = round(frame.x), round(frame.y)
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(reach, canvas[0] - x), min(reach, canvas[1] - y)
    if right <= left or bottom <= top:
        raise DrawingError(OUTSIDE)
    area = (slice(top, bottom), slice(left, right))
    placed = np.full((bottom - top, right - left, 4), 255, np.uint8)
    fades = _fades(Frame(x, y, side) if not frame.tilt else frame, canvas, feather * side)
    if not frame.tilt:
        placed[:, :, :3] = enlarged(image, side, *area)[0].permute(1, 2, 0).numpy()
        if not any(fades):
            return placed, x + left, y + top
        v, u = (torch.arange(s.start, s.stop) + 0.5 - side / 2 for s in area)
        shown = _faded(u, side, fades[:2])[None, :] * _faded(v, side, fades[2:])[:, None]
        placed[:, :, 3] = (shown * 255).round().to(torch.uint8).numpy()
    else:
        rows = max(1, BAND // (right - left))
        for start in range(0, bottom - top, rows):
            band = placed[start : start + rows]
            _place_turned(image, frame, side, (x + left, y + top + start), fades, band)
    return _trimmed(placed, x + left, y + top)


def _place_turned(image: np.ndarray, frame: Frame, side: int, corner: tuple[int, int], fades: tuple[float, ...],
                  band: np.ndarray) -> None:  # fmt: skip
    """Fill a `band` (h, w, 4) uint8, whose `corner` is at that x and y of the document, with a tilted portrait."""
    down, along = (torch.arange(count) + 0.5 for count in band.shape[:2])
    v, u = torch.meshgrid(down + corner[1] - frame.middle[1], along + corner[0] - frame.middle[0], indexing="ij")
    u, v = _turn(u, v, -frame.tilt)
    rows, columns = _needed(v, side), _needed(u, side)
    picture = enlarged(image, side, rows, columns).float()
    grid = torch.stack([_from_middle(u, side, columns), _from_middle(v, side, rows)], -1)
    turned = F.grid_sample(picture, grid[None], padding_mode="border", align_corners=False)
    band[:, :, :3] = turned[0].round().permute(1, 2, 0).to(torch.uint8).numpy()
    shown = (side / 2 + 0.5 - torch.maximum(u.abs(), v.abs())).clamp(0, 1)
    shown = shown * _faded(u, side, fades[:2]) * _faded(v, side, fades[2:])
    band[:, :, 3] = (shown * 255).round().to(torch.uint8).numpy()


def _needed(positions: torch.Tensor, side: int) -> slice:
    """The pixels of the frame's `side` that are interpolated at `positions` along it, from its middle; at least one."""
    first = math.floor(float(positions.min()) + side / 2 - 2)
    last = math.ceil(float(positions.max()) + side / 2 + 2)
    first = min(max(0, first), side - 1)
    return slice(first, min(max(first + 1, last), side))


def _from_middle(positions: torch.Tensor, side: int, part: slice) -> torch.Tensor:
    """Such `positions` as `grid_sample` counts them in a `part` of the side: -1 and 1 are its ends."""
    size = part.stop - part.start
    return (positions + (side / 2 - (part.start + part.stop) / 2)) * 2 / size


def _fades(frame: Frame, canvas: tuple[int, int], widest: float) -> tuple[float, ...]:
    """Over how many pixels the left, right, upper and lower edge fade: at most `widest`, or the canvas beyond it."""
    if widest <= 0:
        return (0.0,) * 4
    x, y = torch.tensor([0, canvas[0]]) - frame.middle[0], torch.tensor([0, canvas[1]]) - frame.middle[1]
    u, v = _turn(x[None, :], y[:, None], -frame.tilt)
    beyond = torch.stack([-u, u, -v, v]).amax((1, 2)) - frame.side / 2
    return tuple(beyond.clamp(0, widest).tolist())


def _faded(along: torch.Tensor, side: float, fades: tuple[float, ...]) -> torch.Tensor:
    """Opacity, 0..1, at positions `along` one axis of the frame, from its middle."""
    shown = torch.ones_like(along)
    for edge, fade in zip((along, -along), fades, strict=True):
        if fade:
            share = ((edge + side / 2) / fade).clamp(0, 1)
            shown = shown * share * share * (3 - 2 * share)
    return shown


def _trimmed(placed: np.ndarray, x: int, y: int) -> tuple[np.ndarray, int, int]:
    """Without rows and columns that are transparent all along; what is transparent has no colour."""
    placed[placed[:, :, 3] == 0] = 0
    rows, columns = (np.flatnonzero(placed[:, :, 3].any(axis)) for axis in (1, 0))
    if not len(rows):
        raise DrawingError(OUTSIDE)
    part = placed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.ascontiguousarray(part), x + int(columns[0]), y + int(rows[0])
