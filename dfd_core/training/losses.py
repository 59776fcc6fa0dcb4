"""What stage 2 is told about a picture beyond its pixels: its structure under the lines, features, discriminators.

Up to three discriminators look at every picture: one at the crop that the perceptual loss compares, for details, one at
the whole, for what makes a face, and one at the whole at half its size, for how its parts go together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.networks.blocks import channels_last
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.discriminator import VGG, Features, Judge
from dfd_core.training.efficient import TAPS, Efficient, find_weights
from dfd_core.training.perceptual import Perceptual, find_vgg
from dfd_core.training.structure import structure_distance

ANYWHERE = (0.0, 1.0)
VIEWS = ((2, ANYWHERE, ANYWHERE), (1, (0.2, 0.5), (0.25, 0.75)), (1, (0.0, 0.3), ANYWHERE),
         (2, ANYWHERE, ANYWHERE), (1, (0.6, 0.9), (0.3, 0.7)), (1, ANYWHERE, ANYWHERE))  # fmt: skip
"""What VGG looks at by turns: everything, eyes, hair, everything, mouth, a detail anywhere. By how much the picture is
made smaller first, and where the crop's corner may stand down and across, as shares of the room that it has."""

SIZES = {"whole": 1, "half": 2}
"""By how much the picture is made smaller for the discriminators on EfficientNet."""

JUDGE_RATE = 0.6
"""Learning rate of the discriminators as a share of the generator's."""


class PictureLosses:
    """The frozen networks, and the discriminators with their optimizers; without any weight it does nothing."""

    def __init__(self, config: TrainConfig, device: torch.device, rng: np.random.Generator) -> None:
        self.config, self.rng = config, rng
        self.judges: dict[str, Judge] = {}
        self.vgg = self.efficient = None
        if config.perceptual > 0 or config.adversarial > 0:
            self.vgg = channels_last(Perceptual(find_vgg()), device)
            self.judges["detail"] = Judge(VGG, config.synth_rate, device)
        self.weights = {"detail": config.adversarial, "whole": config.adversarial_face,
                        "half": config.adversarial_half}  # fmt: skip
        if config.adversarial_face > 0 or config.adversarial_half > 0:
            self.efficient = channels_last(Efficient(find_weights()), device)
        for name in SIZES:
            if self.weights[name] > 0:
                self.judges[name] = Judge(list(TAPS.values()), config.synth_rate, device)

    def measure(self, data: Prepared, device: torch.device) -> None:
        """Tell the discriminators the scale of the features of real pictures."""
        some = data.photo(data.train[:: max(1, len(data.train) // 16)][:16]).to(device)
        with torch.no_grad():
            for name, (_, features) in self.views(some, some, 0).items():
                self.judges[name].net.measure(features)

    def set_rate(self, rate: float) -> None:
        """The generator's learning rate from now on."""
        for judge in self.judges.values():
            judge.set_rate(rate * JUDGE_RATE)

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {name: judge.state() for name, judge in self.judges.items()}

    def load(self, state: dict[str, Any]) -> None:
        """What `state` gave; a discriminator that is not in it starts anew."""
        for name, judge in self.judges.items():
            if name in state:
                judge.load(state[name])

    def begun(self, steps: int) -> bool:
        """Whether the discriminators take part yet."""
        return bool(self.judges) and steps >= self.config.adversarial_from

    def views(self, made: torch.Tensor, real: torch.Tensor, steps: int,
              judging: bool = True) -> dict[str, tuple[Features, Features]]:  # fmt: skip
        """Features of what each discriminator sees of `made` (with gradients) and `real` (B, 3, 256, 256).

        Without `judging` only what the perceptual loss compares.
        """
        seen = {}
        if self.vgg is not None:
            crop, goal = self.crops(made, real, steps)
            with torch.no_grad():
                goals = self.vgg.features(goal)
            seen["detail"] = (self.vgg.features(crop), goals)
        if self.efficient is not None and judging:
            for name in (name for name in SIZES if name in self.judges):  # in the same order in every process
                smaller, goal = (F.avg_pool2d(picture, SIZES[name]) for picture in (made, real))
                with torch.no_grad():
                    goals = self.efficient.features(goal)
                seen[name] = (self.efficient.features(smaller), goals)
        return seen

    def crops(self, made: torch.Tensor, real: torch.Tensor, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
        """A random crop of both for VGG, of the places in `VIEWS` by turns."""
        side, (scale, top, left) = self.config.perceptual_crop, VIEWS[steps % len(VIEWS)]
        if scale > 1:
            made, real = F.avg_pool2d(made, scale), F.avg_pool2d(real, scale)
        room = made.shape[2] - side
        y, x = (round(room * self.rng.uniform(*part)) for part in (top, left))
        area = (..., slice(y, y + side), slice(x, x + side))
        return made[area], real[area]

    def terms(self, made: torch.Tensor, photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor, steps: int,
              matched: bool, weight: torch.Tensor | None = None
              ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:  # fmt: skip
        """The weighted sum, and each term for the log; the discriminators learn as well once they have begun.

        Under `lines` (B, 1, 256, 256) in 0..1 the photo's structure is compared, as far as `trust` of that shape goes.
        The perceptual distance of each portrait counts by its `weight` (B,).
        Without `matched` the portraits are of other faces than the photos: there is no distance between them.
        """
        total = made.new_zeros(())
        parts: dict[str, torch.Tensor] = {}
        if matched and self.config.structure > 0:
            with torch.autocast(made.device.type, enabled=False):  # small differences of large numbers
                parts["structure"] = structure_distance(made, photo, lines, trust)
            total = total + self.config.structure * parts["structure"]
        judging = self.begun(steps)
        for name, (features, goals) in self.views(made, photo, steps, judging).items():
            if name == "detail" and matched:
                parts["vgg"] = Perceptual.distance(features, goals, weight)
                total = total + self.config.perceptual * parts["vgg"]
            if judging:
                judge = self.judges[name]
                strength = min(1.0, judge.updates / self.config.adversarial_ramp)
                parts[f"{name} judge"] = judge.learn(goals, [x.detach() for x in features])
                parts[f"{name} fool"] = judge.fooled(features)
                total = total + strength * self.weights[name] * parts[f"{name} fool"]
        return total, parts
