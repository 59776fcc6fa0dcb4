"""Between the stages: the encoders learn drawings by hand, while latents go on to mean what they mean.

What a face's latents should be is what the encoders as they were make of drawings that follow its photo, in the mean.
The encoders learn to say the same of every drawing of that face, misjudged proportions and all. So decoders, image
synthesis and saved latents go on to be understood.
"""

from __future__ import annotations

import copy
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS
from dfd_core.networks.blocks import channels_last
from dfd_core.training.balance import sampling_weights
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared, bolder, displaced, shifted, spoil, stretched
from dfd_core.training.latents import trained_embedding
from dfd_core.training.run import SAVE_EVERY, Clock, Log, fast_convolutions, load_checkpoint, save_checkpoint

FOLLOWING = ("clean", "copy_fine", "copy_outlined", "rough_30")
"""Styles whose mean latent is a face's: outlines, the photo's own lines, both, and outlines by a steady hand."""


class Refinement:
    """Encoders and the encoders as they were; `step` makes one update."""

    def __init__(self, data: Prepared, run: Path, config: TrainConfig, device: torch.device) -> None:
        saved = load_checkpoint(run / "embed.pt")
        if saved is None:
            raise DataError(f"Stage 1 has not run in {run}: run 'dfd train' with '--stage embed' first.")
        if not set(FOLLOWING) <= set(data.meta["styles"]):
            raise DataError(f"{data.folder} was prepared by an earlier version: run 'dfd prepare' again.")
        self.saved, self.data, self.config, self.device = saved, data, config, device
        self.model = channels_last(trained_embedding(saved), device).eval()  # what it measured in stage 1 stays
        self.teacher = copy.deepcopy(self.model).requires_grad_(False)
        if (before := saved.get("teacher")) is not None:
            self.teacher.load_state_dict(before)
        self.steps = saved.get("refined", 0)
        self.rng = np.random.default_rng((config.seed, self.steps))
        self.shares = sampling_weights([data.meta["portraits"][k] for k in data.train])
        self.following = [k for k, style in enumerate(data.meta["styles"]) if style in FOLLOWING]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), config.refine_rate, (0.9, 0.98))

    def checkpoint(self) -> dict[str, Any]:
        """What `embed.pt` holds now."""
        model = {name: value for name, value in self.saved["model"].items() if not name.startswith("embedding.")}
        model |= {f"embedding.{name}": value for name, value in self.model.state_dict().items()}
        return {**self.saved, "model": model, "teacher": self.teacher.state_dict(), "refined": self.steps}

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Drawings of random faces: two a face, (2 B, 1, 256, 256), and those that follow its photo, (K B, 1, ...)."""
        data, rng, config = self.data, self.rng, self.config
        count = config.refine_batch
        faces = rng.choice(data.train, count, p=self.shares)
        chosen = [data.styles(count, config.refine_hand_share, rng) for _ in range(2)]
        views = [data.drawings[faces, style] for style in (*chosen, *self.following)]
        moved = torch.from_numpy(shifted(np.stack(views, 1), rng)).float().div_(255)
        moved = stretched(moved.transpose(0, 1).flatten(0, 1)[:, None], rng, 0.12)
        drawn, following = moved[: 2 * count], moved[2 * count :]
        for k in np.flatnonzero(rng.random(2 * count) < config.bold_share):
            drawn[k] = bolder(drawn[k], 1 + int(rng.integers(2)))
        trust = torch.from_numpy(rng.uniform(0, 1, (2 * count, 1, 1, 1)).astype(np.float32)).expand_as(drawn)
        return spoil(displaced(drawn, trust, rng), rng), following

    def step(self, rate: float) -> dict[str, float]:
        """One update at learning rate `rate`; the squared errors, in which 1 is what knowing nothing costs."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        drawn, following = (part.to(self.device) for part in self.batch())
        total = torch.zeros((), device=self.device)
        parts: dict[str, float] = {}
        for component in COMPONENTS:
            with fast_convolutions(self.device):
                with torch.no_grad():
                    known = self.teacher(following, component)
                found = self.model(drawn, component)
            goal = known.float().unflatten(0, (len(FOLLOWING), -1)).mean(0)
            error = (found.float() - goal.repeat(2, 1)).square().mean()
            total = total + error
            parts[component.name] = float(error.detach())
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        self.steps += 1
        return parts


def refine_embedding(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                     limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.refine_steps` or the time box; resumes from `run`, whose latents are made anew afterwards."""
    state, clock, log = Refinement(data, run, config, device), Clock(limit), Log(run / "refine.jsonl")
    first, kept = state.steps, time.monotonic()
    if state.steps < config.refine_steps:
        (run / "latents.pt").unlink(missing_ok=True)
    log.begin(state.steps, "refine_steps", config.refine_steps)
    while state.steps < config.refine_steps and (spent := clock.spent()) < 1:
        progress = max(state.steps / config.refine_steps, spent)
        warm = min(1.0, (state.steps - first + 1) / 20)
        parts = state.step(config.refine_rate * warm * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress))))
        if state.steps % 20 == 0:
            log.write(progress, steps=state.steps, **parts)
        if time.monotonic() - kept > SAVE_EVERY:
            kept = time.monotonic()
            save_checkpoint(run / "embed.pt", state.checkpoint())
    save_checkpoint(run / "embed.pt", state.checkpoint())
