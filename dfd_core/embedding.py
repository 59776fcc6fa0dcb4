"""Component embedding: cut the windows out of a drawing and encode each (paper, section 3.1, "CE")."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE, NETWORKS, Component
from dfd_core.networks.autoencoder import LATENT, Encoder, input_side


def windows(ink: torch.Tensor, component: Component) -> torch.Tensor:
    """The window of `component` as its encoder sees it.

    `ink` (B, C, 256, 256) in 0..1 is the whole canvas. The remainder is the canvas with the four windows blanked, at
    half that size; a mirrored component is flipped.
    """
    ratio = CANVAS // ENCODE
    if component.size == CANVAS:
        rest = ink.clone()
        for other in COMPONENTS:
            if other.size < CANVAS:
                rows, columns = other.slices_at(ratio)
                rest[:, :, rows, columns] = 0
        return F.avg_pool2d(rest, 2)
    rows, columns = component.slices_at(ratio)
    window = ink[:, :, rows, columns]
    return window.flip(3) if component.mirrored else window


class Embedding(nn.Module):
    """The encoders of all networks; both eyes share one."""

    def __init__(self) -> None:
        super().__init__()
        by_network = {component.network: component for component in COMPONENTS}
        self.encoders = nn.ModuleDict({n: Encoder(input_side(by_network[n]), LATENT[n]) for n in NETWORKS})

    def forward(self, ink: torch.Tensor, component: Component) -> torch.Tensor:
        """Latents (B, LATENT[component.network]) of a component of the drawings `ink` (B, 1, 256, 256) in 0..1."""
        return self.encoders[component.network](windows(ink, component))
