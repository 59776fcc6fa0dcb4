"""Building blocks shared by all networks."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn
from torch.nn import functional as F

SLOPE = 0.2

AnyModule = TypeVar("AnyModule", bound=nn.Module)


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    """A 3 x 3 convolution that keeps (stride 1) or halves (stride 2) the size."""
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


class Residual(nn.Module):
    """Two 3 x 3 convolutions around which the input passes unchanged.

    The second convolution starts at a tenth of its usual scale, so that a deep stack starts near the identity (Zhang et
    al. 2019, "Fixup"). With `groups`, what enters the convolutions is normalised by group (Wu & He 2018); without it
    the synthesis networks diverged at learning rates above 5e-4.
    """

    def __init__(self, width: int, groups: int = 0) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, width) if groups else nn.Identity()
        self.first = conv(width, width)
        self.second = conv(width, width)
        with torch.no_grad():
            weight, bias = self.second.parameters()
            weight.mul_(0.1)
            bias.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, H, W) -> the same shape."""
        return x + self.second(F.leaky_relu(self.first(F.leaky_relu(self.norm(x), SLOPE)), SLOPE))


class Modulate(nn.Module):
    """Scale and shift every channel by a linear function of the appearance code (FiLM, Perez et al. 2018)."""

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        self.linear = nn.Linear(code, 2 * width)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """`x` (B, width, H, W), `code` (B, code) -> (B, width, H, W)."""
        scale, shift = self.linear(code)[:, :, None, None].chunk(2, 1)
        return x * (1 + scale) + shift


def channels_last(module: AnyModule, device: torch.device | str = "cpu", dtype: torch.dtype | None = None) -> AnyModule:
    """Move `module` to `device` and `dtype`, in the memory layout in which convolutions are fastest."""
    return module.to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in the stubs


def like_weights(x: torch.Tensor, layer: nn.Conv2d | nn.Linear) -> torch.Tensor:
    """`x` in the precision of the layer's weights."""
    return x.to(layer.weight.dtype)


def double(x: torch.Tensor) -> torch.Tensor:
    """Nearest-neighbour enlargement of (B, C, H, W) to twice the size."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
