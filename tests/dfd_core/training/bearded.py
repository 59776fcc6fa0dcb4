"""A shaven face, and the same with grey hairs on its lower part."""

from __future__ import annotations

import cv2
import numpy as np
from portraits import landmarks, photo

from dfd_core.training.grown import ABOVE_LIP
from dfd_core.training.strokes import CHEEKS, LIPS, OVAL, UNDER_NOSE, polygon

POINTS = landmarks(np.random.default_rng(1))
POINTS[UNDER_NOSE] = (256, 335)
POINTS[list(CHEEKS[0])], POINTS[list(CHEEKS[1])] = (180, 300), (332, 300)
POINTS[list(LIPS)] = np.stack([256 + 45 * np.cos(np.linspace(np.pi, 3 * np.pi, 21)[:20]),
                               372 + 16 * np.sin(np.linspace(np.pi, 3 * np.pi, 21)[:20])], 1)  # fmt: skip
POINTS[list(ABOVE_LIP)] = [(302, 350), (275, 345), (256, 345), (237, 345), (210, 350)]


def shaven_face() -> np.ndarray:
    """(512, 512, 3) uint8 RGB."""
    picture = np.array(photo(POINTS, np.random.default_rng(1))[0])
    picture[polygon(POINTS[list(OVAL)]) > 0] = (215, 160, 130)
    return picture


def with_beard(picture: np.ndarray, part: slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
    """Grey hairs on the lower face, in the columns `part`; and where."""
    grown = polygon(POINTS[list(OVAL)])
    grown[:350] = 0
    keep = np.zeros_like(grown)
    keep[:, part] = grown[:, part]
    hairs = np.random.default_rng(0).integers(20, 110, picture.shape[:2], np.uint8)
    out = picture.copy()
    out[keep > 0] = cv2.blur(hairs, (2, 2))[keep > 0][:, None]
    return out, keep
