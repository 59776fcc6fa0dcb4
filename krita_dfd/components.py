"""The five parts of a face, as the docker shows them.

Names and windows are those of `dfd_core.geometry` (a test holds them equal); they are repeated here so that the docker
can be drawn, and can say what is missing, while `dfd_core` is not installed.
"""

from __future__ import annotations

from .texts import mark

NAMES = ("left_eye", "right_eye", "nose", "mouth", "remainder")

EYES = NAMES[:2]

LABELS = {
    "left_eye": mark("Left eye"),
    "right_eye": mark("Right eye"),
    "nose": mark("Nose"),
    "mouth": mark("Mouth"),
    "remainder": mark("Face and hair"),
}

CANVAS = 512
"""Side of a portrait, as the engine makes it, in pixels."""

WINDOWS = {
    "left_eye": (120, 168, 128),
    "right_eye": (264, 168, 128),
    "nose": (176, 200, 160),
    "mouth": (160, 288, 192),
    "remainder": (0, 0, CANVAS),
}
"""Left, top and side of each part in such a portrait."""

DEFAULT_BLEND = 0.2
"""Shown until the engine is loaded and tells its own defaults; 0 = my lines, 1 = plausible face."""
