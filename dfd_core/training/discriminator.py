"""Projected discriminator: judges pictures by frozen pretrained features (Sauer et al. 2021, "Projected GANs").

A discriminator that looks at pixels has to learn first what a face is made of, from our two thousand of them. This one
looks at the VGG features that the perceptual loss computes anyway, one small head per block, so it costs little and is
useful within minutes.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from dfd_core.networks.blocks import SLOPE
from dfd_core.training.perceptual import BLOCKS


class Discriminator(nn.Module):
    """One head per block of `Perceptual.features`; higher scores are more real."""

    spread: torch.Tensor

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        channels = [widths[-1] for _, widths in BLOCKS]
        self.heads = nn.ModuleList(
            nn.Sequential(
                spectral_norm(nn.Conv2d(inputs, width, 3, 2, 1)),
                nn.LeakyReLU(SLOPE),
                spectral_norm(nn.Conv2d(width, width, 3, 2, 1)),
                nn.LeakyReLU(SLOPE),
                spectral_norm(nn.Conv2d(width, 1, 3, 1, 1)),
            )
            for inputs in channels
        )
        self.register_buffer("spread", torch.zeros(len(channels)))

    def forward(self, features: list[torch.Tensor]) -> list[torch.Tensor]:
        """Features of each block -> score maps (B, 1, h, w), one per block."""
        return [head(x / size) for head, x, size in zip(self.heads, features, self.spread, strict=True)]

    @torch.no_grad()
    def measure(self, features: list[torch.Tensor]) -> None:
        """Take each block's scale from the features of real pictures, once, before training."""
        self.spread.copy_(torch.stack([x.square().mean().sqrt() for x in features]))


def hinge(real: list[torch.Tensor], made: list[torch.Tensor]) -> torch.Tensor:
    """The discriminator's loss, averaged over the heads."""
    terms = [F.relu(1 - a).mean() + F.relu(1 + b).mean() for a, b in zip(real, made, strict=True)]
    return torch.stack(terms).mean()


def fooled(made: list[torch.Tensor]) -> torch.Tensor:
    """The generator's loss, averaged over the heads."""
    return torch.stack([-score.mean() for score in made]).mean()
