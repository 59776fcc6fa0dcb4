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
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.appearance import Colour, Reference
from dfd_core.choice import Choice
from dfd_core.colouring import PLAIN, Asked, Colouring, Hair
from dfd_core.device import fast_precision, memory_is_full, pick_device, release_memory, spare_threads
from dfd_core.enlarging import Enlarging
from dfd_core.errors import DfdError, DrawingError
from dfd_core.filled import dark_hair
from dfd_core.frame import Frame
from dfd_core.geometry import CANVAS, ENCODE, NAMES, REMAINDER, component
from dfd_core.lineart import Sketch, normalise
from dfd_core.manifold import Projection
from dfd_core.pack import default_folder, load_pack
from dfd_core.painting import paint, paint_snapshot
from dfd_core.parts import Parts
from dfd_core.portrait import Portrait
from dfd_core.shadow import shadow
from dfd_core.snapshot import Snapshot
from dfd_core.stages import Stages
from dfd_core.warming import warm_up

T = TypeVar("T")

DEFAULT_BLEND = {"left_eye": 0.2, "right_eye": 0.2, "nose": 0.2, "mouth": 0.2, "remainder": 0.15}
"""How far each component goes from the lines (0) to a plausible face (1) unless told otherwise."""


class Engine:
    """Drawing to portrait. Not thread-safe: use it from one thread at a time.

    `blend` maps each component's name to 0 (my lines) .. 1 (plausible face); `seed` chooses the appearance (0 is the
    likeliest one); a `reference` picture takes over by its `reference_strength`, 0..1; colours that are set win. While
    `keep_appearance` is on and none of these is taken back or changed, everything else about the appearance is the last
    portrait's, whatever the lines suggest. `link_eyes` makes one eye of both drawn eyes and shows it on both sides.
    `notice` says what the engine had to change by itself, such as the device, or is empty: when a GPU's memory is full,
    all goes on on the CPU, also for the other engines that share the networks.
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
        self._or_on_cpu(lambda: self._move(self._device))

    def _begin(self) -> None:
        """Everything that belongs to one drawing, as it is before there is any."""
        self.blend = dict(DEFAULT_BLEND)
        self.seed = 0
        self.link_eyes = False
        self.notice = ""
        self.reference: Reference | None = None
        self.reference_strength = 1.0
        self.keep_appearance = False
        self._sketch: Sketch | None = None
        self._image: np.ndarray | None = None
        self._hair = PLAIN
        self._parts = Parts(self.pack)
        self._colouring = Colouring(self.pack)
        self._enlarging = Enlarging(self.pack.enlarge)

    def warm(self) -> None:
        """Do everything once, so that the first portrait is not the slow one; changes nothing that can be seen.

        Call it ahead of time, in the thread that renders; it takes as long as a first portrait.
        """
        self._run(lambda: warm_up(self.pack, self._device))

    def close(self) -> None:
        """Give the memory back, a GPU's too; the engine cannot be used any more."""
        del self.pack, self._parts, self._colouring, self._enlarging
        self._sketch = self._image = self.reference = None
        release_memory(self._device)

    @property
    def device(self) -> str:
        """The device in use, such as "cpu" or "cuda:0"."""
        return str(self._device)

    def sibling(self) -> Engine:
        """Another engine, for another drawing, that shares the networks of this one."""
        twin = copy.copy(self)
        twin._begin()
        twin._follow()
        return twin

    def set_sketch(self, pixels: np.ndarray, origin: tuple[int, int] = (0, 0), canvas: tuple[int, int] | None = None,
                   frame: Frame | Literal["auto", "canvas"] = "auto", near: Frame | None = None) -> None:  # fmt: skip
        """Take a drawing; see `lineart.normalise`. After a `DrawingError` the previous drawing stays.

        An automatic frame that is found close to `near` is taken to be there.
        """
        pack = self.pack
        self._sketch = self._run(lambda: normalise(pixels, origin, canvas, frame, pack.placement, near, pack.anchors))

    def set_blend(self, name: str, value: float) -> None:
        """Set a component's blend, 0..1; what lies far from all faces is blended further, see `dfd_core.doubt`."""
        self._parts[name]
        if not 0 <= value <= 1:
            raise DfdError(f"The blend of {name} must be between 0 and 1, not {value:g}.")
        self.blend[name] = float(value)

    def set_attribute(self, name: str, value: float) -> None:
        """Say of the whole face what its lines hardly tell, one of `geometry.ATTRIBUTES`, -1..1; 0 leaves it to them.

        The nearer to an end, the less the drawing itself has a say, see `dfd_core.attributes`. Locked components and
        choices stay as they are. Raises `DfdError` for a value that is out of range, or a name that the pack does not
        know.
        """
        if name not in self.pack.attributes:
            raise DfdError(f"This weight pack knows no {name}: use another pack, or leave it out.")
        if not -1 <= value <= 1:
            raise DfdError(f"The {name} must be between -1 and 1, not {value:g}.")
        self._parts.attributes[name] = float(value)

    def set_colour(self, part: str, rgb: Colour | None) -> None:
        """The colour (8-bit sRGB) that "skin", "hair" or "background" have in the mean; None leaves it to the rest.

        A colour that hardly a training photo comes near becomes the nearest that one does: see `colours`.
        """
        self._colouring.set_colour(part, rgb)

    def colours(self) -> dict[str, Colour]:
        """Mean colours of the parts that `set_colour` knows: the last portrait's, or what was set since.

        Before the first portrait, the average of the training photos.
        """
        return self._colouring.colours()

    def set_lock(self, name: str, locked: bool) -> None:
        """A locked component keeps the latent and the look of the last render (or of the next, if there was none)."""
        self._parts[name].locked = locked

    def latent(self, name: str) -> torch.Tensor | None:
        """The latent (1, D) that the last render used for a component, or None before the first."""
        used = self._parts[name].used
        return used.latent if used else None

    def neighbours(self, name: str) -> Projection | None:
        """The last projection of a component: bank rows and barycentric weights."""
        return self._parts[name].projection

    def alternatives(self, name: str, count: int = 6) -> list[Choice]:
        """The nearest neighbours of a component's drawing, nearest first, as `choose` takes them.

        Empty before the first render or shadow of a drawing.
        """
        self._follow()
        return self._parts.alternatives(name, count)

    def choose(self, name: str, choice: Choice | None) -> None:
        """Use a choice for a component instead of what is drawn there; None goes back to the drawing."""
        self._follow()
        self._parts[name].taken = choice.to(self._device) if choice else None

    def taken(self, name: str) -> Choice | None:
        """What `choose` was told last, or None."""
        return self._parts[name].taken

    @torch.inference_mode()
    def drawn(self, name: str) -> Choice | None:
        """What the drawing says of a component, whether it is locked or another choice was taken.

        None before the first render or shadow of a drawing.
        """
        if self._parts[name].projection is None:
            return None
        return self._parts.drawn(component(name), self.blend[name], self.link_eyes)

    def snapshot(self) -> Snapshot:
        """The last portrait as numbers; raises `DrawingError` before the first."""
        used, code = self._parts.used, self._colouring.code
        if len(used) < len(NAMES) or code is None:
            raise DrawingError("There is no portrait yet: make one first.")
        choices = {name: choice.to(torch.device("cpu")) for name, choice in used.items()}
        return Snapshot(choices, code.cpu(), self._colouring.asked, self.pack.model, self._colouring.parts)

    @property
    def frame(self) -> Frame | None:
        """Where the current drawing stands in its document; None before the first."""
        return self._sketch.frame if self._sketch else None

    @property
    def has_portrait(self) -> bool:
        """Whether a portrait was rendered or restored."""
        return self._colouring.code is not None

    def restore(self, snapshot: Snapshot) -> None:
        """Take a portrait that was kept for the last one, so that locks hold on to it.

        Raises `DfdError` for another model's, as `paint` does.
        """
        snapshot.check_model(self.pack.model)
        self._follow()
        for name, choice in snapshot.choices.items():
            self._parts[name].used = choice.to(self._device)
        self._colouring.restore(snapshot.code, snapshot.asked, snapshot.coloured)
        self._image = None

    def paint(self, snapshot: Snapshot) -> np.ndarray:
        """The portrait (512, 512, 3) uint8 of a snapshot; the drawing and its portrait stay as they are."""
        snapshot.check_model(self.pack.model)
        return self._run(lambda: paint_snapshot(self.pack, snapshot, self._device))

    def shadow(self) -> np.ndarray:
        """Ink (512, 512) float32 in 0..1: the plausible drawings near the current one, on the canonical canvas.

        The average where nothing is drawn yet: all of the face before the first drawing.
        """
        return self._run(self._shadow)

    @torch.inference_mode()
    def _shadow(self) -> np.ndarray:
        if self._sketch is not None:
            self._find(self._sketch, Stages())
        return shadow(self.pack.synthesis, self.pack.banks, self._parts.found).numpy()

    def render(self, progress: Callable[[str, float], None] | None = None,
               cancelled: Callable[[], bool] | None = None) -> Portrait:  # fmt: skip
        """Make the portrait of the current drawing.

        `progress(stage, fraction)` is told before each stage ("read", "embed", "project", "map", "synthesise").
        `cancelled()` is asked between stages; when it says True, `Cancelled` is raised and nothing is lost. Raises
        `DrawingError` before the first drawing.
        """
        sketch = self._sketch
        if sketch is None:
            raise DrawingError("There is no drawing yet: set one first.")
        return self._run(lambda: self._render(sketch, Stages(progress, cancelled)))

    @torch.inference_mode()
    def _render(self, sketch: Sketch, stages: Stages) -> Portrait:
        self._find(sketch, stages)
        self._parts.choose(self.blend, self.link_eyes, self._last_image)
        with stages.stage("map", 0.3):
            self._parts.map()
        with stages.stage("synthesise", 0.45):
            image = self._synthesise(sketch)
        self._parts.keep()
        self._image = image
        if progress := stages.progress:
            progress("done", 1.0)
        return Portrait(image, sketch.frame, sketch.canvas, stages.seconds)

    def _find(self, sketch: Sketch, stages: Stages) -> None:
        """Embed and project what has changed."""
        with stages.stage("read", 0.0):
            ink = F.avg_pool2d(sketch.ink[None, None].to(self._device), CANVAS // ENCODE)
        with stages.stage("embed", 0.05):
            self._parts.embed(ink, self.link_eyes)
        with stages.stage("project", 0.25):
            self._parts.project()

    def _last_image(self) -> np.ndarray:
        """The last portrait (512, 512, 3); one that was restored is painted first."""
        if self._image is None:
            self._image = paint_snapshot(self.pack, self.snapshot(), self._device)
        return self._image

    def _synthesise(self, sketch: Sketch) -> np.ndarray:
        chosen = self._parts.chosen
        latents = {name: choice.latent for name, choice in chosen.items()}
        head = chosen[REMAINDER.name]
        if head is not self._parts[REMAINDER.name].used:  # else it is locked, its hair and all
            self._hair = Hair(dark_hair(head, sketch.black), self._parts.aged)
        code = self._colouring.next(self._asked, self.keep_appearance, latents, self._hair)
        return paint(self.pack, chosen, self._parts.features, code, self._enlarging)

    def appearance(self, latents: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The appearance code (1, CODE) that is asked for, for a face with the `latents` (1, D) of all components.

        Without what hair that is drawn black, or the age of the face, changes.
        """
        return self._colouring.made(self._asked, latents)

    @property
    def _asked(self) -> Asked:
        return Asked(self.seed, self.reference, self.reference_strength)

    def _run(self, work: Callable[[], T]) -> T:
        """What `work` returns, done where the networks are."""
        self._follow()
        return self._or_on_cpu(work)

    def _or_on_cpu(self, work: Callable[[], T]) -> T:
        """What `work` returns, done again on the CPU when a GPU's memory is full."""
        try:
            return work()
        except RuntimeError as error:
            if self._device.type == "cpu" or not memory_is_full(error):
                raise
        full, self.notice = self._device, f"{self.device} is out of memory: using the CPU."
        self._move(torch.device("cpu"))
        release_memory(full)
        return work()

    def _follow(self) -> None:
        """After another engine that shares our networks took them to another device."""
        there = next(self.pack.synthesis.parameters()).device
        if there.type != self._device.type:
            self._adopt(there)

    def _move(self, device: torch.device) -> None:
        """Bring everything to `device`, the locked latents too."""
        self.pack.to(device, torch.float32 if self._single else fast_precision(device))
        self._adopt(device)

    def _adopt(self, device: torch.device) -> None:
        """Go on where the networks are."""
        self._device = device
        self._parts.move(device)
        self._enlarging = Enlarging(self.pack.enlarge)
