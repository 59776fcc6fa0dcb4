"""What both stages share: the run folder, the time box, resuming, and several processes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import distributed

from dfd_core.device import fast_precision
from dfd_core.errors import DataError

SAVE_EVERY = 240.0
"""Seconds between checkpoints."""


class Clock:
    """Time box of `limit` seconds from now, or none."""

    def __init__(self, limit: float | None) -> None:
        self.start = time.monotonic()
        self.limit = limit

    def spent(self) -> float:
        """The share of the time box that has passed (always 0 without one); every process gets the same answer.

        Every process must ask equally often: learning rates and the end of the training hang on it.
        """
        if self.limit is None:
            return 0.0
        share = (time.monotonic() - self.start) / self.limit
        if distributed.is_initialized():
            greatest = torch.tensor(share, dtype=torch.double, device=_collective_device())
            distributed.all_reduce(greatest, op=distributed.ReduceOp.MAX)
            share = greatest.item()
        return share


def _collective_device() -> torch.device:
    return torch.device("cuda" if distributed.get_backend() == "nccl" else "cpu")


def start_processes(device: torch.device) -> tuple[int, int]:
    """Join the process group that torchrun made, if any; returns (rank, world size)."""
    if "RANK" not in os.environ:
        return 0, 1
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return distributed.get_rank(), distributed.get_world_size()


def alone(stage: str) -> None:
    """Raise `DataError` where torchrun started several processes, which would all train the same in this `stage`."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise DataError(f"'--stage {stage}' trains in one process: start it without torchrun.")


def wait_for_all() -> None:
    """Wait until every process is here, so that all of them see what the first one has written."""
    if distributed.is_initialized():
        distributed.barrier()


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint so that a crash leaves the old or the new one, never half of it."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The checkpoint, or None when there is none yet."""
    if not path.is_file():
        return None
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, UnpicklingError):
        raise DataError(f"{path} is damaged: delete it, and what it held is trained again.") from None


class Log:
    """JSON lines beside the results, and on the terminal a line with a progress bar."""

    def __init__(self, path: Path, quiet: bool = False) -> None:
        self.path = path
        self.quiet = quiet

    def write(self, share: float = 0.0, **values: float | int | str) -> None:
        """Append one record; `share` is how much of the work is done, 0..1."""
        if self.quiet:
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")
        shown = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items())
        print(f"{self.path.stem} [{'#' * round(20 * share):<20}] {share:4.0%}", *shown, sep="  ", flush=True)

    def begin(self, steps: int, setting: str, wanted: int) -> None:
        """Say what to do when no step is left of the `wanted` ones of the configuration's `setting`."""
        if steps >= wanted and not self.quiet:
            print(f"{self.path.stem}: all {wanted:,} steps are done ({steps:,}); to train longer, give a larger "
                  f"{setting} in {self.path.parent / 'config.json'} or --config", flush=True)  # fmt: skip


def note_commit(run: Path) -> None:
    """Write the commit of the checkout that this code lies in, or "unknown", into the run folder."""
    try:
        answer = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=Path(__file__).parent,
                                capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        answer = "unknown"
    (run / "commit").write_text(answer + "\n", encoding="utf-8")


def trained_by(run: Path) -> str:
    """The commit that `note_commit` found when stage 2 was last started."""
    path = run / "commit"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else "unknown"


def fast_convolutions(device: torch.device) -> torch.autocast:
    """Within it, convolutions are in bfloat16 on a processor that multiplies it; the weights never are."""
    return torch.autocast(device.type, torch.bfloat16, enabled=fast_precision(device) is torch.bfloat16)


def local_device(device: torch.device) -> torch.device:
    """Under torchrun on CUDA, the GPU of this process; otherwise `device`."""
    if device.type == "cuda" and "LOCAL_RANK" in os.environ:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    return device


def finish_processes() -> None:
    """Leave the process group, if there is one."""
    if distributed.is_initialized():
        distributed.destroy_process_group()
