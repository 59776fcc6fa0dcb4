"""Prepared portraits in memory, and random views of them for training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.embedding import windows
from dfd_core.errors import DataError
from dfd_core.geometry import ENCODE, Component

SHORT = 0.12
"""Hair as a share of the picture up to which those who are not made up are mostly men."""

TRACED = ("copy_fine", "copy_coarse")
"""Styles of which every line is the photo's own."""


class Prepared:
    """The output folder of `dfd prepare`.

    `drawings` (N, V, 256, 256), `photos` (N, S, S, 3) and `parts` (N, 3, 128, 128) are uint8 arrays mapped into memory;
    `train` and `val` are index arrays into them; `bare` (N,) tells who is known to wear no glasses, `shaven` who
    is a man without facial hair as far as is known, and `mouths` (N, 6, 2) where he could have some (`whiskers.py`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            self.drawings = np.load(folder / "drawings.npy", mmap_mode="r")
            self.photos = np.load(folder / "photos.npy", mmap_mode="r")
            self.parts = np.load(folder / "regions.npy", mmap_mode="r")
            split = np.array([p["split"] for p in self.meta["portraits"]])
            self.bare = np.array([p.get("glasses") is False for p in self.meta["portraits"]])
            self.shaven = np.array([_shaven(p) for p in self.meta["portraits"]])
            self.mouths = np.array([p.get("mouth") or [[0.0, 0.0]] * 6 for p in self.meta["portraits"]])
            by_hand = [style.startswith("hand_") for style in self.meta["styles"]]
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{folder} is not a prepared data set ({error}): run 'dfd prepare' first.") from None
        self.by_hand = np.flatnonzero(by_hand)
        self.traced = np.isin(self.meta["styles"], TRACED)
        if not len(split) == len(self.drawings) == len(self.photos) == len(self.parts):
            raise DataError(f"{folder} is incomplete: run 'dfd prepare' again.")
        self.train = np.flatnonzero(split == "train")
        self.val = np.flatnonzero(split == "val")
        if len(self.train) < 12:
            raise DataError(f"{folder} has {len(self.train)} training portraits; at least 12 are needed.")

    @property
    def drawn(self) -> int:
        """Number V of drawings of each portrait. Styles V .. 2 V - 1 are the same drawings with bolder lines."""
        return self.drawings.shape[1]

    def styles(self, count: int, hand_share: float, rng: np.random.Generator) -> np.ndarray:
        """Random styles (count,), 0 .. V - 1; `hand_share` of them as a hand draws them (`hand.py`)."""
        if not len(self.by_hand):  # prepared by an earlier version
            return rng.integers(0, self.drawn, count)
        others = np.setdiff1d(np.arange(self.drawn), self.by_hand)
        return np.where(rng.random(count) < hand_share, rng.choice(self.by_hand, count), rng.choice(others, count))

    def ink(self, index: np.ndarray, style: np.ndarray | int) -> torch.Tensor:
        """Drawings of portraits `index` in `style`, 0 .. 2 V - 1: (B, 1, 256, 256) float in 0..1."""
        styles = np.broadcast_to(style, len(index))
        ink = torch.from_numpy(np.ascontiguousarray(self.drawings[index, styles % self.drawn]))
        ink = ink.float().div_(255)[:, None]
        for k in np.flatnonzero(styles >= self.drawn):
            ink[k] = bolder(ink[k], 1 + (styles[k] % 3 == 1))
        return ink

    def photo(self, index: np.ndarray) -> torch.Tensor:
        """Photos (B, 3, S, S) float in -1..1."""
        batch = torch.from_numpy(np.ascontiguousarray(self.photos[index]))
        return batch.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)

    def regions(self, index: np.ndarray) -> torch.Tensor:
        """Where the photos show skin, hair and background: (B, 3, 128, 128) float in 0..1."""
        return torch.from_numpy(np.ascontiguousarray(self.parts[index])).float().div_(255)


def is_man(portrait: Mapping[str, Any]) -> bool:
    """As far as is known: with facial hair, or with short hair and not made up."""
    if not portrait.get("looked_at") or portrait.get("made_up"):
        return False
    hair = portrait.get("hair")
    return portrait["facial_hair"] != "none" or (hair is not None and hair < SHORT)


def _shaven(portrait: Mapping[str, Any]) -> bool:
    return is_man(portrait) and portrait["facial_hair"] == "none" and portrait.get("mouth") is not None


def bolder(ink: torch.Tensor, amount: int) -> torch.Tensor:
    """Lines of `ink` (..., 256, 256) grown by `amount` pixels on each side."""
    return F.max_pool2d(ink, 2 * amount + 1, 1, amount)


def shifted(drawings: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift and flip the drawings of each face, all of a face alike.

    `drawings` (B, K, 256, 256) uint8 -> the same shape. Shifts are up to 4 % of the side: the embedding must keep where
    things stand, so it has to meet more places than the aligned portraits show.
    """
    reach = ENCODE // 25
    padded = np.pad(drawings, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    moved = np.empty_like(drawings)
    for k, face in enumerate(padded):
        y, x = rng.integers(0, 2 * reach + 1, 2)
        part = face[:, y : y + ENCODE, x : x + ENCODE]
        moved[k] = part[:, :, ::-1] if rng.random() < 0.5 else part
    return moved


def stretched(ink: torch.Tensor, rng: np.random.Generator, reach: float) -> torch.Tensor:
    """Drawings (B, 1, H, W) made smaller or larger by up to `reach` about their middle, more so in one direction.

    All alike. Photos fill their square to the hair's ends; who draws leaves room above the head, or makes it broad.
    """
    size, shape = rng.uniform(-reach, reach / 2), rng.uniform(-reach / 2, reach / 2)
    across, down = 1 / (1 + size + shape), 1 / (1 + size - shape)
    turn = torch.tensor([[across, 0.0, 0.0], [0.0, down, 0.0]], device=ink.device).expand(len(ink), 2, 3)
    grid = F.affine_grid(turn, list(ink.shape), align_corners=False)
    return F.grid_sample(ink, grid, align_corners=False)


def spoil(ink: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Make drawings (B, 1, 256, 256) in 0..1 fainter or stronger, and blank a rectangle in a quarter of them."""
    strength = torch.from_numpy(rng.uniform(0.6, 1.4, (len(ink), 1, 1, 1)).astype(np.float32))
    ink = (ink * strength).clamp_(0, 1)
    for k in np.flatnonzero(rng.random(len(ink)) < 0.25):
        x, y = rng.integers(0, int(ENCODE * 0.8), 2)
        w, h = rng.integers(8, 56, 2)
        ink[k, :, y : y + h, x : x + w] = 0
    return ink


def displaced(ink: torch.Tensor, trust: torch.Tensor, rng: np.random.Generator, reach: float = 5.0) -> torch.Tensor:
    """Lines as uncertain as they are trusted little: wobbled by up to `reach` pixels or so, faded and dropped.

    `ink`, `trust` (B, 1, 256, 256) in 0..1 -> ink of the same shape. Fully trusted lines are wobbled by a sixth of
    that.
    """
    count, _, height, width = ink.shape
    device = ink.device
    field = torch.from_numpy(rng.normal(0, 1, (count, 2, 9, 9)).astype(np.float32)).to(device)
    field = F.interpolate(field, (height, width), mode="bicubic", align_corners=True)
    field = field * (reach / 2 * (1 - trust * 5 / 6)) * (2 / width)
    there = torch.linspace(-1, 1, height, device=device)
    grid = torch.stack(torch.meshgrid(there, there, indexing="ij")[::-1], -1) + field.permute(0, 2, 3, 1)
    moved = F.grid_sample(ink, grid, align_corners=True)
    moved = moved * torch.from_numpy(rng.uniform(0.6, 1.2, (count, 1, 1, 1)).astype(np.float32)).to(device)
    doubt = 1 - trust.mean((1, 2, 3)).cpu().numpy()
    for k in np.flatnonzero(rng.random(count) < 0.15 + 0.6 * doubt):
        for _ in range(1 + int(4 * doubt[k])):
            x, y = rng.integers(0, int(width * 0.85), 2)
            w, h = rng.integers(8, 56, 2)
            moved[k, :, y : y + h, x : x + w] = 0
    return moved.clamp(0, 1)


def target_windows(target: torch.Tensor, component: Component) -> torch.Tensor:
    """What the decoder of `component` restores: its window at half the encoder's side.

    Softened a little, so that a line that is one pixel off is nearly right.
    """
    return F.avg_pool2d(windows(target, component), 4, 2, 1)
