"""Timing: medians with their spread, on the processor or a GPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Timing:
    """Seconds: median, and the quarters below and above it."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        if self.median < 0.1:
            return f"{self.median * 1e3:.3g} ms ({self.low * 1e3:.3g}-{self.high * 1e3:.3g})"
        return f"{self.median:.3g} s ({self.low:.3g}-{self.high:.3g})"


def summary(seconds: list[float]) -> Timing:
    """Median and quartiles of some measurements."""
    low, median, high = np.percentile(seconds, [25, 50, 75])
    return Timing(float(median), float(low), float(high))


def timed(task: Callable[[], object], device: torch.device, repeats: int = 7, warm_up: int = 2,
          before: Callable[[], object] | None = None) -> Timing:  # fmt: skip
    """Time `task` after some runs that do not count; `before` prepares each run and is not timed."""
    return timed_in_turn({"": (before or (lambda: None), task)}, device, repeats, warm_up)[""]


def timed_in_turn(tasks: Mapping[str, tuple[Callable[[], object], Callable[[], object]]], device: torch.device,
                  repeats: int, warm_up: int = 2) -> dict[str, Timing]:  # fmt: skip
    """Time several tasks, each with what prepares it, one after the other in every round.

    What else the machine does meanwhile then slows all of them alike, and their ratios hold.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for k in range(warm_up + repeats):
        for name, (before, task) in tasks.items():
            before()
            _wait(device)
            begun = time.perf_counter()
            task()
            _wait(device)
            if k >= warm_up:
                seconds[name].append(time.perf_counter() - begun)
    return {name: summary(values) for name, values in seconds.items()}


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
