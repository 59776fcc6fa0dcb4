"""Glasses and earrings as hands draw them: traced, as rims of two lines, as rings."""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.training.hair import CIRCLE
from dfd_core.training.strokes import GLASSES, Stroke, on_canvas

ARMS = 13
"""Arms and the bridge of glasses are thinner than so many pixels, lenses are not."""

TEMPLES = (127, 356)
"""Landmarks beside the eyes, where the arms end."""

BRIDGE = 0.3
"""The bridge joins the lenses at this share of their height, from above."""


def worn(parsing: np.ndarray | None, landmarks: np.ndarray, strokes: list[Stroke],
         rng: np.random.Generator) -> list[Stroke]:  # fmt: skip
    """Glasses and earrings of `portrait_strokes` in one hand's way.

    `parsing` (512, 512) or None, `landmarks` (468, 2).
    """
    rings = [s for s in strokes if s.kind == "earring"]
    if rings and rng.random() < 0.5:
        filled = bool(rng.random() < 0.3)
        rings = [Stroke("earring", _round(s.points, float(np.ptp(s.points, axis=0).mean()) / 2), filled) for s in rings]
    return rings + (glasses(parsing, landmarks, strokes, rng) if parsing is not None else [])


def glasses(parsing: np.ndarray, landmarks: np.ndarray, strokes: list[Stroke],
            rng: np.random.Generator) -> list[Stroke]:  # fmt: skip
    """Their outline, or a line or two around each lens with a bridge and perhaps arms; nothing where there are none."""
    traced = [s for s in strokes if s.kind == "glasses"]
    way = rng.choice(["traced", "lenses", "rims", "rings"], p=[0.3, 0.3, 0.2, 0.2])
    if not traced or way == "traced" or len(lenses := lens_outlines(parsing)) != 2:
        return traced
    if way == "rings":
        tall = rng.uniform(0.8, 1.05)
        lenses = [_round(lens, float(np.ptp(lens[:, 0])) / 2, tall) for lens in lenses]
    out = [Stroke("glasses", lens) for lens in lenses]
    if way == "rims":
        out += [Stroke("glasses", _about(lens, rng.uniform(0.8, 0.9))) for lens in lenses]
    left, right = lenses
    inner, outer = (_towards(left, 1), _towards(right, -1)), (_towards(left, -1), _towards(right, 1))
    rise = np.array([0.0, 0.12 * abs(inner[1][0] - inner[0][0])])
    out.append(Stroke("glasses", np.stack([inner[0], (inner[0] + inner[1]) / 2 - rise, inner[1]]).astype(np.float32)))
    if rng.random() < 0.5:
        ends = zip(outer, TEMPLES, strict=True)
        out += [Stroke("glasses", np.stack([hinge, landmarks[end]]).astype(np.float32)) for hinge, end in ends]
    return out


def lens_outlines(parsing: np.ndarray) -> list[np.ndarray]:
    """Closed outlines (K, 2) float32 of what glasses frame, from left to right; `parsing` (512, 512)."""
    mask = cv2.morphologyEx((parsing == GLASSES).astype(np.uint8), cv2.MORPH_OPEN, np.ones((ARMS, ARMS)))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rounded = [cv2.blur(c.astype(np.float32), (1, 9)).reshape(-1, 2)[::3] for c in contours if len(c) > 80]
    rounded.sort(key=lambda line: float(line[:, 0].mean()))
    return [np.concatenate([line, line[:1]]) for line in rounded]


def _round(line: np.ndarray, radius: float, tall: float = 1.0) -> np.ndarray:
    middle = (line.min(0) + line.max(0)) / 2
    return on_canvas(middle + radius * CIRCLE * (1, tall))


def _about(line: np.ndarray, scale: float) -> np.ndarray:
    middle = (line.min(0) + line.max(0)) / 2
    return ((line - middle) * scale + middle).astype(np.float32)


def _towards(lens: np.ndarray, side: int) -> np.ndarray:
    """The point of a lens's outline furthest right (`side` 1) or left (-1) near the height of the bridge."""
    top, bottom = lens[:, 1].min(), lens[:, 1].max()
    near = lens[np.abs(lens[:, 1] - top - BRIDGE * (bottom - top)) <= max(6.0, 0.2 * (bottom - top))]
    return np.asarray(near[np.argmax(side * near[:, 0])])
