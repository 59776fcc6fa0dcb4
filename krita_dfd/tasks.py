"""What the worker does with a document's engine. Runs in the worker's thread only; knows the engine, not Krita."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .qt import tr
from .reading import Picture
from .settings import COLOURS, FrameChoice, FrameNumbers
from .worker import Job
from .writing import Part, Patch


@dataclass(frozen=True)
class Order:
    """A portrait to make. `blend`, `colours`, `attributes` hold only what the painter set; see `settings.Settings`.

    `previous` is where the last portrait stands: an automatic frame stays there while it still fits. `snapshot` is the
    document's last portrait, for an engine that has not made any since. `reference` is a picture of the document or a
    file's path. `problem` says what is not as the painter asked for it, such as that there is none.
    """

    picture: Picture
    blend: dict[str, float]
    locks: list[str]
    taken: list[str]
    link_eyes: bool
    seed: int
    colours: dict[str, tuple[int, int, int]]
    frame: FrameChoice
    previous: FrameNumbers | None
    snapshot: bytes
    keep_colours: bool = False
    reference: Picture | str | None = None
    reference_strength: float = 1.0
    problem: str = ""
    parts: bool = False
    feather: float = 0.0
    attributes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """A portrait. `image`: 512 x 512 RGB bytes on the canonical canvas; `frame`: where that stands in the document.

    `patch` is all of it, `parts` the components of their own if they were asked for; `model` names what made it.
    `colours` are those of `settings.COLOURS`. `problem` says what the portrait had to do without; `lost` are parts that
    show the drawing, although they were taken.
    """

    patch: Patch
    frame: FrameNumbers
    image: bytes
    snapshot: bytes
    colours: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    model: str = ""
    problem: str = ""
    lost: tuple[str, ...] = ()


def render(engine: Any, job: Job, order: Order) -> Rendered:
    """Make the portrait; raises `dfd_core.Cancelled` or a `DfdError` with a line for the painter."""
    from dfd_core.engine import DEFAULT_BLEND

    from . import pixels, reference_tasks  # numpy is known to be there only now

    is_new, unkept = not engine.has_portrait, restore(engine, order.snapshot, order.taken)
    if not (order.locks or order.taken or order.keep_colours):
        unkept = ""
    picture = order.picture
    engine.set_sketch(pixels.decode(picture.data, picture.width, picture.height), origin=(picture.x, picture.y),
                      canvas=picture.canvas, frame=frame_of(order.frame), near=frame_of(order.previous))  # fmt: skip
    for name, usual in DEFAULT_BLEND.items():
        engine.set_blend(name, order.blend.get(name, usual))
        engine.set_lock(name, name in order.locks)
        if name not in order.taken:
            engine.choose(name, None)
    engine.link_eyes, engine.seed, engine.keep_appearance = order.link_eyes, order.seed, order.keep_colours
    for part in COLOURS:
        engine.set_colour(part, order.colours.get(part))
    lost = tuple(name for name in order.taken if is_new and engine.taken(name) is None)
    problems = (unkept, order.problem, set_attributes(engine, order.attributes),
                reference_tasks.set_reference(engine, order.reference))  # fmt: skip
    engine.reference_strength = order.reference_strength
    portrait = engine.render(progress=job.progress, cancelled=job.cancelled.is_set)
    snapshot = engine.snapshot().to_bytes()
    made = rendered(engine, portrait.image, portrait.frame, portrait.canvas, snapshot, order.parts,
                    order.feather)  # fmt: skip
    return replace(made, colours=engine.colours(), problem=" ".join(filter(None, problems)), lost=lost)


def set_attributes(engine: Any, values: dict[str, float]) -> str:
    """Say of the whole face what the painter did; a line for the painter where the model cannot follow, else ""."""
    for name in engine.pack.attributes:
        engine.set_attribute(name, values.get(name, 0.0))
    if any(value for name, value in values.items() if name not in engine.pack.attributes):
        return tr("This model cannot make a face more masculine or feminine: choose another model for that.")
    return ""


def rendered(engine: Any, image: Any, frame: Any, canvas: tuple[int, int], snapshot: bytes, parts: bool,
             feather: float = 0.0) -> Rendered:  # fmt: skip
    """A portrait `image` (512, 512, 3) as it will be written; `frame`, `feather`: see `dfd_core.frame.place`."""
    from dfd_core.frame import place
    from dfd_core.geometry import COMPONENTS, REMAINDER

    from . import patches

    rgba, x, y = place(image, frame, canvas, feather)
    own = patches.parts(rgba, x, y, frame, [c for c in COMPONENTS if c is not REMAINDER]) if parts else ()
    model = f"DeepFaceDrawing {engine.pack.manifest.get('name', '')}".strip()
    return Rendered(patches.patch(rgba, x, y), numbers_of(frame), image.tobytes(), snapshot, parts=own, model=model)


def frame_of(numbers: FrameChoice | None) -> Any:
    """The `dfd_core.Frame` of four numbers; a word or None is what it is."""
    from dfd_core import Frame

    return numbers if numbers is None or isinstance(numbers, str) else Frame(*numbers)


def numbers_of(frame: Any) -> FrameNumbers:
    """The opposite of `frame_of`."""
    return (frame.x, frame.y, frame.side, frame.tilt)


def restore(engine: Any, data: bytes, taken: list[str]) -> str:
    """Give an engine that is new what the document keeps: locked components, and alternatives that were taken.

    Returns a line for the painter when that cannot be, else "": the drawing is still there.
    """
    if engine.has_portrait or not data:
        return ""
    from dfd_core.errors import DfdError
    from dfd_core.snapshot import Snapshot

    try:
        snapshot = Snapshot.from_bytes(data)
        engine.restore(snapshot)
    except DfdError:
        return tr("Nothing of the last portrait could be kept: it is damaged or was made with another model.")
    for name in taken:
        engine.choose(name, snapshot.choices[name])
    return ""
