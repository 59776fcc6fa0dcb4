"""Reading and writing pictures for the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dfd_core.errors import DrawingError

Image.MAX_IMAGE_PIXELS = 20_000 * 20_000

WHITES = {"I;16": (2**16 - 1,), "I": (2**8 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1), "F": (1, 2**8 - 1, 2**16 - 1)}
"""Which values white may have, by Pillow's mode: 16 bits; 32 bits, of which programs use fewer; floating point."""

OVERSHOT = 1.5
"""Sharpening and scaling may leave floating-point values so many times as high as white."""


def read_drawing(path: Path) -> np.ndarray:
    """A picture file as (H, W, 4) uint8 RGBA, the way up that its camera noted; raises `DrawingError`."""
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise DrawingError(f"{path} {what}: check the name.")
    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture)
            if whites := WHITES.get(upright.mode[:4]):  # grey values that Pillow would cut off at 255
                upright = Image.fromarray(_eight_bits(np.array(upright), whites, path))
            return np.array(upright.convert("RGBA"))
    except PermissionError:
        raise DrawingError(f"{path} may not be read: check its permissions.") from None
    except Image.DecompressionBombError:
        raise DrawingError(f"{path} has too many pixels: scale it down first.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise DrawingError(f"{path} is not a picture that can be read: save it as PNG or JPEG.") from None


def _eight_bits(grey: np.ndarray, whites: tuple[int, ...], path: Path) -> np.ndarray:
    """Grey values (H, W) as uint8; their white is the least of `whites` that none is above."""
    if grey.dtype == np.int32 and grey.min(initial=0) < 0:
        grey = grey.view(np.uint32)  # Pillow takes 32 bits for signed, whether they are or not
    most = grey.max(initial=0) / (OVERSHOT if grey.dtype.kind == "f" else 1)
    white = next((white for white in whites if most <= white), None)
    if white is None:
        raise DrawingError(f"{path} has grey values beyond any known white: save it with 8 or 16 bits.")
    return (grey.astype(np.float32).clip(0, white) * np.float32(255 / white)).round().astype(np.uint8)


def read_reference(path: Path) -> np.ndarray:
    """A picture file on white as (H, W, 3) uint8 RGB; raises `DrawingError`."""
    return np.array(_on_white(Image.fromarray(read_drawing(path))))


def _on_white(picture: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("RGB")


def write_picture(path: Path, pixels: np.ndarray) -> None:
    """Write (H, W, 3 or 4) uint8 in the format that the name asks for; raises `DrawingError` if it cannot be."""
    picture = Image.fromarray(pixels)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture = _on_white(picture)
    try:
        picture.save(path)
    except (OSError, ValueError, KeyError) as error:
        raise DrawingError(f"Cannot write {path} ({error}): choose another folder, or a name ending in .png.") from None
