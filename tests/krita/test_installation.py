"""What the painter is told while parts of the installation are missing, and quitting in the middle of work."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from krita_session import ROOT, KritaSession
from painter import Painter

PROFILE = ROOT / "build" / "krita-test-profile-2"


@pytest.fixture
def fresh() -> Iterator[Painter]:
    """A Krita of its own, with nothing installed but the plugin."""
    with KritaSession(PROFILE, runtime={}) as session:
        yield Painter(session)


def install(**settings: object) -> None:
    """Write the plugin's runtime.json, as the installer would."""
    path = PROFILE / "data" / "krita" / "krita_dfd" / "runtime.json"
    path.write_text(json.dumps(settings), "utf-8")


def test_missing_parts_then_quit_while_working(fresh: Painter, tmp_path: Path) -> None:
    """Each message names the part; after the cure the same Krita goes on, without a restart."""
    libraries = sysconfig.get_paths()["purelib"]
    fresh.new(512, 512)
    fresh.face()
    assert fresh.get("widget('dfd_install').isVisible() and not widget('dfd_generate').isVisible()")
    fresh.run("app.action('dfd_generate').trigger()")  # by its shortcut
    fresh.session.wait_for("'was not found' in widget('dfd_library_status').text()")
    install(paths=[libraries], weights=str(tmp_path / "nowhere"))
    fresh.session.wait_for("widget('dfd_generate').isVisible()")  # the docker looks again by itself
    assert "nowhere" in fresh.generate()
    assert fresh.get("widget('dfd_status_check').isVisible()")
    assert fresh.get("tree()") == ["Background", "lines"]

    install(paths=[libraries])
    assert "lines portrait (AI)" in fresh.generate(120)
    assert fresh.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    fresh.assert_calm()

    fresh.press_and_hold()
    assert fresh.session.quit() == 0


def test_quit_while_loading(fresh: Painter) -> None:
    """Also the import of the libraries may be cut short by quitting."""
    install(paths=[sysconfig.get_paths()["purelib"]])
    fresh.session.wait_for("widget('dfd_generate').isVisible()")
    fresh.new(512, 512)
    fresh.face()
    fresh.press()
    fresh.session.wait_for("controller().state == 'working'")
    assert fresh.session.quit() == 0
