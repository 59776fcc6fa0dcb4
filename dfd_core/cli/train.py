"""Train both stages on prepared portraits; stop and go on as you like."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from dfd_core.errors import DataError

TRAITS = ("glasses", "beard", "open_mouth", "aged")
"""Those of `networks.trait`, which would bring PyTorch in at start-up."""

SMALL = ("place", "anchors", "shading", *TRAITS, "enlarge")
"""Stages that train one network beside the others each, in one process."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd train`."""
    command.add_argument("prepared", type=Path, metavar="PREPARED", help="output folder of 'dfd prepare'")
    command.add_argument("-o", "--output", dest="run", type=Path, required=True, metavar="RUN",
                         help="run folder; an existing run is resumed")  # fmt: skip
    command.add_argument("--config", type=Path,
                         help="JSON configuration; what it leaves out is the run's own, else built-in")  # fmt: skip
    command.add_argument("--stage", default="both",
                         choices=("embed", "refine", "synth", "both", *SMALL),
                         help="which stage (default: both, embed and synth; the others are extra)")  # fmt: skip
    command.add_argument("--from", dest="start", type=Path, metavar="RUN|PACK",
                         help="begin a new run with a weight pack, or image synthesis with another run's, "
                              "as far as it fits")  # fmt: skip
    command.add_argument("--portraits", type=Path, metavar="PORTRAITS",
                         help="for enlarge: the folder that was prepared; photos of 512 pixels are used")  # fmt: skip
    command.add_argument("--minutes", type=float, help="stop and save after this time; both stages share it, 1 to 8")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    command.add_argument("--threads", type=int, help="processor threads per process")


def run(options: argparse.Namespace) -> int:
    """`dfd train`: returns the exit code. Under `torchrun` every process takes part; see docs/training.md."""
    import torch

    from dfd_core.device import pick_device
    from dfd_core.training.config import TrainConfig
    from dfd_core.training.data import Prepared
    from dfd_core.training.embed import train_embedding
    from dfd_core.training.from_pack import begin_from_pack, is_pack
    from dfd_core.training.run import alone, finish_processes, local_device, start_processes, wait_for_all
    from dfd_core.training.synth import train_synthesis

    if options.minutes is not None and options.minutes <= 0:
        raise DataError("--minutes must be more than 0.")
    if options.stage in ("refine", *SMALL):
        alone(options.stage)
    if options.threads:
        torch.set_num_threads(options.threads)
    begun = (options.run / "synth.pt").is_file()
    if options.stage == "embed" and begun:
        raise DataError(f"Stage 2 of {options.run} was trained on its embedding, which stays as it is: train another "
                        f"in another run folder, whose stage 2 can begin with '--from {options.run}'.")  # fmt: skip
    if options.start is not None and not is_pack(options.start) and options.stage not in ("synth", "both"):
        raise DataError("--from RUN is for image synthesis: leave it out, or name a weight pack.")
    data = Prepared(options.prepared)
    options.run.mkdir(parents=True, exist_ok=True)
    kept = options.run / "config.json"
    before = TrainConfig.load(kept) if kept.is_file() else TrainConfig()
    config = TrainConfig.load(options.config, before) if options.config else before
    if begun and (config.width, config.finer) != (before.width, before.finer):
        raise DataError(f"{options.run} has networks of width {before.width} with {before.finer} finer blocks: train "
                        "others in another run folder.")  # fmt: skip
    device = local_device(pick_device(options.device))
    seconds = None if options.minutes is None else options.minutes * 60
    rank, _ = start_processes(device)
    started = time.monotonic()
    try:
        wait_for_all()  # every process has read the configuration before the first one writes it
        if rank == 0:
            config.save(kept)
            if options.start is not None and is_pack(options.start) and not begun:
                begin_from_pack(options.start, options.run, config)
        wait_for_all()
        begun = (options.run / "synth.pt").is_file()
        if options.stage == "embed" or (options.stage == "both" and not begun):
            part = 1 / 9 if options.stage == "both" else 1
            train_embedding(data, options.run, config, device, None if seconds is None else seconds * part)
        if options.stage == "refine":
            from dfd_core.training.refine import refine_embedding

            refine_embedding(data, options.run, config, device, seconds)
        if options.stage in ("synth", "both"):
            if not (options.run / "embed.pt").is_file():
                raise DataError(f"{options.run} has no trained embedding: run '--stage embed' first.")
            spent = time.monotonic() - started  # by stage 1, which may have had nothing left to do
            limit = None if seconds is None else max(seconds - spent, seconds * 8 / 9)
            train_synthesis(data, options.run, config, device, limit, options.start)
        if options.stage == "place":
            from dfd_core.training.placement import train_placement

            train_placement(data, options.run, config, device, seconds)
        if options.stage == "anchors":
            from dfd_core.training.anchors import train_anchors

            train_anchors(data, options.run, config, device, seconds)
        if options.stage == "shading":
            from dfd_core.training.shading import train_shading

            train_shading(data, options.run, config, device, seconds)
        if options.stage in TRAITS:
            from dfd_core.training.traits import train_trait

            train_trait(options.stage, data, options.run, config, device, seconds)
        if options.stage == "enlarge":
            from dfd_core.training.enlarge import train_enlarge

            if options.portraits is None:
                raise DataError("--stage enlarge needs --portraits FOLDER, the folder that was prepared.")
            train_enlarge(data, options.portraits, options.run, config, device, seconds)
    finally:
        finish_processes()
    if rank == 0:
        print(f"{options.run}: saved; go on with the same command, or write a weight pack with "
              f"'dfd export {options.run} {options.prepared} -o FOLDER'")  # fmt: skip
    return 0
