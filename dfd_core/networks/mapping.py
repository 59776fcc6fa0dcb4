"""Feature mapping: latent -> feature map of the component's window (paper, section 3.1, "FM").

The reference decodes a latent to 32 channels at full resolution. Ours decodes to `CHANNELS` channels on the grid of
`geometry.CELL` pixels: the same information at a fraction of the work. What stage 1 has learned about where lines
stand is not learned again: the features of its frozen decoder come in beside the latent.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.autoencoder import DRAWN
from dfd_core.networks.blocks import SLOPE, Residual, conv, double, like_weights

CHANNELS = 64
"""Channels of the pasted feature map."""


class FeatureMap(nn.Module):
    """Latent and decoder's features -> (B, CHANNELS, cells, cells)."""

    def __init__(self, latent: int, cells: int, drawn: int) -> None:
        """`drawn`: side of the decoder's features, `cells` or twice that."""
        super().__init__()
        doublings = 3 if cells > 32 else 2
        self.start = cells // 2**doublings
        self.fold = drawn // cells
        widths = (192, 128, 96, 64)[-doublings - 1 :]
        self.expand = nn.Linear(latent, widths[0] * self.start**2)
        self.stages = nn.ModuleList(conv(a, b) for a, b in pairwise(widths))
        self.drawn = conv(DRAWN * self.fold**2, widths[-1])
        self.refine = Residual(widths[-1], 8) if cells <= 32 else nn.Identity()  # at full size it is too dear
        self.out = nn.Conv2d(widths[-1], CHANNELS, 1)

    def forward(self, latent: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
        """(B, latent), (B, DRAWN, side, side) -> (B, CHANNELS, cells, cells)."""
        x = F.leaky_relu(self.expand(like_weights(latent, self.expand)), SLOPE).unflatten(
            1, (-1, self.start, self.start)
        )
        for stage in self.stages:
            x = F.leaky_relu(stage(double(x)), SLOPE)
        x = x + F.leaky_relu(self.drawn(F.pixel_unshuffle(drawn, self.fold)), SLOPE)
        return self.out(self.refine(x))
