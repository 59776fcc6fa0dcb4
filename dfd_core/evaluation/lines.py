"""Does the portrait obey the lines?

Lines are taken out of the portrait with the extractor that also made the photo-derived drawings (see
`training.photocopy`). At 512 x 512 pixels, with `REACH` = 4:

- recall: the share of the drawing's line pixels that have a line of the portrait within 4 pixels (what was drawn is
  there);
- precision: the share of the portrait's line pixels that have a line of the drawing within 4 pixels (nothing was
  invented).

A drawing without wrinkles and background has a low precision even on the very photo that it was made from; the photo's
own figures are therefore reported beside the methods'.
"""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.photocopy import photocopy

REACH = 4.0
SIGMA = 1.3  # the middle of what `copy_fine` drawings are made with
LEAST_INK = 64  # of 255; fainter is paper


def drawn_lines(ink: np.ndarray) -> np.ndarray:
    """Where a drawing has lines: `ink` (S, S) uint8, 0 paper to 255 full ink -> (512, 512) bool."""
    if ink.shape != (CANVAS, CANVAS):
        ink = cv2.resize(ink, (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR)
    return ink >= LEAST_INK


def picture_lines(picture: np.ndarray) -> np.ndarray:
    """Where a portrait (512, 512, 3) uint8 RGB has lines: (512, 512) bool."""
    return photocopy(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), SIGMA) >= LEAST_INK


def covered(lines: np.ndarray, others: np.ndarray) -> float:
    """The share of the pixels of `lines` (H, W) bool that have a pixel of `others` within `REACH`.

    NaN when `lines` is empty, 0 when only `others` is.
    """
    if not lines.any():
        return float("nan")
    if not others.any():
        return 0.0
    away = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float((away[lines] <= REACH).mean())


def obedience(ink: np.ndarray, picture: np.ndarray) -> tuple[float, float]:
    """Recall and precision, 0..1, of a drawing (S, S) uint8 ink and its portrait (512, 512, 3) uint8."""
    drawn, seen = drawn_lines(ink), picture_lines(picture)
    return covered(drawn, seen), covered(seen, drawn)
