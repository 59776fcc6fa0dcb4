"""What a portrait shows of one component."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Choice:
    """All that a portrait needs to know of a component, and that a lock keeps.

    `latent` (1, D); the part of the drawing in the component's window, `ink` (1, 1, h, w) on the 256 x 256 canvas (all
    of it for the remainder), without shading unless the blend is next to 0; and the `blend`, which says how far those
    lines are trusted. A component that was locked has a `look`, see `dfd_core.look`.
    """

    latent: torch.Tensor
    ink: torch.Tensor
    blend: float
    look: torch.Tensor | None = None

    def to(self, device: torch.device) -> Choice:
        """The same on another device."""
        look = self.look.to(device) if self.look is not None else None
        return Choice(self.latent.to(device), self.ink.to(device), self.blend, look)
