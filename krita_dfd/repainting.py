"""Portraits that are kept as numbers, painted again or mixed. Runs in the worker's thread only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from .settings import FrameNumbers
from .tasks import Rendered, rendered, restore


@dataclass(frozen=True)
class Painting:
    """The portrait `first`, or the mixture at `amount` (0..1) on the way to `second`, on the `frame` of the `canvas`.

    With `taken`, the engine goes on from this portrait: locks hold on to it, and these components show what it shows;
    None: only a look.
    """

    first: bytes
    frame: FrameNumbers
    canvas: tuple[int, int]
    second: bytes = b""
    amount: float = 0.0
    taken: tuple[str, ...] | None = None
    parts: bool = False
    feather: float = 0.0


@dataclass
class Painted:
    """Pixels of the last few portraits, so that going to and fro between two is quick. For the worker's thread."""

    MOST = 4
    _images: OrderedDict[bytes, Any] = field(default_factory=OrderedDict)
    _pack: Any = None

    def image(self, engine: Any, data: bytes, snapshot: Any) -> Any:
        """The portrait (512, 512, 3) of `snapshot`, whose bytes are `data`."""
        if engine.pack is not self._pack:
            self._images.clear()
            self._pack = engine.pack
        if data not in self._images:
            self._images[data] = engine.paint(snapshot)
        self._images.move_to_end(data)
        while len(self._images) > self.MOST:
            self._images.popitem(last=False)
        return self._images[data]


def paint(engine: Any, painting: Painting, painted: Painted) -> Rendered:
    """Paint it; raises a `DfdError` with a line for the painter."""
    from dfd_core import Frame
    from dfd_core.snapshot import Snapshot

    data = painting.second if painting.amount >= 1 else painting.first
    snapshot = Snapshot.from_bytes(data)
    if 0 < painting.amount < 1:
        snapshot = snapshot.between(Snapshot.from_bytes(painting.second), painting.amount)
        data = snapshot.to_bytes()
    image = painted.image(engine, data, snapshot)
    if painting.taken is not None:
        engine.restore(snapshot)
        for name, choice in snapshot.choices.items():
            engine.choose(name, choice if name in painting.taken else None)
    frame = Frame(*painting.frame)
    made = rendered(engine, image, frame, painting.canvas, data, painting.parts, painting.feather)
    return made if painting.taken is None else replace(made, colours=engine.colours())


def take_component(engine: Any, name: str, data: bytes, last: bytes, taken: list[str]) -> bool:
    """Have the engine use component `name` of the portrait `data` instead of what is drawn there.

    `last` is the document's last portrait and `taken` what was taken before, for an engine that is new.
    """
    from dfd_core.snapshot import Snapshot

    snapshot = Snapshot.from_bytes(data)
    snapshot.check_model(engine.pack.model)
    restore(engine, last, taken)
    engine.choose(name, snapshot.choices[name])
    return True
