"""Features as comics draw them: large eyes under a heavy lid, dark irises with a light in them, next to no nose.

Many who paint draw like this. An upper lid is a dark shape that tapers, the lower one is left out or hinted at, and a
mouth is a short line: unlike outlines, and unlike the signs of those who do not draw.
"""

from __future__ import annotations

import numpy as np

from dfd_core.training.hair import CIRCLE
from dfd_core.training.naive import BROWS, CORNERS
from dfd_core.training.strokes import CLOSED, EYE_CORNERS, OPEN, UNDER_NOSE, Stroke, kept_on_canvas, opening

IRISES = ("dark", "ring", "shaded", "dot")
IRISES_OFTEN = (0.4, 0.25, 0.25, 0.1)
"""A disc with a light in it, a ring with a pupil, a ring that is dark above, a pupil alone; and how often."""

MOUTHS = ("line", "bow", "lips", "open")
MOUTHS_OFTEN = (0.35, 0.3, 0.15, 0.2)
"""Where a mouth is neither closed nor open; closed ones are not "open", and open ones nothing else."""

FILLED, TEETH = 0.3, 0.3
"""So many open mouths are dark, and so many show a row of teeth."""


def comic_eyes(made_up: bool, landmarks: np.ndarray, rng: np.random.Generator) -> tuple[list[Stroke], float]:
    """Both eyes, and by how many pixels they reach above the middle of the brows."""
    broad, tall = rng.uniform(0.8, 1.5), rng.uniform(0.55, 1.4)
    heavy, wing = rng.uniform(0.06, 0.22), rng.uniform(-0.05, 0.35)
    way = str(rng.choice(IRISES, p=IRISES_OFTEN))
    size, gaze = rng.uniform(0.42, 0.68), rng.normal(0, (0.1, 0.06))
    light = rng.uniform(-0.45, 0.45), rng.uniform(-0.6, -0.15), rng.uniform(0.15, 0.34)
    lashes = int(rng.integers(2, 8)) if rng.random() < (0.75 if made_up else 0.12) else 0
    lower, crease = rng.choice(["none", "short", "whole"], p=[0.35, 0.4, 0.25]), rng.random() < 0.35
    out: list[Stroke] = []
    above = 0.0
    for corners, brow, outwards in zip(EYE_CORNERS, BROWS, (-1.0, 1.0), strict=True):
        middle = landmarks[list(corners)].mean(0)
        half = broad * 0.5 * float(np.hypot(*(landmarks[corners[0]] - landmarks[corners[1]])))
        up = tall * half

        def at(x: np.ndarray, y: np.ndarray, middle: np.ndarray = middle, half: float = half,
               up: float = up, outwards: float = outwards) -> np.ndarray:  # fmt: skip
            """From the eye's own numbers, -1 at the inner corner and 1 at the outer, 1 at the lower lid's middle."""
            return np.stack([middle[0] + outwards * half * np.asarray(x), middle[1] + up * np.asarray(y)], 1)

        t = np.linspace(0, np.pi, 25)
        edge, rise = -np.cos(t), -(np.sin(t) ** 0.8)
        flick = wing * np.clip(edge, 0, 1) ** 4
        inner = at(edge, rise + 0.3 - flick)
        thick = heavy * half * np.sin(t) ** 0.5 * (1 + 0.6 * edge)
        outer = inner + np.stack([outwards * thick * 0.5 * edge, -thick], 1)
        out.append(kept_on_canvas("lid", np.concatenate([inner, outer[::-1]]), True))
        for k in np.linspace(24, 24 - 2.2 * lashes, lashes).astype(int):
            lean = np.array([outwards * (0.6 + 0.5 * edge[k]), -0.7]) * half * rng.uniform(0.2, 0.4)
            out.append(kept_on_canvas("lash", np.stack([outer[k], outer[k] + lean])))
        if lower != "none":
            some = slice(None) if lower == "whole" else slice(9, 21)
            out.append(kept_on_canvas("lid", at(0.92 * edge, 0.7 * np.sin(t) + 0.3)[some]))
        if crease:
            out.append(kept_on_canvas("crease", (outer - np.array([0, 0.22 * half]))[4:21]))
        out += _iris(way, at(np.array([gaze[0] * outwards]), np.array([0.1 + gaze[1]]))[0],
                     np.array([size * half, size * half * min(1.4, 0.55 + 0.7 * tall)]), light)  # fmt: skip
        above = max(above, float(landmarks[brow][1] - outer[:, 1].min()))
    return out, above


def _iris(way: str, middle: np.ndarray, radius: np.ndarray, light: tuple[float, float, float]) -> list[Stroke]:
    """An iris of half axes `radius` (2,); its `light` is at the first two numbers, in half axes, and as large as the
    third.
    """
    ring = middle + radius * CIRCLE
    spot = middle + radius * np.array(light[:2]) + radius * light[2] * CIRCLE
    if way == "dark":  # one polygon with a hole: where it is covered twice it is empty
        return [kept_on_canvas("iris", np.concatenate([ring, spot, ring[:1]]), True)]
    pupil = kept_on_canvas("pupil", middle + 0.45 * radius * CIRCLE, True)
    if way == "dot":
        return [pupil]
    if way == "ring":
        return [kept_on_canvas("iris", ring), pupil]
    return [kept_on_canvas("iris", ring), kept_on_canvas("iris", ring[8:], True)]  # the upper half


def comic_mouth(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A line, a bow, a small open shape or small lips, a quarter to three quarters as broad as the mouth."""
    left, right = landmarks[list(CORNERS)]
    middle, half = (left + right) / 2, (right - left) / 2 * rng.uniform(0.25, 0.75)
    size = float(np.hypot(*half))
    along = np.linspace(-1, 1, 13)[:, None]
    sag = size * rng.uniform(-0.1, 0.5)
    line = middle + half * along + np.array([0, sag]) * (1 - along**2)
    wide = opening(landmarks)
    if wide < CLOSED:
        way = rng.choice(MOUTHS[:3], p=np.array(MOUTHS_OFTEN[:3]) / sum(MOUTHS_OFTEN[:3]))
    else:
        way = "open" if wide >= OPEN else rng.choice(MOUTHS, p=MOUTHS_OFTEN)
    out = [kept_on_canvas("lip", line)]
    if way == "open":
        deep = np.array([0, size * rng.uniform(0.3, 0.9)]) * (1 - along**2)
        out.append(kept_on_canvas("lip", line + deep))
        if rng.random() < FILLED:
            out.append(kept_on_canvas("lip", np.concatenate([line, (line + deep)[::-1]]), True))
        elif rng.random() < TEETH:
            out.append(kept_on_canvas("tooth", (line + 0.35 * deep)[2:-2]))
    if way == "lips":
        peaks = np.abs(np.abs(along) - 0.35) < 0.2
        out.append(
            kept_on_canvas(
                "lip", middle + half * along - np.array([0, 0.35 * size]) * (1 - along**2) * (1 + 0.3 * peaks)
            )
        )
    if way in ("bow", "lips"):
        below = middle + 0.45 * half * along + np.array([0, sag + 0.35 * size + 4])
        out.append(kept_on_canvas("lip", below - np.array([0, 0.12 * size]) * along**2))
    return out


def comic_nose(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """A tick, one or two dots, a short bow, or nothing."""
    end = landmarks[UNDER_NOSE] + rng.normal(0, 2, 2)
    size, side = rng.uniform(4, 11), rng.choice([-1.0, 1.0])
    way = rng.choice(["tick", "dots", "bow", "none"], p=[0.4, 0.2, 0.25, 0.15])
    if way == "dots":
        return [kept_on_canvas("nose", end + (sign * size * 0.8, -3) + 1.6 * CIRCLE, True) for sign in (-1, 1)]
    shapes = {
        "tick": [(-0.3 * side, -1.4), (0.5 * side, -0.2), (-0.2 * side, 0)],
        "bow": [(-1, -0.3), (0, 0.1), (1, -0.3)],
    }
    return [] if way == "none" else [kept_on_canvas("nose", end + size * np.array(shapes[str(way)]))]
