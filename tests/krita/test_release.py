"""The way of a new user: import the zip, press the button, draw, Generate; and out again, with nothing left behind.

The zip is what `make dist` makes, the importer Krita's own, the libraries the registry's real wheels.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from krita_session import ROOT, KritaSession
from painter import Painter

from installer import index
from installer.__main__ import main

sys.path.append(str(ROOT / "tools"))
from make_dist import plugin_zip

PROFILE = "Ölfarben & Papier"
"""Spaces and letters beyond ASCII, as in many a user's name."""

IMPORT = """
QTimer.singleShot(0, app.action("plugin_importer_file").trigger)
"""

WATCH = """
import time
gaps, before = [], [time.monotonic()]
def tick():
    now = time.monotonic(); gaps.append(now - before[0]); before[0] = now
watch = QTimer(); watch.timeout.connect(tick); watch.start(20)
"""


SHOWN = "any(isinstance(w, {}) and w.isVisible() for w in QApplication.topLevelWidgets())"

DIALOG = """
def find(name):
    return ([w for w in QApplication.topLevelWidgets() if w.objectName() == name] or [None])[0]
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


def type_into_file_dialog(painter: Painter, path: Path) -> None:
    """Choose a file with the keyboard."""
    painter.session.wait_for(SHOWN.format("QFileDialog"))
    painter.session.xdotool("sleep", 0.5, "type", "--delay", 15, str(path))
    painter.session.xdotool("key", "Return")
    painter.session.wait_for("not " + SHOWN.format("QFileDialog"))


def say_yes(painter: Painter) -> None:
    """Answer Krita's question with the keyboard."""
    painter.session.wait_for(SHOWN.format("QMessageBox"))
    painter.session.xdotool("sleep", 0.3, "key", "alt+y")


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
    type_into_file_dialog(painter, path)
    say_yes(painter)
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
    assert gaps[len(gaps) * 99 // 100] < 0.2
    painter.run("watch.stop()")

    painter.new(900, 900)
    painter.take_brush()
    painter.draw_face()
    assert "lines portrait (AI)" in painter.generate(120)
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.portrait("lines portrait (AI)")["spread"] > 5
    painter.assert_calm()
    assert painter.session.quit() == 0


def test_a_model_from_a_file_is_used(painter: Painter, tmp_path: Path) -> None:
    """What `dfd export` writes, zipped, through the docker's button; an altered one is refused and says why."""
    source, mine = ROOT / "weights" / "default", tmp_path / "mine.zip"
    manifest = json.loads((source / "manifest.json").read_text("utf-8"))
    with zipfile.ZipFile(mine, "w") as archive:
        archive.writestr("mine/manifest.json", json.dumps({**manifest, "name": "mine"}))
        for name in manifest["files"]:
            archive.write(source / name, f"mine/{name}")
    painter.run("d = docker(); d.setVisible(True); d.raise_()")
    painter.click("dfd_pack_add")
    type_into_file_dialog(painter, mine)
    painter.session.wait_for("widget('dfd_pack').currentText() == 'mine'")
    painter.new(600, 600)
    painter.face()
    assert "lines portrait (AI)" in painter.generate(120)
    assert painter.get("controller().worker.engine.pack.folder.name") == "mine"

    with zipfile.ZipFile(mine, "w") as archive:
        archive.writestr("mine/manifest.json", json.dumps({**manifest, "name": "bad"}))
        for name in manifest["files"]:
            archive.writestr(f"mine/{name}", b"altered")
    painter.click("dfd_pack_add")
    type_into_file_dialog(painter, mine)
    painter.session.wait_for("'incomplete' in status()")
    assert painter.get("widget('dfd_pack').currentText()") == "mine"
    painter.session.quit()


def test_the_check_and_the_way_out(painter: Painter, profile: Path) -> None:
    """From the error line to the report, and from there to a Krita without anything of ours but the painter's model."""
    painter.run("d = docker(); d.setVisible(True); d.raise_()")
    assert "No document is open" in painter.generate()
    painter.click("dfd_status_check")
    painter.run(DIALOG)
    painter.session.wait_for("find('dfd_doctor') and find('dfd_doctor').copy.isEnabled()", 120)
    painter.run("find('dfd_doctor').copy.click()")
    report = painter.get("QApplication.clipboard().text()")
    for words in ("no faults", "Krita: 5.", "Python: 3.", "Qt: 5.", "torch: version", "hashes right", "No document"):
        assert words in report, report
    assert PROFILE not in report
    assert str(Path.home()) not in report

    painter.run("QTimer.singleShot(0, find('dfd_doctor').findChild(QPushButton, 'dfd_doctor_remove').click)")
    say_yes(painter)
    painter.session.wait_for("'Removed' in find('dfd_doctor').view.toPlainText()", 60)
    assert painter.session.quit() == 0
    left = [path for path in ours(profile) if not (profile / "data" / "krita" / path).is_dir()]
    assert left
    assert all(path.startswith("krita_dfd/packs/mine/") for path in left), left


def test_nothing_is_left_after_that(painter: Painter, profile: Path) -> None:
    """Krita starts without the plugin, and the terminal's uninstall takes the painter's model, too, when told to."""
    assert painter.get("[d for d in app.dockers() if d.objectName() == 'dfd_docker']") == []
    assert painter.session.quit() == 0
    assert main(["uninstall", "--packs", "--resources", str(profile / "data" / "krita")]) == 0
    assert ours(profile) == []
