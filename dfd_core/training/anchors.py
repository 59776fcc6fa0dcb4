"""Train what sees where eyes and mouths are drawn, on prepared drawings whose features are moved about.

Photos are aligned by their eyes, so these are where they are; drawings are moved, scaled and tilted as far as placement
errs, and features in them as far as hands do that cannot draw.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import CANVAS, ENCODE
from dfd_core.networks.anchors import HOME, Anchors
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.small import train_small

HAND_SHARE, BOLD_SHARE, RIGHT = 0.75, 0.3, 0.35
"""So many drawings are by hand, have bold lines, and have features nearly where they should be."""

REACH = 0.1
"""How far around a feature goes along where it is moved, as a share of the side (standard deviation)."""

GRID = 64

CHIN = 0.93
"""Rows from here on, as a share of the side, painters may leave out."""


def moved(features: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """What moves `features` (B, K, 2) to `places` (B, K, 2), and what is around them with them.

    A grid (B, 64, 64, 2) of offsets: what is shown at a point was there before, in shares of the side. Radial basis
    functions: exact at the places, nothing far from them.
    """
    at = (torch.arange(GRID, dtype=features.dtype) + 0.5) / GRID
    points = torch.cartesian_prod(at, at).flip(1)  # x first

    def near(these: torch.Tensor) -> torch.Tensor:
        return torch.exp(-((these[:, :, None] - places[:, None]) ** 2).sum(3) / (2 * REACH**2))

    matrix = near(places) + 1e-3 * torch.eye(places.shape[1])
    weights = torch.linalg.solve(matrix, features - places)
    return (near(points.expand(len(places), -1, -1)) @ weights).view(len(places), GRID, GRID, 2)


def example(ink: torch.Tensor, features: torch.Tensor, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Drawings (B, 1, 256, 256) and where their features are (B, 3, 2) -> what the network sees and should answer."""
    count = len(ink)

    def normal(deviation: float, *shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.normal(0, deviation, (count, *shape))).float()

    off = torch.zeros(count, 3, 2)
    apart = normal(0.016)
    off[:, :2] = normal(0.01, 2, 2)
    off[:, :2, 1] += normal(0.03, 1)
    off[:, 0, 0] -= apart
    off[:, 1, 0] += apart
    off[:, 2] = torch.stack([normal(0.016), normal(0.035)], 1)
    off *= torch.from_numpy(np.where(rng.random(count) < RIGHT, 0.25, 1.0)).float()[:, None, None]
    places = features + off
    field = moved(features, places).permute(0, 3, 1, 2)
    tilt, across, down = normal(0.09), normal(0.1).exp(), normal(0.1).exp()
    turn = torch.stack([torch.stack([tilt.cos() * across, -tilt.sin() * across], 1),
                        torch.stack([tilt.sin() * down, tilt.cos() * down], 1)], 1)  # fmt: skip
    shift = normal(0.025, 2)
    at = (torch.arange(ENCODE // 2) + 0.5) * 2 / ENCODE - 0.5
    points = torch.cartesian_prod(at, at).flip(1).expand(count, -1, -1)
    before = (points @ turn.transpose(1, 2) + shift[:, None] + 0.5).view(count, ENCODE // 2, ENCODE // 2, 2)
    offsets = F.grid_sample(field, before * 2 - 1, padding_mode="border", align_corners=False).permute(0, 2, 3, 1)
    seen = F.grid_sample(F.avg_pool2d(ink, 2), (before + offsets) * 2 - 1, align_corners=False)
    answer = (places - 0.5 - shift[:, None]) @ torch.linalg.inv(turn).transpose(1, 2) + 0.5
    return _spoiled(seen, rng), answer


def _spoiled(seen: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Fainter or darker, without what is below the chin or the top of the head, with a mark somewhere."""
    side = seen.shape[2]
    strength = torch.from_numpy(rng.uniform(0.5, 1.4, (len(seen), 1, 1, 1))).float()
    seen = (seen * strength).clamp(0, 1)
    for page in seen[:, 0]:
        if rng.random() < 0.3:
            page[int(side * rng.uniform(CHIN - 0.03, 1)) :] = 0
        if rng.random() < 0.1:
            page[: int(side * rng.uniform(0.15, 0.3))] = 0
        if rng.random() < 0.15:  # a bar: a fringe, a brim, a mark
            top, left = rng.integers(0, side - 4, 2)
            page[top : top + int(rng.integers(1, 4)), left : left + int(rng.integers(10, side))] = 1
    return seen


def batch(data: Prepared, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network sees (B, 1, 128, 128) of random drawings of portraits to train on, and its answers (B, 3, 2)."""
    faces = rng.choice(data.train, count)
    styles = data.styles(count, HAND_SHARE, rng) + data.drawn * (rng.random(count) < BOLD_SHARE)
    ink, features = data.ink(faces, styles), torch.tensor(HOME).repeat(count, 1, 1)
    mouths = data.mouths[faces][:, [0, 1, 3, 4]].mean(1) / CANVAS
    known = torch.from_numpy(mouths.any(1))
    features[known, 2] = torch.from_numpy(mouths).float()[known]
    mirrored = torch.from_numpy(rng.random(count) < 0.5)
    ink[mirrored] = ink[mirrored].flip(3)
    features[mirrored] = (features[mirrored] * torch.tensor([-1, 1]) + torch.tensor([1, 0]))[:, [1, 0, 2]]
    return example(ink, features, rng)


def train_anchors(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                  limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.anchors_steps` or the time box; resumes from `run`."""
    torch.manual_seed(config.seed)
    model = Anchors().to(device)

    def loss_of(rng: np.random.Generator) -> torch.Tensor:
        seen, answer = (part.to(device) for part in batch(data, config.anchors_batch, rng))
        return F.smooth_l1_loss(model(seen) * 32, answer * 32)

    train_small(run / "anchors.pt", model, loss_of, "anchors_steps", config.anchors_steps, config.anchors_rate, 1e-2,
                config.seed, limit)  # fmt: skip
