"""Reading picture files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS


def decoded(path: Path, flags: int) -> np.ndarray | None:
    """What OpenCV makes of a picture file with `flags`, or None when it cannot read it."""
    try:  # unlike cv2.imread, this can read any file name on Windows
        return cv2.imdecode(np.fromfile(path, np.uint8), flags)
    except (OSError, cv2.error):
        return None


def read_portrait(path: Path) -> np.ndarray:
    """An aligned photo (S, S, 3) uint8 RGB, turned upright as its EXIF says; raises `DataError`."""
    picture = decoded(path, cv2.IMREAD_COLOR)
    if picture is None:
        raise DataError(f"{path} is not a readable picture: remove it or save it again.")
    if picture.shape[0] != picture.shape[1]:
        raise DataError(f"{path} is not square: align the portraits first, see docs/training.md.")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def read_parsing(path: Path) -> np.ndarray | None:
    """A parsing map (512, 512) uint8, or None when there is no such file; raises `DataError` for a damaged one."""
    if not path.is_file():
        return None
    parsing = decoded(path, cv2.IMREAD_GRAYSCALE)
    if parsing is None:
        raise DataError(f"{path} is not a readable parsing map: save it again, or remove it to do without.")
    if parsing.shape != (CANVAS, CANVAS):
        raise DataError(f"{path} must have {CANVAS} x {CANVAS} pixels.")
    return parsing
