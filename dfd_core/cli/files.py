"""Reading and writing pictures for the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dfd_core.errors import DrawingError

Image.MAX_IMAGE_PIXELS = 20_000 * 20_000


def read_drawing(path: Path) -> np.ndarray:
    """A picture file as (H, W, 4) uint8 RGBA, the way up that its camera noted; raises `DrawingError`."""
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise DrawingError(f"{path} {what}: check the name.")
    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture)
            if upright.mode.startswith("I"):  # 16 bits per grey value, which Pillow would cut off at 255
                upright = Image.fromarray((np.array(upright).clip(0, 65535) // 257).astype(np.uint8))
            return np.array(upright.convert("RGBA"))
    except PermissionError:
        raise DrawingError(f"{path} may not be read: check its permissions.") from None
    except Image.DecompressionBombError:
        raise DrawingError(f"{path} has too many pixels: scale it down first.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise DrawingError(f"{path} is not a picture that can be read: save it as PNG or JPEG.") from None


def read_reference(path: Path) -> np.ndarray:
    """A picture file on white as (H, W, 3) uint8 RGB; raises `DrawingError`."""
    pixels = Image.fromarray(read_drawing(path))
    page = Image.new("RGBA", pixels.size, "white")
    return np.array(Image.alpha_composite(page, pixels).convert("RGB"))


def write_picture(path: Path, pixels: np.ndarray) -> None:
    """Write (H, W, 3 or 4) uint8 in the format that the name asks for; raises `DrawingError` if it cannot be."""
    picture = Image.fromarray(pixels)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture = picture.convert("RGB")
    try:
        picture.save(path)
    except (OSError, ValueError, KeyError) as error:
        raise DrawingError(f"Cannot write {path} ({error}): choose another folder, or a name ending in .png.") from None
