"""From five latents to a portrait: feature mapping, pasting, coarse face, image synthesis (paper, section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from dfd_core.geometry import CELL, COMPONENTS, REMAINDER, Component
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CoarseFace
from dfd_core.networks.generator import Generator
from dfd_core.networks.mapping import FeatureMap

LATENTS = sum(LATENT[component.network] for component in COMPONENTS)
"""Length of all five latents side by side."""


class Synthesis(nn.Module):
    """All networks behind the latents. `Latents` below maps each component's name to a (B, D) tensor."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        cells = {component.network: component.cells for component in COMPONENTS}
        self.maps = nn.ModuleDict({name: FeatureMap(LATENT[name], cells[name]) for name in cells})
        self.coarse = CoarseFace(LATENTS)
        self.generator = Generator(width)

    def feature(self, component: Component, latent: torch.Tensor) -> torch.Tensor:
        """Feature map (B, CHANNELS, cells, cells) of one component, as it stands on the canvas."""
        feature = self.maps[component.network](latent)
        return feature.flip(3) if component.mirrored else feature

    @staticmethod
    def paste(features: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """All feature maps on one canvas (B, CHANNELS, 64, 64): the remainder's, and the windows' added to it."""
        canvas = features[REMAINDER.name].clone()
        for component in COMPONENTS:
            if component is not REMAINDER:
                rows, columns = component.slices_at(CELL)
                canvas[:, :, rows, columns] += features[component.name]
        return canvas

    @staticmethod
    def join(latents: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """All latents side by side (B, LATENTS), in the order of `COMPONENTS`."""
        return torch.cat([latents[component.name] for component in COMPONENTS], 1)

    def forward(self, latents: Mapping[str, torch.Tensor], code: torch.Tensor) -> torch.Tensor:
        """Latents of all components and appearance code (B, CODE) -> portrait (B, 3, 256, 256) in about -1..1."""
        features = self.paste({c.name: self.feature(c, latents[c.name]) for c in COMPONENTS})
        return self.generator(features, self.coarse(self.join(latents), code), code)
