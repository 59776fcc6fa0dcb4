"""Makes the manual's pictures in a real Krita, and the manual that Krita shows: `make manual`.

`docs/manual/manual.html` is the manual's text; it shows the pictures beside it and can be read in any browser. Krita
5.1.5 (*Settings > Configure Krita > Python Plugin Manager*) reads a plugin's manual when it starts and sets it into a
QTextBrowser without a base address or search paths: relative pictures are missing there, data URIs are shown. So
`krita_dfd/Manual.html` is the same text with the pictures inside.

    python tools/make_manual.py [--text]     # --text: only that; the pictures stay as they are
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "manual"
TEXT = FOLDER / "manual.html"
SHOWN = ROOT / "krita_dfd" / "Manual.html"

COLOURS = 256
"""In a picture's palette."""

WIDEST = 740
"""In pixels: what the plugin manager's window has room for."""

WINDOW = (1100, 860)
"""Krita's window in the pictures."""

_PICTURE = re.compile(r'(<img [^>]*src=")([^":]+)(")')

ARRANGE = """
window = app.activeWindow().qwindow()
window.setGeometry(QApplication.primaryScreen().geometry().width() - size[0], 0, *size)  # popups stay inside
kept = ("dfd_docker", "KisLayerBox", "ToolBox")
for d in app.dockers():
    if d.objectName() not in kept:
        d.setVisible(False)
d = docker(); d.setVisible(True); d.setFloating(False); d.raise_()
layers = [x for x in app.dockers() if x.objectName() == "KisLayerBox"][0]
window.resizeDocks([layers, d], [290, 290], Qt.Horizontal)
window.resizeDocks([layers, d], [150, 600], Qt.Vertical)
themes = {a.text().replace("&", ""): a for a in app.action("theme_menu").menu().actions()}
themes["Krita dark"].trigger()
"""

DRAWING = """
sample = app.openDocument(path)
ink = [n for n in sample.topLevelNodes() if n.name() == "sketch (paint)"][0].pixelData(0, 0, 512, 512)
sample.close()
layer("lines").setPixelData(ink, 560, 40, 512, 512)
copy = doc.createNode("copy of the lines", "paintlayer")
copy.setPixelData(ink, 20, 40, 512, 512)
doc.rootNode().addChildNode(copy, layer("Background"))
doc.refreshProjection(); doc.waitForDone()
"""
"""The sample's face twice: on the left to be seen, on the right to be drawn from."""

GRAB = """
data = QByteArray(); buffer = QBuffer(data); buffer.open(QIODevice.WriteOnly)
picture.save(buffer, "PNG")
result = bytes(data.toBase64()).decode()
"""

SECTIONS = ("parts", "appearance", "place", "shadow", "history", "output")


def inlined(text: str, folder: Path) -> str:
    """`text` (HTML) with the pictures that it shows from `folder` as data URIs."""

    def data(match: re.Match[str]) -> str:
        packed = base64.b64encode((folder / match[2]).read_bytes()).decode()
        return f"{match[1]}data:image/png;base64,{packed}{match[3]}"

    return _PICTURE.sub(data, text)


def write_manual() -> None:
    """Put `krita_dfd/Manual.html` together."""
    SHOWN.write_text(inlined(TEXT.read_text("utf-8"), FOLDER), "utf-8")


class Photographer:
    """Does in Krita what the manual tells, and takes its pictures."""

    def __init__(self, painter: Any) -> None:
        self.painter, self.run = painter, painter.run

    def take(self, name: str, source: str, **values: object) -> None:
        """Save the QPixmap that the Python expression `source` gives in Krita."""
        self.run(f"picture = {source}", **values)
        _save(base64.b64decode(self.run(GRAB)), FOLDER / f"{name}.png")

    def screen(self, name: str, *widgets: str, spare: int = 8) -> None:
        """A part of the screen: what is around the widgets that these Python expressions give."""
        self.painter.session.xdotool("mousemove", *self.painter.get("position(app.activeWindow().qwindow(), 3, 3)"))
        time.sleep(0.5)  # the brush's outline goes
        rectangles = ", ".join(f"QRect({w}.mapToGlobal(QPoint(0, 0)), {w}.size())" for w in widgets)
        self.run(f"""
area = QRect()
for each in ({rectangles},):
    area = area.united(each)
area = area.adjusted(-{spare}, -{spare}, {spare}, {spare}) & app.activeWindow().qwindow().geometry()
""")
        self.take(name, "QApplication.primaryScreen().grabWindow(0, area.x(), area.y(), area.width(), area.height())")

    def section(self, name: str) -> None:
        """One section of the docker."""
        self.fold(name)
        self.take(name, f"widget('dfd_section_{name}').parentWidget().grab()")

    def fold(self, *unfolded: str) -> None:
        """Fold all sections but these."""
        for name in SECTIONS:
            self.run("widget('dfd_section_' + name).setChecked(is_open)", name=name, is_open=name in unfolded)
        time.sleep(0.3)

    def rest(self) -> None:
        """Wait until the portrait has followed and is in the history."""
        for _ in range(2):
            self.painter.session.wait_for("controller().worker._jobs.empty() and controller().worker._running is None")
            self.painter.finish()
        time.sleep(2.0)

    # ---- the pictures

    def all(self, sample: Path) -> None:
        """Every picture of the manual, in an order that makes the next one ready."""
        self.run(ARRANGE, size=WINDOW)
        self.blank_canvas()
        self.painter.close_all()
        self.painter.new(1100, 600)
        self.run(DRAWING, path=str(sample))
        self.painter.session.wait_for("doc.activeNode().name() == 'copy of the lines'")  # Krita activates it later
        self.painter.activate("lines")
        self.painter.take_brush(2.0)  # no outline that can be seen
        self.fold("parts", "appearance")
        self.painter.press()
        self.rest()
        self.screen("overview", "app.activeWindow().qwindow()", spare=0)
        self.alternatives()
        self.section("appearance")
        self.frame()
        self.portraits()
        self.section("output")

    def blank_canvas(self) -> None:
        """The shadow on a canvas with nothing on it."""
        self.painter.new(800, 600)
        self.fold("shadow")
        self.run("widget('dfd_shadow').setChecked(True)")
        self.painter.session.wait_for("'shadow' in ' '.join(n.name() for n in nodes(doc.rootNode()))", 60)
        self.rest()
        self.screen("shadow", "canvas_widget()", "docker()", spare=0)

    def alternatives(self) -> None:
        """The parts, with the alternatives to face and hair open."""
        self.fold("parts")
        self.painter.click("dfd_alternatives_remainder")
        popup = "[w for w in QApplication.topLevelWidgets() if w.objectName() == 'dfd_alternatives'][0]"
        self.painter.session.wait_for(f"{popup}.findChild(QWidget, 'dfd_alternative_6').isEnabled()")
        self.screen("parts", popup, "widget('dfd_section_parts').parentWidget()")
        self.painter.session.xdotool("key", "Escape")

    def frame(self) -> None:
        """The place of the face, its picture included."""
        self.fold("place")
        self.painter.session.wait_for("widget('dfd_frame_view').image is not None")
        time.sleep(1.0)
        self.section("place")

    def portraits(self) -> None:
        """Some portraits in the history."""
        for seed in (12, 77, 5):
            self.run("controller().change(seed=seed)", seed=seed)
            self.rest()
        self.run("controller().explorer.show(controller().explorer.history.entries[1])")
        self.rest()
        self.section("history")


def _save(png: bytes, path: Path) -> None:
    """Write a small PNG: no wider than `WIDEST`, with a palette."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        small = picture.convert("RGB")
    small.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    small.quantize(COLOURS, kmeans=8, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


def make_pictures() -> None:
    """Start Krita, take the pictures, quit."""
    sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "krita")]
    from krita_session import KritaSession
    from painter import Painter

    with tempfile.TemporaryDirectory() as folder, KritaSession(ROOT / "build" / "krita-manual-profile") as session:
        sample = Path(folder) / "sample.kra"  # a copy, for Krita saves its own backups beside it
        shutil.copy(ROOT / "samples" / "sample.kra", sample)
        painter = Painter(session)
        Photographer(painter).all(sample)
        painter.close_all()
        session.quit()


if __name__ == "__main__":
    if "--text" not in sys.argv[1:]:
        make_pictures()
    write_manual()
    print(f"{SHOWN.relative_to(ROOT)}: {SHOWN.stat().st_size // 1000} kB")
