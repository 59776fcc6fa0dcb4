"""Shading: which of a drawing's marks are light and shade, or help to place the features, and no lines of the face.

The paper's sketches are outlines. Whoever draws on paper hatches the side of a face, smudges its eye sockets, begins
with a cross; image synthesis takes that for scars, beards and hair. So such marks go before any component is encoded.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, conv, double, like_weights

WIDTHS = (24, 40, 56, 64)
"""Channels at a half, a quarter, an eighth and a sixteenth of the drawing's side."""

UNSURE = (0.25, 0.75)
"""Between these shares a pixel keeps some of its ink."""

STEPS = 4
"""Shares go in so many steps: a stroke hardly changes what stays elsewhere, and components there stay."""


class Shading(nn.Module):
    """(B, 1, 256, 256) ink in 0..1 -> the share (B, 1, 256, 256) in 0..1 of each pixel's ink that is no shading.

    A U-Net (Ronneberger et al. 2015) on blocks of 2 x 2 pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = _block(4, WIDTHS[0])
        self.down = nn.ModuleList(_block(a, b, 2) for a, b in pairwise(WIDTHS))
        self.middle = nn.Sequential(_block(WIDTHS[-1], WIDTHS[-1]), _block(WIDTHS[-1], WIDTHS[-1]))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in pairwise(WIDTHS))
        self.out = conv(WIDTHS[0], 4)

    def logits(self, ink: torch.Tensor) -> torch.Tensor:
        """Log-odds (B, 1, 256, 256) of being a line."""
        kept = [self.first(like_weights(F.pixel_unshuffle(ink, 2), self.out))]
        for down in self.down:
            kept.append(down(kept[-1]))
        x = self.middle(kept.pop())
        for up in reversed(self.up):
            x = up(torch.cat([kept.pop(), double(x)], 1))
        return F.pixel_shuffle(self.out(x), 2).float()

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.logits(ink).sigmoid()


def in_steps(share: torch.Tensor) -> torch.Tensor:
    """How much of a pixel's ink stays, 0..1, for what `Shading` answers: where that is sure, nothing or all of it."""
    return (((share - UNSURE[0]) / (UNSURE[1] - UNSURE[0])).clamp(0, 1) * STEPS).round() / STEPS


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(conv(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE))
