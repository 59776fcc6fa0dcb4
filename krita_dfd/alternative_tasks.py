"""Alternatives to what is drawn: the nearest neighbours of a component. Runs in the worker's thread only.

Number 0 is the painter's drawing, the others are its neighbours, nearest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

COUNT = 6
"""Neighbours that are offered."""


@dataclass(frozen=True)
class Preview:
    """The last portrait with an alternative: `image`, RGB bytes of the component's window, `side` pixels wide.

    `taken` says that the portrait shows this alternative now.
    """

    number: int
    image: bytes
    side: int
    taken: bool


def preview(engine: Any, parts: list[str], number: int) -> Preview | None:
    """Paint one alternative for the first of the `parts` (for all, where they are linked); None if there is none."""
    from dfd_core.geometry import component
    from dfd_core.snapshot import Snapshot

    found = _found(engine, parts[0])
    if number >= len(found):
        return None
    kept = engine.snapshot()
    choices = {part: found[number] if number else engine.drawn(part) for part in parts}
    image = engine.paint(Snapshot({**kept.choices, **choices}, kept.code))
    window = component(parts[0])
    return Preview(number, image[window.slices].tobytes(), window.size, number == _current(engine, parts[0], found))


def take(engine: Any, parts: list[str], number: int) -> int | None:
    """Use an alternative for the `parts` from the next portrait on; returns its number, or None if there is none."""
    found = _found(engine, parts[0])
    if number and not found:
        return None
    number = number % len(found) if found else 0
    for part in parts:
        engine.choose(part, found[number] if number else None)
    return number


def step(engine: Any, parts: list[str], by: int) -> int | None:
    """The same with the next alternative, or another that many numbers away; after the last comes the drawing."""
    return take(engine, parts, max(0, _current(engine, parts[0], _found(engine, parts[0]))) + by)


def _found(engine: Any, part: str) -> list[Any]:
    drawn = engine.drawn(part)
    return [drawn, *engine.alternatives(part, COUNT)] if drawn is not None else []


def _current(engine: Any, part: str, found: list[Any]) -> int:
    """The number of the one that was taken; -1 when it is none of those found: the drawing has changed since."""
    taken = engine.taken(part)
    if taken is None:
        return 0
    same = (n for n, choice in enumerate(found) if n and bool((choice.latent == taken.latent).all()))
    return next(same, -1)
