"""A drawing without its shading, steady while it is drawn.

The network looks at all of a drawing, so its answers change everywhere with every stroke, by little. What has not
changed clearly stays, and so do the components there, which need not be computed again.
"""

from __future__ import annotations

import torch

from dfd_core.networks.shading import Shading, in_steps

SAME = 0.02
"""Ink that differs by less is the same."""

HELD = 0.2
"""Where the ink is the same, a share that has changed by less since it was taken stays."""


class Unshading:
    """`Shading` with a memory of the last drawing; use it for one drawing that changes."""

    def __init__(self, network: Shading) -> None:
        self.network = network
        self._ink: torch.Tensor | None = None
        self._share: torch.Tensor | None = None

    def __call__(self, ink: torch.Tensor) -> torch.Tensor:
        """Ink (1, 1, 256, 256) in 0..1 -> the same without what is shading."""
        share = self.network(ink)
        if self._ink is not None and self._share is not None:
            held = ((ink - self._ink).abs() < SAME) & ((share - self._share).abs() < HELD)
            share = torch.where(held, self._share, share)
        self._ink, self._share = ink, share
        return ink * in_steps(share)
