"""Appearance: colour of skin, hair, light and background, which a drawing of lines does not say.

The appearance code comes from what the lines suggest, a seed, a reference picture, or from between the two; colours
that the painter sets win over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.errors import DfdError
from dfd_core.frame import Frame, points
from dfd_core.geometry import CANVAS, ENCODE, PARTS
from dfd_core.networks.coarse import CODE, CoarseFace
from dfd_core.networks.palette import PALETTE, Palette, within

WIDEST = 3.0
"""A code's tints are kept within this many standard deviations of the training photos'."""

WIDEST_COLOUR = 4.0
"""So is the colour of skin, hair and background each; hardly a training photo is farther away."""

COVERED = 0.5
"""A layer that shows in so much of the drawing's frame has its face where the drawing has it."""

PALETTE_SHARE, TINT_SHARE = 1.0, 0.6
"""How much a seed takes on of a training photo's look: of its colours, and of its light. Much light of another face
leaves halos around hair of another shape."""

SEED_SPREAD = 0.9
"""How far a seed goes from what the lines suggest with a pack without looks; the training photos' spread is 1."""

Colour = tuple[int, int, int]
"""8-bit sRGB."""

DARK_HAIR: Colour = (38, 30, 26)
"""The colour of hair that is drawn black."""

GREY_HAIR: Colour = (130, 127, 124)
GREYEST = 0.8
"""The colour of hair about a face that is drawn old, and how much of the way to it hair goes. Lighter hair brought
bright bands into the background."""


def seeded(seed: int, coarse: CoarseFace, latents: torch.Tensor, looks: torch.Tensor | None = None) -> torch.Tensor:
    """The appearance code (1, CODE) of a seed for a face with all `latents` (1, LATENTS).

    A seed takes on one of the `looks` (L, CODE): how training photos differ from what their lines suggest. Seed 0 takes
    the first, whose skin and hair are what the lines suggest; without any look, that would be a face in no photo's
    light. Colours of skin, hair, background and light that go together in a photo look natural together; drawn each by
    itself (without `looks`, from a normal distribution), they often do not.
    """
    generator = torch.Generator().manual_seed(seed % 2**63)
    if looks is None:
        noise = torch.randn(1, CODE, generator=generator).to(latents.device) * SEED_SPREAD if seed else None
        return coarse.likely_code(latents, noise)
    which = int(torch.randint(len(looks), (), generator=generator)) if seed else 0
    return with_look(coarse.likely_code(latents), looks[which][None].to(latents.device))


def with_look(code: torch.Tensor, look: torch.Tensor) -> torch.Tensor:
    """`code` (B, CODE), as the lines suggest it, taking on a `look` (B, CODE) as far as seeds do."""
    return code + look * look.new_tensor([PALETTE_SHARE] * PALETTE + [TINT_SHARE] * (CODE - PALETTE))


def kept_within(code: torch.Tensor) -> torch.Tensor:
    """`code` (B, CODE) not farther from the average than training photos go."""
    return torch.cat([within(code[:, :PALETTE], WIDEST_COLOUR), code[:, PALETTE:].clamp(-WIDEST, WIDEST)], 1)


def checked_colour(part: str, rgb: tuple[int, int, int] | None) -> Colour | None:
    """The colour of a part as Python numbers; raises `DfdError` for an unknown part or what is no 8-bit RGB colour."""
    if part not in PARTS:
        raise DfdError(f"There is no colour of '{part}': use one of {', '.join(PARTS)}.")
    if rgb is None:
        return None
    numbers = list(rgb) if isinstance(rgb, Sequence) and not isinstance(rgb, str) else []
    if len(numbers) != 3 or not all(value in range(256) for value in numbers):
        raise DfdError(f"The colour of {part} must be three whole numbers from 0 to 255, not {rgb}.")
    red, green, blue = (int(value) for value in numbers)
    return red, green, blue


def coloured(code: torch.Tensor, palette: Palette, colours: Mapping[str, Colour]) -> torch.Tensor:
    """`code` (1, CODE) with the colours of some parts, or the nearest that training photos come near."""
    code = code.clone()
    for part, rgb in colours.items():
        mean = palette.colours(code[:, :PALETTE])
        index = PARTS.index(part)
        mean[:, index] = mean.new_tensor(rgb) / 127.5 - 1
        numbers = slice(3 * index, 3 * index + 3)
        code[:, numbers] = within(palette.standardised(mean), WIDEST_COLOUR)[:, numbers]
    return code


def with_dark_hair(code: torch.Tensor, palette: Palette, share: float) -> torch.Tensor:
    """`code` (1, CODE) with hair by a `share`, 0..1, of the way to `DARK_HAIR`; hair as dark as that stays as it is."""
    return _with_hair(code, palette, DARK_HAIR, share, lighter=False)


def with_grey_hair(code: torch.Tensor, palette: Palette, share: float) -> torch.Tensor:
    """`code` (1, CODE) with hair as grey, by a `share` of 0..1, as an old person's: `GREYEST` is all there is."""
    return _with_hair(code, palette, GREY_HAIR, share * GREYEST, lighter=True)


def _with_hair(code: torch.Tensor, palette: Palette, goal: Colour, share: float, lighter: bool) -> torch.Tensor:
    """`code` (1, CODE) with hair by a `share` of the way to a colour; not where it gets `lighter`, unless it may."""
    hair = colours_of(code, palette)["hair"]
    way = [share * (end - now) for now, end in zip(hair, goal, strict=True)]
    red, green, blue = (round(now + (far if lighter else min(0.0, far))) for now, far in zip(hair, way, strict=True))
    return coloured(code, palette, {"hair": (red, green, blue)}) if (red, green, blue) != hair else code


def colours_of(code: torch.Tensor, palette: Palette) -> dict[str, Colour]:
    """The colour of each part in an appearance code (1, CODE)."""
    values = palette.colours(code[:, :PALETTE])[0].add(1).mul(127.5).round().clamp(0, 255).int().tolist()
    return {part: (red, green, blue) for part, (red, green, blue) in zip(PARTS, values, strict=True)}


class Reference:
    """A picture of a face whose appearance a portrait can take on.

    The face should stand about where it stands on the canonical canvas; of an oblong picture the middle square counts.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        """`pixels` (h, w, 3) uint8 RGB; raises `DfdError` for anything else."""
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise DfdError("The reference must be an RGB picture of 8-bit values: convert it first.")
        side = min(pixels.shape[:2])
        top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
        square = torch.from_numpy(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
        picture = square.permute(2, 0, 1)[None].float().div(127.5).sub(1)
        self.picture = F.interpolate(picture, ENCODE, mode="bilinear", align_corners=False, antialias=True)

    @classmethod
    def of_layer(cls, pixels: np.ndarray, origin: tuple[int, int] = (0, 0), frame: Frame | None = None) -> Reference:
        """The reference on a layer: (h, w, 4) uint8 with straight alpha, its corner at `origin` of the document.

        A layer under the drawing counts in the drawing's `frame`, any other in the middle square of what it shows.
        Transparent is white. Raises `DfdError` when nothing shows.
        """
        shows = pixels[:, :, 3] > 127
        rows, columns = (np.flatnonzero(shows.any(axis)) for axis in (1, 0))
        if not len(rows):
            raise DfdError("The reference is empty: choose another one.")
        if frame is not None:
            framed = _framed(pixels, origin, frame)
            if (framed[:, :, 3] > 127).mean() >= COVERED:
                return cls(_on_white(framed))
        shown = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        finer = max(1, min(shown.shape[:2]) // CANVAS)  # bounds memory
        return cls(_on_white(shown[::finer, ::finer]))

    def code(self, coarse: CoarseFace, latents: torch.Tensor) -> torch.Tensor:
        """Appearance code (1, CODE) with which the coarse face of `latents` (1, LATENTS) looks like the picture."""
        return kept_within(coarse.code_of(self.picture.to(latents.device), latents))


def _framed(pixels: np.ndarray, origin: tuple[int, int], frame: Frame) -> np.ndarray:
    """What a layer shows in the frame (512, 512, 4); see `Reference.of_layer`."""
    x, y = (there.floor().int().numpy() for there in points(frame, CANVAS))
    x, y = x - origin[0], y - origin[1]
    inside = (x >= 0) & (y >= 0) & (x < pixels.shape[1]) & (y < pixels.shape[0])
    framed = np.zeros((CANVAS, CANVAS, 4), np.uint8)
    framed[inside] = pixels[y[inside], x[inside]]
    return framed


def _on_white(rgba: np.ndarray) -> np.ndarray:
    """Straight alpha (h, w, 4) uint8 -> RGB (h, w, 3) uint8 on white paper."""
    alpha = rgba[:, :, 3:].astype(np.uint16)
    return ((rgba[:, :, :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
