"""Fit the coarse face in closed form: principal components, ridge regression, and the appearance code."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.coarse import SIDE, TINT, TINTS, CoarseFace
from dfd_core.networks.palette import PALETTE
from dfd_core.synthesis import Synthesis
from dfd_core.training.data import Prepared
from dfd_core.training.fit_palette import Examples, fit_guess, fit_statistics, source_of
from dfd_core.training.latents import Latents

EVERY = 3
"""Every third style, as drawn and bolder, says enough."""


def _small_photos(data: Prepared, index: np.ndarray) -> torch.Tensor:
    """(2 n, 3, 64, 64): photos and their mirror images."""
    blocks = np.array_split(index, max(1, len(index) // 128))
    photos = torch.cat([F.adaptive_avg_pool2d(data.photo(block), SIDE) for block in blocks])
    return torch.stack([photos, photos.flip(3)], 1).flatten(0, 1)


def _inputs(latents: Latents, banks: dict[str, Manifold], index: np.ndarray, style: int, project: bool) -> torch.Tensor:
    """(2 n, LATENTS) of one style, raw or projected without the face itself."""
    rows = torch.from_numpy(index)
    parts = {}
    for component in COMPONENTS:
        latent = latents[component.name][rows, style].flatten(0, 1)
        if project:
            latent = banks[component.network].project(latent, rows.repeat_interleave(2)).latents
        parts[component.name] = latent
    return Synthesis.join(parts)


def fit_coarse(coarse: CoarseFace, data: Prepared, latents: Latents, banks: dict[str, Manifold]) -> dict[str, float]:
    """Fill the buffers of `coarse`; returns mean square errors, and the ridges that were chosen on `val`."""
    styles = range(0, latents[COMPONENTS[0].name].shape[1], EVERY)
    raw = [_inputs(latents, banks, data.train, style, False) for style in styles]
    mapped = [_inputs(latents, banks, data.train, style, True) for style in styles]
    held = data.val if len(data.val) else data.train
    held_mapped = [_inputs(latents, banks, held, style, True) for style in styles]
    photos, truth = _small_photos(data, data.train), _small_photos(data, held)
    fit_statistics(coarse.palette, photos)
    palette, held_palette = coarse.palette.measured(photos), coarse.palette.measured(truth)
    figures = fit_guess(
        coarse.palette,
        Examples(palette, mapped, source_of(data, data.train).repeat_interleave(2)),
        Examples(held_palette, held_mapped, source_of(data, held).repeat_interleave(2)),
    )
    target, truth = photos.flatten(1), truth.flatten(1)
    coarse.mean.copy_(target.mean(0))
    count = min(len(coarse.basis), len(target) - 1)
    basis = torch.zeros_like(coarse.basis)
    basis[:count] = torch.pca_lowrank(target - coarse.mean, min(count + 16, *target.shape), niter=4)[2].T[:count]
    coarse.basis.copy_(basis)
    goal = ((target - coarse.mean) @ basis.T).double()
    size = coarse.weights.shape[1]
    gram, cross = torch.zeros(size, size, dtype=torch.double), torch.zeros(size, len(basis), dtype=torch.double)
    for inputs in raw + mapped:
        x = torch.cat([inputs, palette], 1).double()
        gram += x.T @ x / (len(x) * 2 * len(raw))
        cross += x.T @ goal / (len(x) * 2 * len(raw))
    penalty = torch.ones(size, dtype=torch.double)
    penalty[-PALETTE:] = 1e-4  # the palette is measured, not guessed: nothing to shrink
    best = (float("inf"), 0.0, coarse.weights)
    middle = held_mapped[len(held_mapped) // 3]
    for ridge in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0):
        weights = torch.linalg.solve(gram + ridge * penalty.diag(), cross).T.float()
        made = coarse.mean + torch.cat([middle, held_palette], 1) @ weights.T @ basis
        best = min(best, (float((made - truth).square().mean()), ridge, weights), key=lambda item: item[0])
    coarse.weights.copy_(best[2])
    residual = F.adaptive_avg_pool2d(photos - coarse.structure(raw[0], palette), TINT).flatten(1)
    tints = min(TINTS, len(residual) - 1)
    _, spread, axes = torch.pca_lowrank(residual - residual.mean(0), min(tints + 8, *residual.shape), niter=4)
    coarse.tint.fill_(1e-6)
    coarse.tint[:tints] = axes.T[:tints] * spread[:tints, None] / len(residual) ** 0.5
    mean_error = float((coarse.mean - truth).square().mean())
    return {**figures, "coarse_error": best[0], "ridge": best[1], "mean_face_error": mean_error}
