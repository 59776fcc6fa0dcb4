"""Mouths drawn anew on drawings, open or closed, as hands of every kind draw them.

Who smiles broadly in a photo mostly shows teeth, so a bow of one line was taken for an open mouth as often as not. Here
how a mouth is bent says nothing of whether it is open: one line means closed lips, a shape open ones.
"""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.geometry import CANVAS
from dfd_core.training.roughen import FILLED, inked
from dfd_core.training.strokes import arc

UNDER_LINE, LIPS, TICKS, CREASED = 0.45, 0.45, 0.3, 0.35
"""How many mouths have a stroke below the lower lip, outlines of the lips, ticks at the corners, and how many of the
lips have short strokes across, which are no teeth."""

TEETH, DARK, TONGUE = 0.35, 0.2, 0.25
"""How many open mouths show teeth, are dark inside, or have a line for the tongue."""

Line = tuple[np.ndarray, int]


def redrawn(ink: torch.Tensor, points: np.ndarray, opens: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Drawings (B, 1, S, S) in 0..1 with other mouths, open where `opens` (B,) is true.

    `points` (B, 6, 2) are the faces' `whiskers.mouth_points`, in canvas pixels.
    """
    out, side = ink.clone(), ink.shape[2]
    for k, place in enumerate(points):
        out[k, 0] *= 1 - torch.from_numpy(_about(place, side)).to(ink)
        thick, dark = int(rng.integers(2, 8)), np.float32(rng.uniform(0.6, 1.0))
        lines = (_open if opens[k] else _closed)(place, thick, rng)
        lines = [(line + rng.normal(0, 0.7, line.shape), broad) for line, broad in lines]
        out[k, 0] = torch.maximum(out[k, 0], torch.from_numpy(inked(lines, side) * dark).to(ink))
    return out


def _about(points: np.ndarray, side: int) -> np.ndarray:
    """What is taken away of a drawing: 1 about the mouth, a little more than it may be drawn, else 0."""
    left, right, nose, _, lip, chin = points
    top, bottom = nose[1] + 6, lip[1] + 0.5 * (chin[1] - lip[1])
    middle, half = (left[0] + right[0]) / 2, 0.85 * (right[0] - left[0]) + 8
    turn = np.linspace(0, 2 * np.pi, 49)
    around = np.stack([middle + half * np.cos(turn), (top + bottom) / 2 + (bottom - top) / 2 * np.sin(turn)], 1)
    return inked([(around.clip(0, CANVAS - 1), FILLED)], side)


def _corners(points: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Where a hand has the corners, and half the width between them."""
    left, right = points[:2]
    middle, half = (left + right) / 2 + rng.normal(0, 3, 2), (right - left) / 2 * rng.uniform(0.6, 1.5)
    return middle - half, middle + half, float(np.hypot(*half))


def _closed(points: np.ndarray, thick: int, rng: np.random.Generator) -> list[Line]:
    """One line, straight, bent down or a smile of any depth, perhaps with lips that meet in it."""
    left, right, half = _corners(points, rng)
    sag = half * (rng.uniform(0.1, 0.75) if rng.random() < 0.6 else rng.normal(0, 0.15))
    line = arc(left, right, sag, rng.normal(0, 0.08) * half, 17)
    if rng.random() < 0.3:  # the upper lip's bow
        line[:, 1] -= rng.uniform(0.04, 0.12) * half * np.cos(np.linspace(-2 * np.pi, 2 * np.pi, 17))
    lines = [(line, thick)]
    if rng.random() < 0.15:  # the pen is lifted
        lines = [(line[: int(rng.integers(7, 10))], thick), (line[int(rng.integers(9, 12)) :], thick)]
    deep = left[1] / 2 + right[1] / 2 + sag
    if rng.random() < LIPS:
        full = rng.uniform(0.2, 0.5) * half
        lines += _lips(left, right, sag, sag, full, thick, rng)
        deep += full
    if rng.random() < UNDER_LINE:
        wide, low = rng.uniform(0.2, 0.6) * half, deep + rng.uniform(0.1, 0.5) * half
        at = (left[0] + right[0]) / 2
        lines.append((arc((at - wide, low), (at + wide, low), rng.uniform(-0.1, 0.4) * wide), thick))
    if rng.random() < TICKS:
        for end, way in ((left, -1), (right, 1)):
            tick = np.array([(-4.0 * way, -5.0), (3.0 * way, 6.0)]) * rng.uniform(0.6, 1.5)
            lines.append((arc(end + tick[0], end + tick[1], 0, 3 * way), thick))
    return lines


def _lips(left: np.ndarray, right: np.ndarray, above: float, below: float, full: float, thick: int,
          rng: np.random.Generator) -> list[Line]:  # fmt: skip
    """The outer edges of lips whose inner ones sag by `above` and `below`, perhaps with strokes across the lower one.

    That is `full` thick, the upper one about as thick.
    """
    half = float(np.hypot(*(right - left))) / 2
    upper = arc(left, right, above - rng.uniform(0.5, 1.0) * full, 0, 17)
    upper[7:10, 1] += np.array([0.5, 1, 0.5]) * rng.uniform(0, 0.12) * half
    inner, outer = arc(left, right, below, 0, 17), arc(left, right, below + full, 0, 17)
    lines = [(upper, thick), (outer, thick)]
    if rng.random() < CREASED:
        for at in rng.choice(np.arange(5, 12), int(rng.integers(2, 6)), replace=False):
            top, low = inner[at] * 0.7 + outer[at] * 0.3, inner[at] * 0.3 + outer[at] * 0.7
            lines.append((np.stack([top, low]), max(1, thick - 1)))
    return lines


def _open(points: np.ndarray, thick: int, rng: np.random.Generator) -> list[Line]:
    """A shape between two lines, from parted lips to a laugh or a cry."""
    left, right, half = _corners(points, rng)
    if rng.random() < 0.12:  # round
        left, right, half = left * 0.7 + right * 0.3, left * 0.3 + right * 0.7, half * 0.4
        above, below = -half * rng.uniform(0.8, 1.6), half * rng.uniform(0.8, 1.6)
    else:
        above = half * float(np.clip(rng.normal(0.1, 0.2), -0.3, 0.5))
        below = above + half * rng.uniform(0.25, 1.1)
    top, bottom = arc(left, right, above, 0, 17), arc(left, right, below, 0, 17)
    lines = [(top, thick), (bottom, thick)]
    inside = rng.random()
    if inside < DARK:
        lines.append((np.concatenate([top, bottom[::-1]]), FILLED))
    elif inside < DARK + TEETH:
        if rng.random() < 0.6:
            lines.append((top[2:-2] * 0.5 + bottom[2:-2] * 0.5, thick))
        for at in range(2, 15, int(rng.integers(2, 4))):
            lines.append((np.stack([top[at], top[at] * 0.3 + bottom[at] * 0.7]), max(1, thick - 1)))
    elif inside < DARK + TEETH + TONGUE:
        lines.append((arc(bottom[4], bottom[12], -0.25 * (below - above)), thick))
    if rng.random() < LIPS:
        lines += _lips(left, right, above, below, rng.uniform(0.2, 0.45) * half, thick, rng)
    return lines
