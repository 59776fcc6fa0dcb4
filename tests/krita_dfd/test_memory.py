"""Freed memory goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from krita_dfd.memory import give_back

BLOCK, COUNT = 8192, 12_000


def resident() -> float:
    """Memory of this process in MiB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems take it back by themselves")
def test_what_lies_between_blocks_in_use_is_given_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    blocks = [library.malloc(BLOCK) for _ in range(COUNT)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for block in blocks[:-1]:
        library.free(block)
    before = resident()
    give_back()
    assert resident() < before - 0.8 * BLOCK * COUNT / 2**20
    library.free(blocks[-1])
