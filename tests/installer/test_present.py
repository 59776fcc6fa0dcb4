"""What is used of what another plugin or the system brings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installer.present import MISSING, READY, TOO_OLD, look

ROOT = Path(__file__).resolve().parents[2]


def package(folder: Path, name: str, version: str, stated: str = "dist-info") -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(f"__version__ = {version!r}\n")
    if stated == "dist-info":
        (folder / f"{name}-{version}.dist-info").mkdir()
    else:
        (folder / name / "version.py").write_text(f"from typing import Optional\n__version__ = '{version}'\n")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python without any of the libraries."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "early")])
    for name in ("torch", "numpy", "safetensors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_nothing_is_there(bare: Path) -> None:
    assert (look().state, look().text) == (MISSING, "missing: torch, numpy, safetensors")


@pytest.mark.parametrize("stated", ["dist-info", "version.py"])
def test_ours(bare: Path, stated: str) -> None:
    for name, version in (("torch", "2.13.0+cpu"), ("numpy", "2.2.6"), ("safetensors", "0.8.0")):
        package(bare / "ours", name, version, stated)
    found = look([str(bare / "ours")])
    assert found.state == READY
    assert found.libraries["torch"].version == "2.13.0+cpu"


def test_a_newer_one_of_others_is_used_and_an_older_one_explained(bare: Path) -> None:
    for name, version in (("torch", "2.13.0"), ("numpy", "2.2.6"), ("safetensors", "0.8.0")):
        package(bare / "ours", name, version)
    package(bare / "early", "torch", "2.6.0")
    found = look([str(bare / "ours")])
    assert (found.state, found.libraries["torch"].version) == (READY, "2.6.0")
    package(bare / "early", "numpy", "1.21.5")
    found = look([str(bare / "ours")])
    assert found.state == TOO_OLD
    assert "numpy 1.21.5" in found.text
    assert "update or remove it there" in found.text


def test_another_plugin_has_loaded_an_old_torch(tmp_path: Path) -> None:
    """In a process of its own: the module is really imported."""
    package(tmp_path, "torch", "1.13.1")
    code = "import torch; from installer.present import look; found = look(); print(found.state, found.text)"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
                          capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
    assert done.stdout.startswith("too old Another plugin has loaded torch 1.13.1")
    assert "update that plugin or switch it off" in done.stdout


def test_nothing_is_imported() -> None:
    code = "import sys; from installer.present import look; look(sys.argv[1:]); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"
