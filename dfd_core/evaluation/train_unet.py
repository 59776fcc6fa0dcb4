"""Train the pix2pix-style baseline; stop and go on as you like."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from dfd_core.errors import DataError
from dfd_core.evaluation.unet import Judge, UNet, judge_loss, maker_losses
from dfd_core.networks.blocks import channels_last
from dfd_core.training.data import Prepared
from dfd_core.training.run import SAVE_EVERY, Clock, Log, fast_convolutions, load_checkpoint, save_checkpoint

BATCH = 4
WIDTH = 32
RATE = 4e-4  # twice the paper's, for batches of four
LIKENESS = 100.0  # weight of L1, the paper's
AVERAGING = 0.998
STEPS = 40000
CHECKPOINT = "unet.pt"
PREVIEW_STYLES = ("copy_fine", "clean", "rough_85")


class UNetTraining:
    """The state of a run; `step` makes one update."""

    def __init__(self, data: Prepared, run: Path, device: torch.device, seed: int = 0) -> None:
        if data.photos.shape[1] != 256:
            raise DataError(f"The photos have {data.photos.shape[1]} pixels: run 'dfd prepare --size 256' again.")
        self.data, self.run, self.device = data, run, device
        torch.manual_seed(seed)
        self.model, self.judge = channels_last(UNet(WIDTH), device), channels_last(Judge(WIDTH // 2), device)
        for module in (self.model, self.judge):
            for layer in module.modules():
                if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                    nn.init.normal_(layer.weight, 0, 0.02)  # the paper's, section 6.2
        self.average = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.maker = torch.optim.Adam(self.model.parameters(), RATE, (0.5, 0.999))
        self.judging = torch.optim.Adam(self.judge.parameters(), RATE, (0.5, 0.999))
        self.steps = 0
        if saved := load_checkpoint(run / CHECKPOINT):
            for name, part in self._parts().items():
                part.load_state_dict(saved[name])
            self.steps = saved["steps"]
        self.rng = np.random.default_rng((seed, self.steps))

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {"model": self.model, "average": self.average, "judge": self.judge,
                "maker": self.maker, "judging": self.judging}  # fmt: skip

    def save(self) -> None:
        """Write the checkpoint."""
        state = {name: part.state_dict() for name, part in self._parts().items()}
        save_checkpoint(self.run / CHECKPOINT, {**state, "steps": self.steps})

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Drawings (B, 1, 256, 256) in random styles and their photos, half of the pairs flipped."""
        faces = self.rng.choice(self.data.train, BATCH)
        styles = self.rng.integers(0, self.data.drawings.shape[1], BATCH)
        flip = torch.from_numpy(self.rng.random(BATCH) < 0.5)[:, None, None, None]
        ink, photo = self.data.ink(faces, styles), self.data.photo(faces)
        ink, photo = torch.where(flip, ink.flip(3), ink), torch.where(flip, photo.flip(3), photo)
        return ink.to(self.device), photo.to(self.device)

    def step(self, progress: float) -> dict[str, float]:
        """One update of the discriminator and one of the U-Net; rates fall to 2 % in the second half."""
        for optimizer in (self.maker, self.judging):
            for group in optimizer.param_groups:
                group["lr"] = RATE * max(0.02, min(1.0, 2 * (1 - progress)))
        ink, photo = self.batch()
        with fast_convolutions(self.device):
            made = self.model(ink).float()
            judged = judge_loss(self.judge, ink, photo, made)
        self.judging.zero_grad(set_to_none=True)
        judged.backward()
        self.judging.step()
        self.judge.requires_grad_(False)
        with fast_convolutions(self.device):
            parts = maker_losses(self.judge, ink, photo, made)
        self.maker.zero_grad(set_to_none=True)
        (parts["fool"] + LIKENESS * parts["l1"]).backward()
        self.maker.step()
        self.judge.requires_grad_(True)
        self.steps += 1
        keep = min(AVERAGING, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        return {"judge": float(judged.detach()), **{name: float(part.detach()) for name, part in parts.items()}}

    @torch.inference_mode()
    def preview(self, path: Path) -> None:
        """Columns: photo, then drawing and result in three styles, of the same eight validation faces every time."""
        pool = self.data.val if len(self.data.val) else self.data.train
        faces = pool[:: max(1, len(pool) // 8)][:8]
        columns = [self.data.photo(faces)]
        for name in PREVIEW_STYLES:
            ink = self.data.ink(faces, self.data.meta["styles"].index(name))
            columns += [(1 - 2 * ink).expand(-1, 3, -1, -1), self.average(ink.to(self.device)).cpu()]
        sheet = torch.cat([torch.cat(list(column), 1) for column in columns], 2)
        pixels = ((sheet + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
        Image.fromarray(np.ascontiguousarray(pixels)).resize((sheet.shape[2] // 2, sheet.shape[1] // 2)).save(path)


def train_unet(data: Prepared, run: Path, device: torch.device, limit: float | None = None) -> int:
    """Train until `STEPS` or for `limit` seconds; resumes from `run`. Returns the number of steps so far."""
    run.mkdir(parents=True, exist_ok=True)
    clock, log = Clock(limit), Log(run / "unet.jsonl")
    state = UNetTraining(data, run, device)
    saved = begun = time.monotonic()
    first = state.steps
    while state.steps < STEPS and (spent := clock.spent()) < 1:
        share = max(state.steps / STEPS, spent)
        parts = state.step(share)
        if state.steps % 50 == 0:
            log.write(share, steps=state.steps,
                      per_second=(state.steps - first) * BATCH / (time.monotonic() - begun), **parts)  # fmt: skip
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            state.save()
            state.preview(run / "preview.png")
    state.save()
    state.preview(run / "preview.png")
    return state.steps


def trained_unet(run: Path) -> tuple[UNet, int]:
    """The moving average of a run, and its steps; raises `DataError` when there is none."""
    saved = load_checkpoint(run / CHECKPOINT)
    if saved is None:
        raise DataError(f"{run} has no {CHECKPOINT}: train the baseline with 'dfd eval unet PREPARED -o {run}'.")
    model = UNet(len(saved["average"]["down.0.0.bias"]))
    model.load_state_dict(saved["average"])
    return model.eval().requires_grad_(False), saved["steps"]
