"""Projected discriminator: judges pictures by frozen pretrained features (Sauer et al. 2021, "Projected GANs").

A discriminator that looks at pixels has to learn first what a face is made of, from our two thousand of them. This one
looks at features of networks that know already, one small head per feature map, so it costs little and is useful within
minutes: at the VGG features that the perceptual loss computes anyway, for details, and at EfficientNet's, for faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.parametrizations import spectral_norm

from dfd_core.networks.blocks import SLOPE, channels_last
from dfd_core.training.perceptual import BLOCKS

VGG = tuple(widths[-1] for _, widths in BLOCKS)
"""Channels of `Perceptual.features`."""

Features = list[torch.Tensor]


class Discriminator(nn.Module):
    """One head per feature map of the given `channels`; higher scores are more real."""

    spread: torch.Tensor

    def __init__(self, width: int = 64, channels: Sequence[int] = VGG) -> None:
        super().__init__()
        self.heads = nn.ModuleList(
            nn.Sequential(
                spectral_norm(nn.Conv2d(inputs, width, 3, 2, 1)),
                nn.LeakyReLU(SLOPE),
                spectral_norm(nn.Conv2d(width, width, 3, 2, 1)),
                nn.LeakyReLU(SLOPE),
                spectral_norm(nn.Conv2d(width, 1, 3, 1, 1)),
            )
            for inputs in channels
        )
        self.register_buffer("spread", torch.zeros(len(channels)))

    def forward(self, features: Features) -> Features:
        """Feature maps -> score maps (B, 1, h, w), one each."""
        return [head(x / size) for head, x, size in zip(self.heads, features, self.spread, strict=True)]

    @torch.no_grad()
    def measure(self, features: Features) -> None:
        """Take each map's scale from the features of real pictures, once, before training."""
        self.spread.copy_(torch.stack([x.square().mean().sqrt() for x in features]))


def hinge(real: list[torch.Tensor], made: list[torch.Tensor]) -> torch.Tensor:
    """The discriminator's loss, averaged over the heads."""
    terms = [F.relu(1 - a).mean() + F.relu(1 + b).mean() for a, b in zip(real, made, strict=True)]
    return torch.stack(terms).mean()


def fooled(made: list[torch.Tensor]) -> torch.Tensor:
    """The generator's loss, averaged over the heads."""
    return torch.stack([-score.mean() for score in made]).mean()


class Judge:
    """A discriminator that learns, in all processes alike; `updates` counts how often it has."""

    def __init__(self, channels: Sequence[int], rate: float, device: torch.device) -> None:
        self.net = channels_last(Discriminator(channels=channels), device)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), rate, (0.5, 0.99), weight_decay=1e-4)
        self.updates = 0
        parallel = distributed.is_initialized()
        self.outer: nn.Module = DistributedDataParallel(self.net) if parallel else self.net

    def learn(self, real: Features, made: Features) -> torch.Tensor:
        """One update; the features carry no gradients. Returns the hinge loss."""
        scores = self.outer([torch.cat(pair) for pair in zip(real, made, strict=True)])
        halves = [score.chunk(2) for score in scores]
        loss = hinge([half[0] for half in halves], [half[1] for half in halves])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.updates += 1
        return loss

    def fooled(self, made: Features) -> torch.Tensor:
        """The generator's loss; gradients go to `made` only."""
        self.net.requires_grad_(False)
        loss = fooled(self.net(made))
        self.net.requires_grad_(True)
        return loss

    def set_rate(self, rate: float) -> None:
        """The learning rate from now on."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"net": self.net.state_dict(), "optimizer": self.optimizer.state_dict(), "updates": self.updates}

    def load(self, state: dict[str, Any]) -> None:
        """What `state` gave."""
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.updates = state["updates"]
