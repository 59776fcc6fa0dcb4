"""Line features: how the painter's own lines reach image synthesis, as far as they are trusted.

A latent of some hundred numbers cannot hold every strand of hair. The lower the slider "my lines <-> plausible face",
the more of the drawing itself is seen by the synthesis, as in pix2pix (Isola et al. 2017); fully at the plausible end
it sees none, and only the manifold speaks, as in the paper. See `dfd_core/trust.py`.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, conv, like_weights
from dfd_core.networks.mapping import CHANNELS

FINE = 24
"""Channels of the line features at 128 x 128."""


class LineFeatures(nn.Module):
    """Trusted lines (B, 2, 256, 256) -> features at 128 x 128 (B, FINE, ...) and at 64 x 64 (B, CHANNELS, ...)."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = conv(2, FINE, 2)
        self.cells = conv(FINE, CHANNELS, 2)

    def forward(self, lines: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See the class."""
        fine = F.leaky_relu(self.fine(like_weights(lines, self.fine)), SLOPE)
        return fine, self.cells(fine)
