"""Automatic frame: where on the page the face is drawn, how large, and how far it is tilted.

A small network looks twice: at all that is inked, then at the square that it has found. Where its answer would be
another from beside that, the page holds more than a face, and it is looked for (`face_search`). Then the frame is moved
to where eyes and mouth are drawn (`anchoring`). Without a network, or when its answer cannot be, the frame follows from
the ink's outline alone.
"""

from __future__ import annotations

import numpy as np
import torch

from dfd_core import face_search
from dfd_core.anchoring import anchored
from dfd_core.frame import Frame
from dfd_core.networks.anchors import Anchors
from dfd_core.networks.placement import SIDE, Placement

INKED = 0.3
"""From this ink on, a pixel counts as drawn."""

LOOKS = (1.12, face_search.AGAIN)
"""Side of what the network sees, in sides of the inked square and of the frame found first."""

BEYOND = 1.3
"""A frame that is so many times as large as what is inked shows a face that is cut off."""

UPRIGHT = 4.0
"""A smaller tilt, in degrees, is none."""

SNAP, SNAP_FILLED, SNAP_SMALLER = 0.025, 0.13, 0.07
"""A frame whose middle and side differ from the whole canvas's by no more than the first share of its side is the whole
canvas. Where the drawing fills the canvas, as those made on the canonical canvas do, its side may differ by the second,
unless the face is smaller by more than the third; its middle not: the network errs there by 1 % in the median, and a
face that stands beside its windows is torn."""

HEAD, BUST = (0.07, 0.83), (0.055, 0.935)
"""Paper above the hair and height of the drawing, as shares of the frame's side, without and with neck or long hair."""


def find_frame(ink: np.ndarray, canvas: tuple[float, float, float, float], network: Placement | None = None,
               near: Frame | None = None, anchors: Anchors | None = None) -> Frame:  # fmt: skip
    """The frame of the face in `ink` (h, w), float 0..1 with some pixels above `INKED`, in its pixels.

    `canvas`: x, y, width and height of the document in the same pixels. `near`: where the face was before; it still is
    there if the network finds it close by, or sees a face there and none in what else is drawn by now.
    """
    x, y, width, height = canvas
    short = min(width, height)
    whole = Frame(x + (width - short) / 2, y + (height - short) / 2, short)
    left, right, top, bottom = _bounds(ink)
    inside = left >= x and top >= y and right <= x + width and bottom <= y + height
    fills = bottom - top > 0.62 * height and right - left > 0.4 * width and short / max(width, height) > 0.75
    guess = _by_network(ink, network, (left, right, top, bottom), near) if network is not None else None
    if guess is not None and guess is near:
        return near
    if guess is not None:
        guess = anchored(ink, guess, anchors) if anchors is not None else guess
        snaps = _fills_it(guess, whole) if inside and fills else _alike(guess, whole, SNAP)
        return whole if snaps else guess
    return whole if inside and fills else _by_outline(ink)


def _bounds(ink: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the ink, without stray dots."""
    ys, xs = np.nonzero(ink > INKED)
    left, right = (float(v) for v in np.percentile(xs, [0.5, 99.5]))
    top, bottom = (float(v) for v in np.percentile(ys, [0.5, 99.5]))
    return left, right + 1, top, bottom + 1


@torch.inference_mode()
def _by_network(ink: np.ndarray, network: Placement, bounds: tuple[float, float, float, float],
                near: Frame | None) -> Frame | None:  # fmt: skip
    """The network's answer, or None when it cannot be."""
    left, right, top, bottom = bounds
    extent = max(right - left, bottom - top)
    found = Frame.about((left + right) / 2, (top + bottom) / 2, extent)
    for larger in LOOKS:
        (found,) = face_search.seen(ink, network, [Frame.about(*found.middle, found.side * larger)])
    if near is not None and found.is_close(near):
        return near
    x, y = found.middle
    possible = 0.6 * extent < found.side < 3 * extent and left < x < right and top < y < bottom
    small, factor = face_search.reduced(ink, extent, 2 * SIDE)
    frames = [each.scaled(1 / factor) for each in (found, near) if each is not None]
    spread, *others = face_search.spreads(small, network, frames)
    beyond = found.side > BEYOND * extent
    if not possible or spread > (face_search.STEADY_BEYOND if beyond else face_search.STEADY):
        if others and others[0] <= face_search.STEADY:
            return near
        other = face_search.search(ink, network, bounds, spread)
        if other is None and not possible:
            return None
        found = other or found
    return found if abs(found.tilt) > UPRIGHT else Frame(found.x, found.y, found.side)


def _fills_it(one: Frame, whole: Frame) -> bool:
    return _alike(one, whole, SNAP_FILLED) and one.side > (1 - SNAP_SMALLER) * whole.side


def _alike(one: Frame, other: Frame, larger: float) -> bool:
    apart = max(abs(a - b) for a, b in zip(one.middle, other.middle, strict=True))
    near = apart < SNAP * other.side and abs(one.side - other.side) < larger * other.side
    return near and not one.tilt


def _by_outline(ink: np.ndarray) -> Frame:
    """A square placed by the ink's outline.

    A drawing that ends as a narrow chin is a head; one that is still wide at its lower edge shows neck, shoulders or
    long hair, which the canonical canvas cuts off at its own edge.
    """
    left, right, top, bottom = _bounds(ink)
    reach = _reaches(np.asarray(ink > INKED))
    rows = np.arange(len(reach))
    body = reach[rows > bottom - 0.08 * (bottom - top), 1].max(initial=0)
    middle = reach[(rows > top + 0.2 * (bottom - top)) & (rows < top + 0.6 * (bottom - top)) & (reach[:, 1] > 0)]
    head = float(middle[:, 1].max(initial=0)) or right - left
    above, share = BUST if body > 0.6 * head else HEAD
    side = max((bottom - top) / share, head / 0.95)
    centre = float(middle[:, 0].mean()) if len(middle) else (left + right) / 2
    return Frame(centre - side / 2, top - above * side, side)


def _reaches(inked: np.ndarray) -> np.ndarray:
    """Per row of `inked` (h, w): (middle, width) of what lies between the first and the last ink; 0, 0 without any."""
    first, last = inked.argmax(1), inked.shape[1] - 1 - inked[:, ::-1].argmax(1)
    reach = np.stack([(first + last) / 2, last - first + 1], 1)
    reach[~inked.any(1)] = 0
    return reach
