"""Coarse face: a linear guess of the blurred portrait from latents and palette, and the appearance code.

A ridge regression from the latents and the palette to principal components of 64 x 64 photos gives a plausible blurry
face in closed form; the generator learns the rest. The palette explains colour, the latents what colour does not. What
then remains of the 16 x 16 photo (light, clothes, unevenness of hair and background) has its leading principal
components, the *tints*. Palette and tints are the *appearance code*. It is fitted, not trained: a reference photo's
code is a projection, and the codes of the training photos have zero mean and unit variance.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.palette import PALETTE, Palette

SIDE = 64
TINT = 16
TINTS = 15
CODE = PALETTE + TINTS
"""Length of the appearance code: palette, then tints."""


class CoarseFace(nn.Module):
    """Holds the fitted matrices as buffers; `training/fit_coarse.py` fills them."""

    mean: torch.Tensor
    basis: torch.Tensor
    weights: torch.Tensor
    tint: torch.Tensor

    def __init__(self, latents: int, components: int = 160) -> None:
        super().__init__()
        self.palette = Palette(latents)
        self.register_buffer("mean", torch.zeros(3 * SIDE * SIDE))
        self.register_buffer("basis", torch.zeros(components, 3 * SIDE * SIDE))
        self.register_buffer("weights", torch.zeros(components, latents + PALETTE))
        self.register_buffer("tint", torch.zeros(TINTS, 3 * TINT * TINT))

    def structure(self, latents: torch.Tensor, palette: torch.Tensor) -> torch.Tensor:
        """All latents of a face side by side (B, latents), (B, PALETTE) -> (B, 3, 64, 64) in about -1 .. 1."""
        flat = self.mean + torch.cat([latents, palette], 1) @ self.weights.T @ self.basis
        return flat.unflatten(1, (3, SIDE, SIDE))

    def code_of(self, photo: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """Appearance code (B, CODE) of `photo` (B, 3, S, S) in -1 .. 1 whose drawing has `latents`."""
        palette = self.palette.measured(photo)
        rest = F.adaptive_avg_pool2d(photo, TINT) - F.adaptive_avg_pool2d(self.structure(latents, palette), TINT)
        return torch.cat([palette, rest.flatten(1) @ self.tint.T / self.tint.square().sum(1)], 1)

    def likely_code(self, latents: torch.Tensor, noise: torch.Tensor | None = None) -> torch.Tensor:
        """The code (B, CODE) that the lines suggest; `noise` (B, CODE) of unit variance draws from what else fits."""
        palette = self.palette.guessed(latents)
        if noise is None:
            return F.pad(palette, (0, TINTS))
        return torch.cat([palette + noise[:, :PALETTE] @ self.palette.doubt.T, noise[:, PALETTE:]], 1)

    def forward(self, latents: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """(B, latents), (B, CODE) -> (B, 3, 64, 64) in about -1 .. 1."""
        tints = (code[:, PALETTE:] @ self.tint).unflatten(1, (3, TINT, TINT))
        tints = F.interpolate(tints, SIDE, mode="bilinear", align_corners=False)
        return self.structure(latents, code[:, :PALETTE]) + tints
