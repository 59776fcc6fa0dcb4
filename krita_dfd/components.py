"""The five parts of a face, as the docker shows them.

The names are those of `dfd_core.geometry.NAMES` (a test holds them equal); they are repeated here so that the docker
can be drawn, and can say what is missing, while `dfd_core` is not installed.
"""

from __future__ import annotations

NAMES = ("left_eye", "right_eye", "nose", "mouth", "remainder")

LABELS = {
    "left_eye": "Left eye",
    "right_eye": "Right eye",
    "nose": "Nose",
    "mouth": "Mouth",
    "remainder": "Face and hair",
}

DEFAULT_BLEND = 0.7
"""Shown until the engine is loaded and tells its own defaults; 0 = my lines, 1 = plausible face."""
