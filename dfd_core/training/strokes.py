"""A portrait as vector strokes: landmark curves, region outlines and hair strands.

Chen et al. made their training lines with a photocopy filter (see `photocopy.py`). Outlines of the regions and of the
facial features look more like what a hand draws, and as strokes they can be wobbled, dropped and doubled
(`roughen.py`). All coordinates are canvas pixels (512 x 512, x right, y down).

Landmark numbers are those of the 468-point MediaPipe face mesh.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dfd_core.geometry import CANVAS

SKIN, BROWS, GLASSES, EARS, EARRING, NECK, CLOTH, HAIR, HAT = 1, (2, 3), 6, (7, 8), 9, 14, 16, 17, 18

OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
        150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10)  # fmt: skip

CURVES = {
    "lid": (
        (33, 246, 161, 160, 159, 158, 157, 173, 133),
        (33, 7, 163, 144, 145, 153, 154, 155, 133),
        (263, 466, 388, 387, 386, 385, 384, 398, 362),
        (263, 249, 390, 373, 374, 380, 381, 382, 362),
    ),
    "crease": ((247, 30, 29, 27, 28, 56, 190), (467, 260, 259, 257, 258, 286, 414)),
    "brow": (
        (70, 63, 105, 66, 107),
        (46, 53, 52, 65, 55),
        (300, 293, 334, 296, 336),
        (276, 283, 282, 295, 285),
    ),
    "bridge": ((193, 122, 196, 236, 198, 209), (417, 351, 419, 456, 420, 429)),
    "nose": ((49, 129, 64, 98, 97, 2, 326, 327, 294, 358, 279),),
    "lip": (
        (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
        (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
        (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
        (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
    ),
}
"""Feature curves by kind; within a kind, image-left ones come first."""

REGIONS = {"hair": ((HAIR, HAT), 60), "ear": (EARS, 60), "neck": ((NECK,), 60), "cloth": ((CLOTH,), 60),
           "glasses": ((GLASSES,), 60), "earring": ((EARRING,), 20)}  # fmt: skip
"""Classes of a parsing map that make a region, and the length of its least outline in pixels."""

LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
UNDER_NOSE = 2
CHEEKS = ((50, 117, 205), (280, 346, 425))
NOSTRILS = ((20, 60, 99), (250, 290, 328))
EYE_CORNERS = ((33, 133, 159, 145), (263, 362, 386, 374))
INNER_LIPS = (13, 14)
"""Landmarks in the middle of the lips, where they meet when the mouth is closed."""

CLOSED, OPEN = 6.0, 10.0
"""A mouth that is open by less canvas pixels is drawn closed, from so many on open, and in between as the hand likes:
who draws one line means a closed mouth."""


Point = np.ndarray | tuple[float, float]


def opening(landmarks: np.ndarray) -> float:
    """How far a mouth is open, in canvas pixels, by its `landmarks` (468, 2)."""
    upper, lower = landmarks[list(INNER_LIPS)]
    return float(lower[1] - upper[1])


@dataclass(frozen=True)
class Stroke:
    """One stroke: `points` (K, 2) float32 in canvas pixels, the `kind` of thing it draws, `filled` if inked inside."""

    kind: str
    points: np.ndarray
    filled: bool = False


def on_canvas(points: np.ndarray) -> np.ndarray:
    """Points (K, 2) float32, moved to the canvas's edge where they are beyond it."""
    return points.clip(2, CANVAS - 3).astype(np.float32)


def kept_on_canvas(kind: str, points: np.ndarray, filled: bool = False) -> Stroke:
    """A stroke whose points (K, 2) are moved to the canvas's edge where they are beyond it."""
    return Stroke(kind, on_canvas(points), filled)


def smooth(points: np.ndarray, step: float = 4.0) -> np.ndarray:
    """Resample a polyline every `step` pixels along a Catmull-Rom spline through its points."""
    points = points.astype(np.float32)
    if len(points) < 3:
        return points
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    out = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(1, int(np.hypot(*(p2 - p1)) / step))
        t = (np.arange(count, dtype=np.float32) / count)[:, None]
        out.append(0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                          + (3 * p1 - p0 - 3 * p2 + p3) * t**3))  # fmt: skip
    return np.concatenate([*out, points[-1:]])


def arc(start: Point, end: Point, sag: float, aside: float = 0.0, count: int = 9) -> np.ndarray:
    """From `start` to `end`, (2,) each, in `count` points; in the middle `sag` pixels lower and `aside` more right."""
    t = np.linspace(0, 1, count)[:, None]
    return np.asarray(start) * (1 - t) + np.asarray(end) * t + np.array([[aside, sag]]) * 4 * t * (1 - t)


def superellipse(power: float, count: int) -> np.ndarray:
    """The outline (`count`, 2) of one of half axes 1 about the origin: an ellipse at `power` 1, a square near 0."""
    turn = np.linspace(0, 2 * np.pi, count)
    around = np.stack([np.cos(turn), np.sin(turn)], 1)
    return np.asarray(np.sign(around) * np.abs(around) ** power)


def polygon(points: np.ndarray) -> np.ndarray:
    """Mask (512, 512) uint8 of the inside of `points` (K, 2)."""
    mask = np.zeros((CANVAS, CANVAS), np.uint8)
    cv2.fillPoly(mask, [points.round().astype(np.int32)], 1)
    return mask


def square(side: int) -> np.ndarray:
    """Structuring element for cv2's morphology."""
    return np.ones((side, side), np.uint8)


def features(landmarks: np.ndarray) -> list[Stroke]:
    """Eyes with irises, brows, nose and lips from `landmarks` (468, 2)."""
    strokes = [Stroke(kind, smooth(landmarks[list(curve)])) for kind, curves in CURVES.items() for curve in curves]
    for outer, inner, top, bottom in EYE_CORNERS:
        width = float(np.hypot(*(landmarks[outer] - landmarks[inner])))
        centre = 0.5 * (landmarks[outer] + landmarks[inner]) * 0.5 + 0.25 * (landmarks[top] + landmarks[bottom])
        lower, upper = landmarks[bottom][1], landmarks[top][1]
        for kind, radius in (("iris", 0.215 * width), ("pupil", 0.08 * width)):
            angle = np.linspace(0, 2 * np.pi, 25)
            circle = centre + radius * np.stack([np.cos(angle), np.sin(angle)], 1)
            circle[:, 1] = circle[:, 1].clip(upper, lower)  # the lids cover the rest
            strokes.append(Stroke(kind, circle.astype(np.float32)))
    return strokes


def runs(points: np.ndarray, keep: np.ndarray, least: int = 6) -> list[np.ndarray]:
    """The stretches of a polyline where `keep` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], keep.astype(np.int8), [0]])))
    return [points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least]


def outlines(parsing: np.ndarray, landmarks: np.ndarray) -> list[Stroke]:
    """Regions of `parsing` (512, 512 class per pixel) that have outlines, and the visible face oval."""
    strokes: list[Stroke] = []
    margin = 3
    for kind, (classes, least) in REGIONS.items():
        mask = np.isin(parsing, classes).astype(np.uint8)
        contours, _ = cv2.findContours(cv2.medianBlur(mask, 9), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            if len(contour) < least:
                continue
            line = cv2.blur(contour.astype(np.float32), (1, 9)).reshape(-1, 2)  # rounds off the staircase
            inside = np.all((line > margin) & (line < CANVAS - 1 - margin), axis=1)
            strokes += [Stroke(kind, run[::3]) for run in runs(line, inside, min(24, least))]
    oval = smooth(landmarks[list(OVAL)])
    x, y = oval.round().astype(int).clip(0, CANVAS - 1).T
    covered = np.isin(cv2.dilate(np.isin(parsing, (HAIR, HAT)).astype(np.uint8), np.ones((9, 9))), 1)[y, x]
    jaw = oval[:, 1] > landmarks[[33, 263], 1].mean() - 40
    strokes += [Stroke("face", run) for run in runs(oval, ~covered & jaw)]
    return strokes


def orientation(gray: np.ndarray, width: float = 6) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (H, W, 2) along the lines of `gray` (H, W) uint8, and how much they agree (H, W), 0 to 1.

    Smoothed structure tensor; `width` is the blur of the smoothing in pixels.
    """
    soft = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), 1.5)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    jxx, jxy, jyy = (cv2.GaussianBlur(v, (0, 0), width) for v in (gx * gx, gx * gy, gy * gy))
    angle = 0.5 * np.arctan2(2 * jxy, jxx - jyy) + np.pi / 2  # along the line, across the gradient
    agreement = np.sqrt((jxx - jyy) ** 2 + 4 * jxy**2) / (jxx + jyy + 1e-3)
    return np.stack([np.cos(angle), np.sin(angle)], -1), agreement


def strands(gray: np.ndarray, parsing: np.ndarray, rng: np.random.Generator, count: int = 90, width: float = 6,
            apart: int = 9, steps: tuple[int, int] = (8, 30)) -> list[Stroke]:  # fmt: skip
    """Hair strokes that follow the hair's orientation in the photo.

    `gray` (512, 512) uint8. Streamlines of the smoothed structure tensor (blurred by `width` pixels) are traced from
    random hair pixels, none within `apart` / 2 pixels of another, each for a random number of `steps` each way.
    """
    mask = cv2.erode(np.isin(parsing, (HAIR,)).astype(np.uint8), np.ones((5, 5)))
    ys, xs = np.nonzero(mask)
    if len(xs) < 400:
        return []
    direction, _ = orientation(gray, width)
    lines: list[Stroke] = []
    used = np.zeros_like(mask)
    for seed in rng.permutation(len(xs))[: count * 6]:
        if len(lines) >= count:
            break
        if used[ys[seed], xs[seed]]:
            continue
        path = trace(direction, mask, np.array([xs[seed], ys[seed]], np.float32), int(rng.integers(*steps)))
        if len(path) < 6:
            continue
        lines.append(Stroke("strand", path))
        cv2.polylines(used, [path.round().astype(np.int32)], False, 1, apart)
    return lines


def trace(direction: np.ndarray, mask: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """A streamline of `steps` 4-pixel steps each way from `start`, ended by the edge of `mask`."""
    halves = []
    for sign in (1.0, -1.0):
        at, last, half = start.copy(), None, []
        for _ in range(steps):
            x, y = (round(float(v)) for v in at)
            if not (0 <= x < CANVAS and 0 <= y < CANVAS) or not mask[y, x]:
                break
            heading = direction[y, x] * sign if last is None else direction[y, x]
            if last is not None and heading @ last < 0:
                heading = -heading
            half.append(at.copy())
            at = at + 4.0 * heading
            last = heading
        halves.append(half)
    return np.array(halves[1][::-1] + halves[0][1:], np.float32).reshape(-1, 2)


def portrait_strokes(gray: np.ndarray, parsing: np.ndarray | None, landmarks: np.ndarray,
                     rng: np.random.Generator) -> list[Stroke]:  # fmt: skip
    """All strokes of one aligned portrait; without a parsing map the face oval stands in for the outlines."""
    strokes = features(landmarks)
    if parsing is None:
        return [*strokes, Stroke("face", smooth(landmarks[list(OVAL)]))]
    return strokes + outlines(parsing, landmarks) + strands(gray, parsing, rng)
