"""Shadow guidance: the drawings of each component's plausible neighbours, under the painter's own (paper, section 4).

Every neighbour's latent is decoded to the clean drawing that it stands for; the drawings are added up by their
barycentric weights. Without a drawing, the average of the bank shows where a face would be.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.frame import Frame, place
from dfd_core.geometry import CANVAS, COMPONENTS, REMAINDER, Component
from dfd_core.manifold import Manifold, Projection
from dfd_core.synthesis import Synthesis

AVERAGED = 64
"""Rows of a bank that make its average drawing."""

WINDOWED = tuple(component for component in COMPONENTS if component is not REMAINDER)

SEAM = 24
"""Pixels over which a window's drawing takes over from what is around it."""

BLANKED = 12
"""The remainder's drawing, made without the windows, fades out so many pixels before them."""

COARSE = 4
"""Pixels of the canvas in a pixel of what is continued."""

OUTLINE = 2
"""Width of a window's outline."""


def component_shadow(
    component: Component, synthesis: Synthesis, bank: Manifold, projection: Projection | None
) -> torch.Tensor:
    """Ink (size, size) in 0..1 of the neighbours of one component, or of the bank's average when there are none."""
    if projection is None:
        rows = bank.bank[:: max(1, len(bank.bank) // AVERAGED)].float()
        weights = torch.full((len(rows),), 1 / len(rows), device=rows.device)
    else:
        rows, weights = bank.rows(projection.indices[0]), projection.weights[0].clamp_min(0)
        weights = weights / weights.sum().clamp_min(1e-6)
    drawn = synthesis.decoders[component.network](rows)[:, :1].sigmoid()
    ink = (weights[:, None, None, None] * drawn).sum(0, keepdim=True)
    ink = ink.flip(3) if component.mirrored else ink
    side = component.size
    return F.interpolate(ink, (side, side), mode="bilinear", align_corners=False)[0, 0]


def shadow(synthesis: Synthesis, banks: Mapping[str, Manifold], found: Mapping[str, Projection | None]) -> torch.Tensor:
    """Ink (512, 512) in 0..1 of all components, one running into the next; the remainder fills what is left."""
    inks = {c.name: component_shadow(c, synthesis, banks[c.network], found.get(c.name)).cpu() for c in COMPONENTS}
    total, weights, cover = torch.zeros(3, CANVAS, CANVAS)
    for component in WINDOWED:
        area, inwards = component.slices, _inwards(component.size)
        total[area] += inwards * inks[component.name]
        weights[area] += inwards
        cover[area] = torch.maximum(cover[area], (inwards / SEAM).clamp(max=1))
    return torch.lerp(_continued(inks[REMAINDER.name]), total / weights.clamp_min(1e-6), cover)


def window_outlines() -> np.ndarray:
    """Ink (512, 512) float32 in 0..1: the windows of eyes, nose and mouth as thin lines."""
    canvas = np.zeros((CANVAS, CANVAS), np.float32)
    for component in WINDOWED:
        window = np.full((component.size, component.size), 1, np.float32)
        window[OUTLINE:-OUTLINE, OUTLINE:-OUTLINE] = 0
        canvas[component.slices] = np.maximum(canvas[component.slices], window)
    return canvas


def placed_shadow(
    ink: np.ndarray, frame: Frame, canvas: tuple[int, int], colour: tuple[int, int, int]
) -> tuple[np.ndarray, int, int]:
    """Ink (512, 512) in 0..1 over `frame` of a document of size `canvas`, in one 8-bit RGB `colour`.

    Returns (h, w, 4) uint8 straight alpha and the x and y of its corner; raises `DrawingError` as `place` does.
    """
    rgba, x, y = place(np.repeat((ink * 255).round().astype(np.uint8)[:, :, None], 3, 2), frame, canvas)
    alpha = (rgba[:, :, 0] * (rgba[:, :, 3] / np.float32(255))).round().astype(np.uint8)
    rgba[:, :, :3], rgba[:, :, 3] = colour, alpha
    return rgba, x, y


def _inwards(size: int) -> torch.Tensor:
    """Pixels (size, size) to the nearest border of a window."""
    along = torch.arange(size) + 0.5
    along = torch.minimum(along, size - along)
    return torch.minimum(along[:, None], along[None, :])


def _continued(ink: torch.Tensor) -> torch.Tensor:
    """The remainder's drawing, which ends at the windows, continued a little into them."""
    known = torch.ones_like(ink)
    for component in WINDOWED:
        rows, columns = (slice(s.start - BLANKED, s.stop + BLANKED) for s in component.slices)
        known[rows, columns] = 0
    around = F.avg_pool2d(torch.stack([ink * known, known])[None], COARSE)
    for _ in range((BLANKED + SEAM) // COARSE + 1):  # each pixel next to known ones becomes their mean
        near = F.avg_pool2d(around, 3, stride=1, padding=1)
        near = torch.cat([near[:, :1] / near[:, 1:].clamp_min(1e-6), (near[:, 1:] > 0).float()], 1)
        around = torch.where(around[:, 1:] > 0, around, near)
    filled = F.interpolate(around[:, :1], CANVAS, mode="bilinear", align_corners=False)[0, 0]
    return torch.where(known > 0, ink, filled)
