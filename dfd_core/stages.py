"""Progress, cancelling and timing of one render."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dfd_core.errors import Cancelled


@dataclass
class Stages:
    """Each stage of a render runs in a `stage`; `seconds` says how long each took.

    `progress(stage, fraction)` is told how far the render is, 0..1; `cancelled()` says whether it is still wanted.
    """

    progress: Callable[[str, float], None] | None = None
    cancelled: Callable[[], bool] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, fraction: float) -> Iterator[None]:
        """Tell that a stage begins, and note its time; raises `Cancelled` when the render is no longer wanted."""
        if self.cancelled and self.cancelled():
            raise Cancelled(f"cancelled before {name}")
        if self.progress:
            self.progress(name, fraction)
        begun = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begun
