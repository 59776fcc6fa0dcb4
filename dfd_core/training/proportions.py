"""Faces as people remember them: eyes drawn larger and rounder than they are, brows higher, mouths and noses off.

Outlines from landmarks are always right; who cannot draw misjudges proportions. Such drawings stand beside the photo as
it is, so that a brow that is drawn too high is still learned to be a brow, and an eye that is too large an eye.
"""

from __future__ import annotations

import numpy as np

from dfd_core.training.strokes import CURVES, EYE_CORNERS, NOSTRILS

RIGHT = 0.35
"""So many drawings are of the right proportions."""

WILD = 0.2
"""So many drawings are twice as far off as the others that are."""

HIGHEST = 26.0
"""How far brows go up at most, in canvas pixels."""

MOUTH = [k for curve in CURVES["lip"] for k in curve]


def _side(first: int) -> tuple[list[int], list[int]]:
    """Landmarks of one eye with its crease, and of its brow."""
    eye = {k for curve in (*CURVES["lid"][2 * first :][:2], CURVES["crease"][first]) for k in curve}
    brow = {k for curve in CURVES["brow"][2 * first :][:2] for k in curve}
    return sorted(eye | set(EYE_CORNERS[first])), sorted(brow)


SIDES = (_side(0), _side(1))

NOSE = [k for curve in (*CURVES["nose"], *CURVES["bridge"], *NOSTRILS) for k in curve
        if not any(k in eye for eye, _ in SIDES)]  # fmt: skip
"""Landmarks of nose, bridge and nostrils, but for those that are the eyes'."""


def _about(points: np.ndarray, middle: np.ndarray, scale: tuple[float, float], move: tuple[float, float]) -> np.ndarray:
    return (points - middle) * scale + middle + move


def misjudged(landmarks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`landmarks` (468, 2) as one hand misjudges them, or, in one of three drawings, as they are."""
    if rng.random() < RIGHT:
        return landmarks
    drawn = landmarks.copy()
    off = 2.0 if rng.random() < WILD / (1 - RIGHT) else 1.0
    broad = min(1.0 + 0.3 * off, 1 + abs(rng.normal(0, 0.12 * off)))
    tall = min(2.0, broad * (1 + abs(rng.normal(0, 0.4))))
    apart, down, lift = rng.normal(0, 4 * off), rng.normal(0, 4 * off), abs(rng.normal(0, 9))
    for (eye, brow), outwards in zip(SIDES, (-1, 1), strict=True):
        middle = landmarks[eye].mean(0)
        above = float(middle[1] - landmarks[eye][:, 1].min())
        move = (outwards * apart, down)
        drawn[eye] = _about(landmarks[eye], middle, (broad, tall), move)
        raised = min(HIGHEST, (tall - 1) * above + lift)
        drawn[brow] = _about(landmarks[brow], landmarks[brow].mean(0), (broad, 1.0), (move[0], down - raised))
    size = float(np.clip(rng.normal(1, 0.12 * off), 0.6, 1.3))
    drawn[NOSE] = _about(landmarks[NOSE], landmarks[NOSE].mean(0), (size, size), (0, rng.normal(0, 4 * off)))
    width, height = np.clip(rng.normal(1, (0.12 * off, 0.15)), 0.6, 1.35)
    drawn[MOUTH] = _about(landmarks[MOUTH], landmarks[MOUTH].mean(0), (width, height), (0, rng.normal(0, 5 * off)))
    return drawn.astype(landmarks.dtype)


def raised(landmarks: np.ndarray, above: float) -> np.ndarray:
    """`landmarks` (468, 2) with both brows higher, so that eyes that reach so many pixels `above` them do not."""
    drawn = landmarks.copy()
    for _, brow in SIDES:
        drawn[brow, 1] -= max(0.0, above)
    return drawn
