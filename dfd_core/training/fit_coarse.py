"""Fit the coarse face in closed form: principal components, ridge regression, and the appearance code."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.coarse import CODE, SIDE, TINT, CoarseFace
from dfd_core.synthesis import Synthesis
from dfd_core.training.data import Prepared
from dfd_core.training.latents import Latents


def _small_photos(data: Prepared, index: np.ndarray, side: int) -> torch.Tensor:
    """(2 n, 3 side side): photos and their mirror images."""
    blocks = np.array_split(index, max(1, len(index) // 128))
    photos = torch.cat([F.adaptive_avg_pool2d(data.photo(block), side) for block in blocks])
    return torch.stack([photos, photos.flip(3)], 1).flatten(0, 1).flatten(1)


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
    """Fill the buffers of `coarse`; returns the mean square errors and the ridge that was chosen on `val`."""
    target = _small_photos(data, data.train, SIDE)
    mean = target.mean(0)
    count = min(len(coarse.basis), len(target) - 1)
    basis = torch.zeros_like(coarse.basis)
    basis[:count] = torch.pca_lowrank(target - mean, min(count + 16, *target.shape), niter=4)[2].T[:count]
    goal = (target - mean) @ basis.T
    styles = latents[COMPONENTS[0].name].shape[1]
    size = coarse.weights.shape[1]
    gram, cross = torch.zeros(size, size, dtype=torch.double), torch.zeros(size, len(basis), dtype=torch.double)
    rows = 0
    for style in range(styles):
        for project in (False, True):
            x = _inputs(latents, banks, data.train, style, project).double()
            gram += x.T @ x
            cross += x.T @ goal.double()
            rows += len(x)
    held = data.val if len(data.val) else data.train
    truth = _small_photos(data, held, SIDE)
    inputs = _inputs(latents, banks, held, styles // 2, True)
    best = (float("inf"), 0.0, coarse.weights)
    for ridge in (0.01, 0.03, 0.1, 0.3, 1.0):
        weights = torch.linalg.solve(gram / rows + ridge * torch.eye(size, dtype=torch.double), cross / rows).T.float()
        error = float((mean + inputs @ weights.T @ basis - truth).square().mean())
        best = min(best, (error, ridge, weights), key=lambda item: item[0])
    coarse.mean.copy_(mean)
    coarse.basis.copy_(basis)
    coarse.weights.copy_(best[2])
    residual = _small_photos(data, data.train, TINT) - F.adaptive_avg_pool2d(
        coarse.structure(_inputs(latents, banks, data.train, 0, False)), TINT).flatten(1)  # fmt: skip
    residual -= residual.mean(0)
    code = min(CODE, len(residual) - 1)
    _, spread, axes = torch.pca_lowrank(residual, min(code + 8, *residual.shape), niter=4)
    coarse.tint.fill_(1e-6)
    coarse.tint[:code] = axes.T[:code] * spread[:code, None] / len(residual) ** 0.5
    return {"coarse_error": best[0], "ridge": best[1], "mean_face_error": float((mean - truth).square().mean())}
