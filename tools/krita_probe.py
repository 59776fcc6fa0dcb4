"""Measures inside a running Krita: gaps between its events, and how long after the pen a portrait is there."""

from __future__ import annotations

import math
from typing import Any

from krita_session import KritaSession

TICK_MS = 5

_CODE = f"""
import sys, time

class Probe(QObject):
    def __init__(self):
        super().__init__()
        self.gaps, self.ups, self.made = [], [], []
        self.last = time.perf_counter()
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.PreciseTimer)
        self.timer.timeout.connect(self.tick)
        self.timer.start({TICK_MS})
        QApplication.instance().installEventFilter(self)
        controller = sys.modules["krita_dfd.plugin"].controller
        controller.maker.made.connect(self.note)

    def tick(self):
        now = time.perf_counter()
        self.gaps.append(now - self.last)
        self.last = now

    def note(self, *_):
        self.made.append(time.perf_counter())

    def eventFilter(self, target, event):
        if event.type() == QEvent.MouseButtonRelease and "Canvas" in target.metaObject().className():
            self.ups.append(time.perf_counter())
        return False

    def restart(self):
        self.gaps, self.ups, self.made, self.last = [], [], [], time.perf_counter()

    def stop(self):
        self.timer.stop()
        QApplication.instance().removeEventFilter(self)
        sys.modules["krita_dfd.plugin"].controller.maker.made.disconnect(self.note)

probe = Probe()
"""


class Probe:
    """Counts from `restart` on. Put into Krita once per session; `stop` takes it out again."""

    def __init__(self, session: KritaSession) -> None:
        self._session = session
        session.run(_CODE)

    def restart(self) -> None:
        """Forget what was counted."""
        self._session.run("probe.restart()")

    def gaps(self) -> dict[str, float]:
        """Median, 99th percentile and longest gap between two events, and how many, in milliseconds."""
        gaps = sorted(1000 * gap for gap in self._session.run("result = probe.gaps"))
        return {"p50": _quantile(gaps, 0.5), "p99": _quantile(gaps, 0.99), "max": gaps[-1], "count": len(gaps)}

    def delays(self) -> list[float]:
        """For each time the pen came up: seconds until the portrait changed for the last time before the next stroke.

        0 when the portrait had caught up before.
        """
        ups, made = self._session.run("result = [probe.ups, probe.made]")
        ends = [*ups[1:], math.inf]
        last = [max((m for m in made if up <= m < end), default=up) for up, end in zip(ups, ends, strict=True)]
        return [m - up for up, m in zip(ups, last, strict=True)]

    def stop(self) -> None:
        """End measuring."""
        self._session.run("probe.stop(); del probe")


def resident_mb(session: KritaSession, first: str = "") -> float:
    """Resident memory of Krita in MiB, right after it has run the code `first`."""
    status: str = session.run(f"{first}\nresult = open('/proc/self/status').read()")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def summary(gaps: dict[str, Any]) -> str:
    """One line of a gap measurement."""
    return "p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {max:.0f} ms of {count}".format(**gaps)
