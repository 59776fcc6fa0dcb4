"""A seeded robot that uses the docker at random, as an impatient painter would, and watches for harm.

    python tools/robot.py [--minutes 30] [--deeds N] [--seed 1] [--plain] [--json FILE]

It draws with the mouse, undoes, moves sliders, locks, rolls dice, switches Live, documents and layers, saves, closes,
and opens again. It ends with an error when a dialog opens, a traceback is reported, a drawing changes without a stroke
or undo, or Krita stops answering (its profile then has the threads' stacks), and tells how memory grew. With --plain
the docker is closed and never used: what memory does then is Krita's own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "krita")]

from krita_probe import resident_mb  # noqa: E402
from krita_session import KritaFailure, KritaSession  # noqa: E402
from painter import Painter, face_strokes  # noqa: E402

PROFILE = ROOT / "build" / "krita-robot-profile"
WARM_UP = 0.1
"""The share of the time or deeds before memory is compared, with no document open: by then, all that is loaded once has
been."""


STACKS = PROFILE / "robot-stacks.txt"
"""What every thread's Python was doing when Krita did not answer any more."""

ON_SIGNAL = """
import faulthandler, signal
stacks = open(path, "w")
faulthandler.register(signal.SIGUSR1, stacks)
"""


class Robot:
    """Does one random thing at a time. Each document has a layer "lines"."""

    def __init__(self, painter: Painter, seed: int, folder: Path, plain: bool = False) -> None:
        self.painter, self.random, self.folder = painter, random.Random(seed), folder
        self.done: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=8)
        self.changes: list[str] = []
        deeds = {
            self.draw: 10, self.undo: 4, self.live: 2, self.generate: 4, self.cancel: 1, self.slide: 4, self.lock: 3,
            self.dice: 3, self.look_around: 2, self.section: 1, self.switch: 2, self.save_and_open: 1, self.keep: 1,
            self.shadow: 1, self.touch_portrait: 1, self.another_layer: 1, self.back: 2,
        }  # fmt: skip
        if plain:
            krita_s = (self.draw, self.undo, self.switch, self.save_and_open, self.another_layer)
            deeds = {deed: weight for deed, weight in deeds.items() if deed in krita_s}
        self._deeds, self._weights = list(deeds), list(deeds.values())

    def step(self) -> None:
        """One thing; afterwards nothing may be wrong."""
        deed: Callable[[], None] = self.random.choices(self._deeds, self._weights)[0]
        self.done[deed.__name__] += 1
        self.last.append(deed.__name__)
        may_change = (self.draw, self.undo, self.save_and_open, self.switch, self.another_layer)
        before = None if deed in may_change else self.at_rest()
        deed()
        time.sleep(self.random.choice([0.0, 0.1, 0.5, 1.5]))
        if dialogs := self.painter.get("dialogs()"):
            raise KritaFailure(f"a dialog is open after {deed.__name__}: {dialogs}")
        if before is not None and self.lines() != before:
            self.changes.append(deed.__name__)

    def lines(self) -> list[object]:
        """What must not change about the drawing."""
        result: list[object] = self.painter.run("""
n = [n for n in nodes(doc.rootNode()) if n.name() == "lines"]
result = [[x.uniqueId().toString(), zlib.crc32(bytes(x.pixelData(0, 0, doc.width(), doc.height())))] for x in n]
""")
        return result

    def at_rest(self) -> list[object]:
        """`lines` once they stay the same: on a busy machine Krita still paints what the mouse did before."""
        seen: list[object] = []
        while (now := self.lines()) != seen or self.painter.get("stroke_is_open(doc)"):
            seen = now
            time.sleep(0.2)
        return seen

    def begin(self) -> None:
        """A new document with a face."""
        side = self.random.choice([500, 800, 1200])
        self.painter.new(side, self.random.choice([side, side * 3 // 4]))
        self.painter.take_brush()
        self.painter.face(tilt=self.random.uniform(-15, 15))

    def end(self) -> float:
        """Close all documents; returns the resident memory in MiB."""
        self.painter.run("controller().live.switch(False)")
        self.painter.finish()
        self.painter.close_all()
        time.sleep(5)  # the plugin gives freed memory back two seconds after a document was closed
        return resident_mb(self.painter.session)

    def draw(self) -> None:
        """A stroke on the drawing."""
        if self.painter.get("[n for n in nodes(doc.rootNode()) if n.name() == 'lines']"):
            self.painter.run("doc.setActiveNode(layer('lines'))")
        points = self.random.choice(face_strokes())
        self.painter.stroke([(x + self.random.uniform(-0.05, 0.05), y) for x, y in points])

    def undo(self) -> None:
        """Ctrl+Z once or twice, also with the pen just lifted."""
        for _ in range(self.random.choice([1, 1, 2])):
            self.painter.run("app.action('edit_undo').trigger()")

    def live(self) -> None:
        """Live on or off."""
        self.painter.run("widget('dfd_live').click()")

    def generate(self) -> None:
        """Press the button; the pen goes on."""
        self.painter.run("widget('dfd_generate').click()")

    def cancel(self) -> None:
        """Press, and think better of it."""
        self.painter.run("widget('dfd_generate').click(); controller().cancel()")

    def slide(self) -> None:
        """Drag a slider."""
        name = self.random.choice(["left_eye", "right_eye", "nose", "mouth", "remainder"])
        ends = sorted(self.random.sample(range(101), 2))
        self.painter.run(f"[widget('dfd_blend_{name}').setValue(v) for v in range({ends[0]}, {ends[1]}, 3)]")

    def lock(self) -> None:
        """Lock or unlock a part."""
        name = self.random.choice(["left_eye", "right_eye", "nose", "mouth", "remainder"])
        self.painter.run(f"widget('dfd_lock_{name}').click()")

    def dice(self) -> None:
        """Another look."""
        self.painter.run(f"app.action('{self.random.choice(['dfd_dice', 'dfd_average', 'dfd_link_eyes'])}').trigger()")

    def back(self) -> None:
        """Through the history."""
        names = ["dfd_back", "dfd_forward", "dfd_compare"]
        self.painter.run(f"app.action('{self.random.choice(names)}').trigger()")

    def shadow(self) -> None:
        """Shadow on or off."""
        self.painter.run("app.action('dfd_shadow').trigger()")

    def keep(self) -> None:
        """Keep the portrait."""
        self.painter.run("app.action('dfd_keep').trigger()")

    def look_around(self) -> None:
        """Scroll the docker, hide it and show it again."""
        self.painter.run("b = widget('dfd_scroll').verticalScrollBar(); b.setValue(b.maximum() - b.value())")
        if self.random.random() < 0.3:
            self.painter.run("docker().setVisible(False)")
            time.sleep(0.3)
            self.painter.run("docker().setVisible(True); docker().raise_()")

    def section(self) -> None:
        """Fold a section away or unfold it."""
        name = self.random.choice(["parts", "appearance", "shadow", "history", "output"])
        self.painter.run(f"w = widget('dfd_section_{name}')\nif w: w.click()")

    def another_layer(self) -> None:
        """A layer for colours, or one of ours hidden or removed; by a script, which Krita cannot stand in a stroke."""
        self.at_rest()
        self.painter.run(self.random.choice([
            "doc.rootNode().addChildNode(doc.createNode('colours', 'paintlayer'), None)",
            "[n.setVisible(not n.visible()) for n in nodes(doc.rootNode()) if 'portrait' in n.name()]",
            "[n.remove() for n in list(nodes(doc.rootNode())) if 'portrait' in n.name()][:1]",
        ]))  # fmt: skip

    def touch_portrait(self) -> None:
        """Select the portrait, or lock it."""
        self.painter.run("""
for n in nodes(doc.rootNode()):
    if "portrait" in n.name() and n.type() == "paintlayer":
        doc.setActiveNode(n)
""")

    def switch(self) -> None:
        """Another document, a new one at first."""
        if self.painter.get("len([d for d in app.documents() if 'scratch' not in d.name()])") < 3:
            self.begin()
            return
        self.painter.run("""
area = app.activeWindow().qwindow().findChildren(QMdiArea)[0]
windows = area.subWindowList()
area.setActiveSubWindow(windows[(windows.index(area.activeSubWindow()) + 1) % len(windows)])
""")
        self.painter.session.wait_for("app.activeDocument() is not None")
        self.painter.run("doc = app.activeDocument()")

    def save_and_open(self) -> None:
        """Save, close and open again."""
        path = self.folder / f"{self.done['save_and_open']}.kra"
        self.painter.session.wait_for("doc.tryBarrierLock() and (doc.unlock() or True)", 60)
        if self.painter.get("doc.saveAs(path)", path=str(path)):
            self.painter.run("doc.setModified(False); doc.close()")
            time.sleep(0.5)
            self.painter.run("doc = app.openDocument(path); doc.setBatchmode(True); show(doc)", path=str(path))
            self.painter.session.wait_for("app.activeDocument() == doc")


def main() -> int:
    """Run it; 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--deeds", type=int, help="end after so many, however long they take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="never use the docker")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "robot.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, KritaSession(PROFILE) as session:
        painter = Painter(session)
        robot = Robot(painter, options.seed, Path(folder), options.plain)
        painter.run(ON_SIGNAL, path=str(STACKS))
        robot.begin()
        if options.plain:
            painter.run("docker().setVisible(False)")
        else:
            painter.generate(120)
        begun, warm, grown, problem = time.monotonic(), 0.0, 0.0, ""

        def share() -> float:
            if options.deeds:
                return robot.done.total() / options.deeds
            return (time.monotonic() - begun) / (60 * options.minutes)

        try:
            while (spent := share()) < 1:
                robot.step()
                if not warm and spent > WARM_UP:
                    warm = robot.end()
                    robot.begin()
            painter.assert_calm()
            grown = robot.end()
        except (KritaFailure, AssertionError) as failure:
            problem = f"{failure}, after {', '.join(robot.last)}"
            session.send_signal(signal.SIGUSR1)
            with contextlib.suppress(KritaFailure):
                session.screenshot(PROFILE / "robot.png")
        report = {"minutes": (time.monotonic() - begun) / 60, "seed": options.seed, "plain": options.plain,
                  "problem": problem, "deeds": dict(robot.done), "changed_drawings": robot.changes}  # fmt: skip
        if not problem:
            report |= {"resident_warm": warm, "resident_end": grown, "exit": session.quit()}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=1), "utf-8")
    print(json.dumps(report, indent=1))
    return 1 if problem or robot.changes else 0


if __name__ == "__main__":
    sys.exit(main())
