"""Which device the networks run on."""

from __future__ import annotations

import torch

from dfd_core.errors import DfdError


def pick_device(name: str) -> torch.device:
    """`auto` is the first of CUDA, Apple's MPS and the CPU that is there; raises `DfdError` for one that is not."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda:0")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        if device.type not in ("cpu", "cuda", "mps"):
            raise RuntimeError
        torch.zeros(1, device=device)
    except torch.OutOfMemoryError:
        return device  # it is there; the engine falls back by itself
    except (RuntimeError, AssertionError, NotImplementedError):
        raise DfdError(f"The device '{name}' is not there: use 'cpu' or 'auto'.") from None
    return device
