"""Palette: the mean colours of skin, hair and background, which a drawing of lines does not say.

Photos are aligned, so each part has a fixed place: cheeks and bridge of the nose, top of the head, upper corners. The
palette is those nine numbers, standardised within each part by the training photos (zero mean, identity covariance),
so that the length of a part's three numbers says how unusual its colour is. A painter sets them as colours; a ridge
regression guesses them from the latents.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.geometry import CANVAS, CELL, PARTS, PLACES

PALETTE = 3 * len(PARTS)
"""Length of the palette."""


def mean_colours(photo: torch.Tensor) -> torch.Tensor:
    """Mean RGB (B, 3 parts, 3) of the parts of aligned photos (B, 3, S, S); a mirrored photo has the same."""
    small = F.adaptive_avg_pool2d(photo, CANVAS // CELL)
    small = (small + small.flip(3)) / 2
    means = []
    for part in PARTS:
        boxes = [small[:, :, y // CELL : b // CELL, x // CELL : r // CELL] for x, r, y, b in PLACES[part]]
        means.append(torch.cat([box.flatten(2) for box in boxes], 2).mean(2))
    return torch.stack(means, 1)


class Palette(nn.Module):
    """Holds the fitted statistics as buffers; `training/fit_palette.py` fills them.

    `mean` (3 parts, 3) and `axes` (3 parts, 3, 3), a Cholesky factor of the covariance, standardise colours in -1..1;
    `weights` (PALETTE, latents) guess the palette; `doubt` (PALETTE, PALETTE) is a Cholesky factor of the covariance
    that remains around the guess.
    """

    mean: torch.Tensor
    axes: torch.Tensor
    weights: torch.Tensor
    doubt: torch.Tensor

    def __init__(self, latents: int) -> None:
        super().__init__()  # NumPy's eye: torch's, where a pack is loaded, imports a compiler for a second
        self.register_buffer("mean", torch.zeros(len(PARTS), 3))
        self.register_buffer("axes", torch.from_numpy(np.eye(3, dtype=np.float32)).repeat(len(PARTS), 1, 1))
        self.register_buffer("weights", torch.zeros(PALETTE, latents))
        self.register_buffer("doubt", torch.from_numpy(np.eye(PALETTE, dtype=np.float32)))

    def standardised(self, colours: torch.Tensor) -> torch.Tensor:
        """Colours (B, 3 parts, 3) in -1..1 -> palette (B, PALETTE)."""
        offset = (colours - self.mean)[..., None]
        return torch.linalg.solve_triangular(self.axes, offset, upper=False).flatten(1)

    def colours(self, palette: torch.Tensor) -> torch.Tensor:
        """The inverse of `standardised`."""
        return self.mean + (self.axes @ palette.unflatten(1, (len(PARTS), 3))[..., None])[..., 0]

    def measured(self, photo: torch.Tensor) -> torch.Tensor:
        """Palette (B, PALETTE) of aligned photos (B, 3, S, S) in -1..1."""
        return self.standardised(mean_colours(photo))

    def guessed(self, latents: torch.Tensor) -> torch.Tensor:
        """Palette (B, PALETTE) that the lines suggest: all latents side by side (B, latents)."""
        return latents @ self.weights.T


def within(palette: torch.Tensor, widest: float) -> torch.Tensor:
    """`palette` (B, PALETTE) with each part at most `widest` standard deviations from the average."""
    parts = palette.unflatten(1, (len(PARTS), 3))
    length = parts.norm(dim=2, keepdim=True)
    return (parts * (widest / length.clamp(min=widest))).flatten(1)
