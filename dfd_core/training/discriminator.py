"""Patch discriminator (pix2pixHD, Wang et al. 2018) with differentiable augmentation (Zhao et al. 2020)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from dfd_core.networks.blocks import SLOPE


class Discriminator(nn.Module):
    """Judges overlapping patches of some 70 pixels of a 256 x 256 portrait."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = (3, width, 2 * width, 4 * width, 6 * width)
        self.layers = nn.ModuleList(spectral_norm(nn.Conv2d(a, b, 4, 2, 1)) for a, b in pairwise(widths))
        self.out = spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1))

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """(B, 3, 256, 256) in -1..1 -> patch scores (B, 1, 16, 16) and the features of every layer."""
        features = []
        x = picture
        for layer in self.layers:
            x = F.leaky_relu(layer(x), SLOPE)
            features.append(x)
        return self.out(x), features


def augment(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The same kind of random change for real and made pictures, with gradients: colour, shift and cut-out."""
    count, _, height, width = pictures.shape

    def uniform(low: float, high: float) -> torch.Tensor:
        value = torch.rand(count, 1, 1, 1, generator=generator) * (high - low) + low
        return value.to(pictures.device)

    x = pictures + uniform(-0.3, 0.3)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * uniform(0.5, 1.5) + grey
    x = (x - x.mean((1, 2, 3), keepdim=True)) * uniform(0.75, 1.25) + x.mean((1, 2, 3), keepdim=True)
    dy, dx = (int(v) for v in torch.randint(-height // 12, height // 12 + 1, (2,), generator=generator))
    x = torch.roll(x, (dy, dx), (2, 3))
    top, left = (int(v) for v in torch.randint(0, height * 2 // 3, (2,), generator=generator))
    mask = torch.ones(1, 1, height, width, device=pictures.device)
    mask[:, :, top : top + height // 4, left : left + width // 4] = 0
    return x * mask
