"""Wrinkles drawn on drawings of smooth faces, as hands mark age: furrows, crow's feet, bags, folds.

Lines traced from photos show how creased a face is; who draws puts down a few strokes where everybody knows them.
"""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.training.roughen import inked
from dfd_core.training.spectacles import EYES
from dfd_core.training.strokes import arc

FEWEST = 2
"""So many marks an old face has at least, of those that only age makes."""

FOLDED = 0.35
"""How many faces of no age have folds beside the mouth, bags or a frown alone."""


def creased(ink: torch.Tensor, old: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Drawings (B, 1, S, S) in 0..1 of aligned faces with the marks of age where they are `old` (B,).

    Some of the others have one that says nothing.
    """
    out = ink.clone()
    for k, aged in enumerate(old):
        ways = list(rng.permutation(len(AGE)))[: int(rng.integers(FEWEST, len(AGE) + 1))] if aged else []
        lines = [line for way in ways for line in AGE[way](rng)]
        others = [way for way in ANY_AGE if rng.random() < (0.5 if aged else FOLDED / len(ANY_AGE))]
        lines += [line for way in others for line in way(rng)]
        if not lines:
            continue
        scale, move = rng.normal(1, 0.05), rng.normal(0, 4, 2)
        about = np.array([256.0, 290.0])
        thick, dark = int(rng.integers(1, 6)), np.float32(rng.uniform(0.5, 1.0))
        drawn = [((line - about) * scale + about + move + rng.normal(0, 0.7, line.shape), thick) for line in lines]
        out[k, 0] = torch.maximum(out[k, 0], torch.from_numpy(inked(drawn, ink.shape[2]) * dark).to(ink))
    return out


def _furrows(rng: np.random.Generator) -> list[np.ndarray]:
    """Of the forehead: one above the other, whole or in pieces."""
    top, gap = rng.uniform(130, 170), rng.uniform(10, 20)
    lines = []
    for k in range(int(rng.integers(1, 5))):
        half, x, y = rng.uniform(30, 75), 256 + rng.normal(0, 8), top + gap * k
        line = arc((x - half, y), (x + half, y), rng.uniform(-10, 6), 0, 17)
        line[:, 1] += rng.uniform(0, 2.5) * np.sin(np.linspace(0, rng.uniform(4, 12), 17))
        lines += [line[:7], line[9:]] if rng.random() < 0.25 else [line]
    return lines


def _crows_feet(rng: np.random.Generator) -> list[np.ndarray]:
    """Beside the eyes, from the corners outwards."""
    count, far, length = int(rng.integers(2, 5)), rng.uniform(36, 46), rng.uniform(10, 26)
    lines = []
    for (x, y), way in zip(EYES, (-1, 1), strict=True):
        for turn in np.linspace(-0.5, 0.6, count) + rng.normal(0, 0.06, count):
            start = np.array([x + way * far, y + 12 * turn])
            end = start + length * np.array([way * np.cos(turn), np.sin(turn)])
            lines.append(arc(start, end, rng.normal(0, 2), 0, 7))
    return lines


def _hollows(rng: np.random.Generator) -> list[np.ndarray]:
    """Of the cheeks, and what hangs beside the chin."""
    lines = []
    low, inner = rng.uniform(395, 420), rng.uniform(44, 60)
    jowls, cheeks = rng.random() < 0.7, rng.random() < 0.5
    for way in (-1, 1):
        if jowls or not cheeks:
            lines.append(arc((256 + way * inner, 380), (256 + way * (inner + 4), low), 0, way * rng.uniform(2, 8)))
        if cheeks:
            lines.append(arc((256 + way * 98, 318), (256 + way * 78, 385), 0, way * rng.uniform(-12, -2)))
    return lines


def _heavy_bags(rng: np.random.Generator) -> list[np.ndarray]:
    """Below the eyes, more than one line or filled with strokes."""
    lines = []
    for x, y in EYES:
        half = rng.uniform(20, 36)
        for k in range(int(rng.integers(2, 4))):
            down = y + 20 + 8 * k
            lines.append(arc((x - half, down), (x + half, down), rng.uniform(6, 14), 0, 9))
    return lines


def _folds(rng: np.random.Generator) -> list[np.ndarray]:
    """From the nose's wings past the corners of the mouth, as a smile makes them, too."""
    out, low = rng.uniform(52, 74), rng.uniform(360, 392)
    return [arc((256 + way * 38, 312), (256 + way * out, low), 0, way * rng.uniform(2, 12)) for way in (-1, 1)]


def _bags(rng: np.random.Generator) -> list[np.ndarray]:
    half, down = rng.uniform(18, 32), rng.uniform(16, 30)
    return [arc((x - half, y + down), (x + half, y + down), rng.uniform(4, 12)) for x, y in EYES]


def _frown(rng: np.random.Generator) -> list[np.ndarray]:
    """Between the brows."""
    half, tall = rng.uniform(4, 12), rng.uniform(12, 30)
    return [arc((256 + way * half, 205), (256 + way * (half - 2), 205 + tall), 0, -2 * way) for way in (-1, 1)]


AGE = (_furrows, _crows_feet, _hollows, _heavy_bags)
ANY_AGE = (_folds, _bags, _frown)
