"""The same portrait as different people draw it: brows as hairs or bars, eyes as dots, beards hatched or looped.

Outlines from landmarks (`strokes.py`) always draw a thing the same way, and where it is; hands do not. Each choice here
is made anew for each drawing, so the networks learn what the marks mean.
"""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.training.added import added
from dfd_core.training.beards import facial_hair, moustache
from dfd_core.training.comic import comic_eyes, comic_mouth, comic_nose
from dfd_core.training.hair import CIRCLE, hair
from dfd_core.training.naive import bow, round_eyes, sign
from dfd_core.training.pinned import knots
from dfd_core.training.proportions import misjudged, raised
from dfd_core.training.strokes import (
    CLOSED,
    CURVES,
    EYE_CORNERS,
    NOSTRILS,
    OPEN,
    OVAL,
    UNDER_NOSE,
    Stroke,
    on_canvas,
    opening,
    smooth,
)
from dfd_core.training.traced import Traced
from dfd_core.training.worn import worn

BROWS = (0.28, 0.5)
"""Contrasts up to which brows are faint, and from which on they are dark: a quarter of people each."""

BROW_WAYS = ((0.25, 0.35, 0.15, 0.05, 0.2), (0.2, 0.25, 0.35, 0.2, 0.0), (0.1, 0.1, 0.3, 0.5, 0.0))
"""For faint ones, others and dark ones, the chance of outlines, bars, hairs, filled shapes and nothing."""

ABOVE = 18
"""So many pixels above a brow is skin."""

UPPER_LIDS = (0, 2)
"""Which of the lid curves grow lashes."""

WINGS = (49, 279)
"""Landmarks where the nose is broadest."""

BRIDGE = 6
"""The landmark between the eyes, where the nose begins."""

NAIVE, COMIC = 0.2, 0.2
"""So many hands do not draw, and so many draw as comics do."""

LIKE_ITS_KIND = 0.72
"""How often eyes, nose and mouth of such a hand each are of that kind."""


def by_hand(traced: Traced, parsing: np.ndarray | None, landmarks: np.ndarray, strokes: list[Stroke],
            rng: np.random.Generator) -> list[Stroke]:  # fmt: skip
    """The strokes of `portrait_strokes` drawn in one hand's way, with what the photo shows beyond them.

    `parsing` (512, 512) or None, `landmarks` (468, 2).
    """
    kept = [s for s in strokes if s.kind in ("neck", "cloth")] + ears(strokes, rng)
    kept += [s for s in strokes if s.kind == "face"] if rng.random() < 0.8 else [head(landmarks)]
    contrast = brow_contrast(traced.gray, landmarks)
    shown, landmarks = landmarks, misjudged(landmarks, rng)
    inside, above = features(traced.made_up, landmarks, rng)
    landmarks = raised(landmarks, above)
    out = kept + brows(contrast, landmarks, rng) + inside + added(landmarks, rng)
    if rng.random() < 0.6:
        out += [s for s in traced.wrinkles if rng.random() < 0.75]
    out += facial_hair(traced, rng) + moustache(traced, shown, rng)
    if traced.pinned_up:
        out += knots(parsing, shown, rng)
    return out + hair(traced, parsing, shown, strokes, rng) + worn(parsing, shown, strokes, rng)


def features(made_up: bool, landmarks: np.ndarray, rng: np.random.Generator) -> tuple[list[Stroke], float]:
    """Eyes, nose and mouth, drawn well, as comics do or by who does not draw; each hand mixes its ways.

    And by how many pixels the eyes reach above the middle of the brows.
    """
    kind = rng.choice(["naive", "comic", "usual"], p=[NAIVE, COMIC, 1 - NAIVE - COMIC])
    like = rng.random(3) < LIKE_ITS_KIND
    if kind == "naive" and like[0]:
        lips = bow(landmarks, rng)
    else:
        lips = comic_mouth(landmarks, rng) if kind == "comic" and like[0] else mouth(made_up, landmarks, rng)
    if kind == "naive" and like[1]:
        middle = sign(landmarks, rng)
    else:
        middle = comic_nose(landmarks, rng) if kind == "comic" and like[1] else nose(landmarks, rng)
    looking, above = eyes(made_up, landmarks, rng), 0.0
    if kind != "usual" and like[2]:
        looking, above = (round_eyes if kind == "naive" else comic_eyes)(made_up, landmarks, rng)
    return looking + middle + lips, above


def head(landmarks: np.ndarray) -> Stroke:
    """The whole oval of the face, with the hair to be drawn over it."""
    return Stroke("face", smooth(landmarks[list(OVAL)]))


def ears(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Those of `portrait_strokes`, or larger or smaller ones."""
    size = rng.uniform(0.8, 1.45) if rng.random() < 0.4 else 1.0
    found = [s for s in strokes if s.kind == "ear"]
    if size == 1:
        return found
    larger = [(s.points - s.points.mean(0)) * size + s.points.mean(0) for s in found]
    return [Stroke("ear", on_canvas(points)) for points in larger]


def brow_contrast(gray: np.ndarray, landmarks: np.ndarray) -> float:
    """How much darker the brows are than the skin above them: 0 alike, 1 black, below 0 under a fringe."""
    brow = np.zeros(gray.shape, np.uint8)
    for upper, lower in (CURVES["brow"][:2], CURVES["brow"][2:]):
        outline = np.concatenate([landmarks[list(upper)], landmarks[list(lower)][::-1]])
        cv2.fillPoly(brow, [outline.round().astype(np.int32)], 1)
    above = np.roll(brow, -ABOVE, 0) * (1 - brow)
    if not above.any():
        return 0.0
    return 1 - float(np.percentile(gray[brow > 0], 30)) / max(1.0, float(np.median(gray[above > 0])))


def brows(contrast: float, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Both brows as outlines, bars, hairs or filled shapes, or not at all: as a hand marks those of this contrast."""
    way = rng.choice(["outline", "bar", "hairs", "filled", "none"], p=BROW_WAYS[int(np.digitize(contrast, BROWS))])
    curves = [smooth(landmarks[list(curve)]) for curve in CURVES["brow"]]
    out: list[Stroke] = []
    for upper, lower in (curves[:2], curves[2:]):
        size = min(len(upper), len(lower))
        one, other = (_resampled(curve, size) for curve in (upper, lower))
        if way == "outline":
            out += [Stroke("brow", upper), Stroke("brow", lower)]
        elif way == "bar":
            shares = (0.5,) if contrast < BROWS[0] else (0.35, 0.65)
            out += [Stroke("brow", one * share + other * (1 - share)) for share in shares]
        elif way == "filled":
            out.append(Stroke("brow", np.concatenate([one, other[::-1]]), filled=True))
        elif way == "hairs":
            outwards = np.sign(one[0, 0] - one[-1, 0]) * 5
            most = 32 if contrast > BROWS[1] else 20
            for k in np.linspace(0, size - 1, int(rng.integers(most - 10, most))).astype(int):
                top = one[k] + rng.normal(0, 1.5, 2) + (outwards, 0)
                out.append(Stroke("browhair", np.stack([other[k], top]).astype(np.float32)))
    return out


def eyes(made_up: bool, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Lids, or ovals for them, creases, irises and, mostly where eyes are `made_up`, lashes."""
    lids = [smooth(landmarks[list(curve)]) for curve in CURVES["lid"]]
    if rng.random() < 0.15:
        lids = _oval(lids, rng.uniform(0.55, 1.0))
    out = [Stroke("lid", line) for k, line in enumerate(lids) if k in UPPER_LIDS or rng.random() < 0.8]
    if rng.random() < 0.5:
        out += [Stroke("crease", smooth(landmarks[list(curve)])) for curve in CURVES["crease"]]
    if rng.random() < 0.4:  # a heavy upper lid
        out += [Stroke("lid", lids[k] - (0, 1.5)) for k in UPPER_LIDS]
    way = rng.choice(["ring", "pupil", "filled", "dot", "large", "empty"], p=[0.23, 0.28, 0.18, 0.14, 0.08, 0.09])
    for outer, inner, top, bottom in EYE_CORNERS:
        middle = 0.25 * (landmarks[outer] + landmarks[inner] + landmarks[top] + landmarks[bottom])
        width = float(np.hypot(*(landmarks[outer] - landmarks[inner])))
        edge = (landmarks[top][1], landmarks[bottom][1])
        if way in ("ring", "pupil", "filled"):
            out.append(Stroke("iris", _circle(middle, 0.215 * width, edge), way == "filled"))
        if way == "large":  # from lid to lid, as in comics
            out.append(Stroke("iris", _circle(middle, 0.33 * width, edge)))
            out.append(Stroke("pupil", _circle(middle, 0.22 * width, edge), True))
        if way in ("ring", "pupil", "dot"):
            out.append(Stroke("pupil", _circle(middle, 0.1 * width, edge), way != "ring"))
    if rng.random() < (0.65 if made_up else 0.03):
        length = rng.uniform(8, 16)
        for k in UPPER_LIDS:
            corner, end = lids[k][0], lids[k][-1]
            for at in np.linspace(0, 0.85, int(rng.integers(5, 10))):
                foot = lids[k][int(at * (len(lids[k]) - 1))]
                lean = np.array([(0.9 - at) * np.sign(corner[0] - end[0]), -1.0])
                tip = foot + lean / np.hypot(*lean) * length * rng.uniform(0.7, 1.1)
                out.append(Stroke("lash", np.stack([foot, tip]).astype(np.float32)))
    return out


def _oval(lids: list[np.ndarray], tall: float) -> list[np.ndarray]:
    """Each eye's lids as halves of an ellipse that is `tall` times as high as wide, from corner to corner as before."""
    halves = []
    for k, lid in enumerate(lids):
        turn = np.linspace(0, np.pi, len(lid))[:, None]
        middle, half = 0.5 * (lid[0] + lid[-1]), 0.5 * (lid[0] - lid[-1])
        up = np.array([[0.0, -1.0 if k in UPPER_LIDS else 1.0]]) * np.hypot(*half) * tall
        halves.append((middle + half * np.cos(turn) + up * np.sin(turn)).astype(np.float32))
    return halves


def _circle(middle: np.ndarray, radius: float, edge: tuple[float, float]) -> np.ndarray:
    points = middle + radius * CIRCLE
    points[:, 1] = points[:, 1].clip(*edge)  # the lids cover the rest
    return points.astype(np.float32)


def nose(landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """The underside, and as the hand likes it one or both sides of the bridge and the nostrils; or an angle."""
    under = smooth(landmarks[list(CURVES["nose"][0])])
    sides = [smooth(landmarks[list(curve)]) for curve in CURVES["bridge"]]
    way = rng.choice(["under", "side", "sides", "nostrils", "angle"], p=[0.22, 0.25, 0.18, 0.22, 0.13])
    if way == "angle":  # from the bridge to one side and back under the tip, or to both
        wings = rng.permutation(landmarks[list(WINGS)])[: int(rng.integers(1, 3))]
        angle = np.concatenate([landmarks[[BRIDGE]], wings, landmarks[[UNDER_NOSE if len(wings) < 2 else BRIDGE]]])
        return [Stroke("nose", angle.astype(np.float32))]
    out = [Stroke("nose", under)] if way != "nostrils" or rng.random() < 0.4 else []
    if way == "side":
        out.append(Stroke("bridge", sides[int(rng.integers(2))]))
    elif way == "sides":
        out += [Stroke("bridge", side) for side in sides]
    elif way == "nostrils":
        filled = bool(rng.random() < 0.5)
        for corners in NOSTRILS:
            middle = landmarks[list(corners)].mean(0)
            out.append(Stroke("nose", (middle + CIRCLE * (6, 3)).astype(np.float32), filled))
    return out


def mouth(made_up: bool, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Lips, fuller where they are `made_up`, or none; one line between them, or open, teeth now and then."""
    upper, lower, inner_upper, inner_lower = (smooth(landmarks[list(curve)]) for curve in CURVES["lip"])
    size = min(len(inner_upper), len(inner_lower))
    inside = [_resampled(line, size) for line in (inner_upper, inner_lower)]
    wide = opening(landmarks)
    way = rng.choice(["open", "teeth", "line", "outline"], p=[0.4, 0.3, 0.15, 0.15]) if wide >= CLOSED else "line"
    if way == "line" and wide >= OPEN:
        way = "open"
    out: list[Stroke] = []
    if way == "outline":  # the lips' own is all that is drawn, with teeth from one edge to the other
        return [Stroke("lip", upper), Stroke("lip", lower), *teeth(upper, lower, rng)]
    if way == "line":
        line = 0.5 * (inside[0] + inside[1])
        out.append(Stroke("lip", np.concatenate([upper[:1], line, upper[-1:]])))
    else:
        out += [Stroke("lip", line) for line in inside]
    if way == "teeth":
        out += teeth(inside[0], inside[1], rng)
    if rng.random() < (0.08 if made_up else 0.4):  # no lips
        return out
    if rng.random() < (0.12 if made_up else 0.02):  # painted
        size = min(len(upper), len(lower))
        return [Stroke("lip", np.concatenate([_resampled(upper, size), _resampled(lower, size)[::-1]]), True)]
    if rng.random() < (0.9 if made_up else 0.55):
        out.append(Stroke("lip", upper))
    if rng.random() < (0.75 if made_up else 0.35):
        out.append(Stroke("lip", lower))
    else:
        third = len(lower) // 3
        out.append(Stroke("lip", lower[third:-third]))
    return out


def teeth(above: np.ndarray, below: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Lines between teeth from one edge of the mouth, (K, 2), to the other, now and then in two rows."""
    size = min(len(above), len(below))
    above, below = _resampled(above, size), _resampled(below, size)
    step = max(2, size // int(rng.integers(6, 10)))
    out = [Stroke("tooth", np.stack(pair)) for pair in zip(above[step:-step:step], below[step:-step:step], strict=True)]
    return [*out, Stroke("tooth", 0.5 * (above + below))] if rng.random() < 0.35 else out


def _resampled(line: np.ndarray, size: int) -> np.ndarray:
    """`size` points evenly along a polyline (K, 2) -> (size, 2) float32."""
    at = np.linspace(0, len(line) - 1, size)
    return np.stack([np.interp(at, np.arange(len(line)), line[:, k]) for k in (0, 1)], 1).astype(np.float32)
