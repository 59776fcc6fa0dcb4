"""Features as those draw them who do not draw: round eyes with a dot, a smile of one arc.

They are signs, not outlines: an eye is a ring of any size, a mouth a bow that is wider than any mouth. What tells such
an eye from a pair of glasses is that there is no eye inside it, and nothing between the two.
"""

from __future__ import annotations

import numpy as np

from dfd_core.training.hair import CIRCLE
from dfd_core.training.strokes import CLOSED, EYE_CORNERS, OPEN, UNDER_NOSE, Stroke, kept_on_canvas, opening

CORNERS, LIPS = (61, 291), (0, 17)
"""Landmarks of the mouth's corners, and of the upper lip's upper and the lower lip's lower edge in the middle."""

BROWS = (105, 334)
"""Landmarks in the middle of the brows, above."""


def round_eyes(made_up: bool, landmarks: np.ndarray, rng: np.random.Generator) -> tuple[list[Stroke], float]:
    """Rings with a dot or a disc in each, perhaps with lashes all around the upper half.

    And by how many pixels they reach above the middle of the brows.
    """
    size, tall = rng.uniform(0.35, 0.85), rng.uniform(0.8, 1.3)
    pupil, filled = rng.uniform(0.12, 0.45), bool(rng.random() < 0.8)
    gaze = rng.normal(0, 0.15, 2)
    lashes = int(rng.integers(3, 9)) if rng.random() < (0.7 if made_up else 0.08) else 0
    out: list[Stroke] = []
    above = 0.0
    for corners, brow in zip(EYE_CORNERS, BROWS, strict=True):
        middle = landmarks[list(corners)].mean(0)
        radius = size * float(np.hypot(*(landmarks[corners[0]] - landmarks[corners[1]])))
        out.append(_ring("lid", middle, radius, tall))
        out.append(_ring("pupil", middle + gaze * radius, pupil * radius, 1.0, filled))
        for turn in np.linspace(-2.6, -0.5, lashes):
            way = np.array([np.cos(turn), tall * np.sin(turn)]) * radius
            out.append(kept_on_canvas("lash", np.stack([middle + way, middle + way * 1.35])))
        above = max(above, float(landmarks[brow][1] - middle[1]) + tall * radius)
    return out, above


def bow(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A mouth of one arc from corner to corner and beyond: the more bent, the more the person smiles.

    Perhaps with a tick at each end. An open mouth is closed by a line above, perhaps with teeth or dark inside.
    """
    left, right = landmarks[list(CORNERS)]
    middle, half = (left + right) / 2, (right - left) / 2 * rng.uniform(0.8, 1.6)
    smile = (landmarks[list(LIPS)].mean(0) - middle)[1] / max(1.0, float(np.hypot(*(right - left))))
    wide, size = opening(landmarks), float(np.hypot(*half))
    sag = float(np.clip(2.2 * smile + rng.normal(0, 0.12), -0.35, 0.9)) * size
    is_open = wide >= OPEN or (wide >= CLOSED and sag > 0.3 * size and rng.random() < 0.4)
    if is_open:
        sag = max(sag, rng.uniform(0.3, 0.6) * size)
    along = np.linspace(-1, 1, 15)[:, None]
    arc = middle + half * along + np.array([0, sag]) * (1 - along**2) - np.array([0, 0.4 * sag])
    out = [kept_on_canvas("lip", arc)]
    if rng.random() < 0.35:
        tick = np.array([(-5.0, -3.0), (5.0, 3.0)])
        for end, side in zip(arc[[0, -1]], (-1, 1), strict=True):
            out.append(kept_on_canvas("lip", end + tick * (1, side) + rng.normal(0, 2, 2)))
    if is_open:
        out.append(kept_on_canvas("lip", arc[[0, -1]]))
        out += _inside(arc, rng)
    elif rng.random() < 0.2:  # what is under the lower lip
        out.append(kept_on_canvas("lip", middle + half * along[4:11] * 0.7 + (0, max(8.0, sag) + 10)))
    return out


def _inside(arc: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """What is in an open mouth between an `arc` (15, 2) and the line that closes it: all dark, teeth or nothing."""
    way = rng.random()
    if way < 0.15:
        return [kept_on_canvas("lip", arc, True)]
    if way > 0.5:
        return []
    top = np.linspace(arc[0], arc[-1], len(arc))
    return [
        kept_on_canvas("tooth", np.stack([top[k], arc[k]])) for k in range(2, len(arc) - 2, int(rng.integers(2, 4)))
    ]


def sign(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A nose: a hook, a bow, a ring, a triangle or a line where it ends."""
    end = landmarks[UNDER_NOSE] + rng.normal(0, 3, 2)
    size, side = rng.uniform(9, 22), rng.choice([-1.0, 1.0])
    way = rng.choice(["hook", "bow", "ring", "triangle", "line"])
    if way == "ring":
        return [_ring("nose", end - (0, size), size * 0.8, rng.uniform(0.7, 1.1))]
    shapes = {
        "hook": [(0, -4.0), (side, -0.3), (0.7 * side, 0), (-0.6 * side, 0)],
        "bow": [(-1, -0.5), (-0.7, 0.1), (0, 0.3), (0.7, 0.1), (1, -0.5)],
        "triangle": [(0, -3.0), (1, 0), (-1, 0), (0, -3.0)],
        "line": [(0, -3.5), (0, 0)],
    }
    return [kept_on_canvas("nose", end + size * np.array(shapes[way]))]


def curled(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A moustache: two tapering shapes from under the nose to beside the mouth, mostly with their ends turned up.

    Empty, hatched or filled.
    """
    start = landmarks[UNDER_NOSE] * 0.55 + landmarks[LIPS[0]] * 0.45
    width = float(np.hypot(*(landmarks[CORNERS[1]] - landmarks[CORNERS[0]]))) * rng.uniform(0.55, 0.95)
    thick, curl = rng.uniform(0.16, 0.32) * width, rng.uniform(-0.1, 0.35) * width
    way = rng.choice(["empty", "hatched", "filled"])
    out: list[Stroke] = []
    for side in (-1.0, 1.0):
        t = np.linspace(0, 1, 12)
        x, y = side * width * t, 0.35 * thick * np.sin(np.pi * t) - curl * t**3
        body = thick * np.sqrt(np.clip(t + 0.12, 0, 1)) * (1 - t) * 1.4
        upper, lower = (start + np.stack([x, y + sign * 0.5 * body], 1) for sign in (-1, 1))
        out.append(kept_on_canvas("beard", np.concatenate([upper, lower[::-1], upper[:1]]), way == "filled"))
        if way == "hatched":
            for k in range(1, 11):
                out.append(kept_on_canvas("beard", np.stack([upper[k], lower[k] + (side * 4, 0)])))
    return out


def _ring(kind: str, middle: np.ndarray, radius: float, tall: float, filled: bool = False) -> Stroke:
    return kept_on_canvas(kind, middle + radius * CIRCLE * (1, tall), filled)
