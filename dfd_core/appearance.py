"""Appearance: colour of skin, hair, light and background, which a drawing of lines does not say.

The appearance code comes from a seed, from a reference picture, or from between the two.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DfdError
from dfd_core.geometry import ENCODE
from dfd_core.networks.coarse import CODE, CoarseFace

WIDEST = 3.0
"""A reference's appearance code is kept within this many standard deviations of the training photos'."""

SEED_SPREAD = 0.9
"""Standard deviation of a seed's appearance code; the training photos' is 1. Seed 0 is the average appearance."""


def seeded(seed: int) -> torch.Tensor:
    """The appearance code (1, CODE) of a seed; seed 0 is the average appearance."""
    if seed == 0:
        return torch.zeros(1, CODE)
    return torch.randn(1, CODE, generator=torch.Generator().manual_seed(seed % 2**63)) * SEED_SPREAD


class Reference:
    """A picture of a face whose appearance a portrait can take on.

    The face should stand about where it stands on the canonical canvas; of an oblong picture the middle square counts.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        """`pixels` (h, w, 3) uint8 RGB; raises `DfdError` for anything else."""
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise DfdError("The reference must be an RGB picture of 8-bit values: convert it first.")
        side = min(pixels.shape[:2])
        top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
        square = torch.from_numpy(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
        picture = square.permute(2, 0, 1)[None].float().div(127.5).sub(1)
        self.picture = F.interpolate(picture, ENCODE, mode="bilinear", align_corners=False, antialias=True)

    def code(self, coarse: CoarseFace, latents: torch.Tensor) -> torch.Tensor:
        """Appearance code (1, CODE) with which the coarse face of `latents` (1, LATENTS) looks like the picture."""
        return coarse.code_of(self.picture.to(latents.device), latents).clamp(-WIDEST, WIDEST)
