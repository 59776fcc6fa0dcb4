"""Coarse face: a linear guess of the blurred portrait from the latents, and the appearance code that completes it.

A ridge regression from the latents to principal components of 64 x 64 photos gives a plausible blurry face in closed
form; the generator learns the rest. What the regression cannot know from lines (colour of skin, hair, light and
background) is what remains of the 16 x 16 photo; the leading principal components of that remainder are the
*appearance code*. It is fitted, not trained: a reference photo's code is a projection, and codes of the training
photos are normally distributed by construction (zero mean, unit variance), so a seed is a draw from that.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

SIDE = 64
TINT = 16
CODE = 24
"""Length of the appearance code."""


class CoarseFace(nn.Module):
    """Holds the fitted matrices as buffers; `training/fit_coarse.py` fills them."""

    mean: torch.Tensor
    basis: torch.Tensor
    weights: torch.Tensor
    tint: torch.Tensor

    def __init__(self, latents: int, components: int = 160) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3 * SIDE * SIDE))
        self.register_buffer("basis", torch.zeros(components, 3 * SIDE * SIDE))
        self.register_buffer("weights", torch.zeros(components, latents))
        self.register_buffer("tint", torch.zeros(CODE, 3 * TINT * TINT))

    def structure(self, latents: torch.Tensor) -> torch.Tensor:
        """All latents of a face side by side (B, latents) -> (B, 3, 64, 64) in about -1 .. 1."""
        flat = self.mean + latents @ self.weights.T @ self.basis
        return flat.unflatten(1, (3, SIDE, SIDE))

    def code_of(self, photo: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """Appearance code (B, CODE) of `photo` (B, 3, S, S) in -1 .. 1 whose drawing has `latents`."""
        small = F.adaptive_avg_pool2d(photo, TINT) - F.adaptive_avg_pool2d(self.structure(latents), TINT)
        flat = small.flatten(1)
        return flat @ self.tint.T / self.tint.square().sum(1)

    def forward(self, latents: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """(B, latents), (B, CODE) -> (B, 3, 64, 64) in about -1 .. 1."""
        colours = (code @ self.tint).unflatten(1, (3, TINT, TINT))
        return self.structure(latents) + F.interpolate(colours, SIDE, mode="bilinear", align_corners=False)
