"""Figures from a real Krita: pen-up to portrait, and gaps between Krita's events, for canvases and thread counts.

    python tools/measure_in_krita.py [--threads 1 2 4] [--canvas 512 2048 4096] [--json FILE]

Each row draws the same face with the mouse twice, without and with Live. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "krita")]

from krita_probe import Probe, resident_mb, summary  # noqa: E402
from krita_session import KritaSession  # noqa: E402
from painter import Painter, face_strokes  # noqa: E402

PROFILE = ROOT / "build" / "krita-measure-profile"
PAUSE = 1.2
"""Seconds between two strokes: the portrait has time to catch up."""


def _draw(painter: Painter) -> None:
    for points in face_strokes():
        painter.stroke(points)
        time.sleep(PAUSE)


def row(painter: Painter, probe: Probe, side: int) -> dict[str, Any]:
    """Gaps while drawing without and with Live, and the delays, on a square canvas."""
    painter.new(side, side)
    painter.take_brush(max(3.0, side / 150))
    probe.restart()
    _draw(painter)
    without = probe.gaps()
    painter.close_all()
    painter.new(side, side)
    painter.take_brush(max(3.0, side / 150))
    painter.run("controller().live.switch(True)")
    painter.stroke(face_strokes()[0])
    painter.session.wait_for("'lines portrait' in str(tree()) and controller().state == 'idle'", 120)
    probe.restart()
    _draw(painter)
    gaps, delays = probe.gaps(), probe.delays()
    painter.run("controller().live.switch(False)")
    painter.finish()
    painter.close_all()
    return {"canvas": side, "gaps_without": without, "gaps_live": gaps, "delay_median": statistics.median(delays),
            "delay_worst": max(delays), "strokes": len(delays)}  # fmt: skip


def measure(threads: int, canvases: list[int]) -> dict[str, Any]:
    """All rows of one Krita whose engine has `threads` threads."""
    environment = {"OMP_NUM_THREADS": str(threads)}
    with KritaSession(PROFILE, environment=environment) as session:
        painter = Painter(session)
        painter.new(512, 512)
        before = resident_mb(session)
        painter.face()
        begun = time.monotonic()
        painter.generate(120)
        first = time.monotonic() - begun
        above = resident_mb(session) - before
        painter.close_all()
        probe = Probe(session)
        rows = [row(painter, probe, side) for side in canvases]
        probe.stop()
        session.quit()
    return {"threads": threads, "first_portrait": first, "resident_above_krita": above, "rows": rows}


def main() -> int:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--canvas", type=int, nargs="+", default=[512, 2048, 4096])
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "in_krita.json")
    options = parser.parse_args()
    results = []
    for threads in options.threads:
        result = measure(threads, options.canvas)
        results.append(result)
        print(f"{threads} threads: first portrait {result['first_portrait']:.1f} s, "
              f"{result['resident_above_krita']:.0f} MiB above Krita's own")  # fmt: skip
        for each in result["rows"]:
            print(f"  {each['canvas']}²: pen-up to portrait median {each['delay_median']:.2f} s, "
                  f"worst {each['delay_worst']:.2f} s; gaps live {summary(each['gaps_live'])}; "
                  f"without {summary(each['gaps_without'])}", flush=True)  # fmt: skip
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
