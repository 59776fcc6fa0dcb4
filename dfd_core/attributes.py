"""Attributes: what may be said of the whole face that lines hardly tell, such as whether it is a woman's.

Each is a direction in the latents of every component, along which people differ in it when all else is alike (see
`training.attributes`). What all components of a drawing together say of it, by a linear discriminant, moves them a part
of that way, so that they agree; a painter's slider moves them further. The lines stay what they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from dfd_core.geometry import COMPONENTS, FEMININITY

UNSURE, SURE = 0.1, 0.4
"""What a drawing says within the first, of about 1 for a clear case, is not believed; from the second on it is sure."""

OBJECTION = 0.2
"""When the face within the hair says the opposite of the whole as clearly as this, nothing is said."""

MOST = 0.8
"""How far a drawing that is sure moves a component by itself that says nothing of it; the end of the slider is 1."""

ENOUGH = 1.5
"""A component that by itself says so much of it is not moved, and the less the nearer it is: 1 is the average of those
who have the attribute, -1 of those who have it not."""

SHARES = {"mouth": (0.5, 0.5), "eye": (0.5, 1.0)}
"""What of that some networks' latents move, towards -1 and towards 1: with all of it, closed mouths opened, and men's
arched brows became flat."""

HELD = 0.1
"""What a drawing says by itself stays as it was unless it changes by more: strokes change it everywhere, by little."""

MORE = {FEMININITY: {"aged": 0.35}}
"""By how much more drawings of those who have a trait say of an attribute than its discriminants hear: most of the old
in the banks are men, so old women's drawings said that these are, too."""

SAYS = {FEMININITY: {"beard": -1.0}}
"""What those who have a trait say of an attribute, whatever their drawing does: whoever has a beard is a man, with long
hair or not."""


@dataclass(frozen=True)
class Discriminant:
    """By network: weights (D,) for latents. All products' sum, less `level`, is about 1 for those who have the
    attribute and -1 for those who have it not."""

    weights: Mapping[str, torch.Tensor]
    level: float

    def __call__(self, latents: Mapping[str, torch.Tensor]) -> float:
        """What the latents (1, D) of all components, by name, say."""
        parts = [part for part in COMPONENTS if part.network in self.weights]
        return sum(self._product(latents[part.name], part.network) for part in parts) - self.level

    def of(self, latents: torch.Tensor, network: str) -> float:
        """What the latents (1, D) of one component say, where it is the only one."""
        return self._product(latents, network) - self.level

    def _product(self, latents: torch.Tensor, network: str) -> float:
        return float(latents[0] @ self.weights[network].to(latents))


@dataclass(frozen=True)
class Attribute:
    """By network, how far (D,) a value of 1 moves latents (`ways`); and what drawings say as a `whole`, of the `face`
    alone and in each component (`own`, by network).

    Without these a drawing says nothing by itself.
    """

    ways: Mapping[str, torch.Tensor]
    whole: Discriminant | None = None
    face: Discriminant | None = None
    own: Mapping[str, Discriminant] = field(default_factory=dict)

    def told(self, latents: Mapping[str, torch.Tensor], more: float = 0.0) -> float:
        """What a drawing with these latents (1, D) by component says, about -1..1. Hair alone does not decide.

        The whole says so much `more` than its lines.
        """
        if self.whole is None:
            return 0.0
        said = self.whole(latents) + more
        against = -math.copysign(1, said) * self.face(latents) if self.face else 0.0
        return said * (1 - min(1.0, max(0.0, against / OBJECTION)))

    def agreeing(self, latents: torch.Tensor, network: str, leaning: float) -> torch.Tensor:
        """Latents (1, D) of one component that go along with the drawing, which leans so far, -`MOST`..`MOST`."""
        if not leaning or network not in self.own:
            return latents
        said = math.copysign(1, leaning) * self.own[network].of(latents, network)
        far = SHARES.get(network, (1.0, 1.0))[leaning > 0] * min(1.0, max(0.0, ENOUGH - said)) * leaning
        return latents + far * self.ways[network].to(latents)


Attributes = Mapping[str, Attribute]
"""By name, one of `geometry.ATTRIBUTES`."""


def leaning(told: float, before: float = 0.0) -> float:
    """The value that a drawing has by itself, -`MOST`..`MOST`, from what is `told`; what it had `before` when near."""
    sure = min(1.0, max(0.0, (abs(told) - UNSURE) / (SURE - UNSURE)))
    value = MOST * sure if told > 0 else -MOST * sure
    return before if abs(value - before) <= HELD and abs(value) not in (0.0, MOST) else value


def moved(latents: torch.Tensor, network: str, values: Mapping[str, float], attributes: Attributes) -> torch.Tensor:
    """Latents (B, D) of a network with the `values` of attributes, -1..1; the same tensor where all are 0."""
    for name, value in values.items():
        if value:
            latents = latents + value * attributes[name].ways[network].to(latents)
    return latents
