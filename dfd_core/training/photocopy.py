"""Lines from a photo alone, like a photocopy: the style that Chen et al. trained on (section 3.3).

The filter is the extended difference of Gaussians (Winnemoeller et al. 2012): two blurs are subtracted and the
result is pushed through a soft threshold.
"""

from __future__ import annotations

import cv2
import numpy as np


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
