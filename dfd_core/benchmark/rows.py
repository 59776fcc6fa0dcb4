"""What is measured: the same work by the engine and by the reference, on the same machine and drawing."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import torch

from dfd_core.benchmark.reference import LATENT, ROWS, WINDOWS, Reference, multiplications
from dfd_core.benchmark.timing import Timing, timed
from dfd_core.embedding import windows
from dfd_core.engine import Engine
from dfd_core.geometry import CANVAS, COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.coarse import CODE
from dfd_core.networks.mapping import CHANNELS


@dataclass(frozen=True)
class Row:
    """One line of the table; a side that cannot do it is None."""

    what: str
    ours: Timing | None
    reference: Timing | None

    @property
    def ratio(self) -> float | None:
        """How many times faster the engine is."""
        return self.reference.median / self.ours.median if self.ours and self.reference else None

    def record(self) -> dict[str, object]:
        """As JSON."""
        return {"what": self.what, "ours": asdict(self.ours) if self.ours else None,
                "reference": asdict(self.reference) if self.reference else None, "ratio": self.ratio}  # fmt: skip


def drawing(seed: int = 0) -> np.ndarray:
    """A made-up face (512, 512) uint8, a little different for every seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:CANVAS, :CANVAS]
    page = np.full((CANVAS, CANVAS), 255, np.uint8)
    for middle, radii in (((256, 280), (140, 190)), ((192, 241), (28, 12)), ((319, 241), (28, 12)),
                          ((254, 320), (22, 12)), ((254, 369), (45, 14))):  # fmt: skip
        off = rng.integers(-6, 7, 2)
        distance = np.hypot((x - middle[0] - off[0]) / radii[0], (y - middle[1] - off[1]) / radii[1])
        page[np.abs(distance - 1) * min(radii) < 2.5] = 0
    return page


def other_mouth(page: np.ndarray, k: int) -> np.ndarray:
    """The same drawing with a line in the mouth's window that no other component sees, at another place each time."""
    changed = page.copy()
    changed[430 + k % 20 : 433 + k % 20, 230:280] = 0
    return changed


class Sides:
    """The engine and the reference, ready to work."""

    def __init__(self, engine: Engine, reference: Reference) -> None:
        self.engine = engine
        self.device = torch.device(engine.device)
        self.reference = reference.to(self.device).eval()
        self.pages = [drawing(seed) for seed in range(8)]
        self.inks = [torch.from_numpy(p / 127.5 - 1).float()[None, None].to(self.device) for p in self.pages]
        self.turn = 0

    def next(self) -> None:
        """Go on to another drawing."""
        self.turn += 1

    def _ours(self, page: np.ndarray) -> None:
        self.engine.set_sketch(page, frame="canvas")
        self.engine.render()

    @torch.inference_mode()
    def _theirs(self) -> None:
        self.reference(self.inks[self.turn % len(self.inks)])

    @torch.inference_mode()
    def _theirs_one(self, features: dict[str, torch.Tensor]) -> None:
        ink = self.inks[self.turn % len(self.inks)]
        self.reference.paint({**features, "mouth": self.reference.feature(ink, "mouth")})

    def updates(self) -> list[Row]:
        """A full update, and what a painter changes most."""
        rows = [Row("full update, 512 x 512",
                    timed(lambda: self._ours(self.pages[self.turn % 8]), self.device, before=self.next),
                    timed(self._theirs, self.device, 5, 1, self.next))]  # fmt: skip
        with torch.inference_mode():
            features = {name: self.reference.feature(self.inks[0], name) for name in WINDOWS}
        self._ours(self.pages[0])
        rows.append(Row("one component changed (mouth)",
                        timed(lambda: self._ours(other_mouth(self.pages[0], self.turn)), self.device,
                              before=self.next),
                        timed(lambda: self._theirs_one(features), self.device, 5, 1, self.next)))  # fmt: skip
        rows.append(Row("appearance changed", timed(self._seed, self.device, before=self.next), None))
        with torch.inference_mode():
            canvas = torch.randn(1, 32, CANVAS, CANVAS, device=self.device)
            latents = self._latents()
            small = torch.randn(1, 32, CANVAS // 2, CANVAS // 2, device=self.device)
            for side, given in ((CANVAS, canvas), (CANVAS // 2, small)):
                theirs = timed(lambda given=given: self.reference.generator(given), self.device, 5, 1)  # type: ignore[misc]
                rows.append(Row(f"image synthesis alone, {side} x {side}",
                                timed(lambda side=side: self._synthesis(side, latents), self.device), theirs))  # type: ignore[misc]  # fmt: skip
        return rows

    def _latents(self) -> dict[str, torch.Tensor]:
        """The latents of the engine's last portrait."""
        return {name: choice.latent.to(self.device) for name, choice in self.engine.snapshot().choices.items()}

    def operations(self) -> tuple[int, int]:
        """Multiply-adds of a full update, ours and the reference's."""
        pack = self.engine.pack
        ink = torch.zeros(1, 1, 256, 256, device=self.device)
        code = torch.zeros(1, CODE, device=self.device)
        ours = sum(multiplications(pack.embedding.encoders[c.network], windows(ink, c)) for c in COMPONENTS)
        ours += multiplications(pack.synthesis, self._latents(), code, torch.cat([ink, ink], 1))
        ours += multiplications(pack.enlarge, ink.expand(-1, 3, -1, -1))
        return ours, multiplications(self.reference, self.inks[0])

    def _seed(self) -> None:
        self.engine.seed = self.turn
        self.engine.render()

    @torch.inference_mode()
    def _synthesis(self, side: int, latents: dict[str, torch.Tensor]) -> None:
        pack = self.engine.pack
        lines = torch.zeros(1, 2, 256, 256, device=self.device)
        features = {c.name: torch.zeros(1, CHANNELS, c.cells, c.cells, device=self.device) for c in COMPONENTS}
        picture = pack.synthesis.picture(features, latents, torch.zeros(1, CODE, device=self.device), lines)
        if side == CANVAS:
            pack.enlarge(picture)


def projection(sizes: tuple[int, ...], reference: Reference) -> list[Row]:
    """Nearest neighbours and weights alone: five banks of the reference's size, then one ever larger bank."""
    cpu, rows = torch.device("cpu"), []
    generator = torch.Generator().manual_seed(0)
    banks = [Manifold(bank) for bank in reference.banks.values()]
    latent = torch.randn(1, LATENT, generator=generator)
    names = list(reference.banks)
    with torch.inference_mode():
        rows.append(Row(f"projection, {ROWS:,} x {LATENT} x {len(names)}",
                        timed(lambda: [bank.project(latent) for bank in banks], cpu),
                        timed(lambda: [reference.project(name, latent) for name in names], cpu, 5, 1)))  # fmt: skip
        for size in sizes:
            rows.append(_one_bank(size, latent, reference, generator))
    return rows


def _one_bank(size: int, latent: torch.Tensor, reference: Reference, generator: torch.Generator) -> Row:
    cpu = torch.device("cpu")
    rows = torch.randn(size, LATENT, generator=generator)
    bank = Manifold(rows)
    reference.banks["grown"] = rows
    row = Row(f"projection, {size:,} x {LATENT}", timed(lambda: bank.project(latent), cpu, 5, 1),
              timed(lambda: reference.project("grown", latent), cpu, 3, 1))  # fmt: skip
    del reference.banks["grown"]
    return row
