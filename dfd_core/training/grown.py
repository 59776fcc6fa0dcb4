"""Where facial hair grows in a photo: found in the pixels, or, where somebody has said what kind it is, around them."""

from __future__ import annotations

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.strokes import CHEEKS, LIPS, OVAL, UNDER_NOSE, polygon, square

JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
ABOVE_LIP = (410, 391, 164, 165, 186)
"""From beside one corner of the mouth to the other, by way of the lip's middle under the nose."""

UPPER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)

SHAPES = {"beard": JAW + ABOVE_LIP, "stubble": JAW + ABOVE_LIP, "moustache": UPPER_LIP + ABOVE_LIP}
"""Landmarks around where each kind grows as a rule."""

LIKELY = 0.5
"""What a pixel's signs add up to where hair grows, once it is known that some does."""

ENOUGH = 0.3
"""Share of the usual area that has to be found, else the usual area is what counts: white hair is hard to see."""


def grown(photo: np.ndarray, landmarks: np.ndarray, kind: str | None = None) -> np.ndarray:
    """Where `photo` (512, 512, 3) uint8 RGB has facial hair of `kind`: mask (512, 512) uint8.

    `kind` is "none" or one of `SHAPES`; None: only pixels tell, see `beard`. `landmarks` (468, 2).
    """
    if kind is None:
        return beard(photo, landmarks)
    if kind == "none":
        return np.zeros((CANVAS, CANVAS), np.uint8)
    zone, darker, paler, texture = _signs(photo, landmarks)
    lips = cv2.dilate(polygon(landmarks[list(LIPS)]), square(3))
    usual = polygon(landmarks[list(SHAPES[kind])]) & (1 - lips)
    likely = (1.2 * darker + 0.8 * paler + 6 * texture > LIKELY).astype(np.uint8)
    near = cv2.dilate(usual, square(15)) & zone if kind == "moustache" else zone
    found = cv2.medianBlur(likely & near, 15)
    return np.asarray(found if (found & usual).sum() > ENOUGH * usual.sum() else usual)


def beard(photo: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Where `photo` (512, 512, 3) uint8 RGB has a beard: mask (512, 512) uint8, empty for a shaven face.

    A beard is darker, paler in colour and rougher than the cheek beside it, on both sides of the face. Shadows keep
    their colour, wrinkles are few. Of 2,169 portraits whose facial hair was looked at, it finds 102 of 216 beards, and
    takes 41 of 1,815 shaven faces for bearded: `grown` asks who has looked.
    """
    zone, darker, paler, texture = _signs(photo, landmarks)
    likely = 1.2 * darker + 0.8 * paler + 6 * texture > 0.75
    mask = cv2.medianBlur(((zone > 0) & likely & (paler > 0.1)).astype(np.uint8), 15)
    middle = int(landmarks[UNDER_NOSE][0].clip(1, CANVAS - 1))
    left_share, right_share = (
        mask[:, half].sum() / max(1, zone[:, half].sum()) for half in (slice(middle), slice(middle, None))
    )
    both_sides = min(left_share, right_share) > 0.4 * max(left_share, right_share)
    inside = mask > 0
    if mask.sum() < 0.28 * zone.sum() or not both_sides or np.median(texture[inside]) < 0.021:
        return np.zeros_like(mask)
    if np.median(darker[inside]) < 0.35 and np.median(paler[inside]) < 0.5:
        return np.zeros_like(mask)
    return mask


def _signs(photo: np.ndarray, landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where hair can grow, mask (512, 512) uint8, and how much darker, paler and rougher than the cheeks each pixel
    is, as shares (512, 512) of the cheeks' lightness and colour."""
    zone = cv2.erode(polygon(landmarks[list(OVAL)]), square(9))
    zone[: int(landmarks[UNDER_NOSE][1].clip(0, CANVAS)) + 4] = 0
    zone[cv2.dilate(polygon(landmarks[list(LIPS)]), square(9)) > 0] = 0
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    soft = cv2.GaussianBlur(lab, (0, 0), 3)
    xs, ys = landmarks.round().astype(int).clip(8, CANVAS - 9).T
    left, right = (np.median([_middle(lab, xs[k], ys[k]) for k in side], 0) for side in CHEEKS)
    edges = landmarks[CHEEKS[0][0]][0], landmarks[CHEEKS[1][0]][0]
    across = ((np.arange(CANVAS) - edges[0]) / max(edges[1] - edges[0], 1)).clip(0, 1)[None, :, None]
    cheek = np.maximum(left * (1 - across) + right * across, (15, 6, 6))
    darker, less_red, less_yellow = np.moveaxis(1 - soft / cheek, 2, 0)
    fine = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 2.5))
    return zone, darker, (less_red + less_yellow) / 2, cv2.GaussianBlur(fine, (0, 0), 6) / cheek[..., 0]


def _middle(picture: np.ndarray, x: int, y: int) -> np.ndarray:
    return np.median(picture[y - 6 : y + 7, x - 6 : x + 7].reshape(-1, 3), 0)
