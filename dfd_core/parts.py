"""The five components of one drawing, from lines to feature maps (paper, sections 3.1 and 3.2).

Each goes the same way: its window is embedded, its latent projected, what the next portrait shows of it chosen, and
that mapped to features. What has not changed since the last time is not computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from dfd_core import look
from dfd_core.attributes import MORE, SAYS, leaning, moved
from dfd_core.choice import Choice
from dfd_core.doubt import doubted
from dfd_core.embedding import windows
from dfd_core.errors import DfdError
from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE, LEFT_EYE, NAMES, REMAINDER, RIGHT_EYE, Component, component
from dfd_core.ink import FAINTEST
from dfd_core.manifold import Projection, blend
from dfd_core.networks.trait import doubted_by, sure
from dfd_core.pack import Pack
from dfd_core.trust import window_slices
from dfd_core.unshading import Unshading


@dataclass
class State:
    """What is known of one component: `used` belongs to the last portrait, `chosen` to the next one.

    `own` is the latent (1, D) of the encoded `window`, `raw` the same unless the eyes are linked or it differs about
    a trait; `taken` comes before both. `feature` is the map of the latent `mapped`.
    """

    window: torch.Tensor | None = None
    own: torch.Tensor | None = None
    raw: torch.Tensor | None = None
    projection: Projection | None = None
    taken: Choice | None = None
    used: Choice | None = None
    chosen: Choice | None = None
    mapped: torch.Tensor | None = None
    feature: torch.Tensor | None = None
    locked: bool = False


LITERAL = 0.1
"""From this blend on synthesis sees a component's lines without shading and no darker than `DARKEST`; at 0, my lines,
all that is drawn as it is."""

DARKEST = 1.0
"""Ink, 0..1. Photocopies of faces are about so dark: as far as that, synthesis has learned to see more in a line than
its edge, such as a crease. Black lines made make-up and hard contrast."""

MOVED = ("window", "own", "raw", "projection", "taken", "used")
"""What of a `State` goes along to another device."""


class Parts:
    """The components of one drawing. In order: `embed`, `project`, `choose`, `map`, and `keep` once it is painted.

    `link_eyes` makes one eye of both drawn eyes and shows it on both sides; `attributes` are values of what the painter
    says of the whole face, see `dfd_core.attributes`.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.attributes: dict[str, float] = {}
        self._leaning: dict[str, float] = {}
        self._states = {name: State() for name in NAMES}
        self._page: torch.Tensor | None = None  # as drawn
        self._ink: torch.Tensor | None = None  # without shading
        self._shown: dict[str, torch.Tensor] = {}
        self._unshading = Unshading(pack.shading) if pack.shading else None

    def __getitem__(self, name: str) -> State:
        """The state of a component; raises `DfdError` when there is none of that name."""
        try:
            return self._states[name]
        except KeyError:
            raise DfdError(f"There is no component '{name}': use one of {', '.join(NAMES)}.") from None

    @property
    def used(self) -> dict[str, Choice]:
        """What the last portrait shows; empty before the first."""
        return {name: state.used for name, state in self._states.items() if state.used is not None}

    @property
    def chosen(self) -> dict[str, Choice]:
        """What the next portrait shows, after `choose`."""
        return {name: state.chosen for name, state in self._states.items() if state.chosen is not None}

    @property
    def features(self) -> dict[str, torch.Tensor]:
        """The feature maps (1, 64, cells, cells) of what was chosen, after `map`."""
        return {name: state.feature for name, state in self._states.items() if state.feature is not None}

    @property
    def aged(self) -> float:
        """How sure it is, 0..1, that an old face is drawn."""
        return self._surely("aged")

    @property
    def found(self) -> dict[str, Projection | None]:
        """The projections of those components in whose window something is drawn."""
        return {part.name: self._states[part.name].projection for part in COMPONENTS if self._begun(part)}

    def embed(self, ink: torch.Tensor, link_eyes: bool) -> None:
        """Encode the windows that have changed; a component with another raw latent has no projection any more.

        `ink` is the drawing (1, 1, 256, 256) in 0..1; encoders see it without shading.
        """
        if self._ink is None or self._page is None or not torch.equal(self._page, ink):
            self._page, self._ink = ink, self._unshading(ink) if self._unshading else ink
        ink = self._ink
        changed = False
        for part in COMPONENTS:
            state, window = self._states[part.name], windows(ink, part)
            if state.window is None or not torch.equal(state.window, window):
                state.own = self._pack.embedding.encoders[part.network](window)
                state.window, changed = window, True
        if changed:
            self._shown = {name: trait(ink) for name, trait in self._pack.traits.items()}
        self._link(link_eyes)

    def _link(self, link_eyes: bool) -> None:
        """Decide each component's raw latent: its own or, for linked eyes, the mean of both (both are left eyes)."""
        own = {name: state.own for name, state in self._states.items()}
        left, right = own[LEFT_EYE.name], own[RIGHT_EYE.name]
        if link_eyes and left is not None and right is not None:
            own[LEFT_EYE.name] = own[RIGHT_EYE.name] = (left + right) / 2
        settled = {part.name: self._settled(part, raw) for part in COMPONENTS if (raw := own[part.name]) is not None}
        self._lean(settled)
        for part in COMPONENTS:
            state, raw = self._states[part.name], self._attributed(part, settled[part.name])
            if state.raw is None or not torch.equal(state.raw, raw):
                state.raw, state.projection = raw, None

    def _lean(self, latents: Mapping[str, torch.Tensor]) -> None:
        """Hear what a drawing with these latents says of the attributes; one that lacks a component says nothing."""
        complete = all(self._begun(part, True) for part in COMPONENTS)
        for name, attribute in self._pack.attributes.items():
            told = 0.0
            if complete:
                more = sum(by * self._surely(trait) for trait, by in MORE[name].items())
                told = attribute.told(latents, more)
                for trait, said in SAYS[name].items():
                    told += (said - told) * max(0.0, 2 * self._surely(trait) - 1)
            self._leaning[name] = leaning(told, self._leaning.get(name, 0.0))

    def _attributed(self, part: Component, latents: torch.Tensor) -> torch.Tensor:
        """Latents (1, D) with what the painter says of the whole face and, the less that is, what the drawing does."""
        for name, attribute in self._pack.attributes.items():
            said = self.attributes.get(name, 0.0)
            latents = attribute.agreeing(latents, part.network, (1 - abs(said)) * self._leaning[name])
        return moved(latents, part.network, self.attributes, self._pack.attributes)

    def _surely(self, trait: str) -> float:
        """How sure it is, 0..1, that a trait is drawn; 0 where nothing sees it."""
        shown = self._shown.get(trait)
        return 0.0 if shown is None else float(sure(shown))

    def _begun(self, part: Component, inside: bool = False) -> bool:
        """Whether anything is drawn in a component's window, or well inside of it, where no outline of a face goes."""
        window = self._states[part.name].window
        if window is not None and inside and part is not REMAINDER:
            edge = window.shape[-1] // 4
            window = window[..., edge:-edge, edge:-edge]
        return window is not None and float(window.max()) > FAINTEST

    def _settled(self, part: Component, latents: torch.Tensor) -> torch.Tensor:
        """Latents (1, D) that say what the whole drawing says of glasses and beards."""
        for name, shown in self._shown.items():
            trait = self._pack.traits[name]
            latents = trait.settled(part.network, latents, doubted_by(shown, self._surely(trait.mistaken)))
        return latents

    def _explained(self, part: Component) -> float:
        """How far a trait accounts for what is strange in a component, 0..1."""
        sure = [self._pack.traits[name].accounts_for(part.network, shown) for name, shown in self._shown.items()]
        return max(sure, default=0.0)

    def project(self) -> None:
        """Find the neighbours of the raw latents that have none yet."""
        for part in COMPONENTS:
            state = self._states[part.name]
            assert state.raw is not None
            if state.projection is None:
                found = self._pack.banks[part.network].project(state.raw)
                state.projection = replace(found, latents=self._settled(part, found.latents))

    def choose(self, blends: Mapping[str, float], link_eyes: bool, last: Callable[[], np.ndarray]) -> None:
        """Decide what the next portrait shows of each component: as locked, as taken, or from the drawing.

        `blends`: 0..1 by name. `last()` is the last portrait (512, 512, 3) uint8, whose look a lock keeps.
        """
        for part in COMPONENTS:
            state = self._states[part.name]
            if state.locked and state.used is not None:
                state.chosen = _with_look(part, state.used, last)
            elif state.taken is not None:
                state.chosen = state.taken
            else:
                state.chosen = self.drawn(part, blends[part.name], link_eyes)

    def drawn(self, part: Component, amount: float, link_eyes: bool) -> Choice:
        """What the drawing says of a component at a blend of `amount`, 0..1, or more where it is doubted.

        Towards an amount of 0 shading counts as lines, and lines are as dark as drawn. After `project`.
        """
        state = self._states[part.name]
        assert self._ink is not None
        assert state.raw is not None
        assert state.projection is not None
        assert self._page is not None
        share = min(1.0, amount / LITERAL)
        ink = torch.lerp(self._page, self._ink.clamp_max(DARKEST), share)
        amount = doubted(amount, float(state.projection.strangeness), self._explained(part))
        return Choice(blend(state.raw, state.projection.latents, amount), _lines(part, ink, link_eyes), amount)

    def map(self) -> None:
        """Map the latents that were chosen to features, where they have changed."""
        for part in COMPONENTS:
            state = self._states[part.name]
            assert state.chosen is not None
            latent = state.chosen.latent
            if state.feature is None or state.mapped is None or not torch.equal(state.mapped, latent):
                state.feature = self._pack.synthesis.feature(part, latent)
                state.mapped = latent

    def keep(self) -> None:
        """The portrait is painted: what was chosen for it is what the last one shows."""
        for state in self._states.values():
            state.used = state.chosen

    def alternatives(self, name: str, count: int) -> list[Choice]:
        """The `count` nearest neighbours of a component, nearest first, without lines; empty before `project`."""
        state, part = self[name], component(name)
        if state.projection is None:
            return []
        rows = self._pack.banks[part.network].rows(state.projection.indices[0][:count])
        side = part.size * ENCODE // CANVAS
        return [Choice(row[None], rows.new_zeros(1, 1, side, side), 1.0) for row in rows]

    def move(self, device: torch.device) -> None:
        """Go on where the networks are now: what is known goes along, the feature maps are computed again."""
        self._unshading = Unshading(self._pack.shading) if self._pack.shading else None
        self._page, self._ink = (None if ink is None else ink.to(device) for ink in (self._page, self._ink))
        self._shown = {name: shown.to(device) for name, shown in self._shown.items()}
        for name, state in self._states.items():
            known = {name: value.to(device) for name in MOVED if (value := getattr(state, name)) is not None}
            self._states[name] = State(**known, locked=state.locked)


def _with_look(part: Component, choice: Choice, last: Callable[[], np.ndarray]) -> Choice:
    """A choice of the last portrait with its look there; the remainder has none: what surrounds it is the rest."""
    if part is REMAINDER or choice.look is not None:
        return choice
    picture = torch.from_numpy(last()).permute(2, 0, 1)[None]
    return replace(choice, look=look.taken(picture, part).to(choice.latent.device))


def _lines(part: Component, ink: torch.Tensor, link_eyes: bool) -> torch.Tensor:
    """The ink (1, 1, h, w) in a component's window; of linked eyes, the mean of one and the other mirrored."""
    rows, columns = window_slices(part)
    lines = ink[:, :, rows, columns]
    if link_eyes and part in (LEFT_EYE, RIGHT_EYE):
        rows, columns = window_slices(RIGHT_EYE if part is LEFT_EYE else LEFT_EYE)
        lines = (lines + ink[:, :, rows, columns].flip(3)) / 2
    return lines
