"""Lines that hands add to a face and its photo need not show: folds, wrinkles, a bow under the lip, sinews of a neck.

A portrait must not have them as scars, so they stand beside photos that know nothing of them. What is no line of a face
at all, shade and the like, is in `shades.py`.
"""

from __future__ import annotations

import numpy as np

from dfd_core.training.strokes import CHEEKS, EYE_CORNERS, OVAL, UNDER_NOSE, Stroke, arc, kept_on_canvas, smooth

CHIN, JAW = OVAL[18], (172, 397)
"""Landmarks at the lowest point of the face and at the corners of the jaw."""

FOLDS = ((203, 206, 216, 212), (423, 426, 436, 432))
"""Landmarks along the folds from the nose to beside the mouth."""

BAGS = ((226, 31, 228, 230, 232), (446, 261, 448, 450, 452))
"""Landmarks under the eyes, from the outer to the inner corner."""

LOWER_LIP, UPPER_LIP = 17, 0

MOUTH_CORNERS, BROW_HEIGHT = (61, 291), 9
"""Landmarks at the ends of the mouth and between the brows."""

OFTEN = {"neck": 0.16, "folds": 0.1, "chin": 0.18, "philtrum": 0.1, "freckles": 0.05, "wrinkles": 0.09}
"""How often each is there, whatever else is."""


def added(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Such lines on a face with `landmarks` (468, 2): in half of all drawings none."""
    ways = {
        "neck": neck,
        "folds": folds,
        "chin": chin,
        "philtrum": philtrum,
        "freckles": freckles,
        "wrinkles": wrinkles,
    }
    return [stroke for name, draw in ways.items() if rng.random() < OFTEN[name] for stroke in draw(landmarks, rng)]


def neck(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Its sinews from under the jaw to the pit of the throat, or the creases across it."""
    below, half = landmarks[CHIN], float(np.ptp(landmarks[list(JAW), 0])) / 2
    if rng.random() < 0.3:
        heights = rng.uniform(18, 70, int(rng.integers(1, 3)))
        return [_stroke(arc(below + _at(-0.5 * half, y), below + _at(0.5 * half, y), 8)) for y in heights]
    out = []
    for sign in (-1, 1):
        start = below + _at(sign * half * rng.uniform(0.4, 0.75), rng.uniform(5, 30))
        end = below + _at(sign * half * rng.uniform(0.05, 0.3), rng.uniform(50, 110))
        out.append(_stroke(arc(start, end, rng.normal(0, 5))))
    return out


def folds(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Lines from the nose to beside the mouth, or under the eyes, as short as the hand likes."""
    curves = BAGS if rng.random() < 0.4 else FOLDS
    start, end = rng.uniform(0, 0.4), rng.uniform(0.6, 1)
    lines = [smooth(landmarks[list(curve)]) for curve in curves]
    return [_stroke(line[int(start * len(line)) : max(int(end * len(line)), 2 + int(start * len(line)))])
            for line in lines]  # fmt: skip


def chin(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A bow under the lower lip, or the chin's dimple."""
    lip, end = landmarks[LOWER_LIP], landmarks[CHIN]
    if rng.random() < 0.2:
        at = lip * 0.35 + end * 0.65
        return [_stroke(_dense(np.stack([at, at + _at(0, 12)])))]
    at, half = lip * 0.65 + end * 0.35, rng.uniform(8, 30)
    return [_stroke(arc(at - _at(half, 0), at + _at(half, 0), rng.choice([-1, 1]) * rng.uniform(2, 9)))]


def philtrum(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """One or two short lines between nose and lip."""
    top, bottom = landmarks[UNDER_NOSE], landmarks[UPPER_LIP]
    start, end = top * 0.7 + bottom * 0.3, top * 0.2 + bottom * 0.8
    apart = rng.choice([0.0, rng.uniform(4, 9)])
    return [_stroke(_dense(np.stack([start, end])) + _at(x, 0)) for x in sorted({-apart, apart})]


def freckles(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Dots on cheeks and nose."""
    cheeks = landmarks[[k for cheek in CHEEKS for k in cheek]]
    feet = [cheeks[int(rng.integers(len(cheeks)))] + rng.normal(0, 14, 2) for _ in range(int(rng.integers(8, 30)))]
    return [_stroke(np.stack([foot, foot + 1.5])) for foot in feet]


def wrinkles(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """What says "old" in a drawing, two kinds or more: brow lines, crow's feet, lines above the lip and by the chin.

    Whoever draws an old woman draws them; without such drawings of women the lines are a beard's.
    """
    ways = rng.permutation(["brow", "crow", "lip", "chin"])[: int(rng.integers(2, 5))]
    out: list[Stroke] = []
    left, right = landmarks[list(MOUTH_CORNERS)]
    if "brow" in ways:
        top, bottom = landmarks[OVAL[0]], landmarks[BROW_HEIGHT]
        for share in np.linspace(0.3, 0.7, int(rng.integers(1, 4))):
            half = (right - left) * rng.uniform(0.5, 1.1)
            at = top * (1 - share) + bottom * share + rng.normal(0, 3, 2)
            out.append(_stroke(arc(at - half, at + half, rng.normal(0, 5))))
    if "crow" in ways:
        for outer, inner, *_ in EYE_CORNERS:
            away = landmarks[outer] - landmarks[inner]
            for turn in np.linspace(-0.5, 0.6, int(rng.integers(2, 5))):
                start = landmarks[outer] + away * rng.uniform(0.1, 0.25)
                out.append(_stroke(_dense(np.stack([start, start + (away + _at(0, turn * abs(away[0]))) * 0.35]))))
    if "lip" in ways:
        for share in np.linspace(0.15, 0.85, int(rng.integers(3, 9))):
            foot = left * (1 - share) + right * share
            foot[1] = landmarks[UPPER_LIP][1] - rng.uniform(2, 5)
            out.append(_stroke(_dense(np.stack([foot, foot - _at(rng.normal(0, 1.5), rng.uniform(6, 12))]))))
    if "chin" in ways:
        for corner, sign in ((left, -1), (right, 1)):
            start = corner + _at(sign * rng.uniform(0, 6), rng.uniform(3, 9))
            out.append(_stroke(arc(start, start + _at(sign * rng.uniform(-6, 8), rng.uniform(18, 42)), 0)))
    return out


def _stroke(points: np.ndarray) -> Stroke:
    return kept_on_canvas("added", points)


def _at(x: float, y: float) -> np.ndarray:
    return np.array([x, y])


def _dense(line: np.ndarray) -> np.ndarray:
    """A straight line (2, 2) as points some 8 pixels apart, so that it wobbles."""
    count = max(3, int(np.hypot(*(line[1] - line[0])) / 8))
    return np.linspace(line[0], line[1], count)
