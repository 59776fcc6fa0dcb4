"""Which looks seeds have: those training photos' colours and light that suit other faces as well.

A look is how the appearance code of a photo differs from what its lines suggest (`dfd_core.appearance.seeded`). On the
face of another drawing some give a photo, and some burn it: patches like hot metal, dark ones beside the hair. Skin is
skin in any colours, so each look is tried on drawings by hand as painters see them, lines and all, and within each
class of skin tone the third is kept that brings least contrast beyond that of the drawn people's photos. Looks that
change hair farther than photos were recoloured in training are not tried: white hair is for faces that are drawn old.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import torch

from dfd_core.appearance import kept_within, with_look
from dfd_core.engine import DEFAULT_BLEND
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS, PARTS
from dfd_core.manifold import Manifold, blend
from dfd_core.networks.coarse import CoarseFace
from dfd_core.networks.palette import PALETTE
from dfd_core.pack import load_pack
from dfd_core.synthesis import Synthesis
from dfd_core.training.balance import sampling_weights
from dfd_core.training.contrast import excess
from dfd_core.training.data import Prepared
from dfd_core.training.latents import Latents
from dfd_core.training.recolour import natural
from dfd_core.trust import trust_map, trusted_lines

MOST, KEPT = 512, 3
"""So many looks are tried, and one of so many is kept."""

SOURCES = -0.75
"""A source of many photos gives fewer of its looks: its size to this power. Half of the officials have one backdrop."""

TRIED_ON = 10
"""Drawings that each look is tried on."""

TONES = 3
"""Classes of skin tone, as large as each other."""

STRONG = 0.25
"""What a background's colour counts for seed 0, beside that of skin and hair: a blue one was nobody's idea."""

TOLD = [PARTS.index("skin"), PARTS.index("hair")]
"""Whose colours the lines suggest."""


@torch.inference_mode()
def looks_of(data: Prepared, latents: Latents, banks: dict[str, Manifold], synthesis: Synthesis) -> torch.Tensor:
    """Looks (L, CODE) for seeds: how training photos differ from what their lines suggest; first that of seed 0."""
    looks = candidates(data, latents, synthesis.coarse)
    looks = looks[natural(synthesis.coarse.palette, torch.zeros_like(looks), looks, ("hair",))]
    trial = Trial(data, latents, banks, synthesis.eval())
    burnt = torch.stack([trial.burnt(look) for look in looks])
    colours = synthesis.coarse.palette.colours
    skin = colours(looks[:, :PALETTE])[:, PARTS.index("skin")].mean(1)
    kept = least_burnt(burnt, skin)
    return looks[usual_first(kept, showiness(colours(looks[kept, :PALETTE]), colours(torch.zeros(1, PALETTE))))]


def looks_from(folder: Path, synthesis: Synthesis) -> torch.Tensor:
    """The looks (L, CODE) of the weight pack in `folder`: a seed has the same colours with both packs.

    Raises `DataError` when it has none, or when their numbers mean other colours than those of `synthesis`.
    """
    pack = load_pack(folder)
    if pack.looks is None:
        raise DataError(f"{folder} has no looks for seeds: leave '--looks' out, and new ones are chosen.")
    own, other = synthesis.coarse, pack.synthesis.coarse
    pairs = ((own.palette.mean, other.palette.mean), (own.palette.axes, other.palette.axes), (own.tint, other.tint))
    if not all(torch.allclose(mine, theirs, rtol=0.01, atol=0.001) for mine, theirs in pairs):  # packs are rounded
        raise DataError(f"The looks of {folder} are of other colours: leave '--looks' out, and new ones are chosen.")
    return pack.looks


def candidates(data: Prepared, latents: Latents, coarse: CoarseFace) -> torch.Tensor:
    """Looks (`MOST` at most, CODE), of which a third will be kept.

    Drawn so that groups of people of whom there are few, and sources of few photos, are there more often.
    """
    people = [data.meta["portraits"][k] for k in data.train]
    sizes = Counter(person["source"] for person in people)
    shares = sampling_weights(people) * np.array([sizes[person["source"]] ** SOURCES for person in people])
    count = min(MOST, len(people))
    faces = np.random.default_rng(0).choice(data.train, count, replace=False, p=shares / shares.sum())
    rows, found = torch.from_numpy(faces), []
    for part, some in zip(rows.split(64), np.split(faces, range(64, count, 64)), strict=True):
        joined = Synthesis.join({c.name: latents[c.name][part, 0, 0] for c in COMPONENTS})
        found.append(kept_within(coarse.code_of(data.photo(some), joined)) - coarse.likely_code(joined))
    return torch.cat(found)


class Trial:
    """Some drawings by hand as a painter gets portraits of them, on which looks are tried."""

    def __init__(self, data: Prepared, latents: Latents, banks: dict[str, Manifold], synthesis: Synthesis) -> None:
        self.synthesis = synthesis
        rng = np.random.default_rng(1)
        faces = rng.permutation(data.train)[:TRIED_ON]
        styles = data.styles(len(faces), 1.0, rng)
        rows, self.latents = torch.from_numpy(faces), {}
        for c in COMPONENTS:
            drawn = latents[c.name][rows, torch.from_numpy(styles), 0]
            plausible = banks[c.network].project(drawn, rows).latents
            self.latents[c.name] = blend(drawn, plausible, torch.full((len(faces), 1), DEFAULT_BLEND[c.name]))
        self.likely = synthesis.coarse.likely_code(Synthesis.join(self.latents))
        trust = trust_map({name: torch.full((len(faces),), amount) for name, amount in DEFAULT_BLEND.items()})
        self.lines = trusted_lines(data.ink(faces, styles), trust)
        self.photos = data.photo(faces)
        self.features = {c.name: synthesis.feature(c, self.latents[c.name]) for c in COMPONENTS}

    def burnt(self, look: torch.Tensor) -> torch.Tensor:
        """Contrast that portraits with a look (CODE,) have beyond the photos of the drawn people: a scalar."""
        made = self.synthesis.picture(self.features, self.latents, with_look(self.likely, look[None]), self.lines)
        return excess(made, self.photos)


def least_burnt(burnt: torch.Tensor, tones: torch.Tensor) -> torch.Tensor:
    """The rows of the third that is least `burnt` (L,), within each class of `tones` (L,); in order."""
    kept = [part[burnt[part].argsort()[: -(-len(part) // KEPT)]] for part in tones.argsort().chunk(TONES)]
    return torch.cat(kept).sort().values


def showiness(colours: torch.Tensor, usual: torch.Tensor) -> torch.Tensor:
    """How far looks with `colours` (K, 3 parts, 3) move skin and hair from what is `usual`, and how strong the
    background's colour is: (K,).
    """
    background = colours[:, PARTS.index("background")]
    strength = background.amax(1) - background.amin(1)
    return (colours - usual)[:, TOLD].abs().mean((1, 2)) + STRONG * strength


def usual_first(kept: torch.Tensor, showy: torch.Tensor) -> torch.Tensor:
    """`kept` rows in order, but first seed 0's: the least `showy` (K,)."""
    first = kept[showy.argmin()]
    return torch.cat([first[None], kept[kept != first]])
