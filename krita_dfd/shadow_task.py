"""The shadow: what the worker makes of a drawing to guide the pen. Runs in the worker's thread only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .reading import Picture
from .settings import FrameChoice, FrameNumbers
from .tasks import frame_of, numbers_of, set_attributes
from .worker import Job
from .writing import Patch

COLOUR = (70, 130, 215)
"""8-bit sRGB: the light blue of construction lines."""

OUTLINES = 0.35
"""Ink of the windows' outlines on a blank canvas."""


@dataclass(frozen=True)
class Order:
    """A shadow to make, for a canvas of that size.

    Without a `picture`, of the drawing that the engine has. `blank` is where the average face stands while nothing is
    drawn; for the others see `tasks.Order`.
    """

    picture: Picture | None
    frame: FrameChoice
    previous: FrameNumbers | None
    blank: FrameNumbers
    canvas: tuple[int, int]
    link_eyes: bool = False
    attributes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shadow:
    """`blank`: nothing is drawn. `covered`: the drawing's paper is opaque, so that nothing below it shows."""

    patch: Patch
    frame: FrameNumbers
    blank: bool
    covered: bool


def make(engine: Any, job: Job, order: Order) -> Shadow:
    """The shadow of a drawing; raises a `DfdError` with a line for the painter."""
    import numpy as np

    from dfd_core.shadow import placed_shadow, window_outlines

    from . import patches, pixels  # numpy is known to be there only now

    picture, covered = order.picture, False
    blank = picture is not None and picture.transparent
    if blank:
        frame = frame_of(order.blank)
        ink = np.maximum(engine.sibling().shadow(), OUTLINES * window_outlines())
    else:
        if picture is not None:
            rgba = pixels.decode(picture.data, picture.width, picture.height)
            covered = int((rgba[..., 3] > 250).sum()) > order.canvas[0] * order.canvas[1] / 2
            engine.link_eyes = order.link_eyes
            set_attributes(engine, order.attributes)
            engine.set_sketch(rgba, origin=(picture.x, picture.y), canvas=order.canvas, frame=frame_of(order.frame),
                              near=frame_of(order.previous))  # fmt: skip
        frame, ink = engine.frame, engine.shadow()
    rgba, x, y = placed_shadow(ink, frame, order.canvas, COLOUR)
    return Shadow(patches.patch(rgba, x, y), numbers_of(frame), blank, covered)
