"""Portraits that a run's image synthesis paints of its training drawings: what the enlargement will have to enlarge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from dfd_core.geometry import COMPONENTS
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.generator import SIDE
from dfd_core.synthesis import Synthesis
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.latents import make_banks, seen_in_training
from dfd_core.training.run import load_checkpoint

BATCH = 8


@torch.inference_mode()
def own_portraits(data: Prepared, run: Path, config: TrainConfig, device: torch.device, count: int,
                  rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Portraits (`count` at most, 256, 256, 3) uint8 in every style and at every blend; none before stage 2.

    Every second one has the colours that its lines suggest, the others those of the drawn person's photo.
    """
    synth, latents = load_checkpoint(run / "synth.pt"), load_checkpoint(run / "latents.pt")
    if synth is None or latents is None:
        return np.empty((0, SIDE, SIDE, 3), np.uint8)
    model = channels_last(Synthesis(config.width, config.finer), device)
    model.load_state_dict(synth["average"])
    model.eval()
    banks = make_banks(latents, data.train)
    for bank in banks.values():
        bank.to(device)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    chosen, made = rng.permutation(data.train)[:count], []
    for faces in np.split(chosen, range(BATCH, len(chosen), BATCH)):
        drawn = data.styles(len(faces), config.hand_share, rng)
        drawn += data.drawn * (rng.random(len(faces)) < config.bold_share)
        rows, styles = torch.from_numpy(faces), torch.from_numpy(drawn)
        raw = {c.name: latents[c.name][rows, styles, 0].to(device) for c in COMPONENTS}
        seen, lines = seen_in_training(raw, data.ink(faces, drawn).to(device), banks, rows, config, generator, rng)
        joined = Synthesis.join(seen)
        code = model.coarse.code_of(data.photo(faces).to(device), joined)
        code[::2] = model.coarse.likely_code(joined)[::2]
        made.append(((model(seen, code, lines).clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu())
    return torch.cat(made).numpy()
