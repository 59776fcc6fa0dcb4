"""Attributes: what a painter may say of the whole face that lines hardly tell, such as whether it is a woman's.

Each is a direction in the latents of every component, along which people differ in it when all else is alike (see
`training.attributes`); a slider moves the drawing's latents along it. The lines stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

Attributes = Mapping[str, Mapping[str, torch.Tensor]]
"""For each attribute, by network, how far (D,) a value of 1 moves latents."""


def moved(latents: torch.Tensor, network: str, values: Mapping[str, float], attributes: Attributes) -> torch.Tensor:
    """Latents (B, D) of a network with the `values` of attributes, -1..1; the same tensor where all are 0."""
    for name, value in values.items():
        if value:
            latents = latents + value * attributes[name][network].to(latents)
    return latents
