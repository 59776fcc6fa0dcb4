"""MobileNetV2 (Sandler et al. 2018) as a feature extractor; the weights are torchvision's, trained on ImageNet."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

FEATURES = 1280
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, repeats and first stride of each group of blocks (table 2)."""


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU6())


class _Block(nn.Module):
    """Inverted residual; `conv` has the layout of torchvision's, so that its weights fit."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        layers: list[nn.Module] = [] if expansion == 1 else [_conv(inputs, inner, 1)]
        layers += [_conv(inner, inner, 3, stride, inner), nn.Conv2d(inner, outputs, 1, bias=False)]
        self.conv = nn.Sequential(*layers, nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileNetV2(nn.Module):
    """Pictures (B, 3, H, W) RGB in 0..1 -> features (B, 1280), the input of ImageNet's classifier."""

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, path: Path) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(3, 32, 3, 2)]
        inputs = 32
        for expansion, outputs, repeats, stride in BLOCKS:
            for k in range(repeats):
                layers.append(_Block(inputs, outputs, stride if k == 0 else 1, expansion))
                inputs = outputs
        self.features = nn.Sequential(*layers, _conv(inputs, FEATURES, 1))
        weights = torch.load(path, map_location="cpu", weights_only=True)
        self.load_state_dict({k: v for k, v in weights.items() if k.startswith("features.")})
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.requires_grad_(False).eval()

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.features((pictures - self.mean) / self.deviation).mean((2, 3))
