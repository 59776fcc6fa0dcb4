"""What a painter does in Krita and what they see, for the tests."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from krita_session import KritaSession, wait_until

SRGB = "sRGB-elle-V2-srgbtrc.icc"

WAVE = [(-0.5 + i / 60, 0.75 + 0.04 * (-1) ** (i // 3)) for i in range(60)]
"""A long stroke below the face, for `Painter.stroke`."""

CLOSE_ALL = """
for document in app.documents():
    if document.name() != "krita_dfd scratch":
        document.setModified(False); document.close()
doc = document = None
"""

HELPERS = '''
import sys, threading, zlib

def docker():
    return [d for d in app.dockers() if d.objectName() == "dfd_docker"][0]

def widget(name):
    return docker().findChild(QWidget, name)

def status():
    return widget("dfd_status").text()

def controller():
    return sys.modules["krita_dfd.plugin"].controller

def stroke_is_open(document):
    return sys.modules["krita_dfd.strokes"].stroke_is_open(document)

def nodes(parent):
    for child in parent.childNodes():
        yield child
        yield from nodes(child)

def layer(name, document=None):
    return [n for n in nodes((document or doc).rootNode()) if n.name() == name][0]

def tree(parent=None):
    """Names, bottom first; a group is [name, children]."""
    result = []
    for child in (parent or doc.rootNode()).childNodes():
        result.append([child.name(), tree(child)] if child.type() == "grouplayer" else child.name())
    return result

def checksums():
    """{layer name: what must not change about it}"""
    w, h = doc.width(), doc.height()
    facts = lambda n: [n.type(), n.colorModel(), n.colorDepth(), n.colorProfile(), n.visible(), n.opacity(),
                       n.blendingMode(), zlib.crc32(bytes(n.pixelData(0, 0, w, h)))]
    space = [doc.colorModel(), doc.colorDepth(), doc.colorProfile(), w, h]
    ours = ("(AI)", "shadow")
    return {"": space, **{n.name(): facts(n) for n in nodes(doc.rootNode()) if not n.name().endswith(ours)}}

def history():
    view = [d for d in app.dockers() if d.objectName() == "History"][0].findChildren(QListView)[0]
    model = view.model()
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]

def dialogs():
    return [w.metaObject().className() for w in QApplication.topLevelWidgets()
            if w.isVisible() and (isinstance(w, QDialog) or "ExceptHook" in w.metaObject().className())]

def position(w, x=None, y=None):
    p = w.mapToGlobal(QPoint(w.width() // 2 if x is None else x, w.height() // 2 if y is None else y))
    return p.x(), p.y()

def canvas_widget():
    names = ("KisOpenGLCanvas2", "KisQPainterCanvas")
    return [w for w in app.activeWindow().qwindow().findChildren(QWidget)
            if w.metaObject().className() in names and w.isVisible()][0]

def show(document):
    app.activeWindow().addView(document)
    app.setActiveDocument(document)
    d = docker(); d.setVisible(True); d.raise_()

def hold():
    """Make the engine wait before its next portraits, until release() or a cancel."""
    global gate, real_render
    gate = threading.Event()
    kind = type(controller().worker.engine)
    real_render = kind.render
    def render(engine, progress=None, cancelled=None, gate=gate):
        while not gate.wait(0.01) and not (cancelled and cancelled()):
            pass
        return real_render(engine, progress=progress, cancelled=cancelled)
    kind.render = render

def release():
    gate.set()
    type(controller().worker.engine).render = real_render
'''


class Painter:
    """Drives one Krita. Documents made or opened here are `doc` in Krita's namespace."""

    def __init__(self, session: KritaSession) -> None:
        self.session = session
        self.run = session.run
        self._log_read = 0
        self.run(HELPERS)

    def get(self, expression: str, **values: Any) -> Any:
        """Value of a Python expression in Krita."""
        return self.run(f"result = {expression}", **values)

    # ---- documents

    def new(self, width: int, height: int, model: str = "RGBA", depth: str = "U8", profile: str = SRGB) -> None:
        """A new document with a white background and an empty, active layer "lines"."""
        self.run(
            """
doc = app.createDocument(width, height, "test", model, depth, profile, 72.0)
show(doc)
lines = doc.createNode("lines", "paintlayer")
doc.rootNode().addChildNode(lines, None)
""",
            width=width,
            height=height,
            model=model,
            depth=depth,
            profile=profile,
        )
        self.session.wait_for("doc.activeNode() and doc.activeNode().name() == 'lines'")

    def open(self, path: Path, active: str) -> None:
        """Open a file and make the layer called `active` the active one."""
        self.run("doc = app.openDocument(path); doc.setBatchmode(True); show(doc)", path=str(path))
        self.session.wait_for("app.activeDocument() == doc and doc.tryBarrierLock()")
        self.run("doc.unlock()")
        self.session.wait_for("controller().session.document == doc")
        self.activate(active)

    def activate(self, name: str) -> None:
        """Click on a layer in the layer list, as it were."""
        self.run("doc.setActiveNode(layer(name))", name=name)
        self.session.wait_for("doc.activeNode() and doc.activeNode().name() == name", name=name)

    def close_all(self) -> None:
        """Close what the test opened, discarding changes."""
        self.run(CLOSE_ALL)
        self.session.wait_for("not [v for v in app.activeWindow().views() if v.document()]")

    # ---- painting

    def take_brush(self, size: float = 6.0) -> None:
        """A plain black brush."""
        self.run(
            """
view = app.activeWindow().activeView()
view.setCurrentBrushPreset(app.resources("preset")["b) Basic-1"])
view.setBrushSize(size)
view.setForeGroundColor(ManagedColor.fromQColor(QColor(0, 0, 0), view.canvas()))
app.action("KritaShape/KisToolBrush").trigger()
""",
            size=size,
        )

    def canvas(self) -> tuple[int, int, int]:
        """Screen position of the canvas' middle, and the largest radius around it, in pixels."""
        x, y = self.get("position(canvas_widget())")
        radius = self.get("min(canvas_widget().width(), canvas_widget().height()) // 2")
        return x, y, radius

    def stroke(self, points: list[tuple[float, float]], lift: bool = True, pause: float = 0.004) -> None:
        """One stroke with the mouse; (0, 0) is the canvas' middle and 1 its smaller half side.

        `pause` is in seconds between points. With the short one, Qt may join several points into one.
        """
        self.session.xdotool(*self._stroke(points, lift, pause))

    def _stroke(self, points: list[tuple[float, float]], lift: bool = True, pause: float = 0.004) -> list[object]:
        cx, cy, radius = self.canvas()
        places = [(round(cx + x * radius), round(cy + y * radius)) for x, y in points]
        command: list[object] = ["mousemove", *places[0], "sleep", 0.05, "mousedown", 1]
        for x, y in places[1:]:
            command += ["mousemove", x, y, "sleep", pause]
        return [*command, *(["sleep", 0.03, "mouseup", 1] if lift else [])]

    def draw_face(self) -> None:
        """A simple face, stroke by stroke; waits until Krita has painted them all."""
        before = len(self.get("history()"))
        strokes = face_strokes()
        self.session.xdotool(*(part for points in strokes for part in self._stroke(points)))
        self.session.wait_for(f"len(history()) == {before + len(strokes)} and not stroke_is_open(doc)")

    def face(self, color: str = "black", tilt: float = 0) -> None:
        """The same kind of face on the layer "lines", put there at once, without the mouse and without undo entries.

        `tilt` is in degrees, clockwise. Only for 8-bit RGBA documents.
        """
        self.run(
            """
image = QImage(doc.width(), doc.height(), QImage.Format_ARGB32)
image.fill(Qt.transparent)
pen = QPainter(image)
pen.setRenderHint(QPainter.Antialiasing)
pen.setPen(QPen(QColor(color), 4))
pen.translate(doc.width() / 2, doc.height() / 2)
pen.rotate(tilt)
pen.scale(*[min(doc.width(), doc.height()) / 2] * 2)
pen.setPen(QPen(QColor(color), 0.012))
for points in strokes:
    pen.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
pen.end()
bits = image.constBits(); bits.setsize(image.sizeInBytes())
layer("lines").setPixelData(QByteArray(bytes(bits)), 0, 0, doc.width(), doc.height())
doc.refreshProjection()
""",
            strokes=face_strokes(),
            color=color,
            tilt=tilt,
        )

    # ---- the docker

    def click(self, name: str) -> None:
        """Click a widget of the docker with the mouse, after scrolling to it."""
        self.session.wait_for("widget(name).isVisible() and widget(name).isEnabled()", name=name)
        self.run("widget('dfd_scroll').ensureWidgetVisible(widget(name))", name=name)
        x, y = self.get("position(widget(name))", name=name)
        self.session.click(x, y)

    def generate(self, timeout: float = 60.0) -> str:
        """Press Generate with the mouse and wait for the end; returns the status line."""
        self.click("dfd_generate")
        return self.finish(timeout)

    def press(self) -> None:
        """Press Generate without waiting (and without the mouse)."""
        self.run("widget('dfd_generate').click()")

    def press_and_hold(self) -> None:
        """Press Generate and keep the engine at work until `release()`."""
        self.run("hold()")
        self.press()
        self.session.wait_for("controller().state == 'working'")

    def finish(self, timeout: float = 60.0) -> str:
        """Wait until nothing is being made and the active layer has come to rest; returns the status line."""
        self.session.wait_for("controller().state == 'idle' and '…' not in status()", timeout)
        return self.get("status()")

    def portrait(self, name: str) -> dict[str, Any]:
        """Facts about a portrait layer: bounds (x, y, w, h), spread of its colours (0..127), colour space."""
        return self.run(
            """
n = layer(name)
b = n.bounds()
data = bytes(n.pixelData(b.x(), b.y(), b.width(), b.height()))
mean = sum(data[1::4]) / max(1, len(data) // 4)
spread = (sum((v - mean) ** 2 for v in data[1::4]) / max(1, len(data) // 4)) ** 0.5
result = {"bounds": [b.x(), b.y(), b.width(), b.height()], "spread": spread, "id": n.uniqueId().toString(),
          "space": [n.colorModel(), n.colorDepth()], "crc": zlib.crc32(data), "opaque": data[3::4].count(255) > 0}
""",
            name=name,
        )

    def assert_calm(self) -> None:
        """No dialog is open and nothing was reported to Krita's log."""
        assert self.get("dialogs()") == []
        text = self.session.log.read_text("utf-8", "replace")
        new, self._log_read = text[self._log_read :], len(text)
        assert "Traceback" not in new, new


def face_strokes() -> list[list[tuple[float, float]]]:
    """A simple face around (0, 0) with a radius of about 0.75."""
    strokes = [_arc(0, 0.02, 0.55, 0.72), _arc(0, -0.15, 0.62, 0.68, 150, 390)]
    for side in (-1, 1):
        strokes += [_arc(side * 0.22, -0.06, 0.11, 0.05), _arc(side * 0.22, -0.06, 0.035, 0.035)]
        strokes += [_arc(side * 0.22, -0.12, 0.14, 0.09, 200, 340)]
    strokes += [_arc(0, 0.2, 0.09, 0.06, -20, 200), _arc(0, 0.3, 0.2, 0.12, 20, 160)]
    return strokes


def _arc(
    x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360, points: int = 24
) -> list[tuple[float, float]]:
    """Points of an elliptic arc, degrees clockwise from the right."""
    angles = [math.radians(start + (end - start) * i / points) for i in range(points + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


__all__ = ["Painter", "wait_until"]
