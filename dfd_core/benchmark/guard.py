"""Ratios that continuous integration watches: what got slower by half is an error, a busy machine is not.

Everything is measured in turns, on one thread, in processor time of that thread, which other programs cannot take; the
least of some turns counts. What is compared does the same kind of work, so that a ratio is nearly the same on every
processor. Single precision, since not every processor has another.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import torch
from safetensors.torch import load_file

from dfd_core.benchmark.banks import like_latents
from dfd_core.benchmark.drawings import faces, layer, other_mouth
from dfd_core.benchmark.reference import FEATURES, LATENT, generator
from dfd_core.engine import Engine
from dfd_core.enlarging import KEPT
from dfd_core.manifold import Manifold
from dfd_core.nearest import scan

TURNS = 8
ROWS = 1 << 16
GROWN = 4
REFERENCE_SIDE = 256
"""The reference's generator is measured at this size and counted as at 512: its work grows with the area. At 64 most of
its time goes into reading its weights, and the ratio hung on the machine's memory (0.018 and 0.027 on two of them)."""


@dataclass(frozen=True)
class Ratio:
    """The time of one task in that of another, and the most that it may be: 1.2 to 1.5 times what it was in 2026."""

    what: str
    task: str
    other: str
    most: float


RATIOS = (
    Ratio("full update / the reference's image synthesis at 512", "full", "reference", 0.072),
    Ratio("one component changed / full update", "mouth", "full", 0.9),
    Ratio("appearance changed / full update", "appearance", "full", 0.9),
    Ratio("reading a layer of 2048 x 2048 / full update", "read", "full", 0.5),
    Ratio("projection by index / by plain scan", "index", "scan", 0.2),
    Ratio("projection, rows x 4 / rows", "grown", "index", 3.1),
    Ratio("loading the weight pack / hashing and reading its files", "load", "files", 2.8),
)


def tasks(pack: Path | None) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    engine = Engine(pack, "cpu", 1, "single")
    engine.keep_appearance = True  # as in the docker: else another mouth has other colours guessed everywhere
    page, *others = faces(engine.pack, 2 + KEPT)
    other = cycle(others)  # one that was drawn lately is enlarged already
    edited, wide = other_mouth(page, 0), layer(page)
    turn = iter(range(10**9))
    reference = generator().eval()
    canvas = torch.randn(1, FEATURES, REFERENCE_SIDE, REFERENCE_SIDE)
    latents = engine.pack.banks["remainder"].bank
    rows = like_latents(ROWS * GROWN, LATENT, latents).float()
    bank, grown, query = Manifold(rows[:ROWS]), Manifold(rows), like_latents(1, LATENT, latents, 9).float()
    squares = rows[:ROWS].square().sum(1)

    def draw(page: object) -> None:
        engine.set_sketch(page, frame="canvas")  # type: ignore[arg-type]
        engine.render()

    def appearance() -> None:
        engine.seed = next(turn)
        engine.render()

    return {
        "full": lambda: draw(next(other)),
        "before": lambda: draw(page),
        "mouth": lambda: draw(edited),
        "appearance": appearance,
        "read": lambda: engine.set_sketch(wide),
        "load": lambda: Engine(engine.pack.folder, "cpu", 1, "single"),
        "files": lambda: plainly(engine.pack.folder),
        "reference": lambda: reference(canvas),
        "index": lambda: bank.project(query),
        "grown": lambda: grown.project(query),
        "scan": lambda: scan(rows[:ROWS], squares, query).topk(10, largest=False),
    }


def plainly(folder: Path) -> list[torch.Tensor]:
    """What loading a pack takes at least: the hash of every file, and its values in single precision."""
    values = []
    for path in folder.glob("*.safetensors"):
        hashlib.sha256(path.read_bytes()).hexdigest()
        values += [tensor.float() for tensor in load_file(path).values()]
    return values


@torch.inference_mode()
def least(work: Mapping[str, Callable[[], object]], turns: int = TURNS) -> dict[str, float]:
    """The least seconds of processor time that each task took; the first turn does not count."""
    best: dict[str, float] = dict.fromkeys(work, float("inf"))
    for k in range(turns + 1):
        for name, task in work.items():
            begun = time.thread_time()
            task()
            if k:
                best[name] = min(best[name], time.thread_time() - begun)
    return best


def judge(seconds: Mapping[str, float]) -> list[tuple[Ratio, float]]:
    """Every ratio with its value."""
    return [(ratio, seconds[ratio.task] / seconds[ratio.other]) for ratio in RATIOS]


def guard(pack: Path | None = None) -> int:
    """Print all ratios; 1 when one is too great, else 0."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        seconds = least(tasks(pack))
    finally:
        torch.set_num_threads(before)
    seconds["reference"] *= (512 / REFERENCE_SIDE) ** 2
    failed = False
    for ratio, value in judge(seconds):
        good = value <= ratio.most
        failed = failed or not good
        print(f"{'ok  ' if good else 'SLOW'} {ratio.what}: {value:.3g} (at most {ratio.most:g})")
    if failed:
        print("Something got slower: see docs/performance.md, and 'dfd bench' for all figures.", file=sys.stderr)
    return int(failed)
