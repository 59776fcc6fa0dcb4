"""Hair that is filled with ink: whoever draws it black means dark hair, though its colour is not in the lines."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.geometry import ENCODE

LINE = 5
"""Half the width of the broadest line, in pixels at 256 x 256: what is broader is a shape."""

LITTLE, MUCH = 0.02, 0.055
"""Shares of the canvas: hair with less filled is any hair, with more it is dark."""

FACE = (127.5, 140.0, 56.0, 76.0)
"""Middle and half axes of an ellipse within the face, in pixels at 256 x 256, and a row below which are clothes."""
CLOTHES = 215


def filled_hair(ink: torch.Tensor) -> torch.Tensor:
    """How far hair is filled in lines (B, 1, 256, 256), ink in 0..1: (B,) in 0..1.

    Shapes of solid ink around the face count, beards, brows and clothes do not.
    """
    side = 2 * LINE + 1
    deep = -F.max_pool2d(-ink, side, 1, LINE)
    shapes = F.max_pool2d((deep > 0.6).float(), side, 1, LINE)
    x, y = torch.arange(ENCODE, device=ink.device), torch.arange(ENCODE, device=ink.device)[:, None]
    around = (((x - FACE[0]) / FACE[2]) ** 2 + ((y - FACE[1]) / FACE[3]) ** 2 > 1) & (y < CLOTHES)
    share = (shapes * around).mean((1, 2, 3))
    return ((share - LITTLE) / (MUCH - LITTLE)).clamp(0, 1)
