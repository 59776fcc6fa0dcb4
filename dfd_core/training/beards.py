"""Beards and moustaches as hands draw them: hairs, dots, loops, outlines, dark shapes."""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.training.hair import curls
from dfd_core.training.naive import curled
from dfd_core.training.strokes import Stroke, orientation
from dfd_core.training.traced import Traced

INNER_LIP = 13
"""The landmark in the middle of the upper lip's lower edge."""


WAYS = ("hairs", "dots", "outline", "both", "loops", "none")
OFTEN = {"beard": (0.38, 0.1, 0.12, 0.27, 0.1, 0.03), "stubble": (0.25, 0.4, 0.0, 0.0, 0.0, 0.35),
         "moustache": (0, 0, 0, 0, 0, 1), "none": (0, 0, 0, 0, 0, 1)}  # fmt: skip
"""How often facial hair is marked in each of these ways: who draws no beard means a shaven face."""

MOUSTACHES = ("filled", "hairs", "curled", "none")
OFTEN_MOUSTACHES = {"beard": (0.15, 0.22, 0.18, 0.45), "stubble": (0.0, 0.1, 0.0, 0.9),
                    "moustache": (0.3, 0.42, 0.25, 0.03), "none": (0, 0, 0, 1)}  # fmt: skip


def facial_hair(traced: Traced, rng: np.random.Generator) -> list[Stroke]:
    """A beard's hairs, dots, loops or outline."""
    mask = traced.beard
    ys, xs = np.nonzero(mask)
    way = rng.choice(WAYS, p=OFTEN[traced.facial_hair])
    if not len(xs) or way == "none":
        return []
    if way == "loops":
        return curls(mask, rng, "beard")
    out: list[Stroke] = []
    if way in ("outline", "both"):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        out += [Stroke("beard", c[::4, 0].astype(np.float32)) for c in contours if len(c) > 80]
    if way != "outline":
        count = int(len(xs) / rng.uniform(60, 400))
        direction, _ = orientation(traced.gray)
        for k in rng.choice(len(xs), min(count, 400)):
            foot = np.array([xs[k], ys[k]], np.float32)
            if way == "dots":
                along = np.array([1.5, 0.5], np.float32)
            else:
                along = direction[ys[k], xs[k]] * np.sign(direction[ys[k], xs[k]][1] or 1.0)
                along[1] += 0.8  # hands draw beards downwards
                along = along / max(float(np.hypot(*along)), 0.1) * rng.uniform(8, 22)
            out.append(Stroke("beard", np.stack([foot, foot + along]).astype(np.float32)))
    return out


def moustache(traced: Traced, landmarks: np.ndarray, rng: np.random.Generator) -> list[Stroke]:
    """What grows above the mouth of `landmarks`: a dark shape, dense hairs or curled tips; with a beard now and then.

    Few people have one alone, and its hairs look like teeth to those who never saw it drawn.
    """
    mask = traced.beard.copy()
    mask[int(landmarks[INNER_LIP][1]) :] = 0
    ys, xs = np.nonzero(mask)
    way = rng.choice(MOUSTACHES, p=OFTEN_MOUSTACHES[traced.facial_hair])
    if len(xs) < 200 or way == "none":
        return []
    if way == "curled":
        return curled(landmarks, rng)
    if way == "filled":
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        return [Stroke("beard", c[::3, 0].astype(np.float32), filled=True) for c in contours if len(c) > 40]
    middle = float(xs.mean())
    half = max(1.0, float(np.abs(xs - middle).max()))
    out = []
    for k in rng.choice(len(xs), min(len(xs) // int(rng.integers(15, 60)), 160)):
        foot = np.array([xs[k], ys[k]], np.float32)
        along = np.array([(foot[0] - middle) / half, 1.0], np.float32) * rng.uniform(5, 12)
        out.append(Stroke("beard", np.stack([foot, foot + along]).astype(np.float32)))
    return out
