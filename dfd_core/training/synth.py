"""Stage 2: train feature mapping and image synthesis with the embedding frozen (paper, section 3.3, "stage II").

The latents are what the engine will use: raw, projected without the face itself, or between. Losses: L1, perceptual,
patch discriminator (hinge) with feature matching. The weights that are kept are a moving average.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from dfd_core.embedding import Embedding
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.generator import SIDE
from dfd_core.synthesis import Synthesis
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.discriminator import Discriminator, augment
from dfd_core.training.fit_coarse import fit_coarse
from dfd_core.training.latents import Latents, all_latents, make_banks, seen_by_inference, trained_embedding
from dfd_core.training.perceptual import Perceptual, find_vgg
from dfd_core.training.preview import save_preview
from dfd_core.training.run import (
    SAVE_EVERY,
    Clock,
    Log,
    load_checkpoint,
    note_commit,
    save_checkpoint,
    start_processes,
    wait_for_all,
)


def cached_latents(embedding: Embedding, data: Prepared, run: Path) -> Latents:
    """Latents of all drawings, computed once per run."""
    path = run / "latents.pt"
    first = not distributed.is_initialized() or distributed.get_rank() == 0
    if first and not path.is_file():
        save_checkpoint(path, all_latents(embedding, data))
    wait_for_all()
    latents = load_checkpoint(path)
    if latents is None or len(latents[COMPONENTS[0].name]) != len(data.drawings):
        raise DataError(f"{path} was made from other portraits: train in another run folder.")
    return latents


class SynthesisTraining:
    """The state of stage 2; `step` makes one update."""

    def __init__(self, data: Prepared, run: Path, config: TrainConfig, device: torch.device) -> None:
        if data.photos.shape[1] != SIDE:
            raise DataError(f"The photos have {data.photos.shape[1]} pixels: run 'dfd prepare --size {SIDE}' again.")
        self.data, self.run, self.config, self.device = data, run, config, device
        self.rank, world = start_processes(device)
        torch.manual_seed(config.seed)
        saved_embedding = load_checkpoint(run / "embed.pt")
        if saved_embedding is None:
            raise DataError(f"Stage 1 has not run in {run}: run 'dfd train' with '--stage embed' first.")
        self.latents = cached_latents(trained_embedding(saved_embedding), data, run)
        self.banks = make_banks(self.latents, data.train)
        self.model = channels_last(Synthesis(config.width))
        self.judge = channels_last(Discriminator())
        saved = load_checkpoint(run / "synth.pt")
        if saved is None:
            fit = fit_coarse(self.model.coarse, data, self.latents, self.banks)
            Log(run / "synth.jsonl", self.rank > 0).write(**fit)
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        for module in (self.model, self.judge, self.average):
            module.to(device)
        for bank in self.banks.values():
            bank.to(device)
        self.latents = {k: v.to(device) for k, v in self.latents.items()}
        self.maker = torch.optim.AdamW(self.model.parameters(), config.synth_rate, (0.5, 0.99), weight_decay=1e-4)
        rate = config.synth_rate * 0.6
        self.judging = torch.optim.AdamW(self.judge.parameters(), rate, (0.5, 0.99), weight_decay=1e-4)
        self.steps = 0
        if saved:
            for name, part in self._parts().items():
                part.load_state_dict(saved[name])
            self.steps = saved["steps"]
        self.vgg = channels_last(Perceptual(find_vgg()), device) if config.perceptual > 0 else None
        parallel = world > 1
        self.outer = DistributedDataParallel(self.model) if parallel else self.model
        self.outer_judge = DistributedDataParallel(self.judge) if parallel else self.judge
        self.rng = np.random.default_rng((config.seed, self.rank, self.steps))
        self.generator = torch.Generator().manual_seed(config.seed + 31 * self.rank + self.steps)

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {"model": self.model, "average": self.average, "judge": self.judge,
                "maker": self.maker, "judging": self.judging}  # fmt: skip

    def save(self) -> None:
        """Write the checkpoint (first process only)."""
        if self.rank == 0:
            state = {name: part.state_dict() for name, part in self._parts().items()}
            save_checkpoint(self.run / "synth.pt", {**state, "steps": self.steps})

    def batch(self) -> tuple[torch.Tensor, Latents, torch.Tensor]:
        """Photos (B, 3, 256, 256), the latents of one drawing of each as inference sees them, appearance codes."""
        count = self.config.synth_batch
        faces = self.rng.choice(self.data.train, count)
        flips = torch.from_numpy(self.rng.integers(0, 2, count))
        styles = torch.from_numpy(self.rng.integers(0, self.data.drawings.shape[1], count))
        rows = torch.from_numpy(faces)
        photo = self.data.photo(faces)
        photo = torch.where(flips[:, None, None, None] > 0, photo.flip(3), photo).to(self.device)
        latents = {c.name: self.latents[c.name][rows, styles, flips] for c in COMPONENTS}
        latents = seen_by_inference(latents, self.banks, rows, self.config.raw_share, self.config.projected_share,
                                    self.generator)  # fmt: skip
        with torch.no_grad():
            code = self.model.coarse.code_of(photo, Synthesis.join(latents))
        return photo, latents, code

    def crops(self, made: torch.Tensor, real: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """A random crop of both, at full or half resolution in turn; where faces are rather than anywhere."""
        side = self.config.perceptual_crop
        if self.steps % 2:
            made, real = F.avg_pool2d(made, 2), F.avg_pool2d(real, 2)
            top, left = (int(self.rng.integers(0, made.shape[2] - side + 1)) for _ in "yx")
        else:
            top, left = int(self.rng.integers(56, 250 - side)), int(self.rng.integers(40, 216 - side))
        area = (..., slice(top, top + side), slice(left, left + side))
        return made[area], real[area]

    def step(self, progress: float) -> dict[str, float]:
        """One update of the generator side and, once it has begun, of the discriminator."""
        config = self.config
        warm = min(1.0, (self.steps + 1) / 100)
        rate = warm * (0.02 + 0.98 * min(1.0, 2.5 * (1 - min(1.0, progress))))
        for optimizer, base in ((self.maker, 1.0), (self.judging, 0.6)):
            for group in optimizer.param_groups:
                group["lr"] = config.synth_rate * base * rate
        photo, latents, code = self.batch()
        made = self.outer(latents, code)
        weight = self.focus(photo)
        parts = {"l1": ((made - photo).abs() * weight).mean()}
        total = parts["l1"]
        if self.vgg is not None:
            some = slice(self.steps // 2 % 2, None, 2)  # half of the batch in turn: it is dear
            parts["vgg"] = self.vgg(*self.crops(made[some], photo[some]))
            total = total + config.perceptual * parts["vgg"]
        strength = min(1.0, max(0.0, (self.steps - config.adversarial_from) / config.adversarial_ramp))
        if strength > 0:
            parts["judge"] = self.judge_step(photo, made.detach())
            state = self.generator.get_state()
            self.judge.requires_grad_(False)
            score, features = self.judge(augment(made, self.generator))
            self.generator.set_state(state)
            with torch.no_grad():
                goals = self.judge(augment(photo, self.generator))[1]
            self.judge.requires_grad_(True)
            parts["fool"] = -score.mean()
            parts["match"] = torch.stack([F.l1_loss(a, b) for a, b in zip(features, goals, strict=True)]).mean()
            total = total + strength * (config.adversarial * parts["fool"] + config.matching * parts["match"])
        self.maker.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.maker.step()
        self.steps += 1
        keep = min(config.averaging, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        return {name: float(value.detach()) for name, value in parts.items()}

    def judge_step(self, real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
        """One update of the discriminator (hinge loss)."""
        both = torch.cat([augment(real, self.generator), augment(made, self.generator)])
        good, bad = self.outer_judge(both)[0].chunk(2)
        loss = F.relu(1 - good).mean() + F.relu(1 + bad).mean()
        self.judging.zero_grad(set_to_none=True)
        loss.backward()
        self.judging.step()
        return loss

    @staticmethod
    def focus(photo: torch.Tensor) -> torch.Tensor:
        """Weight (1, 1, H, W) of the L1 term: twice as much on the face as in the corners."""
        height, width = photo.shape[2:]
        y = torch.linspace(-1, 1, height, device=photo.device)[:, None] - 0.15
        x = torch.linspace(-1, 1, width, device=photo.device)[None]
        return (0.6 + 0.8 * torch.exp(-((x / 0.6) ** 2) - (y / 0.75) ** 2))[None, None]


def train_synthesis(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                    limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.synth_steps` or the time box; resumes from `run`."""
    clock = Clock(limit)
    state = SynthesisTraining(data, run, config, device)
    log = Log(run / "synth.jsonl", state.rank > 0)
    if state.rank == 0:
        note_commit(run)
    saved, begun, first = time.monotonic(), time.monotonic(), state.steps
    while state.steps < config.synth_steps and (spent := clock.spent()) < 1:
        share = max(state.steps / config.synth_steps, spent)
        parts = state.step(share)
        if state.steps % 50 == 0:
            speed = (state.steps - first) * config.synth_batch / (time.monotonic() - begun)
            log.write(share, steps=state.steps, per_second=speed, **parts)
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            state.save()
            if state.rank == 0:
                save_preview(run / f"preview_{state.steps:06d}.png", data, state.latents, state.banks, state.average)
    state.save()
    if state.rank == 0:
        save_preview(run / "preview.png", data, state.latents, state.banks, state.average)
