"""What the engine's short cuts do to the picture, in levels of 255."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dfd_core.benchmark.drawings import faces, other_mouth
from dfd_core.engine import Engine

DRAWINGS, STROKES = 8, 4


@dataclass(frozen=True)
class Effect:
    """Greatest difference of any pixel, and share of the pixels that differ by more than one level."""

    what: str
    greatest: int
    share: float


def effects(pack: Path, device: str) -> list[Effect]:
    """Of lower precision, and of enlarging again only what has changed."""
    quick, single, afresh = Engine(pack, device), Engine(pack, device, precision="single"), Engine(pack, device)
    pages = faces(single.pack, DRAWINGS)
    lower = [np.abs(_picture(quick, page) - _picture(single, page)) for page in pages]
    edited = [difference for page in pages for difference in _edits(quick, afresh, page)]
    return [_effect("lower precision", lower), _effect("only what changed is enlarged again", edited)]


def _picture(engine: Engine, page: np.ndarray) -> np.ndarray:
    engine.set_sketch(page, frame="canvas")
    return engine.render().image.astype(np.int16)


def _edits(quick: Engine, afresh: Engine, page: np.ndarray) -> Iterator[np.ndarray]:
    """One engine sees a mouth change step by step, the other paints in other colours in between."""
    _picture(quick, page)
    for k in range(STROKES):
        edited = other_mouth(page, k)
        afresh.seed = 1
        _picture(afresh, edited)
        afresh.seed = 0
        yield np.abs(_picture(quick, edited) - _picture(afresh, edited))


def _effect(what: str, differences: list[np.ndarray]) -> Effect:
    return Effect(what, int(max(d.max() for d in differences)), float(np.mean([(d > 1).mean() for d in differences])))
