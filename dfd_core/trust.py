"""Trust in the lines: what of a drawing itself reaches image synthesis, by component.

Where a component's blend is 0 ("my lines") the lines are trusted fully, where it is 1 ("plausible face") not at all.
In training, lines are displaced and dropped the more, the less they are trusted, so that trust is what it says.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from dfd_core.geometry import CANVAS, ENCODE, LEFT_EYE, MOUTH, NOSE, REMAINDER, RIGHT_EYE, Component

PAINTED = (REMAINDER, MOUTH, NOSE, LEFT_EYE, RIGHT_EYE)
"""Where windows overlap, the later one counts (the paper pastes feature maps in this order)."""


def window_slices(component: Component) -> tuple[slice, slice]:
    """Rows and columns of a component's window on the 256 x 256 canvas."""
    return component.slices_at(CANVAS // ENCODE)


def trust_map(blend: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Blend (B,) of each component, 0..1 -> trust (B, 1, 256, 256), 1 where lines are followed."""
    first = blend[REMAINDER.name]
    trust = first.new_zeros(len(first), 1, ENCODE, ENCODE)
    for component in PAINTED:
        rows, columns = window_slices(component)
        trust[:, :, rows, columns] = 1 - blend[component.name][:, None, None, None]
    return trust


def trusted_lines(ink: torch.Tensor, trust: torch.Tensor) -> torch.Tensor:
    """`ink` and `trust`, both (B, 1, 256, 256) in 0..1 -> what image synthesis sees (B, 2, 256, 256)."""
    return torch.cat([ink * trust, trust], 1)
