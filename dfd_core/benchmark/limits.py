"""What the machine can do at best: the rate of its multiply-adds and of its memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from dfd_core.benchmark.timing import timed
from dfd_core.networks.blocks import channels_last, conv

SHAPES = ((48, 128), (64, 64), (96, 32), (192, 16))
"""Channels and side of the generator's most frequent convolutions."""

MEMORY = 256 << 20
"""Bytes that are read to measure the memory's rate; more than any processor's cache."""


@dataclass(frozen=True)
class Limits:
    """Multiply-adds a second of dense 3 x 3 convolutions by precision, and bytes a second of reading memory."""

    rates: Mapping[torch.dtype, float]
    bandwidth: float

    def seconds(self, operations: Mapping[torch.dtype, int], traffic: int = 0) -> float:
        """The least time for so many multiply-adds, by precision, and bytes."""
        return sum(count / self.rates[dtype] for dtype, count in operations.items()) + traffic / self.bandwidth


@torch.inference_mode()
def measure(device: torch.device, precisions: set[torch.dtype]) -> Limits:
    """Best of some runs: the best convolution shape of `SHAPES` counts."""
    rates = {dtype: max(_rate(dtype, device, *shape) for shape in SHAPES) for dtype in precisions}
    block = torch.ones(MEMORY // 4, device=device)
    return Limits(rates, MEMORY / timed(block.sum, device, 9).low)


def _rate(dtype: torch.dtype, device: torch.device, channels: int, side: int) -> float:
    layer: nn.Conv2d = channels_last(conv(channels, channels), device, dtype)
    x = torch.randn(1, channels, side, side, device=device).to(dtype).contiguous(memory_format=torch.channels_last)
    return layer.weight.numel() * side**2 / timed(lambda: layer(x), device, 15, 3).low
