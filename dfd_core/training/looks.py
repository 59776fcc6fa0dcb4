"""Which looks the dice have: those training photos' colours and light that the discriminators find most real.

A look is how the appearance code of a photo differs from what its lines suggest (`dfd_core.appearance.seeded`). On the
face of a drawing by hand, some give a photo and some a burnt mask. So each is tried on the same few faces, and within
each third of skin tones the better half is kept (rejection by the discriminator, Azadi et al. 2019).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from dfd_core.appearance import kept_within, with_look
from dfd_core.geometry import COMPONENTS, PARTS
from dfd_core.manifold import Manifold, blend
from dfd_core.networks.coarse import CODE, CoarseFace
from dfd_core.networks.palette import PALETTE
from dfd_core.synthesis import Synthesis
from dfd_core.training.balance import sampling_weights
from dfd_core.training.data import Prepared
from dfd_core.training.latents import Latents
from dfd_core.training.losses import PictureLosses
from dfd_core.training.preview import lines_at

MOST, TRIED_ON, BLEND = 512, 12, 0.2
"""So many looks are tried, on the faces of so many drawings by hand, with about the default blend."""

TONES = 3
"""Classes of skin tone within which looks are compared."""


class Looks(NamedTuple):
    """What seeds take on."""

    dice: torch.Tensor
    """(L, CODE), of which every seed but 0 draws one."""

    usual: torch.Tensor
    """(CODE,), seed 0's: light and background of a photo, skin and hair as the lines suggest."""


def looks_of(data: Prepared, latents: Latents, coarse: CoarseFace) -> torch.Tensor:
    """How training photos differ from what their lines suggest: looks (`MOST` at most, CODE).

    Drawn so that groups of people of whom there are few are there as often as in training.
    """
    shares = sampling_weights([data.meta["portraits"][k] for k in data.train])
    count = min(MOST, len(data.train))
    faces = np.random.default_rng(0).choice(data.train, count, replace=False, p=shares)
    rows, found = torch.from_numpy(faces), []
    for part, some in zip(rows.split(64), np.split(faces, range(64, count, 64)), strict=True):
        joined = Synthesis.join({c.name: latents[c.name][part, 0, 0] for c in COMPONENTS})
        found.append(kept_within(coarse.code_of(data.photo(some), joined)) - coarse.likely_code(joined))
    return torch.cat(found)


class Trial:
    """Some faces drawn by hand, on which looks are tried."""

    def __init__(self, data: Prepared, latents: Latents, banks: dict[str, Manifold], synthesis: Synthesis,
                 losses: PictureLosses) -> None:  # fmt: skip
        self.synthesis, self.losses = synthesis, losses
        rng = np.random.default_rng(1)
        faces = rng.permutation(data.train)[:TRIED_ON]
        styles, rows = data.styles(len(faces), 1.0, rng), torch.from_numpy(faces)
        self.latents, plausible = {}, {}
        for component in COMPONENTS:
            raw = latents[component.name][rows, torch.from_numpy(styles), 0]
            plausible[component.name] = banks[component.network].project(raw, rows).latents
            self.latents[component.name] = blend(raw, plausible[component.name], BLEND)
        self.likely = synthesis.coarse.likely_code(Synthesis.join(plausible))
        self.lines = lines_at(data.ink(faces, styles), BLEND)
        self.features = {c.name: synthesis.feature(c, self.latents[c.name]) for c in COMPONENTS}

    def paint(self, look: torch.Tensor) -> torch.Tensor:
        """Portraits (TRIED_ON, 3, 256, 256) of the faces with a look (CODE,)."""
        code = with_look(self.likely, look[None])
        return self.synthesis.picture(self.features, self.latents, code, self.lines).clamp(-1, 1)

    def scores(self, looks: torch.Tensor) -> torch.Tensor:
        """How real the discriminators find the portraits with each of the `looks` (L, CODE): (L,)."""
        return torch.stack([self.losses.realness(self.paint(look)).mean() for look in looks])


def better(scores: torch.Tensor, tones: torch.Tensor) -> torch.Tensor:
    """The rows of the better half of the `scores` (L,) within each of `TONES` classes of `tones` (L,), in order."""
    kept = [part[scores[part].argsort(descending=True)[: -(-len(part) // 2)]] for part in tones.argsort().chunk(TONES)]
    return torch.cat(kept).sort().values


def plain(looks: torch.Tensor) -> torch.Tensor:
    """`looks` (L, CODE) with light and background alone."""
    numbers = torch.arange(CODE)
    background = slice(3 * PARTS.index("background"), 3 * PARTS.index("background") + 3)
    wanted = numbers >= PALETTE
    wanted[background] = True
    return looks * wanted


@torch.inference_mode()
def choose_looks(data: Prepared, latents: Latents, banks: dict[str, Manifold], synthesis: Synthesis,
                 losses: PictureLosses) -> Looks:  # fmt: skip
    """The looks of a pack; `losses` has the discriminators of the run. Without any, all looks are kept."""
    looks = looks_of(data, latents, synthesis.coarse)
    if not losses.judges:
        return Looks(looks, torch.zeros(CODE))
    trial = Trial(data, latents, banks, synthesis.eval(), losses)
    skin = synthesis.coarse.palette.colours(looks[:, :PALETTE])[:, PARTS.index("skin")].mean(1)
    dice = looks[better(trial.scores(looks), skin)]
    usual = plain(looks)
    return Looks(dice, usual[int(trial.scores(usual).argmax())])
