"""The benchmark's table, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from dfd_core import __version__
from dfd_core.benchmark.effect import Effect
from dfd_core.benchmark.fresh import Start
from dfd_core.benchmark.limits import Limits
from dfd_core.benchmark.rows import Row

HEAD = """# Performance

Written by `dfd bench --docs docs/performance.md`: the engine beside a shape-true copy of the reference system (the same
layers as Chen et al.'s published inference code, 425.6 M parameters, random weights) in one run, on one machine, on the
same drawings. Medians, with the quartiles in brackets; figures of other machines differ, ratios much less. The limit is
the time that the engine's multiply-adds and bytes would take at the rates of this machine, measured in the same run.
"""

NOTES = """
## What makes it fast, and what that costs

- **Projection.** A large bank (8,192 rows or more) is scanned in a shorter space, an eighth of the numbers or so, whose
  distances are never greater than the real ones; only rows that it cannot rule out are looked at in full
  (`nearest.py`). The neighbours are exactly those of a plain scan. It works because latents fill few of their
  dimensions (of ours, an eighth of the principal axes holds 94 to 96 % of the variance). Of independent random numbers
  nothing can be ruled out, no index is made, and the time is that of reading the whole bank: the rows called noise. The
  pack that comes along has some 4,000 rows a bank and is scanned plainly.
- **Lower precision.** Where the processor multiplies bfloat16 (AVX512-BF16), image synthesis uses it; encoders, latents
  and neighbours stay in single precision. Without such a processor the row "in single precision" holds.
- **One component.** Everything behind the feature maps depends on the whole face (the coarse face is a regression on
  all latents, and normalisation is over the whole picture), so image synthesis has to be done again in full; it is four
  fifths of a full update's multiply-adds. Saved are reading, encoding and mapping of the other components and most of
  the enlargement, whose detail is computed again only around what has changed by more than 4 levels of 255.
- **Appearance.** Encoders, projection and feature maps are skipped.
- **Memory.** Weights are in half precision on disk; a large bank stays so, mapped from its file. The libraries alone
  (torch) are some 200 MiB of the peak.
- **In Krita** the engine takes half of the logical processors, at most four (`Engine(threads="spare")`), and
  `Engine.warm()` makes the first portrait as fast as later ones. `Engine.close()` gives a GPU's memory back.

`dfd bench --guard` (in `.ci/run`) fails when one of these ratios has got much worse.
"""


@dataclass(frozen=True)
class Figures:
    """All that was measured. `starts`: ours, ours warmed, and the reference's; `operations`: multiply-adds of a full
    update, ours by precision, and the reference's."""

    rows: list[Row]
    limits: Limits
    operations: tuple[Mapping[torch.dtype, int], int]
    effects: list[Effect]
    starts: tuple[Start, Start, Start] | None


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


def markdown(facts: dict[str, Any], figures: Figures) -> str:
    """The page."""
    lines = [HEAD, "".join(f"{key} {value} · " for key, value in facts.items()).rstrip(" ·"), "",
             "| what | ours | reference | times faster | limit of ours |", "|---|---|---|---|---|"]  # fmt: skip
    for row in figures.rows:
        ratio = f"{row.ratio:.1f}" if row.ratio else "-"
        limit = f"{row.limit * 1e3:.3g} ms" if row.limit else "-"
        lines.append(f"| {row.what} | {row.ours or '-'} | {row.reference or '-'} | {ratio} | {limit} |")
    if figures.starts is not None:
        lines += _starts(*figures.starts)
    ours, theirs = figures.operations
    rates = ", ".join(f"{rate / 1e9:.0f} GMAC/s in {_name(dtype)}" for dtype, rate in figures.limits.rates.items())
    lines += ["", f"Measured limits of this machine: {rates} (3 x 3 convolutions of the generator's shapes), memory "
                  f"{figures.limits.bandwidth / 1e9:.1f} GB/s. A full update is {sum(ours.values()) / 1e9:.1f} GMAC "
                  f"(10⁹ multiply-adds) of ours and {theirs / 1e9:.0f} GMAC of the reference's."]  # fmt: skip
    lines += _shares(figures.rows)
    lines += ["", "| short cut | greatest difference, levels of 255 | pixels that differ by more than one level |",
              "|---|---|---|"]  # fmt: skip
    lines += [f"| {effect.what} | {effect.greatest} | {effect.share:.3%} |" for effect in figures.effects]
    return "\n".join(lines) + "\n" + NOTES


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _shares(rows: list[Row]) -> list[str]:
    """What an edit costs beside a full update."""
    full = rows[0].ours
    edits = [row for row in rows if row.ours and ("changed" in row.what)]
    if full is None or not edits:
        return []
    shares = ", ".join(f"{row.what} {row.ours.median / full.median:.0%}" for row in edits if row.ours)
    return [f"Beside a full update: {shares}."]


def _starts(ours: Start, warm: Start, theirs: Start) -> list[str]:
    def row(what: str, mine: float, other: float, unit: str) -> str:
        ratio = f"{other / mine:.1f}" if mine and other else "-"
        return f"| {what} | {mine:.3g} {unit} | {other:.4g} {unit} | {ratio} | - |"

    mib = 2**20
    return [
        row("cold start to first portrait", ours.first, theirs.first, "s"),
        row("of that, importing torch", ours.torch, theirs.torch, "s"),
        row("of that, loading", ours.load - ours.torch, theirs.load - theirs.torch, "s"),
        row("of that, the first portrait", ours.first - ours.load, theirs.first - theirs.load, "s"),
        f"| first portrait of a warmed engine | {warm.first * 1e3:.3g} ms | - | - | - |",
        row("peak resident memory", ours.peak / mib, theirs.peak / mib, "MiB"),
        row("resident memory after it", ours.resident / mib, theirs.resident / mib, "MiB"),
        *([row("peak GPU memory", ours.gpu / mib, theirs.gpu / mib, "MiB")] if ours.gpu else []),
        row("size on disk", ours.disk / 1e6, theirs.disk / 1e6, "MB"),
    ]


def records(facts: dict[str, Any], figures: Figures) -> str:
    """The same as JSON."""
    fresh = None
    if figures.starts is not None:
        fresh = dict(zip(("ours", "warmed", "reference"), map(asdict, figures.starts), strict=True))
    limits = {"multiply_adds": {_name(dtype): rate for dtype, rate in figures.limits.rates.items()},
              "bandwidth": figures.limits.bandwidth}  # fmt: skip
    ours, theirs = figures.operations
    operations = {"ours": {_name(dtype): count for dtype, count in ours.items()}, "reference": theirs}
    return json.dumps({"machine": facts, "rows": [row.record() for row in figures.rows], "limits": limits,
                       "operations": operations, "effects": [asdict(e) for e in figures.effects],
                       "fresh": fresh}, indent=1) + "\n"  # fmt: skip
