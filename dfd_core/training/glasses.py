"""Train the network that sees glasses, on drawings of people with and without; half of the glasses are drawn on.

Frames are drawn on drawings of every kind, round eyes and comics' among them, so that only what makes glasses tells.
How glasses move a latent is in the banks, which hold the means of many drawings of each face.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DataError
from dfd_core.manifold import Manifold
from dfd_core.networks.glasses import SPANNED, Glasses
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.small import train_small
from dfd_core.training.spectacles import drawn, spectacles

DRAWN_ON = 0.55
"""So many of those with glasses have them drawn on; the others wear them in the photo."""

HAND_SHARE, BOLD_SHARE = 0.7, 0.3

CERTAIN = 0.98
"""What the network should answer at most: some frames are hidden, some people wear other things."""

FEWEST = 24
"""People with or without glasses; with fewer there is nothing to learn from."""

RIDGE = 0.05


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


class Examples:
    """Draws batches; raises `DataError` where too few people are known to wear no glasses."""

    def __init__(self, data: Prepared, people: np.ndarray) -> None:
        worn = np.array([p.get("glasses") is True for p in data.meta["portraits"]])
        self.data, self.wearers, self.bare = data, people[worn[people]], people[data.bare[people]]
        if len(self.bare) < FEWEST:
            raise DataError(f"{data.folder} has {len(self.bare)} people who are known to wear no glasses; {FEWEST} are "
                            "needed: index.csv says so in a column 'glasses'.")  # fmt: skip

    def batch(self, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Ink (B, 1, 256, 256) in 0..1, and whether glasses are drawn (B,), 0 or 1."""
        wearing = rng.random(count) < 0.5
        draw_on = wearing & ((rng.random(count) < DRAWN_ON) | (len(self.wearers) == 0))
        faces = rng.choice(self.bare, count)
        photographed = wearing & ~draw_on
        faces[photographed] = rng.choice(self.wearers, photographed.sum()) if photographed.any() else []
        styles = self.data.styles(count, HAND_SHARE, rng) + self.data.drawn * (rng.random(count) < BOLD_SHARE)
        ink = misplaced(framed(self.data.ink(faces, styles), draw_on, rng), rng)
        return ink, torch.from_numpy(wearing).float()


def train_glasses(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                  limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.glasses_steps` or the time box; resumes from `run`."""
    torch.manual_seed(config.seed)
    model, examples = Glasses().to(device), Examples(data, data.train)

    def loss_of(rng: np.random.Generator) -> torch.Tensor:
        ink, wearing = (part.to(device) for part in examples.batch(config.glasses_batch, rng))
        return F.binary_cross_entropy_with_logits(model.logits(ink), wearing * (2 * CERTAIN - 1) + 1 - CERTAIN)

    train_small(run / "glasses.pt", model, loss_of, "glasses_steps", config.glasses_steps, config.glasses_rate, 1e-2,
                config.seed, limit)  # fmt: skip


def fit_directions(model: Glasses, banks: Mapping[str, Manifold], data: Prepared) -> None:
    """Set the directions of `model` to where people with glasses stand in the banks: Fisher's linear discriminant.

    Where too few people are known to wear them, or none, they stay as they are.
    """
    worn = torch.tensor([p.get("glasses") is True for p in data.meta["portraits"]])
    bare = torch.from_numpy(data.bare)
    for network in SPANNED:
        rows, person = banks[network].bank.float(), banks[network].person
        without, with_them = rows[bare[person]], rows[worn[person]]
        if min(len(without), len(with_them)) < FEWEST:
            continue
        along = with_them.mean(0) - without.mean(0)
        within = (torch.cov(without.T) + torch.cov(with_them.T)) / 2
        within.diagonal().add_(RIDGE * within.diagonal().mean())
        weights = torch.linalg.solve(within, along)
        for name, value in (("along", along), ("weights", weights / (weights @ along)), ("middle", without.mean(0))):
            getattr(model, f"{network}_{name}").copy_(value)
