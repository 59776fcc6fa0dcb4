"""Which appearance the portraits of one drawing have: what is asked for, or what the last one had."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from dfd_core.appearance import (
    Colour,
    Reference,
    checked_colour,
    coloured,
    colours_of,
    seeded,
    with_dark_hair,
    with_grey_hair,
)
from dfd_core.geometry import COMPONENTS
from dfd_core.networks.coarse import CODE
from dfd_core.pack import Pack
from dfd_core.synthesis import Synthesis


@dataclass(frozen=True)
class Asked:
    """Where an appearance comes from: a `seed`, and a `reference` picture that takes over by its `strength`, 0..1."""

    seed: int
    reference: Reference | None
    strength: float

    @property
    def mark(self) -> int:
        """A number (32 bits) that tells this from anything else that is asked for, also in another process."""
        words = f"{self.seed}".encode()
        if self.reference is not None and self.strength > 0:
            picture = self.reference.picture.add(1).mul(127.5).round().to(torch.uint8)
            words += f" {self.strength:.3f} ".encode() + picture.numpy().tobytes()
        return zlib.crc32(words)


@dataclass(frozen=True)
class Hair:
    """What a drawing says of the colour of hair: how `dark` it is drawn and how `grey` a face so old has it, 0..1."""

    dark: float = 0.0
    grey: float = 0.0


PLAIN = Hair()


class Colouring:
    """The appearance of one drawing's portraits.

    `code` (1, CODE) is the last one's, None before the first; `asked` marks what it was made from, None if that is not
    known. Hair that is drawn black darkens it, an old face makes it grey; what it was before, a next portrait can go
    on from.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._colours: dict[str, Colour] = {}
        self.asked: int | None = None
        self._stale = False
        self.code: torch.Tensor | None = None
        self._plain: torch.Tensor | None = None

    def set_colour(self, part: str, rgb: Colour | None) -> None:
        """The colour (8-bit sRGB) of a part, which wins over everything, or None; raises `DfdError` for others.

        After a colour was taken back, the next code is made anew.
        """
        colour = checked_colour(part, rgb)
        if colour is not None:
            self._colours[part] = colour
        elif self._colours.pop(part, None):
            self._stale = True

    def colours(self) -> dict[str, Colour]:
        """Mean colours of the parts: the last portrait's (before the first, the average) with those set since."""
        code = torch.zeros(1, CODE) if self.code is None else self.code
        return colours_of(self._coloured(code), self._pack.synthesis.coarse.palette)

    @property
    def parts(self) -> tuple[str, ...]:
        """Those whose colours are set."""
        return tuple(self._colours)

    def restore(self, code: torch.Tensor, asked: int | None, parts: tuple[str, ...] = ()) -> None:
        """Take the code (1, CODE) of a portrait that was kept for the last one's, made from what `asked` marks.

        The colours of `parts` were set then, and are now.
        """
        palette = self._pack.synthesis.coarse.palette
        found = colours_of(code.to(palette.mean.device), palette)
        self._colours = {part: found[part] for part in parts}
        self._went_on(code, code, asked)

    def _went_on(self, code: torch.Tensor, plain: torch.Tensor, asked: int | None) -> None:
        self.code, self._plain, self.asked, self._stale = code, plain, asked, False

    def next(self, asked: Asked, keep: bool, latents: Mapping[str, torch.Tensor],
             hair: Hair = PLAIN) -> torch.Tensor:  # fmt: skip
        """The code (1, CODE) of the next portrait: made for its `latents`, or the last one's.

        `keep` keeps the last one's, unless something else is asked for than was then. Its `hair` is as drawn, as far as
        no reference says what it is like.
        """
        mark = asked.mark
        keep = keep and not self._stale and self.asked in (None, mark)
        plain = self._plain if keep and self._plain is not None else self.made(asked, latents)
        open_to = 1 - asked.strength if asked.reference is not None else 1.0
        palette = self._pack.synthesis.coarse.palette
        aged = with_grey_hair(plain.to(palette.mean.device), palette, open_to * hair.grey)
        code = self._coloured(with_dark_hair(aged, palette, open_to * hair.dark))
        self._went_on(code, plain, mark)  # not before it is made: a GPU's memory may be full
        return code

    def made(self, asked: Asked, latents: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The code (1, CODE) for a face with the `latents` (1, D) of all components, whatever is drawn of its hair.

        Colours are guessed from what the manifold makes of them, so that they hardly hang on the blend.
        """
        coarse, banks = self._pack.synthesis.coarse, self._pack.banks
        plausible = {c.name: banks[c.network].project(latents[c.name]).latents for c in COMPONENTS}
        code = seeded(asked.seed, coarse, Synthesis.join(plausible), self._pack.looks)
        if asked.reference is not None:
            code = torch.lerp(code, asked.reference.code(coarse, Synthesis.join(latents)), asked.strength)
        return self._coloured(code)

    def _coloured(self, code: torch.Tensor) -> torch.Tensor:
        """The code with the colours that are set, where the networks are."""
        palette = self._pack.synthesis.coarse.palette
        return coloured(code.to(palette.mean.device), palette, self._colours)
