"""Fit the palette in closed form: statistics of the colours, and the guess of them from the latents.

Photos of one source share its light and its kind of sitter, which shows in the lines too (politicians smile). A plain
regression learns that: drawings without a smile came out dark. So the guess is fitted to how colours and latents differ
*within* each source (fixed effects), and judged by that on the validation portraits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dfd_core.networks.palette import PALETTE, Palette, mean_colours
from dfd_core.training.data import Prepared

RIDGES = (0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class Examples:
    """`palette` (n, PALETTE) of n photos, `latents` (n, D) of each kind of drawing of them, their `sources` (n,)."""

    palette: torch.Tensor
    latents: list[torch.Tensor]
    sources: torch.Tensor


def centred(rows: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
    """`rows` (n, D) less the mean of their group (n,)."""
    size = int(groups.max()) + 1
    count = torch.bincount(groups, minlength=size)[:, None].clamp(min=1)
    mean = rows.new_zeros(size, rows.shape[1]).index_add_(0, groups, rows) / count
    return rows - mean[groups]


def source_of(data: Prepared, index: np.ndarray) -> torch.Tensor:
    """The number of each portrait's source (n,)."""
    names = [data.meta["portraits"][k]["source"] for k in index]
    return torch.from_numpy(np.unique(names, return_inverse=True)[1])


def fit_statistics(palette: Palette, photos: torch.Tensor) -> None:
    """Mean and covariance of the parts' colours in `photos` (n, 3, S, S)."""
    colours = mean_colours(photos)
    palette.mean.copy_(colours.mean(0))
    offset = (colours - palette.mean).double()
    covariance = torch.einsum("nki,nkj->kij", offset, offset) / len(colours) + 1e-5 * torch.eye(3, dtype=torch.double)
    palette.axes.copy_(torch.linalg.cholesky(covariance))


def fit_guess(palette: Palette, train: Examples, held: Examples) -> dict[str, float]:
    """Ridge regression from latents to the palette, and the covariance that remains.

    The error on the `held` out examples chooses the ridge. Returns it, and the share of the held-out variance within
    sources that the guess explains, of all nine numbers and of the skin.
    """
    target = centred(train.palette, train.sources).double()
    size, count = palette.weights.shape[1], len(train.latents) * len(target)
    gram, cross = torch.zeros(size, size, dtype=torch.double), torch.zeros(size, PALETTE, dtype=torch.double)
    for latents in train.latents:
        x = centred(latents, train.sources).double()
        gram += x.T @ x / count
        cross += x.T @ target / count
    truth = centred(held.palette, held.sources)
    best = (float("-inf"), 0.0, 0.0, palette.weights)
    for ridge in RIDGES:
        weights = torch.linalg.solve(gram + ridge * torch.eye(size, dtype=torch.double), cross).T.float()
        errors = [(centred(x @ weights.T, held.sources) - truth).square().mean(0) for x in held.latents]
        explained = 1 - torch.stack(errors).mean(0) / truth.square().mean(0).clamp(min=1e-6)
        best = max(best, (float(explained.mean()), ridge, float(explained[:3].mean()), weights), key=lambda b: b[0])
    palette.weights.copy_(best[3])
    rest = torch.cat([train.palette - palette.guessed(x) for x in train.latents]).double()
    covariance = rest.T @ rest / len(rest) + 1e-4 * torch.eye(PALETTE, dtype=torch.double)
    palette.doubt.copy_(torch.linalg.cholesky(covariance))
    return {"palette_explained": best[0], "palette_ridge": best[1], "skin_explained": best[2]}
