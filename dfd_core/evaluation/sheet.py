"""Contact sheets: the same faces, drawings and seeds at every run, so that two runs can be laid side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from dfd_core.evaluation.methods import page

SIDE = 128
HEAD = 16  # pixels for the names of the columns

Column = tuple[str, list[np.ndarray]]
"""A name, and pictures (S, S, 3) or (S, S) uint8 from top to bottom."""


def tile(picture: np.ndarray) -> np.ndarray:
    """A picture as (SIDE, SIDE, 3) uint8."""
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.repeat(small[:, :, None], 3, 2) if small.ndim == 2 else small


def drawing(ink: np.ndarray) -> np.ndarray:
    """A drawing (S, S) uint8 ink as black lines on white."""
    return tile(page(ink))


def write_sheet(path: Path, columns: list[Column], quality: int = 90) -> None:
    """Write columns of equally many pictures side by side, under their names."""
    body = np.hstack([np.vstack([tile(picture) for picture in pictures]) for _, pictures in columns])
    sheet = Image.new("RGB", (body.shape[1], body.shape[0] + HEAD), "white")
    sheet.paste(Image.fromarray(body), (0, HEAD))
    pen = ImageDraw.Draw(sheet)
    for k, (name, _) in enumerate(columns):
        pen.text((k * SIDE + 3, 2), name, fill="black")
    sheet.save(path, quality=quality)
