"""Which looks the dice have: colours and light of training photos, where the light is no unusual one.

A look is how the appearance code of a photo differs from what its lines suggest (`dfd_core.appearance.seeded`). Light
from the side, a flag or a window behind the head belong to that photo's head: on another they burn the skin and leave
dark patches beside the hair. So within each class of skin tone the half with the plainest light is kept.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch

from dfd_core.appearance import kept_within
from dfd_core.geometry import COMPONENTS, PARTS
from dfd_core.networks.coarse import CoarseFace
from dfd_core.networks.palette import PALETTE
from dfd_core.synthesis import Synthesis
from dfd_core.training.balance import sampling_weights
from dfd_core.training.data import Prepared
from dfd_core.training.latents import Latents

MOST = 256
SOURCES = -0.75
"""A source of many photos gives fewer of its looks: its size to this power. Half of the officials have one backdrop."""

TONES = 3
"""Classes of skin tone, as large as each other."""


@torch.inference_mode()
def looks_of(data: Prepared, latents: Latents, coarse: CoarseFace) -> torch.Tensor:
    """How training photos differ from what their lines suggest: looks (`MOST` at most, CODE) for seeds.

    Drawn so that groups of people of whom there are few, and sources of few photos, are there more often.
    """
    people = [data.meta["portraits"][k] for k in data.train]
    sizes = Counter(person["source"] for person in people)
    shares = sampling_weights(people) * np.array([sizes[person["source"]] ** SOURCES for person in people])
    shares /= shares.sum()
    count = min(2 * MOST, len(data.train))
    faces = np.random.default_rng(0).choice(data.train, count, replace=False, p=shares)
    rows, found = torch.from_numpy(faces), []
    for part, some in zip(rows.split(64), np.split(faces, range(64, count, 64)), strict=True):
        joined = Synthesis.join({c.name: latents[c.name][part, 0, 0] for c in COMPONENTS})
        found.append(kept_within(coarse.code_of(data.photo(some), joined)) - coarse.likely_code(joined))
    looks = torch.cat(found)
    skin = coarse.palette.colours(looks[:, :PALETTE])[:, PARTS.index("skin")].mean(1)
    return looks[plainest(looks[:, PALETTE:], skin)]


def plainest(tints: torch.Tensor, tones: torch.Tensor) -> torch.Tensor:
    """The rows of the half of the `tints` (L, TINTS) nearest to zero, within each class of `tones` (L,); in order."""
    light = tints.norm(dim=1)
    kept = [part[light[part].argsort()[: -(-len(part) // 2)]] for part in tones.argsort().chunk(TONES)]
    return torch.cat(kept).sort().values
