"""Looking for a face on a page that holds more: shoulders, notes, another head, the border of a scan.

The placement network answers for every square that it is shown. Where a face is, its answers agree, from wherever it
looks; where none is, they do not.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.frame import Frame, upright
from dfd_core.networks.placement import SIDE, Placement

AGAIN = 1.1
"""Side of what the network sees when it looks again, in sides of the frame that it found."""

STEADY, STEADY_BEYOND = 0.045, 0.03
"""There is a face where the answers from beside it differ by no more than this, in sides of the frame; the second for a
face that reaches beyond all that is inked, as a page's border would have it."""

BESIDE = ((0, 0, 1.1), (0.1, 0, 1.1), (-0.1, 0, 1.1), (0, 0.1, 1.1), (0, -0.1, 1.1), (0, 0, 1.3), (0, 0, 0.95))
"""Such looks: how far beside the frame's middle and how large, in its sides."""

SQUARES = (1.0, 0.75, 0.5, 0.36, 0.27)
"""Sides of the squares in which a face is looked for, as shares of what is inked."""

LEAST = 0.22
"""Side of the smallest face that counts, as a share of what is inked: an eye alone looks like a face, too."""

DRAWN = 0.15
"""From this ink on, averaged, a place counts as drawn."""


def seen(ink: np.ndarray, network: Placement, looks: list[Frame]) -> list[Frame]:
    """What the network finds from each of the `looks`, in pixels of `ink` (h, w)."""
    found = []
    for look, (along, down, size, tilt) in zip(looks, network(shown(ink, looks, network)).tolist(), strict=True):
        half = look.side / 2
        side = look.side * math.exp(max(-1.5, min(1.5, size)))
        found.append(Frame.about(look.middle[0] + along * half, look.middle[1] + down * half, side, tilt * 22.5))
    return found


def shown(ink: np.ndarray, looks: list[Frame], network: nn.Module) -> torch.Tensor:
    """What a network is shown of each of the `looks` at `ink` (h, w): (L, 1, 128, 128) on its device."""
    pages = [F.interpolate(upright(ink, look, max(1, round(look.side))), (SIDE, SIDE), mode="bilinear",
                           align_corners=False, antialias=True) for look in looks]  # fmt: skip
    page = torch.cat(pages).to(next(network.parameters()).device)
    return page / page.amax((1, 2, 3), keepdim=True).clamp_min(0.2)


def reduced(ink: np.ndarray, extent: float, side: int) -> tuple[np.ndarray, int]:
    """`ink` averaged down by a whole number, so that `extent` takes about `side` pixels; and that number."""
    factor = max(1, round(extent / side))
    return F.avg_pool2d(torch.from_numpy(ink)[None, None], factor, ceil_mode=True)[0, 0].numpy(), factor


def spreads(ink: np.ndarray, network: Placement, frames: list[Frame]) -> list[float]:
    """By how much the answers from beside each of the `frames` differ, in sides of it: see `STEADY`."""
    looks = [Frame.about(f.middle[0] + x * f.side, f.middle[1] + y * f.side, f.side * k)
             for f in frames for x, y, k in BESIDE]  # fmt: skip
    answers = iter(seen(ink, network, looks))
    found = []
    for frame in frames:
        each = [next(answers) for _ in BESIDE]
        numbers = [(*(v / frame.side for v in f.middle), math.log(f.side / frame.side), f.tilt / 60) for f in each]
        found.append(float(np.std(numbers, 0).max()))
    return found


def search(ink: np.ndarray, network: Placement, bounds: tuple[float, float, float, float],
           spread: float) -> Frame | None:  # fmt: skip
    """The largest steady frame in `ink` (h, w), or None when none is much steadier than `spread`.

    `bounds`: left, right, top and bottom of what is inked.
    """
    left, right, top, bottom = bounds
    extent = max(right - left, bottom - top)
    small, factor = reduced(ink, extent, 400)
    found = [look for look in _squares(bounds, factor) if _is_drawn(small, look)]
    larger = 1.0
    for _ in range(3):
        found = seen(small, network, [Frame.about(*f.middle, f.side * larger) for f in found]) if found else []
        found = _different([f for f in found if f.side * factor > LEAST * extent and _is_drawn(small, f)])
        larger = AGAIN
    judged = zip(spreads(small, network, found), found, strict=True) if found else ()
    steady = [(value, frame) for value, frame in judged if value <= min(STEADY, 0.8 * spread)]
    if not steady:
        return None
    most = max(1.5 * min(value for value, _ in steady), 0.033)
    largest = max((frame for value, frame in steady if value <= most), key=lambda frame: frame.side)
    (exact,) = seen(small, network, [Frame.about(*largest.middle, largest.side * AGAIN)])
    return exact.scaled(factor)


def _squares(bounds: tuple[float, float, float, float], factor: int) -> list[Frame]:
    """Overlapping squares of the `SQUARES`' sides over `bounds`, in pixels that are `factor` times as large."""
    left, right, top, bottom = bounds
    looks = []
    for share in SQUARES:
        side = share * max(right - left, bottom - top)
        rows, columns = (_middles(low, high, side) for low, high in ((top, bottom), (left, right)))
        looks += [Frame.about(x, y, side).scaled(1 / factor) for y in rows for x in columns]
    return looks


def _middles(low: float, high: float, side: float) -> list[float]:
    """Middles of squares of that side along a line, a third of a side apart."""
    half = min(side, high - low) / 2
    count = 1 + math.ceil(max(0.0, high - low - side) / (0.35 * side))
    return [float(middle) for middle in np.linspace(low + half, high - half, count)]


def _is_drawn(ink: np.ndarray, frame: Frame) -> bool:
    """Whether there is something all over the middle of a `frame`, where a face has eyes, nose and mouth."""
    (x, y), reach = frame.middle, frame.side * 0.3
    rows, columns = (slice(max(0, int(v - reach)), max(0, int(v + reach))) for v in (y, x))
    part = ink[rows, columns] > DRAWN
    if min(part.shape) < 1.2 * reach:
        return False
    cells = [bool(cell.any()) for row in np.array_split(part, 3) for cell in np.array_split(row, 3, 1)]
    return sum(cells) >= 6


def _different(frames: list[Frame]) -> list[Frame]:
    """The `frames` without those that are close to an earlier one."""
    kept: list[Frame] = []
    for frame in frames:
        if not any(frame.is_close(other) for other in kept):
            kept.append(frame)
    return kept
