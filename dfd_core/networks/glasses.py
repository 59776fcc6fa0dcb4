"""Glasses: whether a drawing shows them, and latents of eyes and nose that say the same.

Each component sees its own window. What tells a rim from the large round eye of a comic, or from a bag under an eye,
is a bridge between two rims and arms beside them, across three windows. So a network looks at all of that, and where a
latent says something else than it, the latent is moved along the one direction that glasses move it.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.blocks import SLOPE, conv

BAND = (..., slice(64, 160), slice(32, 224))
"""What of the 256 x 256 canvas the network sees: the eyes with all that may be worn about them."""

WIDTHS = (1, 16, 32, 48, 64)

SPANNED = ("eye", "nose")
"""The networks of the embedding whose windows glasses reach into and whose latents say so."""

UNSURE = (0.4, 0.6)
"""Between these probabilities nothing is moved; `SURE` beyond them all that there is to move."""
SURE = 0.2

WITHOUT, WITH = 0.15, 0.65
"""How much of glasses a drawing without may show, and how little one with them, in units of what they make on average.
Thin rims show less than the average; with all of it they become heavy ones that grow together with the brows."""

MOST = 1.5
"""No latent is moved by more than this, in the same unit."""


class Glasses(nn.Module):
    """(B, 1, 256, 256) ink in 0..1 -> probability (B,) that glasses are drawn.

    For each network in `SPANNED` there are `along` (D,), by which glasses move a latent, and `weights` (D,) and
    `middle` (D,), which measure how far one is moved: (latent - middle) @ weights is 0 without, 1 with glasses.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in (*pairwise(WIDTHS), WIDTHS[-1:] * 2):
            layers += [
                conv(inputs, outputs, 2 if inputs < outputs else 1),
                nn.BatchNorm2d(outputs),
                nn.LeakyReLU(SLOPE),
            ]
        self.features = nn.Sequential(*layers)
        self.hidden = nn.Linear(WIDTHS[-1] * 6 * 12, 32)
        self.out = nn.Linear(32, 1)
        for name in SPANNED:
            for part in ("along", "weights", "middle"):
                self.register_buffer(f"{name}_{part}", torch.zeros(LATENT[name]))

    def logits(self, ink: torch.Tensor) -> torch.Tensor:
        """Log-odds (B,)."""
        x = F.dropout(self.features(ink[BAND]).flatten(1), 0.3, self.training)
        return self.out(F.leaky_relu(self.hidden(x), SLOPE))[:, 0]

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.logits(ink).sigmoid()

    def settled(self, network: str, latents: torch.Tensor, worn: torch.Tensor) -> torch.Tensor:
        """Latents (B, D) of a network that say what the drawing shows: glasses with probability `worn` (B,)."""
        if network not in SPANNED:
            return latents
        along, weights, middle = (getattr(self, f"{network}_{part}") for part in ("along", "weights", "middle"))
        shown = (latents - middle) @ weights
        without = ((UNSURE[0] - worn) / SURE).clamp(0, 1) * (shown - WITHOUT).clamp_min(0)
        with_them = ((worn - UNSURE[1]) / SURE).clamp(0, 1) * (WITH - shown).clamp_min(0)
        return latents + (with_them - without).clamp(-MOST, MOST)[:, None] * along
