"""Measure the engine beside a shape-true copy of the reference system."""

from __future__ import annotations

import argparse
from pathlib import Path

from dfd_core.errors import DfdError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd bench`."""
    command.add_argument("--pack", type=Path, metavar="DIR", help="weight pack (default: the one that comes along)")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    command.add_argument("--threads", type=int, help="processor threads (default: torch's choice)")
    command.add_argument("--quick", action="store_true", help="no cold starts and no banks beyond the reference's size")
    command.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there as JSON")
    command.add_argument("--docs", type=Path, metavar="FILE", help="also write the table there, and the figures beside "
                         "it as FILE.json")  # fmt: skip
    command.add_argument("--guard", action="store_true", help="measure a few ratios in half a minute and fail when one "
                         "is too great; for continuous integration")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """`dfd bench`: returns the exit code."""
    for path in (options.json, options.docs):
        if path is not None and not path.resolve().parent.is_dir():
            raise DfdError(f"There is no folder {path.resolve().parent}: make it first.")
    if options.guard:
        from dfd_core.benchmark.guard import guard

        return guard(options.pack)
    return _table(options)


def _table(options: argparse.Namespace) -> int:
    import torch

    from dfd_core.benchmark import fresh, limits, report
    from dfd_core.benchmark.effect import effects
    from dfd_core.benchmark.reference import Reference
    from dfd_core.benchmark.rows import Sides, projection
    from dfd_core.device import fast_precision
    from dfd_core.engine import Engine

    engine = Engine(options.pack, options.device, options.threads)
    device, folder = torch.device(engine.device), engine.pack.folder
    starts = None
    if not options.quick:
        name = engine.device
        starts = fresh.our_start(folder, name), fresh.our_warm_start(folder, name), fresh.reference_start(name)
    precision = fast_precision(device)
    single = Engine(folder, engine.device, precision="single") if precision != torch.float32 else None
    best = limits.measure(device, {torch.float32, precision})
    torch.manual_seed(0)
    reference = Reference()
    sides = Sides(engine, reference, best, single)
    rows = sides.updates()
    operations = sides.operations(sides.full), sides.reference_operations()
    latents = engine.pack.banks["remainder"].bank.cpu()
    on_processor = best if device.type == "cpu" else limits.measure(torch.device("cpu"), {torch.float32})
    rows += projection(() if options.quick else (100_000, 1_000_000), reference, latents, on_processor)
    figures = report.Figures(rows, best, operations, effects(folder, engine.device), starts)
    facts = report.machine(engine.device)
    page, data = report.markdown(facts, figures), report.records(facts, figures)
    print(page)
    if options.json:
        options.json.write_text(data, encoding="utf-8")
    if options.docs:
        options.docs.write_text(page, encoding="utf-8")
        options.docs.with_suffix(".json").write_text(data, encoding="utf-8")
    return 0
