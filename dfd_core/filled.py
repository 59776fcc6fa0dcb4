"""Hair that is filled with ink: whoever draws it black means dark hair, though its colour is not in the lines."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.choice import Choice
from dfd_core.geometry import ENCODE

SIDE = ENCODE // 2
"""What is drawn is looked at in so many pixels a side."""

LINE = 3
"""Half the width of the broadest line, in these pixels: what is broader is a shape."""

SOLID = 0.75
"""Ink from which on a shape is filled."""

LITTLE, MUCH = 0.02, 0.055
"""Shares of the canvas: hair with less filled is any hair, with more it is dark."""

BROWN, BLACK = 0.72, 0.85
"""How dark shapes are on white: lighter than the first they say nothing of hair."""

MIDDLE = (63.5, 70.0)
FOREHEAD, JAW = (28.0, 38.0), (43.0, 50.0)
"""Middle of the face, and the half axes of what is face, not hair, above and below it, in these pixels."""

CLOTHES = 108
"""The row from which on there may be clothes."""


def dark_hair(head: Choice, black: float) -> float:
    """How dark hair is drawn, 0..1: what is chosen of the remainder, in shapes that are `black` (`lineart.Sketch`).

    As far as its lines are trusted.
    """
    trusted = (1 - head.blend) * min(max((black - BROWN) / (BLACK - BROWN), 0.0), 1.0)
    return trusted * float(filled_hair(head.ink)) if trusted else 0.0


def filled_hair(ink: torch.Tensor) -> torch.Tensor:
    """How far hair is filled in lines (B, 1, 256, 256), ink in 0..1: (B,) in 0..1.

    Shapes of solid ink around the face count; beards, brows and clothes do not.
    """
    reach = (2 * LINE + 1, 1, LINE)
    deep = -F.max_pool2d(-F.avg_pool2d(ink, ENCODE // SIDE), *reach)
    shapes = F.max_pool2d((deep > SOLID).float(), *reach)
    x, y = torch.arange(SIDE, device=ink.device), torch.arange(SIDE, device=ink.device)[:, None]
    above, below = (((x - MIDDLE[0]) / a) ** 2 + ((y - MIDDLE[1]) / b) ** 2 > 1 for a, b in (FOREHEAD, JAW))
    around = torch.where(y < MIDDLE[1], above, below) & (y < CLOTHES)
    share = (shapes * around).mean((1, 2, 3))
    return ((share - LITTLE) / (MUCH - LITTLE)).clamp(0, 1)
