"""Where the plugin looks for the engine, its libraries and the weights."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from krita_dfd import runtime


def test_no_file_is_no_settings(tmp_path: Path) -> None:
    assert runtime.config(tmp_path / "runtime.json") == {}


@pytest.mark.parametrize("content", ["{", "[1]", '"text"'])
def test_damaged_file(tmp_path: Path, content: str) -> None:
    """The message names the file and the cure."""
    path = tmp_path / "runtime.json"
    path.write_text(content, "utf-8")
    with pytest.raises(runtime.RuntimeProblem, match=r"runtime\.json .*installer"):
        runtime.config(path)


def test_config_is_beside_pykrita() -> None:
    """Outside the plugin's own folder, which Krita replaces on an update."""
    assert runtime.CONFIG.parts[-2:] == ("krita_dfd", "runtime.json")
    assert runtime.CONFIG.parent.parent == runtime.PLUGIN.parent.parent


def test_order_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment first, then the file, then `lib`; without repeats and what does not exist."""
    for name in ("env", "file", "plugin/lib"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(runtime, "PLUGIN", tmp_path / "plugin")
    monkeypatch.setenv(runtime.VARIABLE, os.pathsep.join([str(tmp_path / "env"), "", str(tmp_path / "gone")]))
    settings = {"paths": [str(tmp_path / "file"), str(tmp_path / "env")]}
    assert runtime.folders(settings) == [str(tmp_path / name) for name in ("env", "file", "plugin/lib")]


def test_weights() -> None:
    """From the file, else beside `dfd_core`."""
    core = ModuleType("dfd_core")
    core.__file__ = os.path.join(os.sep, "somewhere", "dfd_core", "__init__.py")
    assert runtime.weights({"weights": "/pack"}, core) == Path("/pack")
    assert runtime.weights({}, core) == Path(os.path.abspath(os.sep)) / "somewhere" / "weights" / "default"


@pytest.mark.parametrize(("name", "words"), [("torch", "PyTorch was not found"), ("numpy", "NumPy was not found")])
def test_missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    _fake_core(tmp_path, monkeypatch, f"raise ModuleNotFoundError('no', name={name!r})")
    with pytest.raises(runtime.RuntimeProblem, match=words):
        runtime.load_core({"paths": [str(tmp_path)]})


def test_library_that_cannot_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a DLL that needs another one: one line, not a traceback."""
    _fake_core(tmp_path, monkeypatch, "raise OSError('c10.dll\\nmore')")
    with pytest.raises(runtime.RuntimeProblem, match=r"cannot be loaded here \(c10\.dll\)"):
        runtime.load_core({"paths": [str(tmp_path)]})


def test_folders_are_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Krita's own modules always win."""
    _fake_core(tmp_path, monkeypatch, "Engine = 1")
    before = list(sys.path)
    core = runtime.load_core({"paths": [str(tmp_path)]})
    assert core.Engine == 1
    assert sys.path[: len(before)] == before
    assert str(tmp_path) in sys.path[len(before) :]


def _fake_core(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A `dfd_core` in `folder` that does `code`; nothing of the real one is found."""
    (folder / "dfd_core").mkdir()
    (folder / "dfd_core" / "__init__.py").write_text(code, "utf-8")
    root = str(Path(__file__).resolve().parents[2])
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if os.path.realpath(entry or ".") != root])
    for name in [name for name in sys.modules if name.split(".")[0] == "dfd_core"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [f for f in sys.meta_path if "editable" not in repr(f).lower()])
