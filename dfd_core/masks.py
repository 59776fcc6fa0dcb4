"""Shapes and lines in masks: bool arrays (h, w)."""

from __future__ import annotations

import numpy as np

LINE = 1 / 64
"""Half the width of what is too wide for a line, as a share of the longer side of what is drawn."""


def bounds(mask: np.ndarray) -> tuple[slice, slice]:
    """The rows and columns from the first to the last pixel of a `mask` (h, w) that has some."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def reach_of(mask: np.ndarray) -> int:
    """Half the width, in pixels, of what is too wide for a line in this `mask`."""
    rows, columns = bounds(mask)
    return max(1, round(LINE * max(rows.stop - rows.start, columns.stop - columns.start)))


def wide(mask: np.ndarray, reach: int | None = None) -> float:
    """The share of a `mask`'s pixels that are deep inside of it: near 0 for lines, large for shapes."""
    mask = mask[bounds(mask)]
    reach = reach or reach_of(mask)
    return np.count_nonzero(boxes(mask, reach) == (2 * reach + 1) ** 2) / np.count_nonzero(mask)


def opened(mask: np.ndarray, reach: int) -> np.ndarray:
    """What is left of a `mask` (h, w) without its lines."""
    return boxes(boxes(mask, reach) == (2 * reach + 1) ** 2, reach) > 0


def boxes(mask: np.ndarray, reach: int) -> np.ndarray:
    """How many pixels of a `mask` (h, w) lie within `reach` of each, both across and down."""
    counts = mask.astype(np.int32)
    for axis in (0, 1):
        beyond = [(0, 0), (0, 0)]
        beyond[axis] = (reach + 1, reach)
        sums = np.cumsum(np.pad(counts, beyond), axis, dtype=np.int32)
        size = mask.shape[axis]
        counts = np.take(sums, np.arange(size) + 2 * reach + 1, axis) - np.take(sums, np.arange(size), axis)
    return counts
