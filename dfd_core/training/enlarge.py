"""Train the enlargement from 256 to 512 pixels on crops of the portraits that have 512 pixels.

The synthesis' portraits are a little softer than photos of their size, so the crops are reduced with a random blur.
Losses: L1, perceptual, projected discriminator, as in stage 2. Once stage 2 is trained, the discriminator looks at its
portraits instead, which are to look like photos, too: their flaws are not those of a blurred photo.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.enlarge import Enlarge
from dfd_core.training.align import is_aligned
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.discriminator import VGG, Judge
from dfd_core.training.losses import JUDGE_RATE
from dfd_core.training.own_portraits import own_portraits
from dfd_core.training.perceptual import Perceptual, find_vgg
from dfd_core.training.pictures import read_portrait
from dfd_core.training.prepare import find_photos
from dfd_core.training.run import SAVE_EVERY, Clock, Log, load_checkpoint, save_checkpoint

CROP = 128
"""Side of the crops at full size; the losses see all but a rim of 16 pixels."""

RIM = 16
INNER = (..., slice(RIM, -RIM), slice(RIM, -RIM))
JUDGED_FROM = 300
JUDGED = 0.4
"""Weight of the discriminator as a share of what it has in stage 2: details are to be sharp, not made up."""

KEPT = 4
"""Of our own portraits, what is as large as so many of their pixels is kept; what is smaller may become another."""

PERIOD, PERIODS, GRID = 4, 13, 40.0
"""Of our own portraits, what comes again with every cell of image synthesis' shuffle, over so many; and its weight."""

OWN = 800
"""So many of them are painted for each start of this stage."""


def large_photos(data: Prepared, portraits: Path) -> list[np.ndarray]:
    """The training portraits of at least 500 pixels, (512, 512, 3) uint8 RGB, from the folder that was prepared.

    Where 'dfd prepare' aligned the photos of that folder, they are those that it left in the prepared one.
    """
    own = data.folder / "aligned"
    paths = find_photos(own if is_aligned(own) and not is_aligned(portraits) else portraits)
    photos = []
    for k in data.train:
        path = paths.get(data.meta["portraits"][k]["id"])
        photo = read_portrait(path) if path else None
        if photo is not None and len(photo) >= CANVAS - 12:
            photos.append(cv2.resize(photo, (CANVAS, CANVAS)))
    if not photos:
        raise DataError(f"{portraits} has none of the portraits at {CANVAS} pixels: name the folder that was prepared.")
    return photos


def crops(photos: Sequence[np.ndarray] | np.ndarray, count: int, rng: np.random.Generator,
          side: int = CROP) -> torch.Tensor:  # fmt: skip
    """Random crops (B, 3, side, side) in -1..1, flipped or not, mostly of faces and hair."""
    parts = []
    for k in rng.integers(0, len(photos), count):
        y, x = (int(v) for v in np.clip(rng.normal(0.5, 0.25, 2), 0, 1) * (len(photos[k]) - side))
        part = photos[k][y : y + side, x : x + side]
        parts.append(part[:, ::-1] if rng.random() < 0.5 else part)
    return torch.from_numpy(np.stack(parts)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def grid(pictures: torch.Tensor) -> torch.Tensor:
    """How much of pictures (B, 3, S, S) repeats every `PERIOD` pixels over `PERIODS` of them: 0 but for a weave.

    A pixel shuffle gives each pixel of a cell its own weights, which the eye sees at once and VGG hardly; photos have
    nothing that goes with the cells.
    """
    fine = (pictures - F.avg_pool2d(pictures, 3, 1, 1, count_include_pad=False)).mean(1, keepdim=True)
    cells = F.avg_pool2d(F.pixel_unshuffle(fine, PERIOD), PERIODS, 1)
    return (cells - cells.mean(1, keepdim=True)).abs().mean()


def reduced(large: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """(B, 3, S, S) -> (B, 3, S / 2, S / 2), as soft as a synthesised portrait may be."""
    sigma = float(rng.uniform(0.05, 1.0))
    there = torch.arange(-2, 3, device=large.device, dtype=large.dtype)
    kernel = torch.exp(-there.square() / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).outer(kernel / kernel.sum()).expand(3, 1, 5, 5)
    small = F.pad(F.avg_pool2d(large, 2), (2, 2, 2, 2), mode="replicate")
    return F.conv2d(small, kernel, groups=3)


class EnlargeTraining:
    """The state of this stage; `step` makes one update.

    `own` are portraits of image synthesis, (256, 256, 3) uint8, which the discriminator looks at when there are any.
    """

    def __init__(self, photos: list[np.ndarray], own: Sequence[np.ndarray] | np.ndarray, run: Path, config: TrainConfig,
                 device: torch.device) -> None:  # fmt: skip
        torch.manual_seed(config.seed)
        self.photos, self.own, self.path, self.config, self.device = photos, own, run / "enlarge.pt", config, device
        self.model = channels_last(Enlarge(), device)
        self.vgg = channels_last(Perceptual(find_vgg()), device)
        self.judge = Judge(VGG, config.synth_rate, device)
        self.maker = torch.optim.Adam(self.model.parameters(), config.synth_rate * 2, (0.5, 0.99))
        self.steps = 0
        saved = load_checkpoint(self.path) or {}
        if saved:
            self.model.load_state_dict(saved["model"])
            self.steps = saved["steps"]
        if "judge" in saved:  # not in what a pack left
            self.maker.load_state_dict(saved["maker"])
            self.judge.load(saved["judge"])
        self.rng = np.random.default_rng((config.seed, self.steps))
        if "judge" not in saved:
            self.judge.net.measure(self.vgg.features(crops(photos, 16, self.rng).to(device)))

    def save(self) -> None:
        """Write the checkpoint."""
        save_checkpoint(self.path, {"model": self.model.state_dict(), "maker": self.maker.state_dict(),
                                    "judge": self.judge.state(), "steps": self.steps})  # fmt: skip

    def step(self, progress: float) -> dict[str, float]:
        """One update of both sides."""
        rate = self.config.synth_rate * (0.02 + 0.98 * min(1.0, 2 * (1 - min(1.0, progress))))
        for group in self.maker.param_groups:
            group["lr"] = rate * 2
        self.judge.set_rate(rate * JUDGE_RATE)
        large = crops(self.photos, self.config.enlarge_batch, self.rng).to(self.device)
        made = self.model(reduced(large, self.rng))
        with torch.no_grad():
            goals = self.vgg.features(large[INNER])
        features = self.vgg.features(made[INNER])
        parts = {"l1": (made - large).abs().mean(), "vgg": self.vgg.distance(features, goals)}
        total = parts["l1"] * 2 + self.config.perceptual * parts["vgg"]
        if len(self.own):
            small = crops(self.own, self.config.enlarge_batch, self.rng, CROP // 2).to(self.device)
            made = self.model(small)
            features = self.vgg.features(made[INNER])
            parts["kept"] = F.l1_loss(F.avg_pool2d(made, 2 * KEPT), F.avg_pool2d(small, KEPT))
            parts["grid"] = grid(made[INNER])
            total = total + parts["kept"] * 2 + parts["grid"] * GRID
        if self.steps >= JUDGED_FROM:
            strength = min(1.0, self.judge.updates / self.config.adversarial_ramp)
            parts["judge"] = self.judge.learn(goals, [x.detach() for x in features])
            parts["fool"] = self.judge.fooled(features)
            total = total + strength * JUDGED * self.config.adversarial * parts["fool"]
        self.maker.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.maker.step()
        self.steps += 1
        return {name: float(value.detach()) for name, value in parts.items()}


def train_enlarge(data: Prepared, portraits: Path, run: Path, config: TrainConfig, device: torch.device,
                  limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.enlarge_steps` or the time box; resumes from `run`."""
    clock, log = Clock(limit), Log(run / "enlarge.jsonl")
    state = EnlargeTraining(large_photos(data, portraits), [], run, config, device)
    state.own = own_portraits(data, run, config, device, OWN, state.rng)
    saved = time.monotonic()
    log.begin(state.steps, "enlarge_steps", config.enlarge_steps)
    while state.steps < config.enlarge_steps and (spent := clock.spent()) < 1:
        share = max(state.steps / config.enlarge_steps, spent)
        parts = state.step(share)
        if state.steps % 25 == 0:
            log.write(share, steps=state.steps, **parts)
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            state.save()
    state.save()
