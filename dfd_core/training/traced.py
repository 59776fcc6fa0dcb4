"""What a hand draws beyond outlines, looked up in the photo or said by who saw it: wrinkles, beards, curls, make-up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dfd_core.geometry import CANVAS
from dfd_core.training.grown import grown
from dfd_core.training.seen import Seen
from dfd_core.training.strokes import HAIR, SKIN, Stroke, orientation, square, trace

LONG = 0.22
"""Share of the picture that long hair has."""

CURLY = 0.47
"""Hair is curly if the directions of its strands agree less than this; viewed on 450 portraits."""


@dataclass(frozen=True)
class Traced:
    """`gray` (512, 512) uint8, strokes of `wrinkles`, mask (512, 512) uint8 of the `beard` and what `facial_hair` that
    is (see `seen.FACIAL_HAIR`), `curly` hair, whether eyes and lips are drawn as `made_up`, with lashes and full,
    and whether long hair is `pinned_up`.
    """

    gray: np.ndarray
    wrinkles: list[Stroke]
    beard: np.ndarray
    facial_hair: str
    curly: bool
    made_up: bool
    pinned_up: bool


def look_up(photo: np.ndarray, parsing: np.ndarray | None, landmarks: np.ndarray, drawn: list[Stroke],
            seen: Seen | None = None) -> Traced:  # fmt: skip
    """All of it for `photo` (512, 512, 3) uint8 RGB; `drawn` are the strokes of `portrait_strokes`.

    What was `seen` by somebody counts. Else pixels have to tell: who has long hair and no beard is made up. Of 60 such
    training portraits, viewed, 57 are of women; neither dark lids nor red lips tell.
    """
    gray = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    if parsing is None and seen is None:
        return Traced(gray, [], np.zeros_like(gray), "none", False, False, False)
    creased = [] if parsing is None else wrinkles(gray, parsing, drawn)
    mask = grown(photo, landmarks, seen.facial_hair if seen else None)
    if seen is not None:
        return Traced(gray, creased, mask, seen.facial_hair, seen.curly, seen.made_up, seen.pinned_up)
    assert parsing is not None
    bearded = bool(mask.any())
    made_up = float((parsing == HAIR).mean()) > LONG and not bearded
    return Traced(gray, creased, mask, "beard" if bearded else "none", is_curly(gray, parsing), made_up, False)


def wrinkles(gray: np.ndarray, parsing: np.ndarray, drawn: list[Stroke], count: int = 40) -> list[Stroke]:
    """Dark lines in the skin, strongest first: folds, wrinkles, bags under eyes, dimples.

    `gray` (512, 512) uint8. Nothing is traced beside the strokes `drawn` already.
    """
    taken = np.zeros((CANVAS, CANVAS), np.uint8)
    for stroke in drawn:
        if stroke.kind not in ("strand", "bridge"):
            cv2.polylines(taken, [stroke.points.round().astype(np.int32)], False, 1, 13)
    skin = cv2.erode((parsing == SKIN).astype(np.uint8), square(7)) & (taken == 0)
    image = cv2.createCLAHE(2.0, (4, 4)).apply(gray).astype(np.float32) / 255
    ridge = cv2.GaussianBlur(image, (0, 0), 5) - cv2.GaussianBlur(image, (0, 0), 2)
    mask = skin & (ridge > 0.02).astype(np.uint8)
    direction, _ = orientation(gray, 4)
    ys, xs = np.nonzero(mask)
    lines: list[Stroke] = []
    used = np.zeros_like(mask)
    for seed in np.argsort(-ridge[ys, xs])[::5]:
        if len(lines) >= count:
            break
        if used[ys[seed], xs[seed]]:
            continue
        path = trace(direction, mask, np.array([xs[seed], ys[seed]], np.float32), 24)
        if len(path) < 5:
            continue
        lines.append(Stroke("wrinkle", path))
        cv2.polylines(used, [path.round().astype(np.int32)], False, 1, 11)
    return lines


def is_curly(gray: np.ndarray, parsing: np.ndarray) -> bool:
    """Whether the hair's lines run every way at once."""
    mask = cv2.erode((parsing == HAIR).astype(np.uint8), square(9))
    if mask.sum() < 6000:
        return False
    _, agreement = orientation(gray, 10)
    soft = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), 1.5)
    edges = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    weight = cv2.GaussianBlur(edges, (0, 0), 10) * mask
    return float((agreement * weight).sum() / max(weight.sum(), 1e-3)) < CURLY
