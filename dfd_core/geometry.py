"""The canonical canvas, the five component windows and K: the one place for all of them.

Photos and drawings are aligned on a 512 x 512 canvas with the eyes near (192, 241) and (319, 241). Chen et al. 2020
(section 3.1) cut four windows out of it; the fifth component, the remainder, is the whole canvas with those four
windows blanked. Our windows are mirror images about the middle of the canvas, so the right eye is a flipped left eye
and both share one encoder and one bank. "Left" and "right" are the viewer's.

All windows lie on a grid of `CELL` pixels, the resolution at which feature maps are pasted.
"""

from __future__ import annotations

from dataclasses import dataclass

CANVAS = 512
"""Side of the canonical canvas in pixels."""

CELL = 8
"""Canvas pixels per feature-map cell."""

GRID = CANVAS // CELL
"""Side of the pasted feature map in cells."""

ENCODE = 256
"""Side to which the canvas is reduced before the encoders see it."""

NEIGHBOURS = 10
"""K nearest neighbours of the manifold projection (paper, section 3.2)."""


@dataclass(frozen=True)
class Component:
    """One face component.

    `x`, `y`, `size` are the window in canvas pixels. `network` names the encoder and bank; `mirrored` says that the
    window is flipped left-right before that network sees it. `feature` says how many cells of the feature map it fills.
    """

    name: str
    x: int
    y: int
    size: int
    network: str
    mirrored: bool = False

    @property
    def cells(self) -> int:
        """Side of the component's feature map in cells."""
        return self.size // CELL

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the window on the canonical canvas."""
        return self.slices_at(1)

    def slices_at(self, ratio: int) -> tuple[slice, slice]:
        """Rows and columns of the window on a canvas that is `ratio` times smaller."""
        x, y, size = self.x // ratio, self.y // ratio, self.size // ratio
        return slice(y, y + size), slice(x, x + size)


LEFT_EYE = Component("left_eye", 120, 168, 128, "eye")
RIGHT_EYE = Component("right_eye", CANVAS - 120 - 128, 168, 128, "eye", mirrored=True)
NOSE = Component("nose", 176, 200, 160, "nose")
MOUTH = Component("mouth", 160, 288, 192, "mouth")
REMAINDER = Component("remainder", 0, 0, CANVAS, "remainder")

COMPONENTS = (LEFT_EYE, RIGHT_EYE, NOSE, MOUTH, REMAINDER)
"""In the order of the docker's rows."""

NAMES = tuple(component.name for component in COMPONENTS)
NETWORKS = ("eye", "nose", "mouth", "remainder")

PLACES = {
    "skin": ((144, 208, 272, 336), (232, 256, 168, 296)),
    "hair": ((176, 256, 24, 72),),
    "background": ((0, 64, 0, 128),),
}
"""Where the colour of each part of a portrait is measured: left, right, top, bottom, and the mirror image of it."""

FEMININITY = "femininity"

ATTRIBUTES = (FEMININITY,)
"""What may be set of a face as a whole: -1 masculine .. 1 feminine; 0 leaves it to the drawing."""

PARTS = tuple(PLACES)


def component(name: str) -> Component:
    """The component called `name`; raises `KeyError` when there is none."""
    for candidate in COMPONENTS:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
