"""Light and dark lines of a portrait, where the drawing has lines: what following the lines means to the loss.

Differences of Gaussians (Marr and Hildreth 1980) of two scales respond to strands, lids, lips and contours. L1 and
perceptual terms average over the whole picture, of which lines are a small part. Meant for drawings traced from the
photo: outlines between landmarks miss its lines by a few pixels, and there a picture without any is the nearest.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

SIGMA = 0.8  # of the narrower Gaussian, in pixels
WIDER = 1.6
OCTAVES = (1, 2)  # the picture itself, and at half its size
AROUND = 2  # a drawn line speaks of so many pixels on either side
LUMA = (0.299, 0.587, 0.114)


def blurred(grey: torch.Tensor, sigma: float) -> torch.Tensor:
    """`grey` (B, 1, H, W) under a Gaussian of standard deviation `sigma`."""
    reach = math.ceil(3 * sigma)
    there = torch.arange(-reach, reach + 1, device=grey.device, dtype=grey.dtype)
    kernel = torch.exp(-0.5 * (there / sigma) ** 2)
    kernel = kernel / kernel.sum()
    grey = F.conv2d(F.pad(grey, (reach, reach, 0, 0), mode="reflect"), kernel.view(1, 1, 1, -1))
    return F.conv2d(F.pad(grey, (0, 0, reach, reach), mode="reflect"), kernel.view(1, 1, -1, 1))


def structure(pictures: torch.Tensor) -> list[torch.Tensor]:
    """`pictures` (B, 3, H, W) -> differences of Gaussians of their luma, (B, 1, H, W) and (B, 1, H / 2, W / 2)."""
    grey = (pictures * pictures.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return [blurred(g, SIGMA) - blurred(g, WIDER * SIGMA) for g in (F.avg_pool2d(grey, k) for k in OCTAVES)]


def structure_distance(made: torch.Tensor, photo: torch.Tensor, lines: torch.Tensor,
                       trust: torch.Tensor) -> torch.Tensor:  # fmt: skip
    """How much the structure of `made` differs from that of `photo` (B, 3, H, W) under `lines` (B, 1, H, W) in 0..1.

    For each picture relative to the photo's own structure there: 0 for the photo, 1 for a picture without any, about
    1.2 for another face; where `trust` (B, 1, H, W) in 0..1 is less, as much less. The mean over the batch, to which
    drawings without lines add nothing.
    """
    there = F.max_pool2d(lines, 2 * AROUND + 1, 1, AROUND)
    with torch.no_grad():
        goals = structure(photo)
    parts = []
    for octave, own, goal in zip(OCTAVES, structure(made), goals, strict=True):
        weight = F.avg_pool2d(there, octave)
        differs = (weight * F.avg_pool2d(trust, octave) * (own - goal).abs()).sum((1, 2, 3))
        parts.append(differs / (weight * goal.abs()).sum((1, 2, 3)).clamp_min(1e-3))
    return torch.stack(parts).mean()
