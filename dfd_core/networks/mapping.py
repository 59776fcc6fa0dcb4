"""Feature mapping: latent -> feature map of the component's window (paper, section 3.1, "FM").

The reference decodes to 32 channels at full resolution. Ours decodes to `CHANNELS` channels on the grid of
`geometry.CELL` pixels: the same information at a fraction of the work.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, Residual, conv, double

CHANNELS = 64
"""Channels of the pasted feature map."""


class FeatureMap(nn.Module):
    """(B, latent) -> (B, CHANNELS, cells, cells)."""

    def __init__(self, latent: int, cells: int) -> None:
        super().__init__()
        doublings = 3 if cells > 32 else 2
        self.start = cells // 2**doublings
        widths = (192, 128, 96, 64)[-doublings - 1 :]
        self.expand = nn.Linear(latent, widths[0] * self.start**2)
        self.stages = nn.ModuleList(conv(a, b) for a, b in pairwise(widths))
        self.refine = Residual(widths[-1], 8)
        self.out = conv(widths[-1], CHANNELS)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """(B, latent) -> (B, CHANNELS, cells, cells)."""
        x = F.leaky_relu(self.expand(latent), SLOPE).unflatten(1, (-1, self.start, self.start))
        for stage in self.stages:
            x = F.leaky_relu(stage(double(x)), SLOPE)
        return self.out(self.refine(x))
