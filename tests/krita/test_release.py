"""The way of a new user: import the zip, press the button, draw, Generate; and out again, with nothing left behind.

The zip is what `make dist` makes, the importer Krita's own, the libraries the registry's real wheels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from krita_session import ROOT, KritaSession
from painter import Painter

from installer import index

sys.path.append(str(ROOT / "tools"))
from make_dist import plugin_zip

PROFILE = "Ölfarben & Papier"
"""Spaces and letters beyond ASCII, as in many a user's name."""

IMPORT = """
QTimer.singleShot(0, app.action("plugin_importer_file").trigger)
"""

TOP = """
result = [[w.metaObject().className(), w.windowTitle()] for w in QApplication.topLevelWidgets()
          if w.isVisible() and isinstance(w, QDialog)]
"""

WATCH = """
import time
gaps, before = [], [time.monotonic()]
def tick():
    now = time.monotonic(); gaps.append(now - before[0]); before[0] = now
watch = QTimer(); watch.timeout.connect(tick); watch.start(20)
"""


def session(profile: Path) -> KritaSession:
    """A Krita with nothing of ours in it, which looks for wheels where pip does on this computer."""
    pip = index.pip_settings()
    names = ("index-url", "extra-index-url", "find-links", "cert", "proxy")
    environment = {f"PIP_{name.replace('-', '_').upper()}": pip[name] for name in names if name in pip}
    return KritaSession(profile, plugin=False, environment=environment)


def ours(profile: Path) -> list[str]:
    """All files of ours in a profile's resource folder."""
    data = profile / "data" / "krita"
    return [str(path.relative_to(data)) for path in data.rglob("*") if "dfd" in str(path.relative_to(data))]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("new") / PROFILE


@pytest.fixture
def painter(profile: Path) -> Iterator[Painter]:
    with session(profile) as krita:
        yield Painter(krita)


def test_the_zip_is_imported(painter: Painter, tmp_path: Path) -> None:
    """Through Tools > Scripts > Import Python Plugin from File, with the keyboard."""
    path = plugin_zip(tmp_path)
    painter.run(IMPORT)
    painter.session.wait_for(
        "any(isinstance(w, QFileDialog) and w.isVisible() for w in QApplication.topLevelWidgets())"
    )
    painter.session.xdotool("sleep", 0.5, "type", "--delay", 15, str(path))
    painter.session.xdotool("key", "Return")
    painter.session.wait_for(
        "any(isinstance(w, QMessageBox) and w.isVisible() for w in QApplication.topLevelWidgets())"
    )
    painter.session.xdotool("sleep", 0.3, "key", "alt+y")
    painter.session.wait_for("not dialogs()")
    assert painter.session.quit() == 0


def test_the_button_brings_the_libraries_and_a_portrait_can_be_made(painter: Painter) -> None:
    """Krita stays responsive meanwhile; no restart is needed."""
    painter.run("d = docker(); d.setVisible(True); d.raise_()")
    assert not painter.get("widget('dfd_generate').isVisible()")
    assert "MB" in painter.get("widget('dfd_install').text()")
    painter.run(WATCH)
    painter.click("dfd_install")
    painter.session.wait_for("widget('dfd_install_progress').isVisible()")
    painter.session.wait_for("widget('dfd_generate').isVisible() or widget('dfd_library_status').text()", 240)
    assert painter.get("widget('dfd_library_status').text()") == ""
    gaps = sorted(painter.get("gaps"))
    assert gaps[len(gaps) * 99 // 100] < 0.1
    painter.run("watch.stop()")

    painter.new(900, 900)
    painter.take_brush()
    painter.draw_face()
    assert "lines portrait" in painter.generate(120)
    assert painter.get("tree()") == ["Background", "lines", "lines portrait"]
    assert painter.portrait("lines portrait")["spread"] > 5
    painter.assert_calm()
    assert painter.session.quit() == 0
