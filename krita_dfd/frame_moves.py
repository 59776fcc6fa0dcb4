"""Moving, resizing and turning a frame. Numbers only: knows neither Qt nor Krita.

Points and lengths are in pixels of the document; tilts in degrees, clockwise about the frame's middle.
"""

from __future__ import annotations

import math

from .settings import FrameNumbers

Point = tuple[float, float]

LEAST_SIDE = 32
LARGEST = 4
"""Longest side, in longer sides of the canvas."""

UPRIGHT = 2.0
"""Degrees: turned by the pointer to less than this from upright, a frame is upright."""

CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))
"""Clockwise from the upper left, in halves of the side from the middle."""


def about(x: float, y: float, side: float, tilt: float) -> FrameNumbers:
    """The frame whose middle is at (x, y)."""
    return (x - side / 2, y - side / 2, side, tilt)


def middle(frame: FrameNumbers) -> Point:
    """Of the square."""
    x, y, side, _ = frame
    return x + side / 2, y + side / 2


def point(frame: FrameNumbers, u: float, v: float) -> Point:
    """Where (u, v), in halves of the side along the frame's own axes from its middle, is in the document."""
    x, y = middle(frame)
    across, down = _turn(u * frame[2] / 2, v * frame[2] / 2, frame[3])
    return x + across, y + down


def within(frame: FrameNumbers, place: Point) -> Point:
    """The opposite of `point`."""
    x, y = middle(frame)
    across, down = _turn(place[0] - x, place[1] - y, -frame[3])
    return 2 * across / frame[2], 2 * down / frame[2]


def moved(frame: FrameNumbers, dx: float, dy: float) -> FrameNumbers:
    """Shifted."""
    x, y, side, tilt = frame
    return (x + dx, y + dy, side, tilt)


def resized(frame: FrameNumbers, corner: int, to: Point) -> FrameNumbers:
    """With a corner drawn towards a point; the opposite corner stays."""
    u, v = CORNERS[corner]
    fixed = point(frame, -u, -v)
    across, down = _turn(to[0] - fixed[0], to[1] - fixed[1], -frame[3])
    side = max(LEAST_SIDE, (across * u + down * v) / 2)
    dx, dy = _turn(u * side / 2, v * side / 2, frame[3])
    return about(fixed[0] + dx, fixed[1] + dy, side, frame[3])


def turned(frame: FrameNumbers, to: Point, step: float = 0.0) -> FrameNumbers:
    """Turned about its middle so that its upper edge faces a point; to whole steps of so many degrees, if given."""
    x, y = middle(frame)
    tilt = math.degrees(math.atan2(to[0] - x, y - to[1]))
    if step:
        tilt = round(tilt / step) * step
    return (*frame[:3], 0.0 if abs(tilt) < UPRIGHT else tilt)


def scaled(frame: FrameNumbers, old: tuple[int, int], new: tuple[int, int]) -> FrameNumbers | None:
    """The frame on a canvas that was scaled from the size `old` to `new`; None when that has another shape."""
    across, down = new[0] / old[0], new[1] / old[1]
    if min(abs(new[0] - old[0] * down), abs(new[1] - old[1] * across)) > 1:  # lengths are rounded to whole pixels
        return None
    x, y = middle(frame)
    return about(x * across, y * down, frame[2] * math.sqrt(across * down), frame[3])


def sensible(frame: FrameNumbers, width: int, height: int) -> FrameNumbers:
    """The nearest frame that can be used on a canvas of that size: its middle on the canvas, not too small or large.

    Tilts are from -180 to 180.
    """
    x, y = middle(frame)
    side = min(max(frame[2], LEAST_SIDE), LARGEST * max(width, height))
    tilt = (frame[3] + 180) % 360 - 180
    return about(min(max(x, 0), width), min(max(y, 0), height), side, tilt)


def _turn(x: float, y: float, tilt: float) -> Point:
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    return cosine * x - sine * y, sine * x + cosine * y
