"""Train a small network in one process: steps or a time box, a falling rate, checkpoints, and going on from one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dfd_core.training.embed import checkpoint
from dfd_core.training.run import SAVE_EVERY, Clock, Log, load_checkpoint, save_checkpoint


def train_small(path: Path, model: nn.Module, loss_of: Callable[[np.random.Generator], torch.Tensor], setting: str,
                steps: int, rate: float, decay: float, seed: int, limit: float | None = None,
                clip: float = math.inf) -> None:  # fmt: skip
    """Train until `steps`, which the configuration calls `setting`, or `limit` in seconds; resumes from `path`.

    `loss_of` draws a batch and gives its loss. `rate` falls as a cosine, `decay` is AdamW's, gradients no longer than
    `clip`.
    """
    clock, log = Clock(limit), Log(path.with_suffix(".jsonl"))
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=decay)
    step = 0
    if saved := load_checkpoint(path):
        model.load_state_dict(saved["model"])
        if "optimizer" in saved:
            optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    rng = np.random.default_rng((seed, step))
    kept = time.monotonic()
    log.begin(step, setting, steps)
    while step < steps and (spent := clock.spent()) < 1:
        share = max(step / steps, spent)
        for group in optimizer.param_groups:
            group["lr"] = rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))
        loss = loss_of(rng)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            log.write(share, step=step, loss=float(loss.detach()))
        if time.monotonic() - kept > SAVE_EVERY:
            kept = time.monotonic()
            save_checkpoint(path, checkpoint(model, optimizer, step))
    save_checkpoint(path, checkpoint(model, optimizer, step))
