"""How unlike are the two eyes of a portrait, in colour and in shape?

Real eyes differ too, by gaze, light and a turned head: real photos' own differences are the yardstick.
"""

from __future__ import annotations

import cv2
import numpy as np

LEFT = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""Outlines of the eye openings by face-mesh number, each from the outer corner along the lower lid; mirror images."""

IRIS = 0.22  # radius of the disc that is compared, in widths of the eye
LEAST = 12  # pixels; a narrower eye has no colour to speak of


def eye_distance(points: np.ndarray) -> float:
    """Distance between the middles of the eyes' corners, in the unit of `points` (468, 2): the inter-ocular one."""
    return float(np.linalg.norm(points[[33, 133]].mean(0) - points[[362, 263]].mean(0)))


def shape_difference(points: np.ndarray) -> float:
    """Mean distance between the left outline and the mirrored right one, in eye distances.

    `points` (468, 2). The face is turned upright first and the outlines' middles are laid on each other.
    """
    across = points[[362, 263]].mean(0) - points[[33, 133]].mean(0)
    x = across / max(1e-9, float(np.hypot(*across)))
    upright = points @ np.array([x, [-x[1], x[0]]]).T
    left, right = upright[list(LEFT)], upright[list(RIGHT)] * (-1, 1)
    gap = (left - left.mean(0)) - (right - right.mean(0))
    return float(np.hypot(*gap.T).mean()) / eye_distance(points)


def colour_difference(picture: np.ndarray, points: np.ndarray) -> float:
    """CIE 1976 colour difference between the middles of the two eyes; NaN when an eye is all but closed.

    `picture` (H, W, 3) uint8 RGB, `points` (468, 2) in its pixels. The middle is a disc about as large as the iris,
    as far as it lies in the eye's opening.
    """
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    colours = []
    for outline in (points[list(LEFT)], points[list(RIGHT)]):
        opening, disc = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(opening, [outline.round().astype(np.int32)], 1)
        corners = outline[[0, 8]]
        width, middle = float(np.linalg.norm(corners[0] - corners[1])), outline.mean(0)
        cv2.circle(disc, (round(float(middle[0])), round(float(middle[1]))), max(1, round(IRIS * width)), 1, -1)
        inside = (opening & disc) > 0
        if inside.sum() < LEAST:
            return float("nan")
        colours.append(lab[inside].mean(0))
    return float(np.linalg.norm(colours[0] - colours[1]))
