"""Which device the networks run on, how precisely, and with how many threads."""

from __future__ import annotations

import os

import torch

from dfd_core.errors import DfdError

MOST_THREADS = 4
"""More threads than this would mostly wait for each other: the layers are small."""


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
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        if memory_is_full(error):
            return device  # it is there; the engine falls back by itself
        raise DfdError(f"The device '{name}' is not there: use 'cpu' or 'auto'.") from None
    return device


def fast_precision(device: torch.device) -> torch.dtype:
    """In which numbers image synthesis is fastest on `device` without a visible difference.

    bfloat16 on processors that multiply it natively (AVX512-BF16: AMD since Zen 4, Intel's servers since Cooper Lake),
    where convolutions are twice as fast; single precision elsewhere.
    """
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # newer than the oldest torch that we take
    return torch.bfloat16 if device.type == "cpu" and native is not None and native() else torch.float32


def spare_threads() -> int:
    """How many threads to use inside a program that somebody is working with.

    Half of the logical processors, so that the other half stays free for the pen; the user's `OMP_NUM_THREADS` counts
    for more.
    """
    if os.environ.get("OMP_NUM_THREADS", "").isdigit():
        return max(1, int(os.environ["OMP_NUM_THREADS"]))
    return max(1, min(MOST_THREADS, (os.cpu_count() or 1) // 2))


def memory_is_full(error: BaseException) -> bool:
    """Whether the error says that a GPU's memory is full; Apple's MPS has no class of its own for it."""
    words = str(error)  # of cuBLAS and cuDNN, too, which want memory of their own
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in words or "STATUS_ALLOC_FAILED" in words


def release_memory(device: torch.device) -> None:
    """Give a GPU's memory that is no longer used back to other programs; the processor's is given back by itself."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
