"""What the installer's tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from wheelhouse import FILES, VERSIONS, House, build, serving

from installer import fetch
from installer.places import Places


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No settings of this computer's pip, no proxy, a home of its own, and no pauses between tries."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setattr(fetch, "PAUSE", 0.01)


@pytest.fixture
def house() -> Iterator[House]:
    """Three small wheels and their server."""
    wheels = {f"{name}-{VERSIONS[name]}-py3-none-any.whl": build(name, files) for name, files in FILES.items()}
    with serving(House(wheels)) as served:
        yield served


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A resource folder with a space and letters beyond ASCII in its name."""
    return Places(tmp_path / "Krita für Zoë" / "krita")
