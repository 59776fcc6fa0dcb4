"""Train the network that tells shading from lines, on drawings that are shaded here and known without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import COMPONENTS, ENCODE, REMAINDER
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.shading import Shading
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.hatched_hair import hatched_beard, hatched_hair
from dfd_core.training.shades import shaded
from dfd_core.training.small import train_small
from dfd_core.training.traits import misplaced
from dfd_core.trust import window_slices

HAND_SHARE, BOLD_SHARE, PLAIN = 0.6, 0.3, 0.3
"""So many drawings are by hands, have bold lines, and no shade at all."""

HAIR_SHARE, BEARD_SHARE = 0.35, 0.25
"""So many have hair, or a beard, hatched as densely as shade may be."""

BEGUN = 0.2
"""So many are begun only: features may stand alone on the page."""


def examples(data: Prepared, people: np.ndarray, count: int,
             rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """Drawings of `people` with shade: ink (B, 1, 256, 256) in 0..1, and the share of it that was there before."""
    faces = rng.choice(people, count)
    styles = data.styles(count, HAND_SHARE, rng) + data.drawn * (rng.random(count) < BOLD_SHARE)
    clean = data.ink(faces, styles)
    clean = clean * torch.from_numpy(rng.uniform(0.5, 1.0, (count, 1, 1, 1)).astype(np.float32))
    hair = data.regions(faces)[:, 1].numpy()
    for k in np.flatnonzero(rng.random(count) < HAIR_SHARE):
        clean[k, 0] = torch.maximum(clean[k, 0], torch.from_numpy(hatched_hair(hair[k], clean.shape[2], rng)))
    for k in np.flatnonzero(rng.random(count) < BEARD_SHARE):
        clean[k, 0] = torch.maximum(clean[k, 0], torch.from_numpy(hatched_beard(clean.shape[2], rng)))
    for k in np.flatnonzero(rng.random(count) < BEGUN):
        clean[k] *= begun(rng)
    ink = clean.clone()
    for k in np.flatnonzero(rng.random(count) >= PLAIN):
        ink[k, 0] = torch.maximum(ink[k, 0], torch.from_numpy(shaded(rng, ink.shape[2])))
    clean, ink = misplaced(torch.cat([clean, ink], 1), rng).split(1, 1)
    kept = (clean / ink.clamp_min(1e-3)).clamp(0, 1)
    return ink / ink.amax((1, 2, 3), keepdim=True).clamp_min(0.1), kept  # as `ink.find_ink` evens it


def begun(rng: np.random.Generator) -> torch.Tensor:
    """A mask (1, 256, 256), 0 or 1: windows of some of the components, or a part of the page."""
    mask = torch.zeros(1, ENCODE, ENCODE)
    if rng.random() < 0.6:
        for part in COMPONENTS:
            if part is not REMAINDER and rng.random() < 0.5:
                rows, columns = window_slices(part)
                mask[:, rows, columns] = 1
    if rng.random() < 0.4 or not mask.any():
        x, y = rng.integers(0, ENCODE // 2, 2)
        w, h = rng.integers(ENCODE // 4, ENCODE, 2)
        mask[:, y : y + h, x : x + w] = 1
    return mask


def loss_of(model: Shading, ink: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy, each pixel by its ink."""
    error = F.binary_cross_entropy_with_logits(model.logits(ink), kept, reduction="none")
    return (error * ink).sum() / ink.sum()


def train_shading(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                  limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.shading_steps` or the time box; resumes from `run`."""
    torch.manual_seed(config.seed)
    model = channels_last(Shading(), device).train()

    def loss(rng: np.random.Generator) -> torch.Tensor:
        ink, kept = (part.to(device) for part in examples(data, data.train, config.shading_batch, rng))
        return loss_of(model, ink, kept)

    train_small(run / "shading.pt", model, loss, "shading_steps", config.shading_steps, config.shading_rate, 1e-2,
                config.seed, limit, 1.0)  # fmt: skip
