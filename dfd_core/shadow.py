"""Shadow guidance: the drawings of each component's plausible neighbours, under the painter's own (paper, section 4).

Every neighbour's latent is decoded to the clean drawing that it stands for; the drawings are added up by their
barycentric weights. Without a drawing, the average of the bank shows where a face would be.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch.nn import functional as F

from dfd_core.embedding import windows
from dfd_core.geometry import CANVAS, COMPONENTS, REMAINDER, Component
from dfd_core.manifold import Manifold, Projection
from dfd_core.synthesis import Synthesis

AVERAGED = 64
"""Rows of a bank that make its average drawing."""


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
    """Ink (512, 512) in 0..1 of all components: the remainder's outside of the windows, and the windows' own."""
    inks = {c.name: component_shadow(c, synthesis, banks[c.network], found.get(c.name)).cpu() for c in COMPONENTS}
    canvas = _outside(inks.pop(REMAINDER.name))
    for component in COMPONENTS:
        if component is not REMAINDER:
            area = component.slices
            canvas[area] = torch.maximum(canvas[area], inks[component.name])
    return canvas


def _outside(ink: torch.Tensor) -> torch.Tensor:
    """Blank the windows of the remainder's drawing."""
    small = F.avg_pool2d(ink[None, None], 2)
    return F.interpolate(windows(small, REMAINDER), CANVAS, mode="bilinear", align_corners=False)[0, 0]
