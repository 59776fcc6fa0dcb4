"""From five latents to a portrait: feature mapping, pasting, coarse face, image synthesis (paper, section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from dfd_core.geometry import CELL, COMPONENTS, REMAINDER, Component
from dfd_core.networks.autoencoder import LATENT, Decoder, input_side
from dfd_core.networks.coarse import CoarseFace
from dfd_core.networks.generator import Generator
from dfd_core.networks.lines import LineFeatures
from dfd_core.networks.mapping import FeatureMap

LATENTS = sum(LATENT[component.network] for component in COMPONENTS)
"""Length of all five latents side by side."""


class Synthesis(nn.Module):
    """All networks behind the latents. `Latents` below maps each component's name to a (B, D) tensor."""

    def __init__(self, width: int = 48, finer: int = 0) -> None:
        """See `Generator`."""
        super().__init__()
        self.decoders, self.maps = nn.ModuleDict(), nn.ModuleDict()
        for component in {component.network: component for component in COMPONENTS}.values():
            name, side = component.network, input_side(component)
            self.decoders[name] = Decoder(side, LATENT[name])
            self.maps[name] = FeatureMap(LATENT[name], component.cells, side // 2)
        self.decoders.requires_grad_(False).eval()
        self.lines = LineFeatures()
        self.coarse = CoarseFace(LATENTS)
        self.generator = Generator(width, finer)

    def train(self, mode: bool = True) -> Synthesis:
        """The decoders are stage 1's and stay as they are."""
        super().train(mode)
        self.decoders.eval()
        return self

    def set_precision(self, dtype: torch.dtype) -> None:
        """All networks in `dtype`; the coarse face, which is a fit in closed form, stays in single precision."""
        for part in (self.decoders, self.maps, self.lines, self.generator):
            part.to(dtype)

    def feature(self, component: Component, latent: torch.Tensor) -> torch.Tensor:
        """Feature map (B, CHANNELS, cells, cells) of one component, as it stands on the canvas."""
        decoder = self.decoders[component.network]
        assert isinstance(decoder, Decoder)
        feature = self.maps[component.network](latent, decoder.features(latent))
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

    def picture(self, features: Mapping[str, torch.Tensor], latents: Mapping[str, torch.Tensor], code: torch.Tensor,
                lines: torch.Tensor) -> torch.Tensor:  # fmt: skip
        """The portrait (B, 3, 256, 256) in about -1..1 from the components' `feature` maps; see `forward`."""
        fine, cells = self.lines(lines)
        with torch.autocast("cpu", enabled=False):  # training is in bfloat16 there: not the fit in closed form
            coarse = self.coarse(self.join(latents), code)
        return self.generator(self.paste(features) + cells, coarse, code, fine)

    def forward(self, latents: Mapping[str, torch.Tensor], code: torch.Tensor, lines: torch.Tensor) -> torch.Tensor:
        """Latents of all components, appearance code (B, CODE), `trust.trusted_lines` -> see `picture`."""
        features = {component.name: self.feature(component, latents[component.name]) for component in COMPONENTS}
        return self.picture(features, latents, code, lines)
