"""Photos and their drawings with heads of other shapes: low foreheads, long chins, broad faces, room above the hair.

Aligned portraits have one man's proportions and hair up to the edge; drawings do not. Each photo is stretched with its
drawing, so that what is learned is right for both, and the stretched photo is what a discriminator takes for real.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import CANVAS, LEFT_EYE
from dfd_core.training.balance import sampling_weights
from dfd_core.training.data import Prepared

EYES = 2 * (LEFT_EYE.y + LEFT_EYE.size / 2 + 9) / CANVAS - 1
"""The row of the eyes, -1 at the top and 1 at the bottom: they stay where they are."""

SOFT = 0.08
"""Half the height, in the same unit, over which the stretch above the eyes becomes that below."""

ABOVE, BELOW, ACROSS = (0.72, 1.1), (0.94, 1.12), (1.0, 1.14)
"""Least and greatest stretch above the eyes, below them, and across. No less across: shoulders end at the edge."""

EVEN = 0.2
"""Standard deviation, of values in -1..1, up to which the top of a photo is background."""

OUTLINES = 0
"""The style that has the outline of the hair."""

INKED = 40 / 255
"""Ink that is more than a line's soft edge."""


def open_above(photo: torch.Tensor, outlines: torch.Tensor) -> torch.Tensor:
    """Whether there is room above the hair: (B,) bool.

    `photo` (B, 3, H, W) in -1..1; `outlines` (B, 1, H, W) in 0..1, its drawing that has the outline of the hair. Only
    the top rows are looked at, but for their ends.
    """
    rows, end = photo.shape[2] // 32, photo.shape[3] // 6
    top = (..., slice(rows), slice(end, -end))
    even = (photo[top].std((2, 3)) < EVEN).all(1)
    return even & (outlines[top].flatten(1).amax(1) < INKED)


def reshaped(pictures: torch.Tensor, shape: torch.Tensor, padding: str = "zeros") -> torch.Tensor:
    """Pictures (B, C, H, W) stretched by `shape` (B, 3), see `Heads.choose`; `padding` as in `grid_sample`."""
    height, width = pictures.shape[2:]
    above, below, across = (1 / part[:, None] for part in shape.unbind(1))
    y = (torch.arange(height, device=pictures.device) * 2 + 1) / height - 1 - EYES
    upward = SOFT * (np.log(2) - F.softplus(-y / SOFT))[None]  # y far above the eyes, next to nothing far below
    rows = EYES + below * y + (above - below) * upward
    columns = across * ((torch.arange(width, device=pictures.device) * 2 + 1) / width - 1)
    grid = torch.stack([columns[:, None].expand(-1, height, -1), rows[:, :, None].expand(-1, -1, width)], 3)
    return F.grid_sample(pictures, grid, padding_mode=padding, align_corners=False)


class Heads:
    """Chooses the faces of a batch and the shapes of their heads."""

    def __init__(self, data: Prepared, share: float) -> None:
        """`share` of the faces are reshaped."""
        self.train, self.share = data.train, share
        self.often = sampling_weights([data.meta["portraits"][k] for k in data.train])
        parts = np.array_split(data.train, -(-len(data.train) // 64))
        self.open = np.concatenate([open_above(data.photo(part), data.ink(part, OUTLINES)).numpy() for part in parts])
        roomy = self.often * self.open
        self.roomy = roomy / roomy.sum() if roomy.any() else self.often

    def choose(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, torch.Tensor]:
        """Faces (count,) and stretches (count, 3) above the eyes, below and across; 1 where a face stays as it is.

        Half of those that are reshaped have room above the hair, which few photos have; where hair is cut off at the
        top, nothing above the eyes becomes smaller.
        """
        other = rng.random(count) < self.share
        roomy = other & (rng.random(count) < 0.5)
        places = np.where(roomy, *(rng.choice(len(self.train), count, p=p) for p in (self.roomy, self.often)))
        low, high = np.array([ABOVE, BELOW, ACROSS]).T
        shape = np.where(other[:, None], rng.uniform(low, high, (count, 3)), 1.0)
        shape[~self.open[places], 0] = shape[~self.open[places], 0].clip(min=1)
        return self.train[places], torch.from_numpy(shape.astype(np.float32))
