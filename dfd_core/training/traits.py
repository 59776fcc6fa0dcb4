"""Train the networks that see glasses, beards, open mouths and age, on drawings of people with and without.

Half of the glasses are drawn on: frames on drawings of every kind, round eyes and comics' among them, so that only what
makes glasses tells; mouths and wrinkles likewise. How a trait moves a latent, the banks say, which hold the means of
many drawings of each face.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DataError
from dfd_core.manifold import Manifold
from dfd_core.networks.trait import TRAITS, Trait
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.drawn_mouths import redrawn
from dfd_core.training.latents import Latents, make_banks
from dfd_core.training.small import train_small
from dfd_core.training.spectacles import drawn, spectacles
from dfd_core.training.whiskers import mouth_shapes
from dfd_core.training.wrinkles import creased

DRAWN_ON = {"glasses": 0.55, "beard": 0.0, "open_mouth": 0.5, "aged": 0.7}
"""So many of those with the trait have it drawn on, and so many of those without have what is not it; the others are
as in the photo."""

HAND_SHARE, BOLD_SHARE = 0.7, 0.3

CERTAIN = 0.98
"""What the networks should answer at most: some frames are hidden, some people wear other things."""

FEWEST = 24
"""People with or without a trait; with fewer there is nothing to learn from."""

RIDGE = 0.05

LONGEST = 2.0
"""Opening a mouth alone moves latents at most so many times as far as people with open mouths are off, or as those."""

UNMARKED = {"beard": "clean"}
"""Styles whose drawings do not show the trait."""

BEARDED = 0.3
"""So many of the mouths that are drawn on are about a beard: hairs are no teeth."""

SAYS = {
    "glasses": "index.csv says so in a column 'glasses'",
    "beard": "see --seen of 'dfd prepare'",
    "open_mouth": "run 'dfd prepare' again if an earlier version made them",
    "aged": "index.csv says so in a column 'glasses'",
}

SHUT, AJAR = 4.0, 12.0
"""Mouths that are open by less canvas pixels are closed, and from so many on open."""

SMOOTH, CREASED = 0.03, 0.07
"""Faces with fewer creases (`photocopy.creases`) are young as far as drawings tell, those with so many old."""


class Who(NamedTuple):
    """Who has a trait and who is known not to: (N,) bool each, of all prepared portraits."""

    has: np.ndarray
    lacks: np.ndarray


def who(name: str, data: Prepared) -> Who:
    """Of the trait `name` in `TRAITS`. Stubble counts neither as a beard nor as none, nor lips that part as open.

    Rims count as creases, so of those with glasses nobody's age is known.
    """
    portraits = data.meta["portraits"]
    if name == "aged":
        creases = np.array([math.nan if (ink := p.get("creases")) is None else ink for p in portraits], float)
        return Who((creases >= CREASED) & data.bare, (creases <= SMOOTH) & data.bare)
    if name == "open_mouth":
        wide = np.array([math.nan if (wide := p.get("opening")) is None else wide for p in portraits], float)
        return Who(wide >= AJAR, wide < SHUT)
    if name == "glasses":
        return Who(np.array([p.get("glasses") is True for p in portraits]), data.bare)
    grown = np.array([p["facial_hair"] if p.get("looked_at") else "" for p in portraits])  # else it is a guess
    return Who(np.isin(grown, ("beard", "moustache")), grown == "none")


def framed(ink: torch.Tensor, wearing: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Ink (B, 1, S, S) in 0..1 with a frame drawn on it where `wearing` (B,) is true."""
    out = ink.clone()
    for k in np.flatnonzero(wearing):
        frame = torch.from_numpy(drawn(spectacles(rng), ink.shape[2], rng)).to(ink.device)
        out[k, 0] = torch.maximum(out[k, 0], frame)
    return out


def misplaced(ink: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Ink (B, 1, S, S), mirrored or not, as far off as a frame of the face that was found on a page."""
    count = len(ink)
    tilt, shift = rng.normal(0, 0.05, count), rng.normal(0, 0.04, (count, 2))
    across, down = np.exp(rng.normal(0, 0.05, (2, count)))
    across = across * rng.choice([-1, 1], count)
    rows = np.stack([np.stack([across * np.cos(tilt), -across * np.sin(tilt), shift[:, 0]], 1),
                     np.stack([down * np.sin(tilt), down * np.cos(tilt), shift[:, 1]], 1)], 1)  # fmt: skip
    grid = F.affine_grid(torch.from_numpy(rows).to(ink), list(ink.shape), align_corners=False)
    return F.grid_sample(ink, grid, align_corners=False)


def drawn_on(name: str, ink: torch.Tensor, shown: np.ndarray, mouths: np.ndarray,
             rng: np.random.Generator) -> torch.Tensor:  # fmt: skip
    """Ink (B, 1, S, S) in 0..1 of people without the trait `name`, with it drawn where it is `shown` (B,)."""
    if name == "open_mouth":
        return redrawn(ink, mouths, shown, rng)
    return creased(ink, shown, rng) if name == "aged" else framed(ink, shown, rng)


class Examples:
    """Draws batches of drawings of `people`; raises `DataError` where too few are known to have it or not to."""

    def __init__(self, name: str, data: Prepared, people: np.ndarray) -> None:
        known = who(name, data)
        self.name = name
        self.data, self.having, self.lacking = data, people[known.has[people]], people[known.lacks[people]]
        self.drawn_on = DRAWN_ON[name]
        bearded = people[who("beard", data).has[people]]
        self.bearded = bearded if name == "open_mouth" else bearded[:0]
        few = len(self.having) if not self.drawn_on else FEWEST
        if min(few, len(self.lacking)) < FEWEST:
            raise DataError(f"{data.folder} has {len(self.having)} people with {name} and {len(self.lacking)} who are "
                            f"known to have none; {FEWEST} are needed: {SAYS[name]}.")  # fmt: skip

    def batch(self, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Ink (B, 1, 256, 256) in 0..1, and whether the trait is drawn (B,), 0 or 1."""
        shown = rng.random(count) < 0.5
        styles = self.data.styles(count, HAND_SHARE, rng)
        draw_on = rng.random(count) < self.drawn_on
        if self.name == "open_mouth":  # copies of photos have no such mouths
            draw_on &= ~self.data.traced[styles]
        photographed = shown & ~draw_on
        if not len(self.having):
            draw_on, photographed = draw_on | shown, shown & False
        faces = rng.choice(self.lacking, count)
        faces[photographed] = rng.choice(self.having, photographed.sum()) if photographed.any() else []
        hairy = draw_on & (rng.random(count) < BEARDED) & bool(len(self.bearded))
        faces[hairy] = rng.choice(self.bearded, hairy.sum()) if hairy.any() else []
        styles = styles + self.data.drawn * (rng.random(count) < BOLD_SHARE)
        ink = self.data.ink(faces, styles)
        if draw_on.any():
            ink[draw_on] = drawn_on(self.name, ink[draw_on], shown[draw_on], self.data.mouths[faces[draw_on]], rng)
        ink = misplaced(ink, rng)
        return ink, torch.from_numpy(shown).float()


def train_trait(name: str, data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                limit: float | None = None) -> None:  # fmt: skip
    """Train the network of the trait `name` until `config.trait_steps` or the time box; resumes from `run`."""
    torch.manual_seed(config.seed)
    model, examples = TRAITS[name]().to(device), Examples(name, data, data.train)

    def loss_of(rng: np.random.Generator) -> torch.Tensor:
        ink, shown = (part.to(device) for part in examples.batch(config.trait_batch, rng))
        return F.binary_cross_entropy_with_logits(model.logits(ink), shown * (2 * CERTAIN - 1) + 1 - CERTAIN)

    train_small(run / f"{name}.pt", model, loss_of, "trait_steps", config.trait_steps, config.trait_rate, 1e-2,
                config.seed, limit)  # fmt: skip


def fit_directions(name: str, model: Trait, banks: Mapping[str, Manifold], data: Prepared,
                   latents: Latents) -> None:  # fmt: skip
    """Set the directions of `model`, of the trait `name`, to where people with it stand in the banks.

    By how much they differ from people without, measured by Fisher's linear discriminant. Those with a beard smile
    less, too; so where a style of drawing does not mark the trait, what it says of a face is taken off before (ridge
    regression on people without), and they do not differ by exactly 1 any more. Those with an open mouth smile more:
    how one opens is what mouths of the same width and lift of the corners differ in, so a smile that closes stays one.

    Where too few people are known to have the trait, or not to, or the banks tell nobody apart, the directions stay as
    they are. `latents` are those of all drawings.
    """
    known, style = who(name, data), UNMARKED.get(name)
    has, lacks = torch.from_numpy(known.has), torch.from_numpy(known.lacks)
    for network in model.spanned:
        rows, person = banks[network].bank.float(), banks[network].person
        bare, worn = lacks[person], has[person]
        if min(len(person[bare].unique()), len(person[worn].unique())) < FEWEST:
            continue
        middle = rows[bare].mean(0)
        differs = rows - middle
        if style is not None:
            column = data.meta["styles"].index(style)
            alone = make_banks({part: values[:, [column]] for part, values in latents.items()}, data.train)
            differs = differs - _explained(alone[network].bank.float(), differs, bare)
        along = differs[worn].mean(0)
        within = (torch.cov(rows[bare].T) + torch.cov(rows[worn].T)) / 2
        weights = _ridged(within, along[:, None])[:, 0]
        if not weights @ along > 0:  # encoders that tell nobody apart
            continue
        weights = weights / (weights @ along)
        if name == "open_mouth":
            along = _opened(rows, person, data, weights, along)
        for part, value in (("along", along), ("weights", weights), ("middle", middle)):
            getattr(model, f"{network}_{part}").copy_(value)


def _opened(rows: torch.Tensor, person: torch.Tensor, data: Prepared, weights: torch.Tensor,
            along: torch.Tensor) -> torch.Tensor:  # fmt: skip
    """By how much `rows` (N, D) of people differ who open their mouths, all else of these being alike.

    By linear regression. As `weights` measure it 1, as `along` is; the latter where rows do not tell.
    """
    who_is = person.cpu().numpy()
    wide = np.array([p.get("opening") or 0.0 for p in data.meta["portraits"]])[who_is].clip(SHUT, AJAR)
    width, _, lift = mouth_shapes(data.mouths[who_is])
    told = torch.from_numpy(np.stack([wide, width, lift], 1)).to(rows)
    told = (told - told.mean(0)) / told.std(0).clamp_min(1e-6)
    slope = _ridged(told.T @ told, told.T @ (rows - rows.mean(0)))[0]
    far = slope @ weights
    return slope / far if slope.norm() < LONGEST * far * along.norm() else along


def _explained(known: torch.Tensor, rows: torch.Tensor, bare: torch.Tensor) -> torch.Tensor:
    """What of `rows` (N, D), centred on those who are `bare` (N,), follows from `known` (N, E) as it does for them."""
    centred = known - known[bare].mean(0)
    seen = centred[bare]
    return centred @ _ridged(seen.T @ seen, seen.T @ rows[bare])


def _ridged(spread: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
    """Solve `spread` (D, D), positive semidefinite, for `goal` (D, N) with a ridge; zeros where nothing is spread."""
    ridge = RIDGE * spread.diagonal().mean()
    if not ridge > 0:
        return torch.zeros_like(goal)
    return torch.linalg.solve(spread.double() + ridge.double() * torch.eye(len(spread)), goal.double()).to(goal)
