"""Moustaches and beards of the chin painted on photos of shaven men, and drawn with them.

Of two thousand open portraits 38 have a moustache alone and hardly one a beard of the chin alone, so drawn ones became
lips or faded. Hairs are painted one by one, in the colour of the person's own hair.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import CANVAS
from dfd_core.training.naive import CORNERS, LIPS
from dfd_core.training.roughen import FILLED, inked
from dfd_core.training.strokes import UNDER_NOSE, superellipse

CHIN = 152

POINTS = (*CORNERS, UNDER_NOSE, *LIPS, CHIN)
"""Landmarks that say where they grow: the mouth's corners, the nose's base, the lips' edges in the middle, the chin."""

MOUSTACHE, GOATEE = 0.85, 0.35
"""How many of those who get any have each, at least; one of both everybody has."""

DARKEST, GREY = (0.12, 0.09, 0.07), 0.12
"""What hair tends to, as sRGB in 0..1, and how many are grey whatever their hair is."""


@dataclass(frozen=True)
class Patch:
    """A place where hair grows: its outline (K, 2) in canvas pixels, and how hairs lie, from `middle` outwards."""

    outline: np.ndarray
    middle: float
    half: float
    length: float


def mouth_points(landmarks: np.ndarray) -> list[list[float]]:
    """`POINTS` of a face's landmarks (468, 2) in canvas pixels, rounded, for meta.json."""
    return [[round(float(x), 1), round(float(y), 1)] for x, y in landmarks[list(POINTS)]]


def points_mirrored(points: np.ndarray) -> np.ndarray:
    """The `mouth_points` (..., 6, 2) of the mirrored photo."""
    across = np.array([CANVAS - 1, 0]) - np.array([1, -1]) * points
    return np.asarray(across[..., [1, 0, 2, 3, 4, 5], :])


def mouth_shapes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of `mouth_points` (N, 6, 2): how wide mouths are, how high with their lips, how far above these corners are."""
    left, right, _, upper, lower, _ = points.transpose(1, 0, 2)
    return right[:, 0] - left[:, 0], lower[:, 1] - upper[:, 1], (upper + lower - left - right)[:, 1] / 2


def patches(points: np.ndarray, rng: np.random.Generator) -> list[Patch]:
    """A moustache, a beard of the chin or both, for `mouth_points` (6, 2)."""
    upper, lower = rng.random() < MOUSTACHE, rng.random() < GOATEE
    found = []
    if upper or not lower:
        found.append(_moustache(points, rng))
    if lower:
        found.append(_goatee(points, rng))
    return found


def _moustache(points: np.ndarray, rng: np.random.Generator) -> Patch:
    left, right, nose, lip = points[:4]
    middle, half = float(lip[0]), float(right[0] - left[0]) / 2 * rng.uniform(0.75, 1.25)
    gap = max(10.0, float(lip[1] - nose[1]))
    corner = float(left[1] + right[1]) / 2
    t = np.linspace(-1, 1, 25)
    away = np.abs(t) ** rng.uniform(1.2, 2.2)
    tip = corner + rng.choice([-0.25, 0.1, 0.5], p=[0.25, 0.5, 0.25]) * gap  # turned up, straight or hanging
    high = nose[1] + rng.uniform(0.2, 0.5) * gap
    low = lip[1] - rng.uniform(-0.1, 0.12) * gap
    top, bottom = high * (1 - away) + tip * away, low * (1 - away) + (tip + 0.08 * gap) * away
    x = middle + half * t
    outline = np.concatenate([np.stack([x, top], 1), np.stack([x, bottom], 1)[::-1]])
    return Patch(outline, middle, half, gap * rng.uniform(0.3, 0.6))


def _goatee(points: np.ndarray, rng: np.random.Generator) -> Patch:
    left, right, _, _, lip, chin = points
    half = float(right[0] - left[0]) / 2 * rng.uniform(0.3, 0.95)
    high, low = lip[1] + rng.uniform(0.1, 0.5) * (chin[1] - lip[1]), chin[1] + rng.uniform(-4, 8)
    middle = (lip + chin) / 2
    around = superellipse(2 / rng.uniform(2, 3.5), 41)
    outline = np.array([middle[0], (high + low) / 2]) + np.array([half, (low - high) / 2]) * around
    return Patch(outline, float(middle[0]), half, (low - high) * rng.uniform(0.2, 0.45))


def grow(photo: torch.Tensor, ink: torch.Tensor, regions: torch.Tensor, points: np.ndarray, wearing: np.ndarray,
         rng: np.random.Generator) -> None:  # fmt: skip
    """Paint facial hair on photos and draw it, in place, for those who are `wearing` (B,) it, truth values.

    `photo` (B, 3, S, S) in -1..1, `ink` (B, 1, S, S) in 0..1, `regions` (B, 3, r, r) in 0..1, the second of them hair,
    `points` (B, 6, 2): `mouth_points`.
    """
    for k in np.flatnonzero(wearing):
        grown = patches(points[k], rng)
        hair = F.interpolate(regions[k : k + 1, 1:2], photo.shape[2], mode="nearest")[0, 0].cpu().numpy()
        picture = painted(photo[k].permute(1, 2, 0).cpu().numpy(), hair, grown, rng)
        photo[k] = torch.from_numpy(picture).permute(2, 0, 1)
        ink[k, 0] = torch.maximum(ink[k, 0], torch.from_numpy(drawn(grown, ink.shape[2], rng)).to(ink.device))


def painted(photo: np.ndarray, hair: np.ndarray, grown: list[Patch], rng: np.random.Generator) -> np.ndarray:
    """`photo` (S, S, 3) float32 in -1..1 with facial hair.

    In the colour of the `hair` (S, S) in 0..1 that it shows, or dark where it shows none; some is grey.
    """
    side = photo.shape[0]
    light = (photo + 1) / 2
    colour = np.array(DARKEST, np.float32)
    if rng.random() < GREY:
        colour = np.full(3, rng.uniform(0.35, 0.6), np.float32)
    elif hair.sum() > 0.02 * side**2:
        own = (light * hair[:, :, None]).sum((0, 1)) / hair.sum()
        colour = own * (1 - (mix := rng.uniform(0.2, 0.7))) + colour * mix
    dense = rng.uniform(0.5, 1.0)
    for patch in grown:
        under = cv2.GaussianBlur(inked([(patch.outline, FILLED)], side), (0, 0), rng.uniform(1.5, 3.5))[:, :, None]
        cover = under * rng.uniform(0.3, 0.75) * dense
        light = light * (1 - cover) + colour * cover
        for shade in (0.55, 0.8, 1.15, 1.5):  # hairs of each, the light ones last
            strands = [(line, 1) for line in hairs(patch, int(160 * dense), rng)]
            on = inked(strands, side)[:, :, None] * rng.uniform(0.5, 0.9)
            light = light * (1 - on) + np.clip(colour * shade, 0, 1) * on
    return np.asarray(light * 2 - 1, np.float32).clip(-1, 1)


def hairs(patch: Patch, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """`count` lines (3, 2) in canvas pixels at most, from within the patch, down and outwards, a little bent."""
    low, high = patch.outline.min(0), patch.outline.max(0)
    feet = rng.uniform(low, high, (3 * count, 2)).astype(np.float32)
    contour = patch.outline.astype(np.float32)
    inside = [foot for foot in feet if cv2.pointPolygonTest(contour, (float(foot[0]), float(foot[1])), False) >= 0]
    lines = []
    for foot in inside[:count]:
        outwards = (foot[0] - patch.middle) / patch.half
        along = np.array([outwards + rng.normal(0, 0.25), 1 - 0.5 * abs(outwards)])
        along *= patch.length * rng.uniform(0.5, 1.3) / float(np.hypot(*along))
        bend = rng.normal(0, 0.12) * along[::-1] * (1, -1)
        lines.append(np.stack([foot, foot + along / 2 + bend, foot + along]))
    return lines


def drawn(grown: list[Patch], side: int, rng: np.random.Generator) -> np.ndarray:
    """A hand's lines of it: ink (`side`, `side`) float32 in 0..1; a dark shape, hairs, an outline, or the last two."""
    ink = np.zeros((side, side), np.float32)
    for patch in grown:
        way = rng.choice(["filled", "hairs", "outline", "both"], p=[0.3, 0.35, 0.1, 0.25])
        move, size = rng.normal(0, 2.5, 2), rng.normal(1, 0.06, 2)
        middle = patch.outline.mean(0)

        def off(line: np.ndarray, middle: np.ndarray = middle, move: np.ndarray = move,
                size: np.ndarray = size) -> np.ndarray:  # fmt: skip
            return np.asarray((line - middle) * size + middle + move)

        thick = int(rng.integers(1, 4))
        lines: list[tuple[np.ndarray, int]] = []
        if way == "filled":
            lines.append((off(patch.outline), FILLED))
        if way in ("outline", "both"):
            lines.append((off(np.concatenate([patch.outline, patch.outline[:1]])), thick))
        if way in ("hairs", "both"):
            lines += [(off(line), thick) for line in hairs(patch, int(rng.integers(12, 90)), rng)]
        ink = np.maximum(ink, inked(lines, side))
    return ink * np.float32(rng.uniform(0.7, 1.0))
