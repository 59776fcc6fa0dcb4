"""Cancel, close, delete, nothing to draw from: the status line says it, and nothing else happens."""

from __future__ import annotations

import pytest
from painter import Painter


@pytest.fixture
def ready(painter: Painter) -> Painter:
    """A document with a face, and the engine loaded."""
    painter.new(512, 512)
    painter.face()
    if painter.get("controller().worker.engine is None"):
        painter.generate()
        painter.run("layer('lines portrait (AI)').remove()")
        painter.activate("lines")
    return painter


def expect_problem(painter: Painter, words: str) -> None:
    """Press Generate with the mouse: the status line has `words` and a warning sign, and no layer came."""
    before = painter.get("[tree(), history()]")
    status = painter.generate()
    assert words in status
    assert painter.get("widget('dfd_status_icon').isVisible()")
    assert painter.get("[tree(), history()]") == before


def test_no_document(painter: Painter) -> None:
    assert "No document is open" in painter.generate()


def test_empty_layer(painter: Painter) -> None:
    painter.new(300, 300)
    expect_problem(painter, "is empty")


def test_transparent_strokes(painter: Painter) -> None:
    """Pixels that do not show are no drawing."""
    painter.new(300, 300)
    painter.run("lines.setPixelData(QByteArray(b'\\x10\\x10\\x10\\0' * 10000), 50, 50, 100, 100)")
    expect_problem(painter, "is empty")


def test_white_layer(painter: Painter) -> None:
    """The engine's own message arrives on the status line."""
    painter.new(300, 300)
    painter.activate("Background")
    before = painter.get("[tree(), history()]")
    assert painter.generate()
    assert painter.get("widget('dfd_status_icon').isVisible()")
    assert painter.get("[tree(), history()]") == before


def test_empty_group(painter: Painter) -> None:
    painter.new(300, 300)
    painter.run("doc.rootNode().addChildNode(doc.createGroupLayer('nothing'), lines)")
    painter.session.wait_for("doc.activeNode().name() == 'nothing'")
    expect_problem(painter, "is empty")


def test_mask_and_filter_layer(painter: Painter) -> None:
    painter.new(300, 300)
    painter.run("""
selection = Selection(); selection.select(0, 0, 100, 100, 255)
lines.addChildNode(doc.createNode("mask", "transparencymask"), None)
filter = app.filter("blur")
doc.rootNode().addChildNode(doc.createFilterLayer("blurred", filter, selection), lines)
""")
    painter.session.wait_for("doc.activeNode().name() == 'blurred'")
    expect_problem(painter, "Select a paint, vector or group layer")
    painter.activate("mask")
    expect_problem(painter, "Select the layer it belongs to")


def test_cancel(ready: Painter) -> None:
    """The button stops the work; the next press works."""
    before = ready.get("[tree(), history(), checksums()]")
    ready.run("hold()")
    ready.click("dfd_generate")
    ready.session.wait_for("controller().state == 'working'")
    assert ready.get("widget('dfd_progress').isVisible()")
    ready.click("dfd_cancel")
    assert "Cancelled" in ready.finish()
    assert ready.get("[tree(), history(), checksums()]") == before
    ready.run("release()")
    ready.generate()
    assert ready.get("tree()") == ["Background", "lines", "lines portrait (AI)"]


def test_close_document_while_working(ready: Painter) -> None:
    ready.press_and_hold()
    ready.close_all()
    ready.run("release()")
    assert "document was closed" in ready.finish()


def test_delete_layer_while_working(ready: Painter) -> None:
    ready.press_and_hold()
    ready.run("lines.remove()")
    ready.session.wait_for("tree() == ['Background']")
    ready.run("release()")
    assert "was deleted" in ready.finish()
    assert ready.get("tree()") == ["Background"]


def test_locks_and_sliders_reach_the_engine(ready: Painter) -> None:
    """Toggling a lock with the mouse and moving a slider with the keyboard."""
    ready.generate()
    assert ready.get("controller().settings.locks") == []
    ready.run("""
seen = {"lock": {}, "blend": {}}
kind = type(controller().worker.engine)
real = kind.set_lock, kind.set_blend
def spy(what, method):
    def call(engine, name, value):
        seen[what][name] = value
        return method(engine, name, value)
    return call
kind.set_lock = spy("lock", kind.set_lock)
kind.set_blend = spy("blend", kind.set_blend)
""")
    ready.click("dfd_lock_nose")
    ready.session.wait_for("'nose' in controller().settings.locks")
    ready.run("widget('dfd_blend_mouth').setFocus(); widget('dfd_blend_mouth').setValue(20)")
    ready.session.xdotool("key", "Right")
    ready.session.wait_for("widget('dfd_blend_mouth').value() == 21")
    ready.generate()
    seen = ready.get("seen")
    assert seen["lock"] == {"left_eye": False, "right_eye": False, "nose": True, "mouth": False, "remainder": False}
    assert seen["blend"]["mouth"] == pytest.approx(0.21)
    ready.run("kind.set_lock, kind.set_blend = real")
    ready.click("dfd_lock_nose")
    ready.session.wait_for("'nose' not in controller().settings.locks")


def test_controls_can_be_reached(painter: Painter) -> None:
    """Every control has a tooltip, a name for screen readers or a text, and takes the keyboard's focus."""
    controls = painter.run("""
result = []
for w in docker().findChildren(QWidget):
    if isinstance(w, (QAbstractButton, QSlider, QComboBox, QLineEdit)) and not w.objectName().startswith("qt_"):
        if docker().widget().isAncestorOf(w):
            text = w.text() if isinstance(w, QAbstractButton) else ""
            result.append([w.objectName(), bool(w.toolTip()), bool(w.accessibleName() or text), int(w.focusPolicy())])
""")
    names = {name for name, *_ in controls}
    assert {"dfd_generate", "dfd_cancel", "dfd_pack_add", "dfd_status_check", "dfd_install", "dfd_options"} <= names
    assert len([name for name in names if name.startswith(("dfd_lock_", "dfd_blend_"))]) == 5 * 2
    for name, tooltip, label, focus in controls:
        assert name.startswith("dfd_")
        assert tooltip, name
        assert label, name
        assert focus & 1, name


def test_actions(ready: Painter) -> None:
    """Generate is an action as well, so it can have a shortcut."""
    ready.run("app.action('dfd_generate').trigger()")
    ready.session.wait_for("controller().state == 'idle' and len(tree()) == 3")
    assert ready.get("app.action('dfd_cancel') is not None")
