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
    assert "dfd_core" in fresh.generate()
    install(paths=[str(ROOT)])
    status = fresh.generate()
    assert "PyTorch was not found" in status or "NumPy was not found" in status
    assert "installer" in status
    install(paths=[str(ROOT), libraries], weights=str(tmp_path / "nowhere"))
    assert "nowhere" in fresh.generate()
    assert fresh.get("tree()") == ["Background", "lines"]

    install(paths=[str(ROOT), libraries], weights=str(ROOT / "weights" / "default"))
    assert "lines portrait" in fresh.generate()
    assert fresh.get("tree()") == ["Background", "lines", "lines portrait"]
    fresh.assert_calm()

    fresh.press()
    fresh.session.wait_for("controller().state == 'working'")
    assert fresh.session.quit() == 0


def test_quit_while_loading(fresh: Painter) -> None:
    """Also the import of the libraries may be cut short by quitting."""
    install(paths=[str(ROOT), sysconfig.get_paths()["purelib"]])
    fresh.new(512, 512)
    fresh.face()
    fresh.press()
    fresh.session.wait_for("controller().state == 'working'")
    assert fresh.session.quit() == 0
