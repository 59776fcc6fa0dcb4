"""What tests share: a plain face in dark lines on white paper, in several materials; and copies of folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SEED = 7
"""Of the random weight pack."""


def face(size: int = 256, mouth: int = 0, canvas: tuple[int, int] | None = None) -> np.ndarray:
    """A face (size, size) uint8 in black lines on white, in the middle of `canvas` (width, height) if there is one.

    `mouth` moves the mouth down by so many 256ths of the size, and nothing else.
    """
    scale = size / 256
    width, height = canvas or (size, size)
    left, top = (width - size) // 2, (height - size) // 2
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    line = max(2, round(3 * scale))

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return left + x0 * scale, top + y0 * scale, left + x1 * scale, top + y1 * scale

    pen.ellipse(box(56, 20, 200, 240), outline=0, width=line)
    for x in (76, 144):
        pen.ellipse(box(x, 110, x + 36, 130), outline=0, width=line)
        pen.line(box(x, 95, x + 36, 92), fill=0, width=line)
    pen.line(box(128, 120, 122, 158), fill=0, width=line)
    pen.line(box(122, 158, 134, 160), fill=0, width=line)
    pen.arc(box(104, 170 + mouth, 152, 200 + mouth), 20, 160, fill=0, width=line)
    return np.array(page)


def on_transparent(lines: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """The dark lines of `lines` in one colour on a transparent layer: (h, w, 4) uint8."""
    layer = np.empty((*lines.shape, 4), np.uint8)
    layer[:, :, :3] = colour
    layer[:, :, 3] = 255 - lines
    return layer


def in_colours(lines: np.ndarray, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> np.ndarray:
    """The dark lines of `lines` in the colour `ink` on opaque `paper`: (h, w, 3) uint8."""
    share = (lines / 255.0)[:, :, None]
    return (share * np.array(paper) + (1 - share) * np.array(ink)).round().astype(np.uint8)


def linked_copy(folder: Path, copy: Path) -> Path:
    """A copy of a folder whose large files are links to the same bytes: see `overwrite`."""

    def link(source: str, target: str) -> None:
        (os.link if source.endswith((".pt", ".npy", ".safetensors")) else shutil.copyfile)(source, target)

    return Path(shutil.copytree(folder, copy, copy_function=link))


def overwrite(path: Path, data: bytes) -> None:
    """Write a file of a linked copy without touching the original."""
    path.unlink()
    path.write_bytes(data)
