"""Progress, cancelling and timing of one render."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dfd_core.errors import Cancelled


@dataclass
class Stages:
    """`enter` before each stage of a render and `leave` after it; `seconds` says how long each took."""

    progress: Callable[[str, float], None] | None
    cancelled: Callable[[], bool] | None
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def enter(self, stage: str, fraction: float) -> None:
        """Tell how far the render is; raises `Cancelled` when it is no longer wanted."""
        if self.cancelled and self.cancelled():
            raise Cancelled(f"cancelled before {stage}")
        if self.progress:
            self.progress(stage, fraction)
        self._since = time.perf_counter()

    def leave(self, stage: str) -> None:
        """Note the time of the stage."""
        self.seconds[stage] = time.perf_counter() - self._since
