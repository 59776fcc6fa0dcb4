"""What is burnt: places that have more contrast than the photo has there, whatever their colours.

With discriminators alone for a goal, faces got patches like hot metal where latents suggest one skin and the appearance
code asks for another.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

AROUND = 51
"""Side of what surrounds a place, in pixels of 256 x 256."""

DARKEST = 0.15
"""Added to the surroundings' brightness, 0..1: what is nearly black has no contrast."""

REGION = 31
"""Side of the places whose contrast is compared, in pixels of 256 x 256."""

MORE, SLACK = 1.1, 0.02
"""A place may have so many times the contrast of the photo's, and so much more: other colours bring some."""


def relative_contrast(pictures: torch.Tensor) -> torch.Tensor:
    """How much brighter than its surroundings each pixel of pictures (B, 3, S, S) in -1..1 is, relative to them.

    (B, 1, S, S), mostly in -0.5..0.5.
    """
    side = pictures.shape[2]
    bright = pictures.float().clamp(-1, 1).mean(1, keepdim=True).add(1).div(2)
    reach = AROUND * side // 512
    around = F.pad(bright, [reach] * 4, mode="reflect")
    for kernel in ((2 * reach + 1, 1), (1, 2 * reach + 1)):  # at once it takes longer than the generator
        around = F.avg_pool2d(around, kernel, 1)
    return (bright - around) / (around + DARKEST)


def excess(made: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
    """Contrast of portraits beyond that of their photos, both (B, 3, S, S): what is burnt, hair too. A scalar."""
    pixels = REGION * photo.shape[2] // 256
    found, goal = (F.avg_pool2d(relative_contrast(p).abs(), pixels, pixels // 4) for p in (made, photo))
    return F.relu(found - MORE * goal - SLACK).mean()
