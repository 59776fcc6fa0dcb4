"""Train placement on the prepared drawings, moved, scaled, tilted, cut off by the page and with marks beside them.

The network is used twice: on what is inked (the drawing's bounding square), and again on the square that it has found.
Half of the examples are of each kind.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import torch

from dfd_core.geometry import ENCODE
from dfd_core.networks.placement import SIDE, Placement
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.small import train_small

CHIN = 0.93
"""Where chins are at the latest, as a share of the canvas' side."""


def _bitten(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drop what painters often leave out (all below the chin, all but the face), and what the page cuts off."""
    ink = ink.copy()
    if rng.random() < 0.35:
        ink[int(ENCODE * rng.uniform(CHIN - 0.03, 1)) :] = 0
    if rng.random() < 0.1:  # no hair
        ink[: int(ENCODE * rng.uniform(0.15, 0.3))] = 0
    if rng.random() < 0.35:
        top, bottom, left, right = (int(ENCODE * v) for v in rng.uniform(0, 0.16, 4))
        ink[:top] = ink[:, :left] = 0
        ink[ENCODE - bottom :] = 0
        ink[:, ENCODE - right :] = 0
    return ink


def example(ink: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A drawing (256, 256) uint8 ink -> what the network sees (128, 128) uint8, and what it should answer (4,)."""
    ink = _bitten(ink[:, ::-1] if rng.random() < 0.5 else ink, rng)
    tilt = float(np.clip(rng.normal(0, 9), -30, 30))
    stretch = float(np.exp(rng.normal(0, 0.04)))  # drawn faces are longer or broader than photographed ones
    angle = math.radians(tilt)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turn = turn @ np.diag([stretch, 1 / stretch])
    ys, xs = np.nonzero(ink > 60)
    if len(xs) < 30:
        ys, xs = np.array([0, ENCODE]), np.array([0, ENCODE])
    if rng.random() < 0.5:  # the inked square, as the first look has it
        points = np.stack([xs, ys], 1) - ENCODE / 2
        low, high = (points @ turn.T).min(0), (points @ turn.T).max(0)
        side = float((high - low).max()) * rng.uniform(1.06, 1.3)
        middle = (low + high) / 2 + rng.normal(0, 0.03, 2) * side
    else:  # about the canvas itself, as the second look has it
        side = ENCODE * float(np.exp(rng.normal(0.1, 0.12)))
        middle = rng.normal(0, 0.06, 2) * ENCODE
    scale = SIDE / side
    matrix = np.zeros((2, 3))
    matrix[:, :2] = turn * scale
    matrix[:, 2] = SIDE / 2 - scale * middle - matrix[:, :2] @ np.full(2, ENCODE / 2)
    soft = cv2.GaussianBlur(ink, (0, 0), max(0.3, 0.45 / scale))
    seen = cv2.warpAffine(soft, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    if rng.random() < 0.15:  # a mark beside the face
        start = rng.integers(0, SIDE, 2)
        end = start + rng.integers(-20, 21, 2)
        cv2.line(seen, tuple(int(v) for v in start), tuple(int(v) for v in end), int(rng.integers(100, 256)), 1)
    seen = np.clip(seen * rng.uniform(0.8, 2.0), 0, 255).astype(np.uint8)
    answer = [*(-middle * 2 / side), math.log(ENCODE / side), tilt / 22.5]
    return seen, np.array(answer, np.float32)


def examples(data: Prepared, index: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """A random drawing of each of the portraits `index`: (B, 1, 128, 128) in 0..1 and (B, 4)."""
    styles = rng.integers(0, data.drawings.shape[1], len(index))
    pairs = [example(data.drawings[k, style], rng) for k, style in zip(index, styles, strict=True)]
    seen = torch.from_numpy(np.stack([pair[0] for pair in pairs])).float().div_(255)[:, None]
    return seen, torch.from_numpy(np.stack([pair[1] for pair in pairs]))


def train_placement(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                    limit: float | None = None) -> None:  # fmt: skip
    """Train until `config.place_steps` or the time box; resumes from `run`."""
    torch.manual_seed(config.seed)
    model = Placement().to(device)

    def loss_of(rng: np.random.Generator) -> torch.Tensor:
        seen, answer = examples(data, rng.choice(data.train, config.place_batch), rng)
        return (model(seen.to(device)) - answer.to(device)).abs().mean()

    train_small(run / "place.pt", model, loss_of, "place_steps", config.place_steps, config.place_rate, 1e-3,
                config.seed, limit, clip=5.0)  # fmt: skip
