"""Appearance: colour of skin, hair, light and background, which a drawing of lines does not say.

The appearance code comes from a seed, from a reference picture, or from between the two.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DfdError
from dfd_core.frame import Frame, points
from dfd_core.geometry import CANVAS, ENCODE
from dfd_core.networks.coarse import CODE, CoarseFace

WIDEST = 3.0
"""A reference's appearance code is kept within this many standard deviations of the training photos'."""

COVERED = 0.5
"""A layer that shows in so much of the drawing's frame has its face where the drawing has it."""

SEED_SPREAD = 0.9
"""Standard deviation of a seed's appearance code; the training photos' is 1. Seed 0 is the average appearance."""


def seeded(seed: int) -> torch.Tensor:
    """The appearance code (1, CODE) of a seed; seed 0 is the average appearance."""
    if seed == 0:
        return torch.zeros(1, CODE)
    return torch.randn(1, CODE, generator=torch.Generator().manual_seed(seed % 2**63)) * SEED_SPREAD


class Reference:
    """A picture of a face whose appearance a portrait can take on.

    The face should stand about where it stands on the canonical canvas; of an oblong picture the middle square counts.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        """`pixels` (h, w, 3) uint8 RGB; raises `DfdError` for anything else."""
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise DfdError("The reference must be an RGB picture of 8-bit values: convert it first.")
        side = min(pixels.shape[:2])
        top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
        square = torch.from_numpy(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
        picture = square.permute(2, 0, 1)[None].float().div(127.5).sub(1)
        self.picture = F.interpolate(picture, ENCODE, mode="bilinear", align_corners=False, antialias=True)

    @classmethod
    def of_layer(cls, pixels: np.ndarray, origin: tuple[int, int], frame: Frame) -> Reference:
        """The reference on a layer: (h, w, 4) uint8 with straight alpha, its corner at `origin` of the document.

        A layer under the drawing counts in the drawing's `frame`, any other in the middle square of what it shows.
        Transparent is white. Raises `DfdError` when nothing shows.
        """
        shows = pixels[:, :, 3] > 127
        rows, columns = (np.flatnonzero(shows.any(axis)) for axis in (1, 0))
        if not len(rows):
            raise DfdError("The reference layer is empty: choose another one.")
        x, y = (there.floor().int().numpy() for there in points(frame, CANVAS))
        x, y = x - origin[0], y - origin[1]
        inside = (x >= 0) & (y >= 0) & (x < pixels.shape[1]) & (y < pixels.shape[0])
        framed = np.zeros((CANVAS, CANVAS, 4), np.uint8)
        framed[inside] = pixels[y[inside], x[inside]]
        if (framed[:, :, 3] > 127).mean() >= COVERED:
            return cls(_on_white(framed))
        shown = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        finer = max(1, min(shown.shape[:2]) // CANVAS)  # bounds memory
        return cls(_on_white(shown[::finer, ::finer]))

    def code(self, coarse: CoarseFace, latents: torch.Tensor) -> torch.Tensor:
        """Appearance code (1, CODE) with which the coarse face of `latents` (1, LATENTS) looks like the picture."""
        return coarse.code_of(self.picture.to(latents.device), latents).clamp(-WIDEST, WIDEST)


def _on_white(rgba: np.ndarray) -> np.ndarray:
    """Straight alpha (h, w, 4) uint8 -> RGB (h, w, 3) uint8 on white paper."""
    alpha = rgba[:, :, 3:].astype(np.uint16)
    return ((rgba[:, :, :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
