"""Component embedding: one denoising auto-encoder per network (paper, section 3.1 and stage I of its training).

The encoder sees a window of a drawing in any style; the decoder restores the clean drawing of the same face, once as
outlines and once as photocopy lines. Only the encoder is needed to render.
"""

from __future__ import annotations

import torch
from torch import nn

from dfd_core.geometry import CANVAS, ENCODE, Component
from dfd_core.networks.blocks import SLOPE, Residual, conv, double, like_weights

LATENT = {"eye": 128, "nose": 96, "mouth": 128, "remainder": 256}
"""Length of the latent of each network."""

WIDTHS = (16, 32, 64, 128)
SQUEEZE = 48
DRAWN = WIDTHS[0]
"""Channels of a decoder's last features."""

TARGETS = 2
"""Decoded pictures: outlines and photocopy lines."""


def input_side(component: Component) -> int:
    """Side in pixels of what the encoder of `component` sees: half size, and quarter size for the remainder."""
    return component.size * ENCODE // CANVAS // (2 if component.size == CANVAS else 1)


class Encoder(nn.Module):
    """Drawing window -> latent.

    The last layer brings each latent to zero mean and unit variance over the training drawings. Without it nothing
    holds the latents' scale, and they grow without bound.
    """

    def __init__(self, side: int, latent: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 1
        for width in WIDTHS:
            layers += [conv(inputs, width, 2), nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE)]
            inputs = width
        self.features = nn.Sequential(*layers, Residual(inputs), nn.Conv2d(inputs, SQUEEZE, 1), nn.LeakyReLU(SLOPE))
        self.project = nn.Linear(SQUEEZE * (side // 16) ** 2, latent)
        self.standard = nn.BatchNorm1d(latent, affine=False)

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """`ink` (B, 1, side, side) in 0 (paper) .. 1 (full ink) -> latents (B, latent)."""
        return self.standard(self.project(self.features(ink).flatten(1)))


class Decoder(nn.Module):
    """Latent -> clean drawing window at half the encoder's size: what the latent says that was drawn.

    Image synthesis starts from its last features, and the shadow shows its drawing.
    """

    def __init__(self, side: int, latent: int) -> None:
        super().__init__()
        self.start = side // 16
        self.expand = nn.Linear(latent, WIDTHS[-1] * self.start**2)
        self.stages = nn.ModuleList()
        inputs = WIDTHS[-1]
        for width in WIDTHS[-2::-1]:
            self.stages.append(nn.Sequential(conv(inputs, width), nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE)))
            inputs = width
        self.out = conv(inputs, TARGETS)  # three doublings: half the encoder's side

    def features(self, latent: torch.Tensor) -> torch.Tensor:
        """(B, latent) -> (B, DRAWN, side / 2, side / 2), from which the drawing is read off."""
        x = self.expand(like_weights(latent, self.expand)).unflatten(1, (-1, self.start, self.start))
        for stage in self.stages:
            x = stage(double(x))
        return x

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """(B, latent) -> (B, 2, side / 2, side / 2), ink logits of outlines and photocopy lines, single precision."""
        return self.out(self.features(latent)).float()
