"""What the engine hands out: pixels, and where they belong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dfd_core.frame import Frame, place


@dataclass(frozen=True)
class Portrait:
    """A rendered portrait: `image` (512, 512, 3) uint8 RGB, and where its drawing stands in the document.

    `seconds` says how long each stage took.
    """

    image: np.ndarray
    frame: Frame
    canvas: tuple[int, int]
    seconds: dict[str, float]

    def placed(self, feather: float = 0.0) -> tuple[np.ndarray, int, int]:
        """The portrait over its drawing: (h, w, 4) uint8 straight alpha, and x and y of its corner in the document.

        `feather`: see `frame.place`.
        """
        return place(self.image, self.frame, self.canvas, feather)
