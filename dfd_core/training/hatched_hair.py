"""Hair and beards hatched as densely as shade, with strokes that follow them: no shading, though it looks like it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.roughen import inked
from dfd_core.training.shades import HALF, MIDDLE, Hand, oval, shrunk
from dfd_core.training.strokes import polygon

CROWN, MOUTH = np.array([255.0, 70.0]), np.array([255.0, 375.0])
"""From where hair and beards grow."""

JOINTS = 12
"""A stroke follows its hair in so many straight pieces."""

EVENLY = 0.35
"""So many hands hatch hair as evenly as shade."""


def hatched_hair(hair: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Strokes where the mask `hair` (r, r) in 0..1 says: (`size`, `size`) float32 in 0..1."""
    way = rng.choice(["out", "down", "round", "across"], p=[0.35, 0.25, 0.25, 0.15])
    turn = rng.uniform(0, np.pi)

    def towards(at: np.ndarray) -> np.ndarray:
        out = at - CROWN
        if way == "down":
            return out * 0.2 + np.array([0.0, 60.0])
        if way == "round":
            return np.stack([-out[:, 1], out[:, 0]], 1) * np.sign(out[:, :1] + 0.1)
        if way == "across":
            return np.broadcast_to(np.array([[np.cos(turn), np.sin(turn)]]), at.shape) + 0.003 * out
        return out

    covered = cv2.resize(hair.astype(np.float32), (CANVAS, CANVAS)) > 0.5
    some = _patch(covered, rng) if rng.random() < 0.4 else covered
    if rng.random() < EVENLY:
        return _even(some, rng, size)
    return _strokes(some, towards, (15.0, 150.0), rng, size)


def hatched_beard(size: int, rng: np.random.Generator) -> np.ndarray:
    """A beard, a goatee or a moustache of strokes on any face: (`size`, `size`) float32 in 0..1."""
    area = _bearded(rng)
    if rng.random() < EVENLY:
        return _even(area, rng, size)
    spread, upright = rng.uniform(0.1, 0.9), rng.random() < 0.8

    def towards(at: np.ndarray) -> np.ndarray:
        out = (at - MOUTH) * np.array([spread, 0.2])
        return out + (np.array([0.0, 40.0]) if upright else np.array([40.0, 15.0]) * np.sign(out[:, :1] + 0.1))

    return _strokes(area, towards, (5.0, 80.0), rng, size)


def _bearded(rng: np.random.Generator) -> np.ndarray:
    """Where a beard is on an average face: (512, 512) bool."""
    kind = rng.choice(["full", "jaw", "goatee", "moustache"], p=[0.4, 0.2, 0.2, 0.2])
    move, grown = rng.normal(0, 6, 2), rng.uniform(0.97, 1.45)
    area = np.zeros((CANVAS, CANVAS), bool)
    if kind in ("full", "jaw"):
        start = rng.uniform(0.0, 0.35)
        angle = np.linspace(start, np.pi - start, 40)[:, None]
        edge = np.concatenate([np.cos(angle), np.sin(angle)], 1)
        thick = rng.uniform(0.12, 0.3) if kind == "jaw" else rng.uniform(0.3, 0.5)
        outer = MIDDLE + HALF * edge * np.array([1, grown]) + move
        inner = MIDDLE + HALF * edge * (1 - thick * np.sin(angle)) * np.array([0.97, 1]) + move
        area |= polygon(np.concatenate([outer, inner[::-1]])) > 0
    if kind == "goatee":
        half = np.array([rng.uniform(22, 48), rng.uniform(18, 40)])
        area |= polygon(oval(MOUTH + np.array([0, 45]) + move, half)) > 0
    if kind == "moustache" or (kind != "jaw" and rng.random() < 0.75):
        half = np.array([rng.uniform(38, 62), rng.uniform(7, 15)])
        area |= polygon(oval(MOUTH - np.array([0, rng.uniform(17, 24)]) + move, half)) > 0
    if kind == "full":
        area &= polygon(oval(MOUTH + move, np.array([rng.uniform(30, 42), rng.uniform(8, 16)]))) == 0
    return area


def _even(area: np.ndarray, rng: np.random.Generator, size: int) -> np.ndarray:
    """`area` (512, 512) bool hatched as shade is."""
    ys, xs = np.nonzero(area)
    if not len(xs):
        return np.zeros((size, size), np.float32)
    box = np.array([(xs.min(), ys.min()), (xs.max(), ys.min()), (xs.max(), ys.max()), (xs.min(), ys.max())], float)
    ink = Hand(str(rng.choice(["hatched", "crossed", "scribbled"], p=[0.6, 0.2, 0.2])), rng).filled(box) * area
    return shrunk(ink, size)


def _strokes(area: np.ndarray, towards: Callable[[np.ndarray], np.ndarray], length: tuple[float, float],
             rng: np.random.Generator, size: int) -> np.ndarray:  # fmt: skip
    """Strokes through `area` (512, 512) bool along the directions `towards` of points, from (N, 2) to (N, 2)."""
    ys, xs = np.nonzero(area)
    if len(xs) < 60:
        return np.zeros((size, size), np.float32)
    long = rng.uniform(length[0], length[1])
    dense = float(np.exp(rng.uniform(np.log(0.04), np.log(0.6))))  # strokes' length for each pixel of area
    count = int(np.clip(dense * len(xs) / long, 5, 500))
    pick = rng.integers(0, len(xs), count)
    at = np.stack([xs[pick], ys[pick]], 1).astype(float) + rng.normal(0, 1, (count, 2))
    lean, wave = rng.normal(0, 0.08, (count, 1)), rng.normal(0, 0.25) + rng.normal(0, 0.1, (count, 1))
    own = long * rng.uniform(0.4, 1.1, (count, 1)) / JOINTS
    path = [at]
    for k in range(JOINTS):
        way = towards(at)
        way = way / np.linalg.norm(way, axis=1, keepdims=True).clip(1e-6)
        bend = lean + wave * (k / JOINTS - 0.5)
        way = way * np.cos(bend) + np.stack([-way[:, 1], way[:, 0]], 1) * np.sin(bend)
        at = at + own * way
        path.append(at)
    lines = np.stack(path, 1)
    broad = int(rng.choice([1, 2, 3, 4], p=[0.3, 0.4, 0.2, 0.1]))
    over = rng.random() < 0.5  # some hands go beyond the edge
    ink = inked([(line.clip(0, CANVAS - 1), broad) for line in lines])
    if not over:
        ink = ink * cv2.dilate(area.astype(np.float32), np.ones((5, 5)))
    ink = ink * np.float32(rng.uniform(0.4, 1.0))
    return shrunk(ink, size)


def _patch(area: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The part of `area` on one side of a line."""
    y, x = np.mgrid[:CANVAS, :CANVAS]
    angle, off = rng.uniform(0, 2 * np.pi), rng.uniform(-80, 60)
    return area & ((x - 255) * np.cos(angle) + (y - 160) * np.sin(angle) > off)
