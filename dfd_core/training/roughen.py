"""Draw strokes as different hands would: clean, or dropped, wobbled, doubled, misplaced and thick.

The encoders are trained to see the same face in all of these (denoising embeddings), which is what makes freehand
input work.
"""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.strokes import Stroke

SHIFT = 4  # fractional bits of cv2's fixed-point coordinates
FILLED = -1  # thickness of a shape that is inked inside

DROPPABLE = {"strand": 0.6, "crease": 0.5, "bridge": 0.5, "pupil": 0.3, "iris": 0.25, "cloth": 0.4, "neck": 0.25,
             "ear": 0.35, "nose": 0.08, "brow": 0.1, "hair": 0.1, "face": 0.05, "lid": 0.06, "lip": 0.08,
             "glasses": 0.04, "earring": 0.3}  # fmt: skip
"""Chance that a rough hand leaves a stroke of this kind out (at full roughness)."""

DETAILS = {"wrinkle": ("face", 0.4), "beard": ("face", 0.2), "browhair": ("brow", 0.1), "lash": ("lid", 0.2),
           "tooth": ("lip", 0.3), "added": ("face", 0.1)}  # fmt: skip
"""What a detail is part of, and moves with; and its chance."""


def rasterise(strokes: list[tuple[np.ndarray, int]], size: int = CANVAS) -> np.ndarray:
    """Ink image (size, size) uint8, 0 paper to 255 full ink, of (points, thickness in pixels or FILLED) pairs."""
    ink = np.zeros((CANVAS, CANVAS), np.uint8)
    for points, thickness in strokes:
        fixed = (points * (1 << SHIFT)).round().astype(np.int32).reshape(-1, 1, 2)
        if thickness == FILLED:
            cv2.fillPoly(ink, [fixed], 255, cv2.LINE_AA, SHIFT)
        else:
            cv2.polylines(ink, [fixed], False, 255, thickness, cv2.LINE_AA, SHIFT)
    return ink if size == CANVAS else np.asarray(cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA))


def inked(strokes: list[tuple[np.ndarray, int]], size: int = CANVAS) -> np.ndarray:
    """The same as float32 in 0..1."""
    return rasterise(strokes, size).astype(np.float32) / 255


def clean(strokes: list[Stroke], thickness: int = 2, size: int = CANVAS) -> np.ndarray:
    """The strokes as they are: the drawing that the auto-encoders learn to restore."""
    return rasterise([(stroke.points, thickness) for stroke in strokes], size)


def _wobble(points: np.ndarray, amplitude: float, rng: np.random.Generator) -> np.ndarray:
    """Add smooth noise of `amplitude` pixels, with a wavelength of some 40 pixels, to a polyline."""
    knots = max(3, len(points) // 8)
    noise = rng.normal(0, amplitude, (knots, 2))
    at = np.linspace(0, knots - 1, len(points))
    return points + np.stack([np.interp(at, np.arange(knots), noise[:, k]) for k in (0, 1)], 1).astype(np.float32)


def rough(strokes: list[Stroke], level: float, rng: np.random.Generator, size: int = CANVAS) -> np.ndarray:
    """One hand's drawing of the strokes; `level` 0 (tidy) to 1 (a beginner in a hurry)."""
    width = float(rng.choice([1.5, 2, 3, 4, 6, 8], p=[0.15, 0.3, 0.25, 0.15, 0.1, 0.05]))
    uneven = rng.uniform(0, 0.5)
    wobble = level * rng.uniform(0, 4.0)
    doubling = level * rng.uniform(0, 0.5)
    shift = {kind: rng.normal(0, 2.5 * level, 2) for kind in DROPPABLE}
    left_out = {kind for kind in ("strand", "crease", "bridge", "pupil", "ear", "neck", "cloth")
                if rng.random() < 0.25 + 0.25 * level}  # fmt: skip
    scale = 1 + rng.normal(0, 0.02 * level)
    move = rng.normal(0, 3 * level, 2)
    drawn: list[tuple[np.ndarray, int]] = []
    for stroke in strokes:
        kind, chance = DETAILS.get(stroke.kind) or (stroke.kind, DROPPABLE[stroke.kind])
        if kind in left_out or rng.random() < level * chance:
            continue
        if stroke.kind == "strand" and rng.random() < 0.3:
            continue
        points = (stroke.points - CANVAS / 2) * scale + CANVAS / 2 + move + shift[kind]
        points = points[: max(2, int(len(points) * rng.uniform(1 - 0.3 * level, 1)))]
        if stroke.filled:
            drawn.append((_wobble(points, wobble, rng), FILLED))
            continue
        for _ in range(1 + int(rng.random() < doubling)):
            thickness = max(1, round(width * rng.uniform(1 - uneven, 1 + uneven)))
            drawn.append((_wobble(points, wobble + 0.3, rng), thickness))
    return rasterise(drawn, size)
