"""Light and shade as hands put it on a drawn face: hatched, cross-hatched, scribbled or smudged; and guides.

Aligned faces have their features in the same place to some pixels, and who shades does not keep to the photo's light;
so it is drawn where faces have shade, on any drawing. Lines and outlines are in canvas pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.roughen import inked
from dfd_core.training.strokes import arc, polygon

MIDDLE, HALF = np.array([255.0, 285.0]), np.array([128.0, 178.0])
"""The face as an ellipse: its middle, and its half width and height."""

TURN = np.linspace(0, 2 * np.pi, 73)[:, None]
"""Angles around a circle."""

OFTEN = {"side": 0.3, "nose": 0.25, "sockets": 0.2, "cheek": 0.2, "neck": 0.35, "lip": 0.12, "forehead": 0.12,
         "beside": 0.15, "clothes": 0.12, "whole": 0.04}  # fmt: skip
"""How often shade lies in each place, if there is any at all. Not on chins and upper lips: there it is a beard."""

IN_THE_MIDDLE = ("neck", "forehead", "clothes", "whole", "lip")

WAYS = {"hatched": 0.4, "crossed": 0.18, "scribbled": 0.14, "smudged": 0.28}
"""How often a hand shades in each of these ways."""

GUIDED, BLUSHED = 0.25, 0.08
"""So many drawings show the lines that a hand begins with, and signs for blush on the cheeks."""


def shaded(rng: np.random.Generator, size: int) -> np.ndarray:
    """Marks of one hand: (`size`, `size`) float32 in 0..1, 0 where nothing is drawn."""
    move = _moved(rng)
    ink = np.zeros((CANVAS, CANVAS), np.float32)
    if rng.random() < 0.9:
        names = [name for name, often in OFTEN.items() if rng.random() < often] or ["side"]
        way = str(rng.choice(list(WAYS), p=list(WAYS.values())))
        hand = Hand(way, rng)
        for name in names:
            for outline in places(name, rng):
                ink = np.maximum(ink, hand.filled(move(outline)))
    if rng.random() < GUIDED or not ink.any():
        lines = [(move(line), int(rng.integers(1, 4))) for line in guides(rng)]
        ink = np.maximum(ink, inked(lines) * np.float32(rng.uniform(0.25, 1)))
    if rng.random() < BLUSHED:
        lines = [(move(line), int(rng.integers(1, 4))) for line in blush(rng)]
        ink = np.maximum(ink, inked(lines) * np.float32(rng.uniform(0.4, 1)))
    return shrunk(ink, size)


def places(name: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Outlines (K, 2) of where shade of a kind in `OFTEN` lies: in the middle, on one side of a face or on both."""
    if name in IN_THE_MIDDLE:
        return [_middle_place(name, rng)]
    both = name == "sockets" or (name != "side" and rng.random() < 0.2)
    return [_side_place(name, side, rng) for side in ((-1, 1) if both else (int(rng.choice([-1, 1])),))]


def _middle_place(name: str, rng: np.random.Generator) -> np.ndarray:
    if name == "neck":
        top, low, half = rng.uniform(440, 465), rng.uniform(480, 511), rng.uniform(50, 85)
        return np.array([(255 - half, top - 30), (255, top), (255 + half, top - 30), (255 + 0.9 * half, low),
                         (255 - 0.9 * half, low)])  # fmt: skip
    if name == "clothes":
        return np.array([(rng.uniform(0, 120), 511), (150, 470), (360, 470), (rng.uniform(390, 511), 511)])
    if name == "whole":
        return oval(MIDDLE, HALF * rng.uniform(0.7, 0.95))
    below_lip, brow = np.array([(255, 397), (26, 6)]), np.array([(255, 160), (90, 30)])
    at, extent = below_lip if name == "lip" else brow
    return oval(at, extent * rng.uniform(0.6, 1.3))


def _side_place(name: str, side: int, rng: np.random.Generator) -> np.ndarray:
    across = np.array([float(side), 1.0])
    if name == "side":  # a crescent along the outline, from the temple or the ear to the chin
        start, end = rng.uniform(-1.2, 0.2), rng.uniform(0.6, 1.3)
        angle = np.linspace(start, end, 24)[:, None]
        edge = np.concatenate([np.cos(angle), np.sin(angle)], 1)
        depth = rng.uniform(0.15, 0.65) * np.sin(np.linspace(0, np.pi, 24))[:, None] ** 0.5
        inner = edge * np.concatenate([1 - depth, 1 - 0.3 * depth], 1)
        return MIDDLE + HALF * across * np.concatenate([edge, inner[::-1]])
    if name == "nose":
        top, low = rng.uniform(215, 265), rng.uniform(315, 335)
        line = np.array([(5, top), (14, (top + low) / 2), (10, low), (38, low), (26, (top + low) / 2), (16, top)])
        return np.array([255.0, 0]) + line * across
    if name == "sockets":
        middle = np.array([255 + side * 65, 240 - rng.uniform(0, 26)])
        return oval(middle, np.array([44, 24]) * rng.uniform(0.7, 1.25))
    if name == "cheek":
        at, half = np.array([255 + side * rng.uniform(60, 95), rng.uniform(310, 375)]), rng.uniform(14, 46, 2)
        return oval(at, half)
    top, low = rng.uniform(30, 260), rng.uniform(330, 511)  # beside the head
    near, far = rng.uniform(150, 190), rng.uniform(190, 256)
    return np.array([255.0, 0]) + np.array([(near, top), (far, top), (far, low), (near - 40, low)]) * across


def guides(rng: np.random.Generator) -> list[np.ndarray]:
    """Lines (K, 2) that help to place the features: the axis, heights, the skull's circle, a grid.

    No oval: it is the outline of many a face.
    """
    out: list[np.ndarray] = []
    bend = rng.normal(0, 14)
    if rng.random() < 0.85:
        out.append(arc((255, rng.uniform(20, 110)), (255, rng.uniform(440, 500)), 0, bend, 25))
    for height in (240, 330, 385, 200, 130, 285):
        if rng.random() < (0.7 if height == 240 else 0.25):
            reach = rng.uniform(110, 175)
            out.append(arc((255 - reach, height), (255 + reach, height), rng.normal(0, 10), 0, 25))
    if rng.random() < 0.3:
        out.append(oval(MIDDLE + np.array([0, rng.uniform(-90, -40)]), rng.uniform(120, 190)))
    if rng.random() < 0.06:
        step = rng.uniform(50, 130)
        for at in np.arange(rng.uniform(0, step), CANVAS, step):
            out += [arc((at, 0), (at, 511), 0, 0, 25), arc((0, at), (511, at), 0, 0, 25)]
    return out or [arc((255, 60), (255, 470), 0, bend, 25)]


def blush(rng: np.random.Generator) -> list[np.ndarray]:
    """Lines (K, 2) of a ring, a spiral or some slanting strokes on each cheek."""
    way = rng.choice(["ring", "spiral", "strokes"], p=[0.4, 0.2, 0.4])
    size, tall = rng.uniform(9, 30), rng.uniform(0.6, 1)
    out: list[np.ndarray] = []
    for side in (-1, 1):
        middle = np.array([255 + side * 80, 325]) + rng.normal(0, 8, 2)
        if way == "ring":
            out.append(oval(middle, size * np.array([1, tall])))
        elif way == "spiral":
            turn = np.linspace(0, 2.5, 50)[:, None]
            around = np.concatenate([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)], 1)
            out.append(middle + size * turn / 2.5 * around)
        else:
            feet = np.linspace(-1, 1, int(rng.integers(3, 7)))
            lean = np.array([rng.uniform(-0.4, 0.6), -0.5]) * size
            out += [np.linspace(foot + lean, foot - lean, 4) for foot in middle + np.outer(feet, [size, 0.0])]
    return out


class Hand:
    """One way to shade, with its angle, spacing and weight: the same wherever this hand shades."""

    def __init__(self, way: str, rng: np.random.Generator) -> None:
        self.way, self.rng = way, rng
        self.angle, self.apart = rng.uniform(0, np.pi), rng.uniform(4, 15)
        self.broad, self.weight = int(rng.choice([1, 2, 3, 4], p=[0.3, 0.4, 0.2, 0.1])), rng.uniform(0.25, 1.0)
        self.beyond, self.bow = rng.uniform(0, 0.25), rng.normal(0, 0.08)
        self.crossing = rng.uniform(0.5, 1.6)

    def filled(self, outline: np.ndarray) -> np.ndarray:
        """`outline` (K, 2) shaded: (512, 512) float32 in 0..1."""
        rng = self.rng
        if self.way == "smudged":
            return self._smudged(outline)
        lines = self._strokes(outline, self.angle + rng.normal(0, 0.1))
        if self.way == "crossed":
            lines += self._strokes(outline, self.angle + self.crossing + rng.normal(0, 0.1))
        if self.way == "scribbled" and len(lines) > 1:
            lines = [np.concatenate([line if k % 2 else line[::-1] for k, line in enumerate(lines)])]
        return inked([(line, self.broad) for line in lines]) * np.float32(self.weight)

    def _strokes(self, outline: np.ndarray, angle: float) -> list[np.ndarray]:
        """Parallel strokes at `angle` across the inside of `outline`, a little off at both ends."""
        rng = self.rng
        along, aside = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        closed = np.concatenate([outline, outline[:1]])
        u, v = closed @ along, closed @ aside
        out = []
        for at in np.arange(v.min() + 1, v.max(), self.apart):
            at = at + rng.normal(0, self.apart * 0.12)
            k = np.flatnonzero((v[:-1] - at) * (v[1:] - at) < 0)
            if len(k) < 2 or rng.random() < 0.04:
                continue
            share = (at - v[k]) / (v[k + 1] - v[k])
            ends = np.sort(u[k] + share * (u[k + 1] - u[k]))[[0, -1]]
            long = float(ends[1] - ends[0])
            if long < 3:
                continue
            ends = ends + rng.normal(0, self.beyond + 0.03, 2) * min(long, 60)
            t = np.linspace(0, 1, max(3, int(long / 12)))
            bow = self.bow * long * 4 * t * (1 - t) + rng.normal(0, 0.5, len(t))
            out.append((ends[0] + t * (ends[1] - ends[0]))[:, None] * along + (at + bow)[:, None] * aside)
        return out

    def _smudged(self, outline: np.ndarray) -> np.ndarray:
        """A soft tone with the grain of paper, or strokes smeared to one."""
        rng = self.rng
        soft = cv2.GaussianBlur(polygon(outline).astype(np.float32), (0, 0), rng.uniform(1, 14))
        grain = rng.normal(0, 1, (CANVAS // 2, CANVAS // 2)).astype(np.float32)
        grown = cv2.resize(cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 1.5)), (CANVAS, CANVAS))
        return np.asarray(soft * (1 + grown * rng.uniform(0, 0.5)) * 0.85 * self.weight, np.float32).clip(0, 1)


def _moved(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """A change of outlines (K, 2) as far as hands are off: turned, shifted, stretched and bent."""
    turn, size = rng.normal(0, 0.06), np.exp(rng.normal(0, 0.07, 2))
    shift, spin = rng.normal(0, 8, 2), np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return lambda points: (points - MIDDLE) * size @ spin + MIDDLE + shift + rng.normal(0, 1.5, points.shape)


def oval(middle: np.ndarray, half: np.ndarray | float) -> np.ndarray:
    """The outline (73, 2) of an ellipse, by its middle (2,) and half axes (2,)."""
    return middle + half * np.concatenate([np.cos(TURN), np.sin(TURN)], 1)


def shrunk(ink: np.ndarray, size: int) -> np.ndarray:
    """Ink (512, 512) averaged down to (`size`, `size`), within 0..1."""
    return np.asarray(cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA)).clip(0, 1)
