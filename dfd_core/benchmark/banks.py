"""Banks of the reference's size: noise, and rows that fill their dimensions as our latents do."""

from __future__ import annotations

import torch
from torch.nn import functional as F

PART = 65536


def noise(rows: int, width: int, seed: int = 0) -> torch.Tensor:
    """(rows, width) of independent normal numbers: no row is near any other, so no index can help."""
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))


def like_latents(rows: int, width: int, latents: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """(rows, width) in half precision, as a pack has them, with the spectrum of real `latents` (M, D).

    The variances along the latents' principal axes, from greatest to least, are stretched to `width` axes.
    """
    generator = torch.Generator().manual_seed(seed)
    variances = torch.linalg.eigvalsh(torch.cov(latents.float().T.cpu())).flip(0).clamp_min(0)
    spread = F.interpolate(variances[None, None], width, mode="linear", align_corners=True)[0, 0].sqrt()
    axes = torch.linalg.qr(torch.randn(width, width, generator=torch.Generator().manual_seed(1)))[0]
    bank = torch.empty(rows, width, dtype=torch.half)
    for part in bank.split(PART):
        part.copy_(torch.randn(len(part), width, generator=generator) * spread @ axes)
    return bank
