"""Stage 1: train the denoising auto-encoders of all components (paper, section 3.3, "stage I").

Unlike the paper's, the input is any drawing of a face and the target is its clean drawing, so different hands'
drawings of one face land near each other. A small contrastive term (InfoNCE, van den Oord et al. 2018) pulls two
drawings of a face together against the other faces of the batch.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from dfd_core.embedding import Embedding, windows
from dfd_core.geometry import COMPONENTS, NETWORKS
from dfd_core.networks.autoencoder import LATENT, Decoder, input_side
from dfd_core.networks.blocks import channels_last
from dfd_core.training.balance import sampling_weights
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared, shifted, spoil, target_windows
from dfd_core.training.run import (
    SAVE_EVERY,
    Clock,
    Log,
    load_checkpoint,
    save_checkpoint,
    start_processes,
    wait_for_all,
)

CLEAN, COPY = 0, 2  # styles that the decoders restore


class AutoEncoders(nn.Module):
    """All encoders and decoders; `forward` returns the loss of a batch."""

    def __init__(self, agreement: float) -> None:
        super().__init__()
        self.embedding = Embedding()
        by_network = {component.network: component for component in COMPONENTS}
        self.decoders = nn.ModuleDict({n: Decoder(input_side(by_network[n]), LATENT[n]) for n in NETWORKS})
        self.agreement = agreement

    def forward(self, ink: torch.Tensor, target: torch.Tensor, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """`ink` (2 B, 1, 256, 256): two drawings of each of B faces, all first ones first; `target` (2 B, 2, 256, 256).

        The remainder costs as much as all others and learns faster, so it is trained at every second `step` only.
        """
        total = ink.new_zeros(())
        parts: dict[str, float] = {}
        for component in COMPONENTS if step % 2 else COMPONENTS[:-1]:
            name = component.network
            latent = self.embedding.encoders[name](windows(ink, component))
            goal = target_windows(target, component)
            restored = F.binary_cross_entropy_with_logits(self.decoders[name](latent), goal)
            usual = goal.mean((0, 2, 3), keepdim=True).expand_as(goal)
            restored = restored / F.binary_cross_entropy(usual, goal).clamp_min(1e-4)  # blank windows have nothing
            first, second = latent.chunk(2)
            distance = torch.cdist(first, second).square() / latent.var(0).sum().detach().clamp_min(1e-6)
            same = F.cross_entropy(-4 * distance, torch.arange(len(first), device=ink.device))
            total = total + restored + self.agreement * same
            parts[name] = float(restored.detach())
            parts[name + "_same"] = float(same.detach())
        return total, parts


def checkpoint(model: nn.Module, optimizer: torch.optim.Optimizer, step: int) -> dict[str, Any]:
    """What `embed.pt` and `place.pt` hold."""
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}


def train_embedding(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                    limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.embed_steps` or the time box; resumes from `run`."""
    rank, world = start_processes(device)
    clock, log, path = Clock(limit), Log(run / "embed.jsonl", rank > 0), run / "embed.pt"
    torch.manual_seed(config.seed)
    model = channels_last(AutoEncoders(config.agreement), device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.embed_rate, betas=(0.9, 0.98), weight_decay=1e-3)
    step = 0
    if saved := load_checkpoint(path):
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    trained = DistributedDataParallel(model, find_unused_parameters=True) if world > 1 else model
    first_step, styles = step, data.drawings.shape[1]
    shares = sampling_weights([data.meta["portraits"][k] for k in data.train])
    rng = np.random.default_rng((config.seed, rank, step))
    kept = time.monotonic()
    if rank == 0 and step < config.embed_steps:
        (run / "latents.pt").unlink(missing_ok=True)  # they are the former embedding's from the first save on
    log.begin(step, "embed_steps", config.embed_steps)
    while step < config.embed_steps and (spent := clock.spent()) < 1:
        warm = min(1.0, (step - first_step + 1) / 20)
        progress = max(step / config.embed_steps, spent)  # anneal to the end of the time box if that comes first
        for group in optimizer.param_groups:
            group["lr"] = config.embed_rate * warm * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress)))
        faces = rng.choice(data.train, config.embed_batch, replace=len(data.train) < config.embed_batch, p=shares)
        chosen = [rng.integers(0, styles, len(faces)) for _ in range(2)]
        drawings = [data.drawings[faces, style] for style in (*chosen, CLEAN, COPY)]
        batch = torch.from_numpy(shifted(np.stack(drawings, 1), rng)).float().div_(255)
        views = spoil(torch.cat([batch[:, :1], batch[:, 1:2]]), rng)
        target = batch[:, 2:].repeat(2, 1, 1, 1)
        loss, parts = trained(views.to(device), target.to(device), step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        step += 1
        if step % 20 == 1:
            log.write(progress, step=step, loss=float(loss.detach()), **parts)
        if rank == 0 and time.monotonic() - kept > SAVE_EVERY:
            kept = time.monotonic()
            save_checkpoint(path, checkpoint(model, optimizer, step))
    if rank == 0:
        save_checkpoint(path, checkpoint(model, optimizer, step))
    wait_for_all()
