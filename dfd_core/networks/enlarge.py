"""Enlargement of the portrait from 256 x 256 to 512 x 512.

What is added to plain (bicubic) enlargement is computed mostly at 128 x 128, where it is cheap, and unfolded by two
pixel shuffles (Shi et al. 2016), each followed by a convolution that evens out its grid. Untrained, it adds nothing.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, Residual, conv, like_weights

WIDTH, THIN = 48, 16
REACH = 15
"""How many pixels of the portrait away, at most, a pixel can bear on what is added: 2 for each of six convolutions at
half size and 1 for where it stands in its cell there, 1 and 1/2 for the last two convolutions."""


class Enlarge(nn.Module):
    """(B, 3, S, S) -> (B, 3, 2 S, 2 S), both in about -1 .. 1; S even."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = conv(12, WIDTH)
        self.blocks = nn.ModuleList(Residual(WIDTH) for _ in range(2))
        self.unfold = conv(WIDTH, 4 * THIN)
        self.refine = conv(THIN, 12)
        self.out = conv(3, 3)
        nn.init.zeros_(self.out.weight)
        assert self.out.bias is not None
        nn.init.zeros_(self.out.bias)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """See the class; not clamped, and single precision whatever the weights' is."""
        return self.plain(picture) + self.detail(picture)

    @staticmethod
    def plain(picture: torch.Tensor) -> torch.Tensor:
        """Bicubic enlargement."""
        return F.interpolate(picture, scale_factor=2, mode="bicubic", align_corners=False)

    def detail(self, picture: torch.Tensor) -> torch.Tensor:
        """What is added to it, in the weights' precision."""
        x = self.entry(F.pixel_unshuffle(like_weights(picture, self.entry), 2))
        for block in self.blocks:
            x = block(x)
        x = F.pixel_shuffle(self.unfold(F.leaky_relu(x, SLOPE)), 2)
        x = F.pixel_shuffle(self.refine(F.leaky_relu(x, SLOPE)), 2)
        return self.out(x)
