"""Hair as people draw it: its outline jagged, scalloped or looped; in it strands, long locks, curls or a scribble.

Outlines from parsing maps run as smoothly as the map does, and strands where the photo has them; hands make up a
texture that stands for hair. Which one says little about the hair, but that loops are drawn for curls.
"""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.strokes import EYE_CORNERS, HAIR, OVAL, Stroke, on_canvas, runs, strands
from dfd_core.training.traced import Traced

TURN = np.linspace(0, 2 * np.pi, 17)
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)], 1)
"""Directions all the way round, as angles and as points (17, 2) of the unit circle."""

EDGES = ("smooth", "jagged", "scalloped", "looped")
STRAIGHT_EDGES, CURLY_EDGES = (0.62, 0.25, 0.1, 0.03), (0.35, 0.1, 0.25, 0.3)
"""How often straight and curly hair is outlined in each of these ways."""

INSIDES = ("strands", "locks", "curls", "scribble")
STRAIGHT_INSIDES, CURLY_INSIDES = (0.62, 0.25, 0.0, 0.13), (0.15, 0.05, 0.7, 0.1)
"""How often it is filled in each of these ways."""

SHARES = ((0.0, 0.2), (0.15, 0.25), (0.5, 0.3), (1.0, 0.25))
"""Shares of a photo's strands that are drawn, and how often."""

STANDING = 0.15
"""So often short hair is strokes that stand up."""

SHORT = 0.45
"""Hair is short when it ends above this share of the way from the eyes to the chin."""

BREAK = 60.0
"""So many pixels apart, two lines of a scribble are two strokes."""


def hair(traced: Traced, parsing: np.ndarray | None, landmarks: np.ndarray, strokes: list[Stroke],
         rng: np.random.Generator) -> list[Stroke]:  # fmt: skip
    """Outline and inside of the hair of `portrait_strokes` in one hand's way, or short hair that stands up.

    `parsing` (512, 512) or None, `landmarks` (468, 2).
    """
    outline = [s for s in strokes if s.kind == "hair"]
    if parsing is not None and rng.random() < STANDING and (standing := bristles(parsing, landmarks, rng)):
        return standing + (outline if rng.random() < 0.3 else [])
    edge = rng.choice(EDGES, p=CURLY_EDGES if traced.curly else STRAIGHT_EDGES)
    if edge != "smooth":
        outline = [Stroke("hair", edged(s.points, edge, rng)) for s in outline]
    inside = rng.choice(INSIDES, p=CURLY_INSIDES if traced.curly else STRAIGHT_INSIDES)
    if parsing is None or inside == "strands":
        share = rng.choice([share for share, _ in SHARES], p=[often for _, often in SHARES])
        return outline + [s for s in strokes if s.kind == "strand" and rng.random() < share]
    if inside == "locks":
        apart = int(rng.integers(9, 30))
        return outline + strands(traced.gray, parsing, rng, count=60, width=14, apart=apart, steps=(20, 70))
    mask = (parsing == HAIR).astype(np.uint8)
    return outline + (curls(mask, rng) if inside == "curls" else scribble(mask, rng))


def bristles(parsing: np.ndarray, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """Short hair as strokes that stand up along the head, longer or shorter, denser or not; nothing for long hair."""
    ys, xs = np.nonzero(parsing == HAIR)
    eyes, chin = float(landmarks[[k for pair in EYE_CORNERS for k in pair], 1].mean()), float(landmarks[OVAL[18]][1])
    if len(xs) < 2000 or np.percentile(ys, 98) > eyes + SHORT * (chin - eyes):
        return []
    crown = np.array([landmarks[OVAL[0]][0], eyes])
    mask = cv2.morphologyEx((parsing == HAIR).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9)))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return []
    outline = max(contours, key=len)[:, 0].astype(np.float32)
    away = outline - crown
    reach: dict[int, np.ndarray] = {}
    for point, turn in zip(outline, np.degrees(np.arctan2(away[:, 1], away[:, 0])).astype(int) // 3, strict=True):
        if turn not in reach or np.hypot(*(point - crown)) > np.hypot(*(reach[turn] - crown)):
            reach[turn] = point
    tips = np.array([reach[turn] for turn in sorted(reach)])
    length, lean, share = rng.uniform(0.08, 0.3), rng.normal(0, 0.25), rng.uniform(0.25, 1.0)
    out = []
    for tip in tips[rng.random(len(tips)) < share]:
        inward = (crown - tip) * length * rng.uniform(0.6, 1.4)
        sideways = np.array([-inward[1], inward[0]]) * (lean + rng.normal(0, 0.1))
        out.append(Stroke("strand", on_canvas(np.stack([tip, tip + inward + sideways]))))
    return out


def edged(line: np.ndarray, way: str, rng: np.random.Generator) -> np.ndarray:
    """An outline (K, 2) of which a stretch is `jagged`, `scalloped` or `looped`; (L, 2) float32."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    if length[-1] < 40:
        return line
    share = rng.uniform(0.4, 1.0)
    start = rng.uniform(0, 1 - share) * length[-1]
    at = np.arange(0, length[-1], 1.5)
    points = np.stack([np.interp(at, length, line[:, k]) for k in (0, 1)], 1)
    ahead = np.gradient(cv2.blur(points.astype(np.float32), (1, 15)).reshape(-1, 2), axis=0)
    ahead = ahead / np.maximum(np.hypot(*ahead.T), 1e-3)[:, None]
    across = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * rng.choice([-1.0, 1.0])
    knots = max(2, int(length[-1] / 25))
    uneven = np.interp(np.linspace(0, knots - 1, len(at)), np.arange(knots), rng.uniform(0.6, 1.4, knots))
    period = rng.uniform(11, 36) if way != "looped" else rng.uniform(9, 18)
    turns = np.cumsum(1.5 / (period * uneven))
    if way == "jagged":
        move = across * (2 * np.abs(2 * (turns % 1) - 1) - 1)[:, None] * rng.uniform(0.2, 0.55)
    elif way == "scalloped":
        move = across * np.abs(np.sin(np.pi * turns))[:, None] * rng.uniform(0.25, 0.5)
    else:
        phase = 2 * np.pi * turns[:, None]
        move = (across * np.sin(phase) + ahead * np.cos(phase)) * rng.uniform(0.45, 0.9)
    drawn = (at >= start) & (at <= start + share * length[-1])
    moved = points + np.where(drawn[:, None], move * period * uneven[:, None], 0)
    return on_canvas(moved)


def curls(mask: np.ndarray, rng: np.random.Generator, kind: str = "strand") -> list[Stroke]:
    """Rings, loops or zigzags all over `mask` (512, 512) uint8, as strokes of `kind`."""
    ys, xs = np.nonzero(cv2.erode(mask, np.ones((9, 9))))
    way = rng.choice(["rings", "loops", "zigzag"], p=[0.35, 0.4, 0.25])
    size = rng.uniform(5, 13)
    out: list[Stroke] = []
    for k in rng.choice(len(xs), min(len(xs), int(len(xs) / (size**2 * rng.uniform(3, 9))))):
        start, heading = np.array([xs[k], ys[k]]), rng.uniform(0, 2 * np.pi)
        if way == "rings":
            part = TURN[: int(rng.integers(9, 18))] + heading
            points = size * np.stack([np.cos(part), np.sin(part)], 1)
        else:
            at = np.arange(0, int(rng.integers(12, 40))) * 0.7
            bend = size * (np.sin(at) if way == "loops" else np.sign(np.sin(at)))
            ahead = 0.45 * size * at + (size * np.cos(at) if way == "loops" else 0)
            turn = np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
            points = np.stack([ahead - ahead.mean(), bend], 1) @ turn
        out.append(Stroke(kind, on_canvas(start + points)))
    return out


def scribble(mask: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """`mask` (512, 512) uint8 filled by going to and fro across it."""
    slope = rng.normal(0, 0.5)  # of the lines, against upright or level ones
    upright = bool(rng.random() < 0.7)
    apart = rng.uniform(4, 14)
    inside = cv2.erode(mask, np.ones((7, 7)))
    along = np.arange(4, CANVAS - 4, 2.0)
    out: list[Stroke] = []
    path: list[np.ndarray] = []
    for at in np.arange(-CANVAS, 2 * CANVAS, apart):
        lines = np.stack([at + slope * (along - CANVAS / 2), along], 1)
        lines = lines if upright else lines[:, ::-1]
        x, y = lines.round().astype(int).T
        seen = (x >= 0) & (x < CANVAS) & (y >= 0) & (y < CANVAS)
        seen[seen] = inside[y[seen], x[seen]] > 0
        for run in runs(lines, seen, 5):
            ends = run[[0, -1]] + rng.normal(0, 3, (2, 2))
            if path and min(np.hypot(*(end - path[-1])) for end in ends) > BREAK:
                out.append(Stroke("strand", np.array(path, np.float32)))
                path = []
            if path and np.hypot(*(ends[1] - path[-1])) < np.hypot(*(ends[0] - path[-1])):
                ends = ends[::-1]
            path += list(ends)
    if path:
        out.append(Stroke("strand", np.array(path, np.float32)))
    return [Stroke(s.kind, on_canvas(s.points)) for s in out]
