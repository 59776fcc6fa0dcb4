"""Draws a portrait with the real plugin in a real Krita, without a screen: `make portrait [SKETCH=FILE]`.

Opens the drawing, presses the docker's Generate, saves the document and a picture of it, and quits Krita. Uses a
private profile in `build/krita-profile`; the painter's own Krita is not touched.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from krita_session import ROOT, KritaFailure, KritaSession, wait_until

SAMPLE = ROOT / "samples" / "sample.kra"
TIMEOUT = 600.0
"""Seconds after which a portrait is given up."""

KINDS = (".kra", ".png", ".jpg", ".jpeg", ".svg")

OPEN = """
import sys
app.setBatchmode(True)
doc = app.openDocument(path)
result = doc is not None and doc.rootNode() is not None and doc.width() > 0
if result:
    doc.setBatchmode(True)
    app.activeWindow().addView(doc)
    app.setActiveDocument(doc)
    docker = [d for d in app.dockers() if d.objectName() == "dfd_docker"][0]
    docker.setVisible(True)
    docker.raise_()
"""

SELECT = """
def walk(node):
    for child in node.childNodes():
        yield child
        yield from walk(child)
drawable = [n for n in walk(doc.rootNode()) if n.type() in ("paintlayer", "vectorlayer", "grouplayer")]
named = [n for n in drawable if n.name() == wanted] if wanted else [n for n in drawable if n.visible()][-1:]
result = named[0].name() if named else ""
if named:
    doc.setActiveNode(named[0])
"""

STATE = """
controller = sys.modules["krita_dfd.plugin"].controller
result = {"idle": controller.state == "idle", "status": docker.findChild(QLabel, "dfd_status").text(),
          "problem": docker.findChild(QLabel, "dfd_status_icon").isVisibleTo(docker),
          "loaded": controller.worker.engine is not None}
"""

SAVE = """
result = bool(doc.saveAs(kra) and doc.exportImage(png, InfoObject()))
"""


class Unusable(Exception):
    """The sketch cannot be used; the message is one line for the user."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a portrait from a drawing with the plugin in a real Krita.")
    parser.add_argument("--sketch", default="", metavar="FILE", help=f"{', '.join(KINDS)}; default: the sample drawing")
    parser.add_argument("--layer", default="", metavar="NAME", help="layer to draw from; default: the topmost visible")
    parser.add_argument("--output", type=Path, default=ROOT / "build", metavar="FOLDER", help="where the results go")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="also save a picture of Krita's window")
    return parser.parse_args(arguments)


def check(name: str) -> Path:
    """The sketch as an absolute path; `Unusable` when it is not a file that can be read."""
    path = Path(name).expanduser().absolute() if name else SAMPLE
    if not path.is_file():
        raise Unusable(f"{path}: there is no such file; give a drawing with SKETCH=FILE ({', '.join(KINDS)})")
    if path.suffix.lower() not in KINDS:
        raise Unusable(f"{path}: not a kind of file that can be used; give one of {', '.join(KINDS)}")
    try:
        path.open("rb").close()
    except OSError as error:
        raise Unusable(f"{path}: cannot be read ({error.strerror})") from None
    return path


def portrait(krita: KritaSession, sketch: Path, options: argparse.Namespace) -> tuple[str, Path, Path]:
    """Open, generate, save. Returns the status line and the two files."""
    if not krita.run(OPEN, path=str(sketch), timeout=120):
        raise Unusable(f"{sketch}: Krita cannot open this file; is it damaged?")
    krita.wait_for("app.activeDocument() == doc and doc.activeNode() is not None")
    name = krita.run(SELECT, wanted=options.layer)
    if not name:
        called = f" called “{options.layer}”" if options.layer else ""
        raise Unusable(f"{sketch}: it has no layer{called} to draw from")
    krita.wait_for("doc.activeNode().name() == name", name=name)
    krita.run("docker.findChild(QPushButton, 'dfd_generate').click()")
    state = wait_until(lambda: (now := krita.run(STATE))["idle"] and now, "the portrait", TIMEOUT)
    if state["problem"] and not state["loaded"]:
        raise KritaFailure(state["status"])
    if state["problem"]:
        raise Unusable(f"{sketch}: {state['status']}")
    options.output.mkdir(parents=True, exist_ok=True)
    kra, png = options.output.absolute() / "portrait.kra", options.output.absolute() / "portrait.png"
    kra.unlink(missing_ok=True)  # else Krita keeps the old one as a backup beside it
    krita.wait_for("doc.tryBarrierLock()")
    krita.run("doc.unlock()")
    if options.screenshot:
        krita.screenshot(options.screenshot)
    if not krita.run(SAVE, kra=str(kra), png=str(png)):
        raise KritaFailure(f"Krita could not write to {options.output}")
    return state["status"], kra, png


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 Krita failed, 2 the sketch cannot be used."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Krita and the X server are ended and cleaned up
    started = time.monotonic()
    try:
        sketch = check(options.sketch)
        with KritaSession(ROOT / "build" / "krita-profile") as krita:
            ready = time.monotonic()
            status, kra, png = portrait(krita, sketch, options)
            code = krita.quit()
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    except KritaFailure as problem:
        print(f"portrait: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{status}\n{png}\n{kra}")
    print(f"{time.monotonic() - started:.1f} s in all, {ready - started:.1f} s of it until Krita was ready")
    return 0 if code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
