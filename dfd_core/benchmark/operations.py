"""Counting multiply-adds as they are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn


def operations(networks: Iterable[nn.Module], task: Callable[[], object]) -> Counter[torch.dtype]:
    """Multiply-adds of all convolutions and matrices of the `networks` while `task` runs, by precision."""
    done: Counter[torch.dtype] = Counter()

    def count(layer: nn.Module, _: object, out: torch.Tensor) -> None:
        if isinstance(layer, nn.ConvTranspose2d):
            each = out[0, 0].numel() // (layer.stride[0] * layer.stride[1])
        elif isinstance(layer, nn.Conv2d):
            each = out[0, 0].numel()
        elif isinstance(layer, nn.Linear):
            each = 1
        else:
            return
        done[layer.weight.dtype] += each * layer.weight.numel()

    hooks = [layer.register_forward_hook(count) for network in networks for layer in network.modules()]
    try:
        task()
    finally:
        for hook in hooks:
            hook.remove()
    return done


def multiplications(module: nn.Module, *inputs: Any) -> int:
    """Multiply-adds of one call of `module`."""
    with torch.inference_mode():
        return operations([module], lambda: module(*inputs)).total()
