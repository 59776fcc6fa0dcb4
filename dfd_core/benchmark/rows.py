"""What is measured: the same work by the engine and by the reference, on the same machine and drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import torch

from dfd_core.benchmark.banks import like_latents, noise
from dfd_core.benchmark.drawings import faces, layer, other_eye, other_mouth
from dfd_core.benchmark.limits import Limits
from dfd_core.benchmark.operations import multiplications, operations
from dfd_core.benchmark.reference import LATENT, ROWS, WINDOWS, Reference
from dfd_core.benchmark.timing import Timing, timed, timed_in_turn
from dfd_core.engine import Engine
from dfd_core.geometry import CANVAS, COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.coarse import CODE
from dfd_core.networks.mapping import CHANNELS

Task = Callable[[], object]

FULL = "full update, 512 x 512"
ROUNDS = 20
"""How often each update is timed."""


@dataclass(frozen=True)
class Row:
    """One line of the table; a side that cannot do it is None.

    `limit`: seconds that the engine's operations and bytes take at the machine's measured rates, if they are counted.
    """

    what: str
    ours: Timing | None
    reference: Timing | None
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times faster the engine is."""
        return self.reference.median / self.ours.median if self.ours and self.reference else None

    def record(self) -> dict[str, object]:
        """As JSON."""
        return {"what": self.what, "ours": asdict(self.ours) if self.ours else None,
                "reference": asdict(self.reference) if self.reference else None, "ratio": self.ratio,
                "limit": self.limit}  # fmt: skip


class Sides:
    """The engine and the reference, ready to work. `single` is the engine without lower precision, if that differs."""

    def __init__(self, engine: Engine, reference: Reference, limits: Limits, single: Engine | None = None) -> None:
        self.engine, self.single, self.limits = engine, single, limits
        self.device = torch.device(engine.device)
        self.reference = reference.to(self.device).eval()
        self.pages = faces(engine.pack, 8)
        self.layers = [layer(page) for page in self.pages[:2]]
        self.inks = [torch.from_numpy(p / 127.5 - 1).float()[None, None].to(self.device) for p in self.pages]
        self.turn = 0

    def next(self) -> None:
        """Go on to another drawing."""
        self.turn += 1

    def _ours(self, page: np.ndarray, engine: Engine | None = None) -> None:
        engine = engine or self.engine
        engine.set_sketch(page, frame="canvas")
        engine.render()

    def _row(self, what: str, ours: Callable[[], object], theirs: Timing | None = None) -> Row:
        """Time the engine and count what it does."""
        timing = timed(ours, self.device, 12, before=self.next)
        self.next()
        return Row(what, timing, theirs, self.limits.seconds(self.operations(ours)))

    def operations(self, task: Callable[[], object]) -> Counter[torch.dtype]:
        """Multiply-adds that the engine does in `task`, by precision."""
        pack = self.engine.pack
        extras = (pack.placement, pack.anchors, pack.shading, *pack.traits.values())
        extra = [network for network in extras if network is not None]
        networks = [pack.embedding, pack.synthesis, pack.enlarge, *extra]
        return operations(networks, task)

    def full(self) -> None:
        """A full update of the engine."""
        self._ours(self.pages[self.turn % len(self.pages)])

    @torch.inference_mode()
    def _theirs(self) -> None:
        self.reference(self.inks[self.turn % len(self.inks)])

    @torch.inference_mode()
    def _theirs_one(self, features: dict[str, torch.Tensor], name: str) -> None:
        ink = self.inks[self.turn % len(self.inks)]
        self.reference.paint({**features, name: self.reference.feature(ink, name)})

    def updates(self) -> list[Row]:
        """A full update, and what a painter changes most; those of ours in turn."""
        theirs = timed(self._theirs, self.device, 5, 1, self.next)
        tasks = {
            FULL: (self.next, self.full),
            "one component changed (mouth)": self._edit(other_mouth),
            "one component changed (left eye)": self._edit(other_eye),
            "appearance changed": (self.next, self._seed),
        }
        ours = timed_in_turn(tasks, self.device, ROUNDS)
        beside: dict[str, Timing | None] = {FULL: theirs, **self._theirs_edited()}
        done = {}
        for what, (before, task) in tasks.items():
            before()
            done[what] = Row(what, ours[what], beside.get(what), self.limits.seconds(self.operations(task)))
        rows = [done.pop(FULL)]
        if (single := self.single) is not None:
            alone = timed(lambda: self._ours(self.pages[self.turn % 8], single), self.device, before=self.next)
            rows.append(Row("the same in single precision", alone, theirs))
        rows.append(self._row("the same from a layer of 2048 x 2048, with finding the face", self._layer))
        return [*rows, *done.values(), *self._synthesis_rows()]

    def _edit(self, change: Callable[[np.ndarray, int], np.ndarray]) -> tuple[Task, Task]:
        """One stroke more on the first drawing; before it, the drawing with those that it has."""

        def before() -> None:
            self.next()
            self._ours(change(self.pages[0], self.turn))
            self.next()

        return before, lambda: self._ours(change(self.pages[0], self.turn))

    @torch.inference_mode()
    def _theirs_edited(self) -> dict[str, Timing]:
        """One component changed, by the reference."""
        features = {name: self.reference.feature(self.inks[0], name) for name in WINDOWS}
        found = {}
        for what, name in (("mouth", "mouth"), ("left eye", "eye1")):
            alone = partial(self._theirs_one, features, name)
            found[f"one component changed ({what})"] = timed(alone, self.device, 5, 1, self.next)
        return found

    def _layer(self) -> None:
        self.engine.set_sketch(self.layers[self.turn % 2])
        self.engine.render()

    def _seed(self) -> None:
        self.engine.seed = self.turn
        self.engine.render()

    @torch.inference_mode()
    def _synthesis_rows(self) -> list[Row]:
        latents = {name: choice.latent.to(self.device) for name, choice in self.engine.snapshot().choices.items()}
        rows = []
        for side in (CANVAS, CANVAS // 2):
            canvas = torch.randn(1, 32, side, side, device=self.device)
            theirs = timed(lambda canvas=canvas: self.reference.generator(canvas), self.device, 5, 1)  # type: ignore[misc]
            rows.append(self._row(f"image synthesis alone, {side} x {side}",
                                  lambda side=side: self._synthesis(side, latents), theirs))  # type: ignore[misc]  # fmt: skip
        return rows

    def reference_operations(self) -> int:
        """Multiply-adds of the reference's full update."""
        return multiplications(self.reference, self.inks[0])

    @torch.inference_mode()
    def _synthesis(self, side: int, latents: dict[str, torch.Tensor]) -> None:
        pack = self.engine.pack
        dtype = pack.synthesis.generator.out.weight.dtype
        lines = torch.zeros(1, 2, 256, 256, device=self.device)
        features = {c.name: torch.zeros(1, CHANNELS, c.cells, c.cells, device=self.device, dtype=dtype)
                    for c in COMPONENTS}  # fmt: skip
        picture = pack.synthesis.picture(features, latents, torch.zeros(1, CODE, device=self.device), lines)
        if side == CANVAS:
            pack.enlarge(picture)


@torch.inference_mode()
def projection(sizes: tuple[int, ...], reference: Reference, latents: torch.Tensor, limits: Limits) -> list[Row]:
    """Nearest neighbours and weights alone, on the processor: five banks of the reference's size, then larger ones.

    Our banks have the spectrum of real `latents` (M, D) unless they are said to be noise.
    """
    names = list(reference.banks)
    five = f"projection, {ROWS:,} x {LATENT} x {len(names)}"
    query = noise(1, LATENT, 9)
    theirs = timed(lambda: [reference.project(name, query) for name in names], torch.device("cpu"), 5, 1)
    rows = [
        _banks(five, [like_latents(ROWS, LATENT, latents, k) for k in range(len(names))], latents, limits, theirs),
        _banks(f"{five}, noise", list(reference.banks.values()), None, limits, theirs),
    ]
    for size in sizes:
        reference.banks["grown"] = noise(size, LATENT)
        theirs = timed(lambda: reference.project("grown", query), torch.device("cpu"), 3, 1)
        what = f"projection, {size:,} x {LATENT}"
        rows.append(_banks(f"{what}, noise", [reference.banks.pop("grown")], None, limits, theirs))
        rows.append(_banks(what, [like_latents(size, LATENT, latents)], latents, limits, theirs))
    return rows


def _banks(what: str, banks: list[torch.Tensor], latents: torch.Tensor | None, limits: Limits, theirs: Timing) -> Row:
    """One row; the limit is reading what is scanned once."""
    queries = noise(8, LATENT, 5) if latents is None else like_latents(8, LATENT, latents, 99).float()
    manifolds = [Manifold(bank) for bank in banks]
    turn = iter(range(10**9))
    ours = timed(lambda: [m.project(queries[next(turn) % 8][None]) for m in manifolds], torch.device("cpu"), 9)
    return Row(what, ours, theirs, limits.seconds({}, sum(m.scanned for m in manifolds)))
