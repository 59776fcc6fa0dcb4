"""The stateful engine: set a sketch once, change what you like, render; only what changed is computed again.

    engine = Engine()
    engine.set_sketch(pixels)
    portrait = engine.render()
    engine.set_lock("mouth", True)
    engine.set_sketch(other_pixels)
    portrait = engine.render()

The second portrait has the first drawing's mouth.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core import look
from dfd_core.appearance import Colour, Reference, checked_colour, coloured, colours_of, seeded
from dfd_core.choice import Choice, State
from dfd_core.device import fast_precision, pick_device, spare_threads
from dfd_core.embedding import windows
from dfd_core.enlarging import Enlarging
from dfd_core.errors import DfdError, DrawingError
from dfd_core.frame import Frame, place
from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE, LEFT_EYE, NAMES, REMAINDER, RIGHT_EYE, Component, component
from dfd_core.lineart import FAINTEST, Sketch, normalise
from dfd_core.manifold import Projection, blend
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.coarse import CODE
from dfd_core.pack import default_folder, load_pack
from dfd_core.painting import paint
from dfd_core.shadow import shadow
from dfd_core.snapshot import Snapshot
from dfd_core.stages import Stages
from dfd_core.synthesis import Synthesis
from dfd_core.trust import window_slices
from dfd_core.warming import blank_snapshot

DEFAULT_BLEND = {"left_eye": 0.6, "right_eye": 0.6, "nose": 0.6, "mouth": 0.5, "remainder": 0.5}
"""How far each component goes from the lines (0) to a plausible face (1) unless told otherwise."""


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


class Engine:
    """Drawing to portrait. Not thread-safe: use it from one thread at a time.

    `blend` maps each component's name to 0 (my lines) .. 1 (plausible face); `seed` chooses the appearance (0 is the
    likeliest one); a `reference` picture takes over by its `reference_strength`, 0..1; colours that are set win. While
    `keep_appearance` is on and none of these is taken back or changed, everything else about the appearance is the last
    portrait's, whatever the lines suggest. `link_eyes` makes one eye of both drawn eyes and shows it on both sides.
    `notice` says what the engine had to change by itself, such as the device, or is empty.
    """

    def __init__(self, weights: Path | str | None = None, device: str = "auto",
                 threads: int | Literal["spare"] | None = None,
                 precision: Literal["auto", "single"] = "auto") -> None:  # fmt: skip
        """Load a weight pack; raises `PackError` or `DfdError` with a message for the user.

        `threads` is torch's own choice unless given; "spare" leaves some to the program that the engine runs in (see
        `device.spare_threads`). The `precision` of image synthesis is what is fastest on the device, or single (see
        `device.fast_precision`).
        """
        if threads:
            torch.set_num_threads(spare_threads() if threads == "spare" else threads)
        self._device = pick_device(device)
        self._single = precision == "single"
        self.pack = load_pack(Path(weights) if weights else default_folder())
        self._begin()
        try:
            self._move(self._device)
        except torch.OutOfMemoryError as error:
            self._fall_back(error)

    def _begin(self) -> None:
        """Everything that belongs to one drawing, as it is before there is any."""
        self.blend = dict(DEFAULT_BLEND)
        self.seed = 0
        self.link_eyes = False
        self.notice = ""
        self.reference: Reference | None = None
        self.reference_strength = 1.0
        self.keep_appearance = False
        self._colours: dict[str, Colour] = {}
        self._states = {name: State() for name in NAMES}
        self._sketch: Sketch | None = None
        self._code: torch.Tensor | None = None
        self._image: np.ndarray | None = None
        self._asked: tuple[object, ...] | None = None
        self._enlarging = Enlarging(self.pack.enlarge)

    def warm(self) -> None:
        """Do everything once, so that the first portrait is not the slow one; changes nothing that can be seen.

        Call it ahead of time, in the thread that renders; it takes as long as a first portrait.
        """
        self.paint(blank_snapshot(self.pack, self._device, torch.zeros(1, CODE)))

    def close(self) -> None:
        """Give the memory back, a GPU's too; the engine cannot be used any more."""
        del self.pack, self._enlarging
        self._states, self._sketch, self._code, self._image, self.reference = {}, None, None, None, None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        elif self._device.type == "mps":
            torch.mps.empty_cache()

    @property
    def device(self) -> str:
        """The device in use, such as "cpu" or "cuda:0"."""
        return str(self._device)

    def sibling(self) -> Engine:
        """Another engine, for another drawing, that shares the networks of this one."""
        twin = copy.copy(self)
        twin._begin()
        return twin

    def set_sketch(self, pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
                   frame: Frame | Literal["auto", "canvas"] = "auto", near: Frame | None = None) -> None:  # fmt: skip
        """Take a drawing; see `lineart.normalise`. After a `DrawingError` the previous drawing stays.

        An automatic frame that is found close to `near` is taken to be there.
        """
        self._follow()
        self._sketch = normalise(pixels, origin, canvas, frame, self.pack.placement, near)

    def set_blend(self, name: str, value: float) -> None:
        """Set a component's blend, 0..1."""
        self._state(name)
        if not 0 <= value <= 1:
            raise DfdError(f"The blend of {name} must be between 0 and 1, not {value:g}.")
        self.blend[name] = float(value)

    def set_colour(self, part: str, rgb: Colour | None) -> None:
        """The colour (8-bit sRGB) that "skin", "hair" or "background" have in the mean; None leaves it to the rest.

        A colour that hardly a training photo comes near becomes the nearest that one does: see `colours`.
        """
        colour = checked_colour(part, rgb)
        if colour is not None:
            self._colours[part] = colour
        elif self._colours.pop(part, None):
            self._asked = ()  # guess anew

    def colours(self) -> dict[str, Colour]:
        """Mean colours of the parts that `set_colour` knows: the last portrait's, or what was set since.

        Before the first portrait, the average of the training photos.
        """
        code = torch.zeros(1, CODE) if self._code is None else self._code
        palette = self.pack.synthesis.coarse.palette
        return colours_of(coloured(code.to(palette.mean.device), palette, self._colours), palette)

    def set_lock(self, name: str, locked: bool) -> None:
        """A locked component keeps the latent and the look of the last render (or of the next, if there was none)."""
        self._state(name).locked = locked

    def latent(self, name: str) -> torch.Tensor | None:
        """The latent (1, D) that the last render used for a component, or None before the first."""
        used = self._state(name).used
        return used.latent if used else None

    def neighbours(self, name: str) -> Projection | None:
        """The last projection of a component: bank rows and barycentric weights."""
        return self._state(name).projection

    def alternatives(self, name: str, count: int = 6) -> list[Choice]:
        """The nearest neighbours of a component's drawing, nearest first, as `choose` takes them.

        Empty before the first render or shadow of a drawing.
        """
        state = self._state(name)
        if state.projection is None:
            return []
        part = component(name)
        side = part.size * ENCODE // CANVAS
        ink = torch.zeros(1, 1, side, side, device=self._device)
        rows = self.pack.banks[part.network].rows(state.projection.indices[0][:count])
        return [Choice(row[None], ink, 1.0) for row in rows]

    def choose(self, name: str, choice: Choice | None) -> None:
        """Use a choice for a component instead of what is drawn there; None goes back to the drawing."""
        self._state(name).taken = choice.to(self._device) if choice else None

    def taken(self, name: str) -> Choice | None:
        """What `choose` was told last, or None."""
        return self._state(name).taken

    @torch.inference_mode()
    def drawn(self, name: str) -> Choice | None:
        """What the drawing says of a component, whether it is locked or another choice was taken.

        None before the first render or shadow of a drawing.
        """
        if self._sketch is None or self._state(name).projection is None:
            return None
        return self._drawn(component(name), self._ink(self._sketch))

    def snapshot(self) -> Snapshot:
        """The last portrait as numbers; raises `DrawingError` before the first."""
        used = {name: state.used.to(torch.device("cpu")) for name, state in self._states.items() if state.used}
        if len(used) < len(NAMES) or self._code is None:
            raise DrawingError("There is no portrait yet: make one first.")
        return Snapshot(used, self._code.cpu())

    @property
    def frame(self) -> Frame | None:
        """Where the current drawing stands in its document; None before the first."""
        return self._sketch.frame if self._sketch else None

    @property
    def has_portrait(self) -> bool:
        """Whether a portrait was rendered or restored."""
        return self._code is not None

    def restore(self, snapshot: Snapshot) -> None:
        """Take a portrait that was kept for the last one, so that locks hold on to it."""
        for name, choice in snapshot.choices.items():
            self._states[name].used = choice.to(self._device)
        self._code = snapshot.code.to(self._device)
        self._image = self._asked = None

    @torch.inference_mode()
    def paint(self, snapshot: Snapshot) -> np.ndarray:
        """The portrait (512, 512, 3) uint8 of a snapshot; the drawing and its portrait stay as they are."""
        choices = {name: choice.to(self._device) for name, choice in snapshot.choices.items()}
        features = {c.name: self.pack.synthesis.feature(c, choices[c.name].latent) for c in COMPONENTS}
        return paint(self.pack, choices, features, snapshot.code.to(self._device), self.pack.enlarge)

    @torch.inference_mode()
    def shadow(self) -> np.ndarray:
        """Ink (512, 512) float32 in 0..1: the plausible drawings near the current one, on the canonical canvas.

        The average where nothing is drawn yet: all of the face before the first drawing.
        """
        if self._sketch is not None:
            self._find(self._sketch)
        drawn = {name: s for name, s in self._states.items() if s.window is not None and s.window.max() > FAINTEST}
        found = {name: state.projection for name, state in drawn.items()}
        return shadow(self.pack.synthesis, self.pack.banks, found).numpy()

    def render(self, progress: Callable[[str, float], None] | None = None,
               cancelled: Callable[[], bool] | None = None) -> Portrait:  # fmt: skip
        """Make the portrait of the current drawing.

        `progress(stage, fraction)` is told before each stage ("read", "embed", "project", "map", "synthesise").
        `cancelled()` is asked between stages; when it says True, `Cancelled` is raised and nothing is lost. Raises
        `DrawingError` before the first drawing. Falls back to the CPU when the GPU's memory is full.
        """
        if self._sketch is None:
            raise DrawingError("There is no drawing yet: set one first.")
        self._follow()
        try:
            return self._render(self._sketch, Stages(progress, cancelled))
        except torch.OutOfMemoryError as error:
            self._fall_back(error)
        return self._render(self._sketch, Stages(progress, cancelled))

    @torch.inference_mode()
    def _render(self, sketch: Sketch, stages: Stages) -> Portrait:
        ink = self._find(sketch, stages)
        for part in COMPONENTS:
            self._choose(part, ink)
        stages.enter("map", 0.3)
        for part in COMPONENTS:
            self._map(part)
        stages.leave("map")
        stages.enter("synthesise", 0.45)
        image = self._synthesise()
        stages.leave("synthesise")
        for state in self._states.values():
            state.used = state.chosen
        self._image = image
        if progress := stages.progress:
            progress("done", 1.0)
        return Portrait(image, sketch.frame, sketch.canvas, stages.seconds)

    def _find(self, sketch: Sketch, stages: Stages | None = None) -> torch.Tensor:
        """Embed and project what has changed; returns the ink (1, 1, 256, 256)."""
        stages = stages or Stages(None, None)
        stages.enter("read", 0.0)
        ink = self._ink(sketch)
        stages.leave("read")
        stages.enter("embed", 0.05)
        for part in COMPONENTS:
            self._embed(part, ink)
        self._link()
        stages.leave("embed")
        stages.enter("project", 0.25)
        for part in COMPONENTS:
            state = self._states[part.name]
            assert state.raw is not None
            if state.projection is None:
                state.projection = self.pack.banks[part.network].project(state.raw)
        stages.leave("project")
        return ink

    def _ink(self, sketch: Sketch) -> torch.Tensor:
        """The drawing (1, 1, 256, 256) as the encoders see it."""
        return F.avg_pool2d(sketch.ink[None, None].to(self._device), CANVAS // ENCODE)

    def _embed(self, component: Component, ink: torch.Tensor) -> None:
        state = self._states[component.name]
        window = windows(ink, component)
        if state.window is None or not torch.equal(state.window, window):
            state.own = self.pack.embedding.encoders[component.network](window)
            state.window = window

    def _link(self) -> None:
        """Decide each component's raw latent: its own or, for linked eyes, the mean of both (both are left eyes)."""
        own = {name: state.own for name, state in self._states.items()}
        left, right = own[LEFT_EYE.name], own[RIGHT_EYE.name]
        if self.link_eyes and left is not None and right is not None:
            own[LEFT_EYE.name] = own[RIGHT_EYE.name] = (left + right) / 2
        for name, state in self._states.items():
            raw = own[name]
            assert raw is not None
            if state.raw is None or not torch.equal(state.raw, raw):
                state.raw, state.projection = raw, None

    def _choose(self, component: Component, ink: torch.Tensor) -> None:
        """What the next portrait shows of a component: as locked, as taken, or from the drawing."""
        state = self._states[component.name]
        if state.locked and state.used is not None:
            state.chosen = self._with_look(component, state.used)
        elif state.taken is not None:
            state.chosen = state.taken
        else:
            state.chosen = self._drawn(component, ink)

    def _with_look(self, component: Component, choice: Choice) -> Choice:
        """A choice of the last portrait with its look there; the remainder has none: what surrounds it is the rest."""
        if component is REMAINDER or choice.look is not None:
            return choice
        if self._image is None:  # restored
            self._image = self.paint(self.snapshot())
        picture = torch.from_numpy(self._image).permute(2, 0, 1)[None]
        return replace(choice, look=look.taken(picture, component).to(self._device))

    def _drawn(self, component: Component, ink: torch.Tensor) -> Choice:
        state = self._states[component.name]
        assert state.raw is not None
        assert state.projection is not None
        amount = self.blend[component.name]
        rows, columns = window_slices(component)
        lines = ink[:, :, rows, columns]
        if self.link_eyes and component in (LEFT_EYE, RIGHT_EYE):
            other = RIGHT_EYE if component is LEFT_EYE else LEFT_EYE
            rows, columns = window_slices(other)
            lines = (lines + ink[:, :, rows, columns].flip(3)) / 2
        return Choice(blend(state.raw, state.projection.latents, amount), lines, amount)

    def _map(self, component: Component) -> None:
        state = self._states[component.name]
        assert state.chosen is not None
        latent = state.chosen.latent
        if state.feature is None or state.mapped is None or not torch.equal(state.mapped, latent):
            state.feature = self.pack.synthesis.feature(component, latent)
            state.mapped = latent

    def _synthesise(self) -> np.ndarray:
        features = {name: state.feature for name, state in self._states.items() if state.feature is not None}
        chosen = {name: state.chosen for name, state in self._states.items() if state.chosen is not None}
        self._code = self._appearance({name: choice.latent for name, choice in chosen.items()})
        return paint(self.pack, chosen, features, self._code, self._enlarging)

    def _appearance(self, latents: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The appearance code for a face with these latents: kept, or made."""
        asked = (self.seed, self.reference, self.reference_strength)
        keep = self.keep_appearance and self._asked in (None, asked)
        self._asked = asked
        if keep and self._code is not None:
            return coloured(self._code.to(self._device), self.pack.synthesis.coarse.palette, self._colours)
        return self.appearance(latents)

    def appearance(self, latents: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The appearance code (1, CODE) for a face with the `latents` (1, D) of all components.

        Colours are guessed from what the manifold makes of them, so that they hardly hang on the blend.
        """
        coarse, banks = self.pack.synthesis.coarse, self.pack.banks
        plausible = {c.name: banks[c.network].project(latents[c.name]).latents for c in COMPONENTS}
        code = seeded(self.seed, coarse, Synthesis.join(plausible))
        if self.reference is not None:
            code = torch.lerp(code, self.reference.code(coarse, Synthesis.join(latents)), self.reference_strength)
        return coloured(code, coarse.palette, self._colours)

    def _state(self, name: str) -> State:
        try:
            return self._states[name]
        except KeyError:
            raise DfdError(f"There is no component '{name}': use one of {', '.join(NAMES)}.") from None

    def _fall_back(self, error: torch.OutOfMemoryError) -> None:
        """From a GPU whose memory is full to the CPU; on the CPU there is nothing to fall back to."""
        if self._device.type == "cpu":
            raise error
        self.notice = f"{self.device} is out of memory: using the CPU."
        self._move(torch.device("cpu"))
        torch.cuda.empty_cache()

    def _follow(self) -> None:
        """After another engine that shares our networks took them to another device."""
        there = next(self.pack.synthesis.parameters()).device
        if there.type != self._device.type:
            self._adopt(there)

    def _move(self, device: torch.device) -> None:
        """Bring everything to `device`, the locked latents too."""
        self.pack.embedding.to(device)
        precision = torch.float32 if self._single else fast_precision(device)
        channels_last(self.pack.synthesis, device).set_precision(precision)
        channels_last(self.pack.enlarge, device, precision)
        if self.pack.placement is not None:
            self.pack.placement.to(device)
        for bank in self.pack.banks.values():
            bank.to(device)
        self._adopt(device)

    def _adopt(self, device: torch.device) -> None:
        """Go on where the networks are."""
        self._device = device
        self._code = self._code.to(device) if self._code is not None else None
        self._enlarging = Enlarging(self.pack.enlarge)
        for state in self._states.values():
            state.window = state.own = state.raw = state.mapped = state.feature = None
            state.projection = state.chosen = None
            state.used = state.used.to(device) if state.used is not None else None
            state.taken = state.taken.to(device) if state.taken is not None else None
