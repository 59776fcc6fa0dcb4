"""A one-line progress bar on standard error."""

from __future__ import annotations

import sys
import time


class Bar:
    """Call it with (done, total); it redraws at most ten times a second, and only on a terminal."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.last = 0.0
        self.begun = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done."""
        now = time.monotonic()
        finished = done >= total
        if not finished and now - self.last < (0.1 if sys.stderr.isatty() else 10):
            return
        self.last = now
        left = (now - self.begun) / max(1, done) * (total - done)
        bar = "#" * (30 * done // max(1, total))
        line = f"{self.label} [{bar:<30}] {done}/{total}, {left:.0f} s left"
        if sys.stderr.isatty():
            print(f"\r{line} ", end="\n" if finished else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)
