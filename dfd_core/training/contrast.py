"""What stays when a face is seen in other colours: how much lighter or darker each place is than what surrounds it.

Where latents suggest one skin and the appearance code asks for another, the generator met the mean colour with patches
like hot metal, which discriminators hardly see: they are rare. So a mixed face is compared with the same face in the
colours of a photo of it.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

AROUND = 25
"""Side of what surrounds a place, in pixels of 128 x 128."""

DARKEST = 0.15
"""Added to the surroundings' brightness, 0..1: what is nearly black has no contrast."""

MIDDLE, RADII = (0.0, 0.2), (0.42, 0.55)
"""The face's ellipse across and down, in -1..1: without hair, which has another contrast in another colour."""


def contrast(pictures: torch.Tensor) -> torch.Tensor:
    """Relative contrast (B, 1, 128, 128) of pictures (B, 3, 256, 256) in -1..1."""
    bright = F.avg_pool2d(pictures.float().clamp(-1, 1), 2).mean(1, keepdim=True).add(1).div(2)
    around = F.avg_pool2d(F.pad(bright, [AROUND // 2] * 4, mode="reflect"), AROUND, 1)
    return (bright - around) / (around + DARKEST)


def contrast_distance(made: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of the relative contrast within the face; gradients go to `made` only."""
    there = (torch.arange(128, device=made.device) * 2 + 1) / 128 - 1
    across, down = ((there - m) / r for m, r in zip(MIDDLE, RADII, strict=True))
    face = (across[None].square() + down[:, None].square() < 1).float()
    difference = (contrast(made) - contrast(like).detach()).abs()
    return (difference * face).sum() / (face.sum() * len(made))
