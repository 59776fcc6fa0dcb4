"""Photos in other colours: skin, hair, background and the rest change each by itself, up to its own edge.

A change that is known coarsely runs over every edge: added as it is, it leaves a rim of the former background around
hair and turns the tips of hair into background. So within each region it is averaged over what is surely that region.
Light is scaled rather than added to: black hair that becomes brown has brown hair's contrast, and pupils stay black.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import PARTS
from dfd_core.networks.palette import PALETTE, Palette, mean_colours
from dfd_core.training.strokes import CLOTH, HAIR, HAT

SIDE = 128
"""Of stored regions, in pixels."""

EDGE, EVEN = 5, 0.002
"""Regions end where the photo has an edge within so many pixels of 256 x 256; variance, of values in -1..1, of none."""

INSIDE, REACH = 2, 8
"""So many cells of the change from a region's edge it surely is that region; windows of 2 REACH + 1 cells, twice."""

DARKEST = 0.06
"""Added to light, of values in 0..1, before it is scaled: black has no texture to enlarge."""

GAINS = (0.5, 1.7)
"""How much contrast is taken or brought at most; beyond, light is added."""

HAIR_REGION = 1
"""Which of the regions is hair."""

FARTHEST = {"skin": 0.5, "hair": 0.55}
"""By how much, of values in -1..1, the colour of a part may change: black hair that turns white is like metal."""


def natural(palette: Palette, before: torch.Tensor, after: torch.Tensor,
            parts: Sequence[str] = tuple(FARTHEST)) -> torch.Tensor:  # fmt: skip
    """Which photos with appearance codes `before` (B, CODE) look natural with those `after`: truth values (B,).

    As far as the colours of these `parts` go.
    """
    move = (palette.colours(after[:, :PALETTE]) - palette.colours(before[:, :PALETTE])).abs().mean(2)
    return torch.stack([move[:, PARTS.index(part)] < FARTHEST[part] for part in parts], 1).all(1)


def regions_of(photo: np.ndarray, parsing: np.ndarray | None) -> np.ndarray:
    """Skin, hair and background of a photo (S, S, 3) uint8 RGB: (3, 128, 128) uint8, 255 where all is that.

    Skin is the whole face with neck and ears. The parsing map (512, 512) is off by a few pixels; its edges move to
    those of the photo (guided filter: He, Sun and Tang, TPAMI 2013). Without a map all is 0.
    """
    if parsing is None:
        return np.zeros((3, SIDE, SIDE), np.uint8)
    side = 2 * SIDE
    masks = np.stack([(parsing > 0) & ~np.isin(parsing, (HAIR, HAT, CLOTH)), parsing == HAIR, parsing == 0], 2)
    rough = cv2.resize(masks.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    guide = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1

    def mean(values: np.ndarray) -> np.ndarray:
        flat = values.reshape(side, side, -1)
        found = [cv2.blur(flat[..., k], (2 * EDGE + 1, 2 * EDGE + 1)) for k in range(flat.shape[2])]
        return np.stack(found, 2).reshape(values.shape)

    means = mean(guide)
    spread = mean(guide[..., :, None] * guide[..., None, :]) - means[..., :, None] * means[..., None, :]
    along = mean(guide[..., :, None] * rough[..., None, :]) - means[..., :, None] * mean(rough)[..., None, :]
    slope = np.linalg.solve(spread + EVEN * np.eye(3, dtype=np.float32), along)
    base = mean(rough) - (slope * means[..., None]).sum(2)
    fine = (mean(slope) * guide[..., None]).sum(2) + mean(base)
    small = cv2.resize(fine.clip(0, 1).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return (small * 255).round().astype(np.uint8).transpose(2, 0, 1)


def recoloured(photo: torch.Tensor, change: torch.Tensor, regions: torch.Tensor) -> torch.Tensor:
    """`photo` (B, 3, H, W) in -1..1 with the `change` (B, 3, h, w) of its colours, cut off at -1 and 1.

    `regions` (B, 3, r, r) in 0..1 are skin, hair and background; what is none of them is a region, too. Hair changes as
    it does where its colour is measured, at the top of the head: beside the face the coarse change is the background's.
    """
    cells, size = (change.shape[2], change.shape[3]), (photo.shape[2], photo.shape[3])
    known = regions / regions.sum(1, keepdim=True).clamp(min=1)
    shares = torch.cat([known, 1 - known.sum(1, keepdim=True)], 1)
    there = F.adaptive_avg_pool2d(shares, cells)
    sure = -F.max_pool2d(-there, 2 * INSIDE + 1, 1, INSIDE)
    weight = sure + 1e-2 * there**2 + 1e-5
    heavy = _mean(weight)[:, :, None]

    def within(values: torch.Tensor) -> torch.Tensor:
        """Means (B, regions, 3, h, w) of (B, 3, h, w) over what is near and of the region."""
        return _mean((values[:, None] * weight[:, :, None]).flatten(1, 2)).unflatten(1, (-1, 3)) / heavy

    before = within(F.adaptive_avg_pool2d(photo, cells)).add(1).div(2)
    moved = within(change)
    moved[:, HAIR_REGION] = mean_colours(change)[:, PARTS.index("hair"), :, None, None]
    after = (before + moved / 2).clamp(0, 1)
    gain = ((after + DARKEST) / (before + DARKEST)).clamp(*GAINS)
    offset = after - before * gain
    light = photo.add(1).div(2)
    found = torch.zeros_like(light)
    for k in range(shares.shape[1]):
        scale, more = (F.interpolate(part[:, k], size, mode="bilinear", align_corners=False) for part in (gain, offset))
        share = F.interpolate(shares[:, k : k + 1], size, mode="bilinear", align_corners=False)
        found += share * (light * scale + more)
    return found.mul(2).sub(1).clamp(-1, 1)


def _mean(values: torch.Tensor) -> torch.Tensor:
    """Means (B, C, h, w) over the windows about each cell, at the border over what there is of them."""
    for _ in range(2):
        values = F.avg_pool2d(values, (1, 2 * REACH + 1), 1, (0, REACH), count_include_pad=False)
        values = F.avg_pool2d(values, (2 * REACH + 1, 1), 1, (REACH, 0), count_include_pad=False)
    return values
