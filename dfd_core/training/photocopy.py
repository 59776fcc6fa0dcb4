"""Lines from a photo alone, like a photocopy: the style that Chen et al. trained on (section 3.3).

The filter is the extended difference of Gaussians (Winnemoeller et al. 2012): two blurs are subtracted and the
result is pushed through a soft threshold.
"""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.geometry import CANVAS


def photocopy(gray: np.ndarray, sigma: float = 1.4, sharpness: float = 14.0, threshold: float = 0.5,
              least: int = 24) -> np.ndarray:  # fmt: skip
    """Ink (H, W) uint8, 0 paper to 255 full ink, from `gray` (H, W) uint8.

    `sigma`: line scale in pixels; `sharpness`: weight of the edges against the tone; `least`: smallest blot in
    pixels that is kept.
    """
    evened = cv2.createCLAHE(3.0, (4, 4)).apply(gray)  # dark and flatly lit faces must give lines too
    image = cv2.bilateralFilter(evened, 7, 30, 5).astype(np.float32) / 255
    near = cv2.GaussianBlur(image, (0, 0), sigma)
    far = cv2.GaussianBlur(image, (0, 0), 1.6 * sigma)
    response = (near - far) * sharpness
    ink = np.clip((-response - 0.12) / threshold, 0, 1)
    ink8 = (ink * 255).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink8 > 60).astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < least
    small[0] = False
    ink8[small[labels]] = 0
    return ink8


PLAIN = ((144, 180, 200, 312), (300, 370, 152, 200), (300, 370, 312, 360), (264, 292, 168, 220), (264, 292, 292, 344))
"""Where only age draws lines: forehead, cheeks, below the eyes; top, bottom, left and right on the canvas."""


def creases(copy: np.ndarray) -> float:
    """How creased a face is: share of ink, 0..1, where skin is smooth in youth, of its fine photocopy (S, S) uint8.

    Medians of the shared portraits: synthetic ones, many of them of young people, 0.007; officials' 0.025 to 0.03.
    """
    scale = len(copy) / CANVAS
    areas = [copy[tuple(slice(round(a * scale), round(b * scale)) for a, b in ((top, bottom), (left, right)))]
             for top, bottom, left, right in PLAIN]  # fmt: skip
    return float(np.mean([area.mean() for area in areas]) / 255)
