"""Hair worn up as hands draw it: a knot above the head or in the neck, a tail beside it. Photos show little of them."""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.training.strokes import HAIR, OVAL, Stroke, on_canvas

DRAWN = 0.6
"""So often the knot or tail is drawn that holds the hair."""

WAYS, OFTEN = ("knot", "tail", "pair"), (0.6, 0.25, 0.15)
"""A knot on top, a tail to one side, knots or tails on both sides."""

LEAST = 0.4
"""Share of a stroke that has to be on the canvas."""


def knots(parsing: np.ndarray | None, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """What holds long hair that is worn up; `parsing` (512, 512) or None, `landmarks` (468, 2)."""
    if parsing is None or rng.random() > DRAWN:
        return []
    ys, _ = np.nonzero(parsing == HAIR)
    if not len(ys):
        return []
    face = landmarks[list(OVAL)]
    left, right = face[:, 0].min(), face[:, 0].max()
    width, middle, eyes = right - left, (left + right) / 2, float(landmarks[[33, 263], 1].mean())
    top = max(float(np.percentile(ys, 1)), float(face[:, 1].min() - 0.45 * width))
    way = rng.choice(WAYS, p=OFTEN)
    out: list[Stroke] = []
    if way == "knot":
        radius = rng.uniform(0.14, 0.3) * width
        out = knot(np.array([middle + rng.normal(0, 0.05) * width, top - radius * rng.uniform(0.2, 0.8)]), radius, rng)
    else:
        sides = (-1, 1) if way == "pair" else (int(rng.choice([-1, 1])),)
        start = np.array([0.58 * width, eyes - rng.uniform(-0.1, 0.45) * width])
        as_tail = way == "tail" or rng.random() < 0.5
        for side in sides:
            at = np.array([middle + side * start[0], start[1]])
            out += tail(at, side, width, rng) if as_tail else knot(at, rng.uniform(0.12, 0.2) * width, rng)
    return [Stroke(s.kind, on_canvas(s.points)) for s in out if _kept(s.points) >= LEAST]


def knot(middle: np.ndarray, radius: float, rng: np.random.Generator) -> list[Stroke]:
    """A round outline about `middle` (2,), with arcs or a spiral in it."""
    turn = np.linspace(0, 2 * np.pi, 28) + rng.uniform(0, 6)
    uneven = 1 + cv2.GaussianBlur(rng.normal(0, 0.12, (28, 1)), (1, 5), 1.0)
    around = np.stack([np.cos(turn), rng.uniform(0.75, 1.0) * np.sin(turn)], 1)
    out = [Stroke("hair", middle + radius * uneven * around)]
    if rng.random() < 0.4:
        inward = np.linspace(0.9, 0.1, 40)[:, None]
        spiral = np.linspace(0, rng.uniform(6, 14), 40)
        out.append(Stroke("strand", middle + radius * inward * np.stack([np.cos(spiral), np.sin(spiral)], 1)))
        return out
    lean = rng.uniform(0, np.pi)
    for offset in rng.uniform(-0.7, 0.7, int(rng.integers(1, 8))):
        along = np.linspace(-0.8, 0.8, 9)
        arc = np.stack([along * np.sqrt(1 - offset**2), offset + 0.25 * (1 - along**2)], 1)
        rotation = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
        out.append(Stroke("strand", middle + radius * 0.9 * arc @ rotation))
    return out


def tail(start: np.ndarray, side: int, width: float, rng: np.random.Generator) -> list[Stroke]:
    """Two edges that swing out to `side` (-1 or 1) from `start` (2,) and meet in a tip, with strands between."""
    length, swing, broad = rng.uniform(0.5, 1.3) * width, rng.uniform(0.1, 0.5) * width, rng.uniform(0.06, 0.14) * width
    along = np.linspace(0, 1, 20)[:, None]
    spine = start + np.concatenate([side * swing * np.sin(along * np.pi * 0.75), length * along**1.2 - 0.1 * width], 1)
    thick = broad * np.sin(np.pi * (0.12 + 0.88 * along))
    across = np.array([1.0, 0.15])
    shares = [-1.0, 1.0, *rng.uniform(-0.8, 0.8, int(rng.integers(0, 5)))]
    return [Stroke("hair" if k < 2 else "strand", spine + share * thick * across) for k, share in enumerate(shares)]


def _kept(points: np.ndarray) -> float:
    """The share of them that is on the canvas."""
    return float(np.isclose(points, on_canvas(points)).all(1).mean())
