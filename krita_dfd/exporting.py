"""A portrait as a picture file. Runs in the worker's thread only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .qt import QtGui, tr

COMMENT = "Portrait made with DeepFaceDrawing (AI-generated)"


def save(engine: Any, image: bytes, snapshot: bytes, side: int, path: Path) -> None:
    """Write a PNG of `side` x `side` pixels; raises a `DfdError` with a line for the painter.

    `image` is the portrait's 512 x 512 RGB bytes; b"": it is painted again from the `snapshot`.
    """
    import numpy as np

    from dfd_core.errors import DfdError
    from dfd_core.frame import resized
    from dfd_core.geometry import CANVAS
    from dfd_core.snapshot import Snapshot

    if image:
        pixels = np.frombuffer(image, np.uint8).reshape(CANVAS, CANVAS, 3)
    else:
        pixels = engine.paint(Snapshot.from_bytes(snapshot))
    pixels = np.ascontiguousarray(resized(pixels, side))
    picture = QtGui.QImage(pixels.tobytes(), side, side, 3 * side, QtGui.QImage.Format.Format_RGB888)
    picture.setText("Comment", COMMENT)
    if not picture.save(str(path), "PNG"):
        raise DfdError(tr("{file} cannot be written. Choose another folder.").format(file=path))
