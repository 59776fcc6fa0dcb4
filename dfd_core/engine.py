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

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.embedding import windows
from dfd_core.errors import Cancelled, DfdError, DrawingError
from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE, NAMES, Component
from dfd_core.lineart import Frame, Sketch, normalise, place
from dfd_core.manifold import Projection, blend
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.coarse import CODE
from dfd_core.pack import default_folder, load_pack
from dfd_core.synthesis import Synthesis

DEFAULT_BLEND = {"left_eye": 0.6, "right_eye": 0.6, "nose": 0.6, "mouth": 0.5, "remainder": 0.5}
"""How far each component goes from the lines (0) to a plausible face (1) unless told otherwise."""

SEED_SPREAD = 0.6
"""Standard deviation of a seed's appearance code; the training photos' is 1. Seed 0 is the average appearance."""


@dataclass(frozen=True)
class Portrait:
    """A rendered portrait: `image` (512, 512, 3) uint8 RGB, and where its drawing stands in the document.

    `seconds` says how long each stage took.
    """

    image: np.ndarray
    frame: Frame
    canvas: tuple[int, int]
    seconds: dict[str, float]

    def placed(self) -> tuple[np.ndarray, int, int]:
        """The portrait over its drawing: (h, w, 4) uint8 straight alpha, and x and y of its corner in the document."""
        return place(self.image, self.frame, self.canvas)


@dataclass
class _State:
    """What the engine knows of one component: `used` is the latent of the last portrait, `chosen` of the next one."""

    window: torch.Tensor | None = None
    raw: torch.Tensor | None = None
    projection: Projection | None = None
    used: torch.Tensor | None = None
    chosen: torch.Tensor | None = None
    mapped: torch.Tensor | None = None
    feature: torch.Tensor | None = None
    locked: bool = False


@dataclass
class _Stages:
    """Progress, cancelling and timing of one render."""

    progress: Callable[[str, float], None] | None
    cancelled: Callable[[], bool] | None
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def enter(self, stage: str, fraction: float) -> None:
        if self.cancelled and self.cancelled():
            raise Cancelled(f"cancelled before {stage}")
        if self.progress:
            self.progress(stage, fraction)
        self._since = time.perf_counter()

    def leave(self, stage: str) -> None:
        self.seconds[stage] = time.perf_counter() - self._since


def pick_device(name: str) -> torch.device:
    """`auto` is the first of CUDA, Apple's MPS and the CPU that is there; raises `DfdError` for one that is not."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda:0")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        if device.type not in ("cpu", "cuda", "mps"):
            raise RuntimeError
        torch.zeros(1, device=device)
    except torch.OutOfMemoryError:
        return device  # it is there; the engine falls back by itself
    except (RuntimeError, AssertionError, NotImplementedError):
        raise DfdError(f"The device '{name}' is not there: use 'cpu' or 'auto'.") from None
    return device


class Engine:
    """Drawing to portrait. Not thread-safe: use it from one thread at a time.

    `blend` maps each component's name to 0 (my lines) .. 1 (plausible face); `seed` chooses the appearance (0 is the
    average one). `notice` says what the engine had to change by itself, such as the device, or is empty.
    """

    def __init__(self, weights: Path | str | None = None, device: str = "auto", threads: int | None = None) -> None:
        """Load a weight pack; raises `PackError` or `DfdError` with a message for the user."""
        if threads:
            torch.set_num_threads(threads)
        self._device = pick_device(device)
        self.pack = load_pack(Path(weights) if weights else default_folder())
        self.blend = dict(DEFAULT_BLEND)
        self.seed = 0
        self.notice = ""
        self._states = {name: _State() for name in NAMES}
        self._sketch: Sketch | None = None
        try:
            self._move(self._device)
        except torch.OutOfMemoryError as error:
            self._fall_back(error)

    @property
    def device(self) -> str:
        """The device in use, such as "cpu" or "cuda:0"."""
        return str(self._device)

    def set_sketch(self, pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
                   frame: Frame | Literal["auto", "canvas"] = "auto") -> None:  # fmt: skip
        """Take a drawing; see `lineart.normalise`. After a `DrawingError` the previous drawing stays."""
        self._sketch = normalise(pixels, origin, canvas, frame)

    def set_blend(self, name: str, value: float) -> None:
        """Set a component's blend, 0..1."""
        self._state(name)
        if not 0 <= value <= 1:
            raise DfdError(f"The blend of {name} must be between 0 and 1, not {value:g}.")
        self.blend[name] = float(value)

    def set_lock(self, name: str, locked: bool) -> None:
        """A locked component keeps the latent of the last render (or of the next, if there was none yet)."""
        self._state(name).locked = locked

    def latent(self, name: str) -> torch.Tensor | None:
        """The latent (1, D) that the last render used for a component, or None before the first."""
        return self._state(name).used

    def neighbours(self, name: str) -> Projection | None:
        """The last projection of a component: bank rows and barycentric weights."""
        return self._state(name).projection

    def render(self, progress: Callable[[str, float], None] | None = None,
               cancelled: Callable[[], bool] | None = None) -> Portrait:  # fmt: skip
        """Make the portrait of the current drawing.

        `progress(stage, fraction)` is told before each stage ("read", "embed", "project", "map", "synthesise").
        `cancelled()` is asked between stages; when it says True, `Cancelled` is raised and nothing is lost. Raises
        `DrawingError` before the first drawing. Falls back to the CPU when the GPU's memory is full.
        """
        if self._sketch is None:
            raise DrawingError("There is no drawing yet: set one first.")
        try:
            return self._render(self._sketch, _Stages(progress, cancelled))
        except torch.OutOfMemoryError as error:
            self._fall_back(error)
        return self._render(self._sketch, _Stages(progress, cancelled))

    @torch.inference_mode()
    def _render(self, sketch: Sketch, stages: _Stages) -> Portrait:
        stages.enter("read", 0.0)
        ink = F.avg_pool2d(sketch.ink[None, None].to(self._device), CANVAS // ENCODE)
        stages.leave("read")
        stages.enter("embed", 0.05)
        for component in COMPONENTS:
            self._embed(component, ink)
        stages.leave("embed")
        stages.enter("project", 0.25)
        for component in COMPONENTS:
            self._project(component)
        stages.leave("project")
        stages.enter("map", 0.3)
        for component in COMPONENTS:
            self._map(component)
        stages.leave("map")
        stages.enter("synthesise", 0.45)
        image = self._synthesise()
        stages.leave("synthesise")
        for state in self._states.values():
            state.used = state.chosen
        if progress := stages.progress:
            progress("done", 1.0)
        return Portrait(image, sketch.frame, sketch.canvas, stages.seconds)

    def _embed(self, component: Component, ink: torch.Tensor) -> None:
        state = self._states[component.name]
        window = windows(ink, component)
        if state.window is None or not torch.equal(state.window, window):
            state.raw = self.pack.embedding.encoders[component.network](window)
            state.window, state.projection = window, None

    def _project(self, component: Component) -> None:
        state = self._states[component.name]
        assert state.raw is not None
        if state.projection is None:
            state.projection = self.pack.banks[component.network].project(state.raw)
        if state.locked and state.used is not None:
            state.chosen = state.used
        else:
            state.chosen = blend(state.raw, state.projection.latents, self.blend[component.name])

    def _map(self, component: Component) -> None:
        state = self._states[component.name]
        assert state.chosen is not None
        if state.feature is None or state.mapped is None or not torch.equal(state.mapped, state.chosen):
            state.feature = self.pack.synthesis.feature(component, state.chosen)
            state.mapped = state.chosen

    def _synthesise(self) -> np.ndarray:
        synthesis = self.pack.synthesis
        features: dict[str, torch.Tensor] = {}
        latents: dict[str, torch.Tensor] = {}
        for name, state in self._states.items():
            assert state.feature is not None
            assert state.chosen is not None
            features[name], latents[name] = state.feature, state.chosen
        code = self.appearance().to(self._device)
        picture = synthesis.generator(Synthesis.paste(features), synthesis.coarse(Synthesis.join(latents), code), code)
        picture = F.interpolate(picture, CANVAS, mode="bicubic", align_corners=False)
        pixels = picture[0].clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
        return pixels.permute(1, 2, 0).contiguous().cpu().numpy()

    def appearance(self) -> torch.Tensor:
        """The appearance code (1, CODE) of the current seed."""
        if self.seed == 0:
            return torch.zeros(1, CODE)
        return torch.randn(1, CODE, generator=torch.Generator().manual_seed(self.seed % 2**63)) * SEED_SPREAD

    def _state(self, name: str) -> _State:
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

    def _move(self, device: torch.device) -> None:
        """Bring everything to `device`, the locked latents too."""
        self._device = device
        self.pack.embedding.to(device)
        channels_last(self.pack.synthesis, device)
        for bank in self.pack.banks.values():
            bank.to(device)
        for state in self._states.values():
            state.window = state.raw = state.chosen = state.mapped = state.feature = None
            state.projection = None
            state.used = state.used.to(device) if state.used is not None else None
