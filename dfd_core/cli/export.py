"""Write a weight pack from a training run."""

from __future__ import annotations

import argparse
from pathlib import Path

from dfd_core.errors import DataError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd export`."""
    command.add_argument("run", type=Path, metavar="RUN", help="run folder of 'dfd train'")
    command.add_argument("prepared", type=Path, metavar="PREPARED", help="the prepared data that it was trained on")
    command.add_argument("-o", "--output", type=Path, required=True, help="folder of the weight pack")
    command.add_argument("--notes", type=Path, help="text about the data, for the model card")
    command.add_argument(
        "--looks", type=Path, metavar="PACK", help="weight pack whose colours seeds keep (default: new)"
    )
    command.add_argument("--name", default="default", help="name of the pack (default: default)")


def run(options: argparse.Namespace) -> int:
    """`dfd export`: returns the exit code."""
    from dfd_core.training.export import export

    if options.notes and not options.notes.is_file():
        raise DataError(f"There is no file {options.notes}: check the name.")
    notes = options.notes.read_text(encoding="utf-8") if options.notes else ""
    size = export(options.run, options.prepared, options.output, options.name, notes, options.looks)
    print(f"{options.output}: {size / 1e6:.1f} MB")
    return 0
