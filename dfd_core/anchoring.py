"""A frame moved so that eyes and mouth stand where the component windows have them.

The placement network goes by the whole head. Under a hat, on a child's head, or where whoever drew put the features too
high or too small, these then stood beside their windows, and the portrait was torn.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from dfd_core.face_search import shown
from dfd_core.frame import Frame
from dfd_core.networks.anchors import HOME, Anchors

PLACES = np.array(HOME) - 0.5
"""From the canvas's middle."""

LOOKS = 2
"""So many times the network looks, at the frame that the last look found."""

LEAST, MOST = 0.65, 1.35
"""Features smaller than the first, or larger than the second, times a photo's are not believed."""

SMALLEST, SMALL, RIGHT = 0.8, 0.86, 0.92
"""A frame shrinks for features smaller than `RIGHT` times a photo's, to these for those smaller than `SMALL`; none to
less than the first. As it was, a face that is nearly right is more like its drawing."""

SHRINKS = ((SMALLEST, SMALL, RIGHT), (SMALLEST, SMALL, 1.0))
"""Sizes of features, and of the frame for them, between which others' lie."""

FARTHEST = 0.14
"""Nor are those farther from their places than this, in sides of the frame."""

UNLIKE = 0.045
"""Nor are those that no eyes and mouth of one face could be: in sides of the frame, root of the mean square."""


@torch.inference_mode()
def anchored(ink: np.ndarray, frame: Frame, network: Anchors) -> Frame:
    """The `frame` of a face in `ink` (h, w), 0..1, moved to its features, with the same tilt.

    It shrinks where these are much smaller than a photo's, but does not grow where they are larger: faces that became
    small on the canvas for it were worse, viewed. It stays as it is where the network cannot be right.
    """
    look = frame
    for _ in range(LOOKS):
        (found,) = network(shown(ink, [look], network)).cpu().double().numpy()
        places = _on_page(found - 0.5, look)
        size, tilt, unlike = _similarity(PLACES * frame.side, places)
        look = _around(places, frame.side * size, tilt)
    apart = math.hypot(*np.subtract(places.mean(0), _on_page(PLACES, frame).mean(0)))
    if not LEAST <= size <= MOST or apart > FARTHEST * frame.side or unlike > UNLIKE * frame.side:
        return frame
    return _around(places, frame.side * float(np.interp(size, *SHRINKS)), frame.tilt)


def _on_page(shares: np.ndarray, frame: Frame) -> np.ndarray:
    """Places (K, 2) on the page of what is on a frame's canvas at `shares` (K, 2) of its side from its middle."""
    return frame.middle + shares * frame.side @ _turn(frame.tilt).T


def _turn(tilt: float) -> np.ndarray:
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    return np.array([[cosine, -sine], [sine, cosine]])


def _similarity(these: np.ndarray, places: np.ndarray) -> tuple[float, float, float]:
    """Size and tilt (degrees) that bring `these` (K, 2) nearest to `places` (K, 2), and how far they still are off.

    Least squares (Umeyama 1991, in the plane).
    """
    here, there = these - these.mean(0), places - places.mean(0)
    along, across = float((here * there).sum()), float((here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]).sum())
    size, tilt = math.hypot(along, across) / float((here**2).sum()), math.degrees(math.atan2(across, along))
    off = there - size * here @ _turn(tilt).T
    return size, tilt, float(np.sqrt((off**2).sum(1).mean()))


def _around(places: np.ndarray, side: float, tilt: float) -> Frame:
    """The frame in which the mean of `places` (K, 2) is where that of `PLACES` is."""
    x, y = places.mean(0) - PLACES.mean(0) * side @ _turn(tilt).T
    return Frame.about(float(x), float(y), side, tilt)
