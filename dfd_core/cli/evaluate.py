"""Measure a weight pack beside retrieval and a pix2pix-style U-Net, or train that U-Net."""

from __future__ import annotations

import argparse
from pathlib import Path

from dfd_core.errors import DataError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd eval` and of `dfd eval unet`."""
    command.add_argument("--pack", type=Path, metavar="DIR", help="weight pack (default: the one that comes along)")
    command.add_argument("--prepared", type=Path, help="output folder of 'dfd prepare'")
    command.add_argument("--portraits", type=Path, metavar="FOLDER",
                         help="the aligned portraits that were prepared: for skin tones and --london")  # fmt: skip
    command.add_argument("--unet", type=Path, metavar="RUN", help="run folder of 'dfd eval unet'")
    command.add_argument("-o", "--output", type=Path, help="folder for the results")
    command.add_argument("--quick", action="store_true", help="40 faces, a few minutes on two processor cores")
    command.add_argument("--london", action="store_true", help="also the faces of split 'london'")
    command.add_argument("--ablations", action="store_true", help="also our model with parts switched off or changed")
    command.add_argument(
        "--docs", type=Path, metavar="FILE", help="also write the page there, such as docs/evaluation.md"
    )
    command.add_argument("--card", type=Path, metavar="FILE",
                         help="also put the figures into this model card (MODEL_CARD.md of the pack)")  # fmt: skip
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    command.add_argument("--threads", type=int, help="processor threads")
    tasks = command.add_subparsers(dest="task", metavar="unet")
    summary = "Train the pix2pix-style baseline; stop and go on as you like."
    unet = tasks.add_parser("unet", help=summary, description=summary)
    unet.add_argument("prepared", type=Path, metavar="PREPARED", help="output folder of 'dfd prepare'")
    unet.add_argument("-o", "--output", dest="run", type=Path, required=True, metavar="RUN",
                      help="run folder; an existing run is resumed")  # fmt: skip
    unet.add_argument("--minutes", type=float, help="stop and save after this time")
    unet.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    unet.add_argument("--threads", type=int, help="processor threads")


def run(options: argparse.Namespace) -> int:
    """`dfd eval`: returns the exit code."""
    import torch

    from dfd_core.cli.extras import need
    from dfd_core.device import pick_device

    need("cv2")
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.task == "unet":
        return _unet(options, pick_device(options.device))
    return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    from dfd_core.cli.progress import Bar
    from dfd_core.evaluation.bench import EvalConfig
    from dfd_core.evaluation.report import write_card
    from dfd_core.evaluation.run import evaluate
    from dfd_core.pack import default_folder

    if options.prepared is None or options.output is None:
        raise DataError("Name the prepared data with --prepared and a folder for the results with -o.")
    if options.london and options.portraits is None:
        raise DataError("--london needs --portraits, the folder that has these faces.")
    config = EvalConfig(options.pack or default_folder(), options.prepared, options.output, options.portraits,
                        options.unet, options.quick, options.london, options.ablations, options.docs,
                        options.device)  # fmt: skip
    if options.card is not None and not options.card.is_file():
        raise DataError(f"There is no model card {options.card}: name the one of the pack.")
    lines = evaluate(config, Bar)
    if options.card is not None:
        write_card(lines, options.card)
    targets = [line for line in lines if line["line"] == "target"]
    print(f"{options.output}: {sum(t['met'] for t in targets)} of {len(targets)} targets met; see report.md")
    return 0


def _unet(options: argparse.Namespace, device: object) -> int:
    from dfd_core.evaluation.train_unet import train_unet
    from dfd_core.training.data import Prepared

    if options.minutes is not None and options.minutes <= 0:
        raise DataError("--minutes must be more than 0.")
    limit = None if options.minutes is None else options.minutes * 60
    steps = train_unet(Prepared(options.prepared), options.run, device, limit)  # type: ignore[arg-type]
    print(f"{options.run}: saved after {steps} steps; go on with the same command")
    return 0
