"""Figures from a real Krita: pen-up to portrait, and gaps between Krita's events, for canvases and thread counts.

    python tools/measure_in_krita.py [--threads 1 2 4] [--canvas 512 2048 4096] [--json FILE] [--docs FILE]

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
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "tests" / "krita")]

from krita_probe import Probe, resident_mb, summary  # noqa: E402
from krita_session import KritaSession  # noqa: E402
from memory_in_krita import section  # noqa: E402
from painter import Painter, face_strokes  # noqa: E402

from dfd_core.benchmark.report import machine  # noqa: E402

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
        krita = painter.get("app.version()")
        begun = time.monotonic()
        painter.generate(120)
        first = time.monotonic() - begun
        above = resident_mb(session) - before
        painter.close_all()
        probe = Probe(session)
        rows = [row(painter, probe, side) for side in canvases]
        probe.stop()
        session.quit()
    return {"threads": threads, "krita": krita, "first_portrait": first, "resident_above_krita": above, "rows": rows}


HEAD = """# In Krita: how soon the portrait follows, and what the pen feels

Written by `python tools/measure_in_krita.py --docs docs/in_krita.md`: a real Krita under Xvfb, in which a robot draws
the {strokes} strokes of a face with the mouse on a square canvas, first without Live and then with it, with a
portrait as large as the canvas. *Pen-up to portrait* is the time from the release of the button until the portrait of
exactly that drawing is on its layer. *Gaps* are the times between two turns of Krita's event loop while drawing
(median / 99th percentile / longest), in milliseconds: what the pen may have to wait. Threads are the engine's.

krita {krita} · cores {cores} · machine {machine}

| threads | canvas | pen-up to portrait, median | worst | gaps live | gaps without Live |
|---|---|---|---|---|---|
"""

END = (
    "Pressing Generate in a Krita that has just started, until the portrait is there, and the memory above Krita's own "
    "after it, by threads: "
)


def document(results: list[dict[str, Any]]) -> str:
    """The page about the figures of one run."""
    facts = {"krita": results[0]["krita"], **machine("cpu")}
    lines, ends = [], []
    for result in results:
        for each in result["rows"]:
            gaps = [" / ".join(f"{each[name][k]:.0f}" for k in ("p50", "p99", "max"))
                    for name in ("gaps_live", "gaps_without")]  # fmt: skip
            lines.append(f"| {result['threads']} | {each['canvas']}² | {each['delay_median']:.2f} s | "
                         f"{each['delay_worst']:.2f} s | {gaps[0]} | {gaps[1]} |")  # fmt: skip
        ends.append(
            f"{result['threads']}: {result['first_portrait']:.1f} s and {result['resident_above_krita']:.0f} MiB"
        )
    text = HEAD.format(strokes=results[0]["rows"][0]["strokes"], **facts) + "\n".join(lines)
    return f"{text}\n\n{END}{'; '.join(ends)}.\n"


def main() -> int:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--canvas", type=int, nargs="+", default=[512, 2048, 4096])
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "in_krita.json")
    parser.add_argument("--docs", type=Path, help="write the page about the figures")
    parser.add_argument("--memory", type=Path, default=ROOT / "build" / "memory.json",
                        help="what memory_in_krita.py wrote, for the page")  # fmt: skip
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
    if options.docs:
        memory = section(json.loads(options.memory.read_text("utf-8"))) if options.memory.is_file() else ""
        options.docs.write_text(document(results) + memory, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
