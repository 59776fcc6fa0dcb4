"""A second window of Krita has a docker of its own; when it is closed, the first one goes on."""

from __future__ import annotations

import pytest
from painter import Painter


def open_second(painter: Painter) -> None:
    """Open another window with the docker, `other`."""
    painter.run("""
sip = sys.modules["krita_dfd.qt"].sip
first = app.activeWindow().qwindow()
opened = app.openWindow()
window = opened.qwindow()
window.show()
opened.addView(doc)
other = window.findChild(QDockWidget, "dfd_docker")
other.setVisible(True); other.raise_()
def dialog():
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == "dfd_doctor" and w.isVisible()]
    return found[0] if found else None
""")
    painter.session.wait_for("other.isVisible()")


@pytest.fixture
def second(painter: Painter) -> Painter:
    """A document with a face, and another window with the docker."""
    painter.new(500, 500)
    painter.face()
    open_second(painter)
    return painter


def close(painter: Painter) -> None:
    """Close the second window, and go on in the first one."""
    painter.run("window.close()")
    painter.session.wait_for("sip.isdeleted(other)")
    painter.run("first.activateWindow(); show(doc)")
    painter.session.wait_for("app.activeDocument() == doc and app.activeWindow().qwindow() == first")
    painter.activate("lines")


def test_opening_a_window_changes_nothing(second: Painter) -> None:
    assert second.get("controller().settings") == second.get("type(controller().settings)()")
    close(second)


def test_live_is_on_in_both(painter: Painter) -> None:
    """The second docker's button stops it at the first click."""
    painter.new(500, 500)
    painter.face()
    painter.click("dfd_live")
    painter.finish()
    open_second(painter)
    painter.run("button = other.findChild(QToolButton, 'dfd_live')")
    assert painter.get("button.isChecked()")
    painter.run("button.click()")
    assert not painter.get("controller().live.on")
    assert not painter.get("widget('dfd_live').isChecked()")
    close(painter)


def test_portraits_after_a_window_was_closed(second: Painter) -> None:
    close(second)
    assert "is ready" in second.generate()
    second.assert_calm()


def test_the_check_after_its_window_was_closed(second: Painter) -> None:
    """It opens again, in the first window."""
    second.run("controller().message.emit('Something is wrong.', True)")
    second.run("other.findChild(QToolButton, 'dfd_status_check').click()")
    second.session.wait_for("dialog() and dialog().copy.isEnabled()", 120)
    close(second)
    second.run("show(doc)")
    second.click("dfd_status_check")
    second.session.wait_for("dialog() and dialog().copy.isEnabled()", 120)
    second.run("dialog().close()")
    second.assert_calm()


def test_the_check_has_a_command(second: Painter) -> None:
    """There is one dialog, however many dockers; also when nothing is wrong, and after a window was closed."""
    second.run("app.action('dfd_check').trigger()")
    second.session.wait_for("dialog() and dialog().copy.isEnabled()", 120)
    assert second.get("sum(w.objectName() == 'dfd_doctor' for w in QApplication.topLevelWidgets())") == 1
    second.run("dialog().close()")
    close(second)
    second.run("app.action('dfd_check').trigger()")
    second.session.wait_for("dialog() and dialog().copy.isEnabled()", 120)
    second.run("dialog().close()")
    second.assert_calm()


def test_each_view_has_its_active_layer(painter: Painter) -> None:
    """What is drawn from is active in the view that the painter is in, and stays so."""
    painter.new(500, 500)
    painter.face()
    painter.activate("Background")
    painter.run("app.activeWindow().addView(doc)")
    painter.session.wait_for("len([v for v in app.activeWindow().views() if v.document() == doc]) == 2")
    mine = "[n.name() for n in app.activeWindow().activeView().selectedNodes()]"
    painter.run("doc.setActiveNode(layer('lines'))")
    painter.session.wait_for(f"{mine} == ['lines']")
    assert painter.get("doc.activeNode().name()") == "Background"
    painter.generate()
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    painter.session.wait_for(f"{mine} == ['lines']", 5)
