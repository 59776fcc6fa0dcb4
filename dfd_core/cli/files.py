"""Reading and writing pictures for the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from dfd_core.errors import DrawingError

Image.MAX_IMAGE_PIXELS = 20_000 * 20_000


def read_drawing(path: Path) -> np.ndarray:
    """A picture file as (H, W, 4) uint8 RGBA; raises `DrawingError` with a message for the user."""
    if not path.is_file():
        raise DrawingError(f"There is no file {path}: check the name.")
    try:
        with Image.open(path) as picture:
            return np.array(picture.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise DrawingError(f"{path} is not a picture that can be read: save it as PNG or JPEG.") from None


def write_picture(path: Path, pixels: np.ndarray) -> None:
    """Write (H, W, 3 or 4) uint8 in the format that the name asks for; raises `DrawingError` if it cannot be."""
    picture = Image.fromarray(pixels)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture = picture.convert("RGB")
    try:
        picture.save(path)
    except (OSError, ValueError, KeyError) as error:
        raise DrawingError(f"Cannot write {path} ({error}): choose another folder, or a name ending in .png.") from None
