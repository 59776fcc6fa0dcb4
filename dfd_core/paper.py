"""Paper as it is photographed: in the shade, on a table, ruled. Each function leaves a clean page as it is."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.masks import bounds, boxes, opened, reach_of, wide

BLOCKS = 160
"""The paper's tone is known at so many places along the longer side."""

SHADED = 1 / 24
"""Half the width of what is shadow or flat colour and no line, as a share of the picture's longer side."""

BLACK = 0.3
"""Wide areas that are darker than this share of the paper are drawn, as black hair is; others are in the shade."""

SHEET, BRIGHTER = 0.1, 0.25
"""A sheet on a dark table takes at least this share of the picture, and is so much brighter than the table."""

GRAIN, MOST_GRAIN = 4.0, 0.15
"""Ink is what is so many standard deviations of the paper's grain darker than it; but no more than so much."""

BLUE, RULED = 0.45, 0.04
"""A pixel is blue if it stands out no more than so far in blue light, and blue lines are so much of all, at least."""

NEUTRAL, PALE = 0.8, 0.65
"""Dark lines are grey or black if they stand out so far in blue light; and blue ones are so much paler than those."""


def evened(page: np.ndarray, paper: float) -> tuple[np.ndarray, float]:
    """A light `page` (h, w) without shadows and flat colours, in the tone of its `paper`; and ink's least darkness.

    What is darker than what lies on both sides of it, within `SHADED`, stays: lines, and shapes as narrow as that.
    """
    height, width = page.shape
    block = max(1, max(height, width) // BLOCKS)
    tones = torch.from_numpy(np.ascontiguousarray(page, np.float32))[None, None]
    if block > 2:  # a bright grain is no paper
        tones = F.avg_pool2d(tones, 3, 1, 1, count_include_pad=False)
    tones = F.max_pool2d(tones, block, ceil_mode=True)
    reach = max(1, round(SHADED * max(tones.shape[2:])))
    tones = F.pad(tones, (reach,) * 4, mode="replicate")
    tones = -F.max_pool2d(-F.max_pool2d(tones, 2 * reach + 1, 1, reach), 2 * reach + 1, 1, reach)
    tones = tones[:, :, reach:-reach, reach:-reach]
    tones = torch.where(tones < BLACK * paper, paper, tones)
    smooth = max(1, reach // 3)
    tones = F.avg_pool2d(F.pad(tones, (smooth,) * 4, mode="replicate"), 2 * smooth + 1, 1)
    size = (tones.shape[2] * block, tones.shape[3] * block)
    there = F.interpolate(tones, size, mode="bilinear", align_corners=False)[0, 0, :height, :width].numpy()
    even = page / np.maximum(there, 0.02)
    even *= paper / max(0.1, float(np.median(even)))
    return even, min(MOST_GRAIN, GRAIN * 1.4826 * float(np.median(np.abs(even - paper))))


def without_table(page: np.ndarray, table: float) -> tuple[np.ndarray, float]:
    """The `page` (h, w) and the tone of its paper, with paper in place of the dark `table` that a sheet lies on."""
    sheet = page > max(0.45, table + BRIGHTER)
    if np.count_nonzero(sheet) < SHEET * sheet.size:
        return page, table
    reach = reach_of(sheet)
    if wide(sheet, reach) < 0.5:  # chalk on a blackboard
        return page, table
    paper = float(np.median(page[sheet]))
    rows, columns = bounds(opened(sheet, reach))
    beyond = np.ones_like(sheet)
    beyond[rows, columns] = boxes(opened(~sheet, reach), reach)[rows, columns] > 0
    return np.where(beyond, np.float32(paper), page), paper


def without_blue(pixels: np.ndarray, grey: tuple[float, float, float], step: int) -> np.ndarray:
    """Opaque `pixels` (h, w, 3 or 4) in blue light (h, w, 1) if that hides pale blue lines beside black ones.

    Such as ruling and construction lines. Looks at every `step`-th row and column; `grey`: weights of the channels.
    """
    if pixels.shape[2] < 3:
        return pixels
    few = pixels[::step, ::step].astype(np.float32) / 255
    if pixels.shape[2] == 4 and float(few[:, :, 3].min()) < 1:
        return pixels
    luma, blue = few[:, :, :3] @ np.array(grey, np.float32), few[:, :, 2]
    luma, blue = (np.clip(np.median(tone) - tone, 0, None) for tone in (luma, blue))
    inked = luma > 0.06
    count = np.count_nonzero(inked)
    if count < 40:
        return pixels
    most = float(np.percentile(luma[inked], 97))
    strong, coloured = luma > 0.7 * most, inked & (blue < BLUE * luma)
    if np.count_nonzero(strong) < 0.1 * count or np.count_nonzero(coloured) < RULED * count:
        return pixels
    neutral = np.count_nonzero(blue[strong] > NEUTRAL * luma[strong]) >= 0.9 * np.count_nonzero(strong)
    pale = float(np.median(luma[coloured])) <= PALE * most
    return pixels[:, :, 2:3] if neutral and pale else pixels
