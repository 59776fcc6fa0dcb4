"""Placement: where the canonical canvas lies on a drawing of unknown place, size and tilt."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, Residual, conv

SIDE = 128
"""Side of the reduced drawing that the network sees."""

WIDTHS = (1, 16, 32, 64, 96, 128)


class Placement(nn.Module):
    """(B, 1, 128, 128) ink in 0..1 -> (B, 4): middle x and y of the canvas, logarithm of its side, tilt.

    Middle and side are in halves of the drawing's side, seen from its middle (so the drawing reaches from -1 to 1, and
    a logarithm of 0 is a canvas of the drawing's size). The tilt is clockwise, in quarters of a right angle.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(WIDTHS):
            layers += [conv(inputs, outputs, 2), nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE)]
        self.features = nn.Sequential(*layers, Residual(WIDTHS[-1]))
        self.hidden = nn.Linear(WIDTHS[-1] * (SIDE >> len(WIDTHS) - 1) ** 2, 128)
        self.out = nn.Linear(128, 4)

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        x = F.leaky_relu(self.features(ink), SLOPE).flatten(1)
        return self.out(F.leaky_relu(self.hidden(x), SLOPE))
