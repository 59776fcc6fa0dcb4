"""Traits: what lines show that latents may not say, such as glasses, a beard or an open mouth, and latents that do.

Each component sees its own window. What tells a rim from the large round eye of a comic, or a beard's hairs from
shading, are marks in several windows. So a small network looks at all of them, and where a component's latent says
something else than it, the latent is moved along the one direction in which people with the trait differ.
"""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.blocks import SLOPE, conv

WIDTHS = (1, 16, 32, 48, 64)

UNSURE = (0.4, 0.6)
"""Between these probabilities nothing is moved; `SURE` beyond them all that there is to move."""
SURE = 0.2

MOST = 1.5
"""No latent is moved by more than this, in units of what the trait makes on average."""


class Trait(nn.Module):
    """(B, 1, 256, 256) ink in 0..1 -> probability (B,) that the drawing has the trait.

    For each network in `spanned` there are `along` (D,), by which the trait moves a latent, and `weights` (D,) and
    `middle` (D,), which measure how far one is moved: (latent - middle) @ weights is 0 without, 1 with it.
    """

    spanned: ClassVar[tuple[str, ...]]
    """The networks of the embedding whose latents say so."""
    cells: ClassVar[tuple[int, int]]
    """Rows and columns of features in what is looked at, one for 16 pixels of it."""
    least: ClassVar[float]
    """How much of the trait a latent may show whose drawing has it not, and how little one that has it, `full`, in
    units of what it makes on average."""
    full: ClassVar[float]
    rare: ClassVar[bool]
    """Whether so few people of a bank have it that a drawing of it is strange, though it is none to doubt."""
    mistaken: ClassVar[str] = ""
    """The trait that is taken for this one: where it is sure, nothing is moved towards this one."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in (*pairwise(WIDTHS), WIDTHS[-1:] * 2):
            layers += [
                conv(inputs, outputs, 2 if inputs < outputs else 1),
                nn.BatchNorm2d(outputs),
                nn.LeakyReLU(SLOPE),
            ]
        self.features = nn.Sequential(*layers)
        self.hidden = nn.Linear(WIDTHS[-1] * self.cells[0] * self.cells[1], 32)
        self.out = nn.Linear(32, 1)
        for name in self.spanned:
            for part in ("along", "weights", "middle"):
                self.register_buffer(f"{name}_{part}", torch.zeros(LATENT[name]))

    def looked_at(self, ink: torch.Tensor) -> torch.Tensor:
        """What of the ink (B, 1, 256, 256) the network sees."""
        raise NotImplementedError

    def logits(self, ink: torch.Tensor) -> torch.Tensor:
        """Log-odds (B,)."""
        x = F.dropout(self.features(self.looked_at(ink)).flatten(1), 0.3, self.training)
        return self.out(F.leaky_relu(self.hidden(x), SLOPE))[:, 0]

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.logits(ink).sigmoid()

    def settled(self, network: str, latents: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        """Latents (B, D) of a network that say what the drawing shows: the trait with probability `shown` (B,)."""
        if network not in self.spanned:
            return latents
        along, weights, middle = (getattr(self, f"{network}_{part}") for part in ("along", "weights", "middle"))
        said = (latents - middle) @ weights
        less = ((UNSURE[0] - shown) / SURE).clamp(0, 1) * (said - self.least).clamp_min(0)
        more = sure(shown) * (self.full - said).clamp_min(0)
        return latents + (more - less).clamp(-MOST, MOST)[:, None] * along

    def accounts_for(self, network: str, shown: torch.Tensor) -> float:
        """How far the trait, drawn with probability `shown` (1,), accounts for what is strange in a latent, 0..1."""
        return float(sure(shown)) if self.rare and network in self.spanned else 0.0


def sure(shown: torch.Tensor) -> torch.Tensor:
    """How sure it is, 0..1, that a trait is drawn which is `shown` with some probability."""
    return ((shown - UNSURE[1]) / SURE).clamp(0, 1)


def doubted_by(shown: torch.Tensor, other: float) -> torch.Tensor:
    """With what probability a trait that is `shown` (1,) is, where another that is taken for it is sure, 0..1."""
    return shown - other * (shown - sum(UNSURE) / 2).clamp_min(0)


class Glasses(Trait):
    """Glasses: rims, the bridge between them, and arms. Drawings without may show little of them; thin rims show less
    than the average, and with all of it they become heavy ones that grow together with the brows."""

    spanned = ("eye", "nose")
    cells = (6, 12)
    least, full = 0.15, 0.65
    rare = False

    def looked_at(self, ink: torch.Tensor) -> torch.Tensor:
        """The eyes with all that may be worn about them."""
        return ink[..., 64:160, 32:224]


class Beard(Trait):
    """Beards and moustaches: hairs, dots or a dark shape about the mouth, on a face that may have them. Of a moustache
    alone much less is shown than of a beard, and with as much it becomes one."""

    spanned = ("mouth",)
    cells = (8, 8)
    least, full = 0.15, 0.35
    rare = True

    def looked_at(self, ink: torch.Tensor) -> torch.Tensor:
        """All of it, at half size: whose face it is matters, too."""
        return F.avg_pool2d(ink, 2)


class OpenMouth(Trait):
    """A mouth that is open, with teeth or not. Three in five people of a bank show theirs, so a mouth drawn as one line
    was half of a smile: torn lips, and teeth where none are drawn."""

    spanned = ("mouth",)
    cells = (6, 6)
    least, full = -0.1, 0.8
    rare = False
    mistaken = "beard"  # hairs for teeth

    def looked_at(self, ink: torch.Tensor) -> torch.Tensor:
        """The mouth's window."""
        return ink[..., 144:240, 80:176]


class Aged(Trait):
    """Old age: furrows, crow's feet, bags, hollows. What latents say of it is moved nowhere: lines show the wrinkles;
    but hair turns grey."""

    spanned = ()
    cells = (10, 9)
    least, full = 0.0, 0.0
    rare = False

    def looked_at(self, ink: torch.Tensor) -> torch.Tensor:
        """The face with what hair is about it."""
        return ink[..., 48:208, 56:200]


TRAITS: dict[str, type[Trait]] = {"glasses": Glasses, "beard": Beard, "open_mouth": OpenMouth, "aged": Aged}
"""By name; a pack's file and a run's checkpoint are called so."""
