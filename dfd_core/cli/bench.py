"""Measure the engine beside a shape-true copy of the reference system."""

from __future__ import annotations

import argparse
from pathlib import Path

from dfd_core.errors import DfdError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd bench`."""
    command.add_argument("--pack", type=Path, metavar="DIR", help="weight pack (default: the one that comes along)")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda (default: auto)")
    command.add_argument("--threads", type=int, help="processor threads (default: torch's choice)")
    command.add_argument("--quick", action="store_true", help="no cold starts and no banks beyond the reference's size")
    command.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there as JSON")
    command.add_argument("--docs", type=Path, metavar="FILE", help="also write the table there")


def run(options: argparse.Namespace) -> int:
    """`dfd bench`: returns the exit code."""
    import torch

    from dfd_core.benchmark import report
    from dfd_core.benchmark.fresh import our_start, reference_start
    from dfd_core.benchmark.reference import Reference
    from dfd_core.benchmark.rows import Sides, projection
    from dfd_core.engine import Engine

    for path in (options.json, options.docs):
        if path is not None and not path.resolve().parent.is_dir():
            raise DfdError(f"There is no folder {path.resolve().parent}: make it first.")
    engine = Engine(options.pack, options.device, options.threads)
    starts = None
    if not options.quick:
        starts = our_start(engine.pack.folder, engine.device), reference_start(engine.device)
    torch.manual_seed(0)
    reference = Reference()
    sides = Sides(engine, reference)
    rows = sides.updates()
    operations = sides.operations()
    rows += projection(() if options.quick else (100_000, 1_000_000), reference)
    facts = report.machine(engine.device)
    page = report.markdown(facts, rows, starts, operations)
    print(page)
    if options.json:
        options.json.write_text(report.records(facts, rows, starts), encoding="utf-8")
    if options.docs:
        options.docs.write_text(page, encoding="utf-8")
    return 0
