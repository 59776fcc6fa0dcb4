"""The benchmark's table, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from typing import Any

import torch

from dfd_core import __version__
from dfd_core.benchmark.fresh import Start
from dfd_core.benchmark.rows import Row

HEAD = """# Performance

Written by `dfd bench --docs docs/performance.md`: the engine beside a shape-true copy of the reference system (the same
layers as Chen et al.'s published inference code, 425.6 M parameters, random weights) in one run, on one machine, on the
same drawing. Medians, with the quartiles in brackets; figures of other machines differ, ratios much less.
"""


def machine(device: str) -> dict[str, Any]:
    """What the figures hang on."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    if device.startswith("cuda"):
        model = f"{torch.cuda.get_device_name(device)}, {model}"
    return {"dfd": __version__, "torch": torch.__version__, "python": platform.python_version(), "device": device,
            "threads": torch.get_num_threads(), "cores": os.cpu_count(), "machine": model,
            "system": platform.system()}  # fmt: skip


def markdown(facts: dict[str, Any], rows: list[Row], starts: tuple[Start, Start] | None,
             operations: tuple[float, float]) -> str:  # fmt: skip
    """The page; `operations` are the multiply-adds of a full update, ours and the reference's."""
    lines = [HEAD, "".join(f"{key} {value} · " for key, value in facts.items()).rstrip(" ·"), "",
             "| what | ours | reference | times faster |", "|---|---|---|---|"]  # fmt: skip
    for row in rows:
        ratio = f"{row.ratio:.1f}" if row.ratio else "-"
        lines.append(f"| {row.what} | {row.ours or '-'} | {row.reference or '-'} | {ratio} |")
    if starts is not None:
        ours, theirs = starts
        lines += [
            f"| cold start to first portrait | {ours.first:.2f} s | {theirs.first:.2f} s | "
            f"{theirs.first / ours.first:.1f} |",
            f"| of that, importing and loading | {ours.load:.2f} s | {theirs.load:.2f} s | "
            f"{theirs.load / ours.load:.1f} |",
            f"| peak resident memory | {ours.peak / 2**20:.0f} MiB | {theirs.peak / 2**20:.0f} MiB | "
            f"{theirs.peak / ours.peak:.1f} |",
            f"| size on disk | {ours.disk / 1e6:.1f} MB | {theirs.disk / 1e6:.0f} MB | {theirs.disk / ours.disk:.0f} |",
        ]  # fmt: skip
    full = rows[0]
    lines += ["", f"A full update is {operations[0] / 1e9:.1f} GMAC (10⁹ multiply-adds) of ours and "
                  f"{operations[1] / 1e9:.0f} GMAC of the reference's."]  # fmt: skip
    if full.ours and full.reference:
        rates = operations[0] / full.ours.median / 1e9, operations[1] / full.reference.median / 1e9
        lines[-1] += (
            f" That is {rates[0]:.0f} and {rates[1]:.0f} GMAC a second; the rest of ours is reading the drawing,"
            " moving memory and starting layers."
        )
    return "\n".join(lines) + "\n"


def records(facts: dict[str, Any], rows: list[Row], starts: tuple[Start, Start] | None) -> str:
    """The same as JSON."""
    sides = None if starts is None else {"ours": asdict(starts[0]), "reference": asdict(starts[1])}
    return json.dumps({"machine": facts, "rows": [row.record() for row in rows], "fresh": sides}, indent=1) + "\n"
