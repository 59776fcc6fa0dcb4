"""Memory that stays after documents were closed: of Krita alone, and with what the docker does to them.

    python tools/memory_in_krita.py [--documents 18] [--json FILE]

Krita itself keeps some memory of every document, so only the difference to its own rows, `nothing`, `filled` and
`painted`, is the docker's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "krita")]

from krita_probe import resident_mb  # noqa: E402
from krita_session import KritaSession  # noqa: E402
from painter import Painter  # noqa: E402

PROFILE = ROOT / "build" / "krita-measure-profile"
SIDE = 1200
WARM_UP = 3
"""Documents before the first figure."""

HEAD = """
## Memory of closed documents

Written by `python tools/memory_in_krita.py --documents {all}`: {count} documents of {side} x {side} pixels with a
face, made and closed one after the other, each row in a Krita of its own; resident memory in MiB. Krita keeps tiles of
every layer that was filled, with or without the plugin; the first three rows do not use it.

| with each document | before | after | MiB a document |
|---|---|---|---|
"""


def nothing(painter: Painter, path: Path) -> None:
    """A face is drawn, and that is all."""


def filled(painter: Painter, path: Path) -> None:
    """Two more layers, filled by Krita's own command."""
    for name in ("one", "two"):
        painter.run("doc.rootNode().addChildNode(doc.createNode(name, 'paintlayer'), None)", name=name)
        painter.activate(name)
        painter.run("app.action('fill_selection_foreground_color').trigger()")
        painter.session.wait_for("not stroke_is_open(doc)")


def painted(painter: Painter, path: Path) -> None:
    """Four pictures of the portrait's size, written by a script without the docker: what Krita keeps of those."""
    for grey in range(4):
        painter.run("""
node = layer("picture") if any(n.name() == "picture" for n in nodes(doc.rootNode())) else None
if node is None:
    node = doc.createNode("picture", "paintlayer")
    doc.rootNode().addChildNode(node, None)
pixels = bytes([grey, 99, 50 * grey, 255]) * (doc.width() * doc.height())
node.setPixelData(QByteArray(pixels), 0, 0, doc.width(), doc.height())
doc.refreshProjection()
""", grey=grey)  # fmt: skip
        time.sleep(0.5)


def portraits(painter: Painter, path: Path) -> None:
    """Four portraits with other looks, on one layer."""
    painter.generate(120)
    for _ in range(3):
        painter.run("controller().note(seed=controller().settings.seed + 1)")
        painter.generate()


def live(painter: Painter, path: Path) -> None:
    """Four strokes with Live."""
    painter.run("controller().live.switch(True)")
    for step in range(4):
        painter.stroke([(0.3, 0.3 + step / 50), (0.6, 0.3 + step / 50)])
        time.sleep(0.3)
    painter.run("controller().live.switch(False)")
    painter.finish()


def group(painter: Painter, path: Path) -> None:
    """A portrait as a group with masks."""
    painter.run("controller().note(output='group')")
    painter.generate(120)


def opened(painter: Painter, path: Path) -> None:
    """A portrait, saved, closed, opened and made again."""
    painter.generate(120)
    painter.run("doc.saveAs(path)", path=str(path))
    painter.close_all()
    painter.open(path, "lines")
    painter.generate()


DEEDS: tuple[Callable[[Painter, Path], None], ...] = (nothing, filled, painted, portraits, live, group, opened)


def measure(deed: Callable[[Painter, Path], None], documents: int) -> list[float]:
    """Resident memory in MiB after `WARM_UP` and after all `documents`, in a Krita of their own."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, KritaSession(PROFILE) as session:
        painter = Painter(session)
        for number in range(1, documents + 1):
            painter.new(SIDE, SIDE)
            painter.take_brush()
            painter.face()
            deed(painter, Path(folder) / f"{number}.kra")
            painter.close_all()
            time.sleep(1.0)
            if number in (WARM_UP, documents):
                time.sleep(4.0)  # the plugin gives freed memory back two seconds after a document was closed
                figures.append(resident_mb(session))
        session.quit()
    return figures


def section(report: dict[str, Any]) -> str:
    """The figures of the JSON file for `docs/in_krita.md`."""
    count = report["documents"] - WARM_UP
    meanings = {deed.__name__: (deed.__doc__ or "").strip() for deed in DEEDS}
    lines = [f"| {meanings[name]} | {before:.0f} | {after:.0f} | {(after - before) / count:.1f} |"
             for name, (before, after) in report["rows"].items()]  # fmt: skip
    return HEAD.format(all=report["documents"], count=count, side=SIDE) + "\n".join(lines) + "\n"


def main() -> int:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=18)
    parser.add_argument("--only", nargs="+", help="some of the rows")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "memory.json")
    options = parser.parse_args()
    figures = {}
    for deed in (d for d in DEEDS if not options.only or d.__name__ in options.only):
        before, after = figures[deed.__name__] = measure(deed, options.documents)
        each = (after - before) / (options.documents - WARM_UP)
        print(f"{deed.__name__:10} {before:5.0f} -> {after:5.0f} MiB, {each:4.1f} MiB a document", flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"documents": options.documents, "rows": figures}, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
