"""Glasses painted on photos, and drawn with them: frames of every shape, where their lines are.

One portrait in six wears glasses, mostly with rims too thin to be seen at 256 x 256, so lines around the eyes taught
little: drawn glasses faded, or became bags and brows. Aligned faces have their eyes in the same place to a pixel or
two, so frames can be put on any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.training.roughen import FILLED, inked
from dfd_core.training.strokes import superellipse

EYES = ((190.0, 240.0), (319.0, 240.0))
"""Where photos have the middles of the eyes, in canvas pixels."""

TEMPLES = ((112.0, 244.0), (400.0, 244.0))
"""Where arms end, beside the eyes."""

COLOURS = ((22, 20, 20), (45, 45, 48), (70, 42, 26), (110, 70, 40), (150, 148, 145), (170, 135, 80), (110, 25, 30))
COMMON = (0.38, 0.2, 0.14, 0.08, 0.1, 0.06, 0.04)
"""Colours of frames, 8-bit sRGB, and how often they are worn."""


@dataclass(frozen=True)
class Spectacles:
    """Lines (K, 2) in canvas pixels: two `rims`, a `bridge` and two `arms`."""

    rims: tuple[np.ndarray, np.ndarray]
    bridge: np.ndarray
    arms: tuple[np.ndarray, np.ndarray]


def spectacles(rng: np.random.Generator) -> Spectacles:
    """Round, oval, square or cat's-eye lenses of any size that leaves room for the nose."""
    half, aspect = rng.uniform(38, 58), rng.uniform(0.58, 1.0)
    corner = 2 / rng.choice([2.0, rng.uniform(2.2, 5.0)])
    wing, drop = max(0.0, rng.normal(-0.02, 0.18)), rng.uniform(0, 12)
    narrow = rng.uniform(0, 0.2)  # below, as most lenses are
    x, y = superellipse(corner, 61).T
    rims, arms, inner = [], [], []
    for (eye, level), temple, outwards in zip(EYES, TEMPLES, (-1, 1), strict=True):
        across = x * (1 - narrow * np.clip(y, 0, 1))
        down = y * aspect - wing * np.clip(outwards * x, 0, 1) * np.clip(-y, 0, 1)
        middle = np.array([eye + outwards * rng.uniform(0, 2), level + drop])
        rims.append(middle + half * np.stack([across, down], 1))
        hinge = middle + half * np.array([outwards * 0.99, -0.3 * aspect])
        arms.append(np.stack([hinge, np.array(temple)]))
        inner.append(middle + half * np.array([-outwards * 0.97, -0.25 * aspect]))
    top = (inner[0] + inner[1]) / 2 - np.array([0, rng.uniform(2, 10)])
    t = np.linspace(0, 1, 9)[:, None]
    bridge = inner[0] * (1 - t) ** 2 + 2 * top * t * (1 - t) + inner[1] * t**2
    return Spectacles((rims[0], rims[1]), bridge, (arms[0], arms[1]))


def put_on(photo: torch.Tensor, ink: torch.Tensor, regions: torch.Tensor, wearing: np.ndarray,
           rng: np.random.Generator) -> None:  # fmt: skip
    """Paint frames on photos and draw them, in place, for those who are `wearing` (B,) them, truth values.

    `photo` (B, 3, S, S) in -1..1, `ink` (B, 1, S, S) in 0..1, `regions` (B, 3, r, r) in 0..1, the first of them skin.
    """
    side = photo.shape[2]
    for k in np.flatnonzero(wearing):
        worn = spectacles(rng)
        skin = F.interpolate(regions[k : k + 1, :1], side, mode="bilinear", align_corners=False)[0, 0].cpu().numpy()
        picture = painted(photo[k].permute(1, 2, 0).cpu().numpy(), skin, worn, rng)
        photo[k] = torch.from_numpy(picture).permute(2, 0, 1)
        ink[k, 0] = torch.maximum(ink[k, 0], torch.from_numpy(drawn(worn, ink.shape[2], rng)).to(ink.device))


def painted(photo: np.ndarray, skin: np.ndarray, worn: Spectacles, rng: np.random.Generator) -> np.ndarray:
    """`photo` (S, S, 3) float32 in -1..1 wearing a frame, with its shadow; arms show only on `skin` (S, S) in 0..1."""
    side = photo.shape[0]
    thick, rimless = rng.uniform(2.5, 8.5), rng.random() < 0.1
    rims = [rim[31:] if rimless else rim for rim in worn.rims]  # the upper half only
    front = _mask([*rims, worn.bridge], thick, side)
    arms = _mask(list(worn.arms), thick * 0.8, side) * skin
    cover = np.maximum(front, arms)[:, :, None] * rng.uniform(0.8, 1.0)
    move = np.array([[1, 0, rng.uniform(-1.5, 1.5)], [0, 1, rng.uniform(1, 3.5)]], np.float32)
    shadow = cv2.GaussianBlur(cv2.warpAffine(front, move, (side, side)), (0, 0), 1.5)[:, :, None] * skin[:, :, None]
    glass = _mask(list(worn.rims), FILLED, side)[:, :, None]
    light = (photo + 1) / 2
    light = light * (1 - rng.uniform(0.1, 0.4) * shadow)
    light = light + rng.uniform(-0.04, 0.06) * glass * (1 - light)
    colour = np.array(COLOURS[int(rng.choice(len(COLOURS), p=COMMON))], np.float32) / 255
    shine = np.float32(rng.uniform(0, 0.3)) * np.roll(front, -1, 0)[:, :, None] * (1 - np.roll(front, 1, 0)[:, :, None])
    metal = (colour * rng.uniform(0.8, 1.25) + shine).clip(0, 1)
    return np.asarray((light * (1 - cover) + metal * cover) * 2 - 1, np.float32).clip(-1, 1)


def drawn(worn: Spectacles, side: int, rng: np.random.Generator) -> np.ndarray:
    """A hand's lines of a frame: ink (`side`, `side`) float32 in 0..1, a few pixels off, one or two lines to a rim."""
    thick, scale = rng.uniform(2, 7), rng.normal(1, 0.03)
    move = rng.normal(0, 3, 2)

    def off(line: np.ndarray, size: float = 1.0) -> np.ndarray:
        middle = line.mean(0)
        knots = rng.normal(0, 1.2, (6, 2))
        at = np.linspace(0, 5, len(line))
        wobble = np.stack([np.interp(at, np.arange(6), knots[:, k]) for k in (0, 1)], 1)
        return np.asarray((line - middle) * scale * size + middle + move + wobble)

    lines = [off(rim) for rim in worn.rims]
    if rng.random() < 0.3:
        lines += [off(rim, rng.uniform(0.82, 0.92)) for rim in worn.rims]
    lines.append(off(worn.bridge))
    if rng.random() < 0.3:
        lines.append(off(worn.bridge) + np.array([0, rng.uniform(5, 9)]))
    if rng.random() < 0.6:
        lines += [off(arm) for arm in worn.arms]
    return _mask(lines, thick, side) * np.float32(rng.uniform(0.7, 1.0))


def _mask(lines: list[np.ndarray], thick: float, side: int) -> np.ndarray:
    """Lines in canvas pixels, `thick` pixels broad or FILLED, as (`side`, `side`) float32 in 0..1."""
    broad = thick if thick == FILLED else max(1, round(thick))
    return inked([(line, int(broad)) for line in lines], side)
