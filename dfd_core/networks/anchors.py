"""Anchors: where on the canvas a drawing has its eyes and its mouth."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from dfd_core.networks.blocks import SLOPE, conv, double

WIDTHS = (16, 32, 48, 64, 96)
"""Channels at a half, a quarter, ... a thirty-second of the drawing's side."""

HOME = ((0.373, 0.469), (0.623, 0.469), (0.498, 0.727))
"""Where photos have them, as shares of the canvas' side from its left and top: the middles of the eye on the left, of
that on the right and of the mouth."""


class Anchors(nn.Module):
    """(B, 1, 128, 128) ink in 0..1 -> (B, 3, 2): where `HOME`'s are drawn, in the same unit.

    A U-Net's maps, one for each, whose means they are (Sun et al. 2018, "Integral Human Pose Regression").
    """

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(_block(a, b, 2) for a, b in pairwise((1, *WIDTHS)))
        self.middle = nn.Sequential(_block(WIDTHS[-1], WIDTHS[-1]), _block(WIDTHS[-1], WIDTHS[-1]))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in pairwise(WIDTHS[1:]))
        self.out = nn.Conv2d(WIDTHS[1], len(HOME), 1)

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        x, kept = ink, []
        for down in self.down:
            x = down(x)
            kept.append(x)
        x = self.middle(kept.pop())
        for up in reversed(self.up):
            x = up(torch.cat([double(x), kept.pop()], 1))
        maps = self.out(x).float()
        share = maps.flatten(2).softmax(2).view_as(maps)
        at = (torch.arange(maps.shape[2], device=maps.device) + 0.5) / maps.shape[2]
        return torch.stack([(share.sum(2) * at).sum(2), (share.sum(3) * at).sum(2)], 2)


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(conv(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE))
