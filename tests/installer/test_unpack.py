"""A wheel's files arrive as RECORD says, or the wheel is refused."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from wheelhouse import FILES, build

from installer.errors import Cancelled, InstallProblem
from installer.unpack import faults, unpack


def unpacked(data: bytes, tmp_path: Path) -> Path:
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    wheel.write_bytes(data)
    unpack(wheel, tmp_path / "out", threading.Event(), lambda _: None)
    return tmp_path / "out"


def test_files_that_are_imported_arrive_and_others_do_not(tmp_path: Path) -> None:
    out = unpacked(build("torch", FILES["torch"]), tmp_path)
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {"torch/__init__.py", "torch/lib/big.bin", "torch-2.13.0.dist-info/RECORD"} <= found
    assert not any(name.startswith("torch/test") for name in found)
    assert os.access(out / "torch/bin/tool", os.X_OK)


def test_data_folders_go_where_they_belong(tmp_path: Path) -> None:
    out = unpacked(build("safetensors", FILES["safetensors"]), tmp_path)
    assert (out / "safetensors" / "more.py").is_file()
    assert not list(out.rglob("run"))


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "C:evil.py", "a\\..\\evil.py"])
def test_a_wheel_cannot_write_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(InstallProblem, match="outside its folder"):
        unpacked(build("a", {name: b"x"}), tmp_path)
    assert not list(tmp_path.rglob("*evil.py"))


def test_a_file_that_is_not_what_record_says(tmp_path: Path) -> None:
    with pytest.raises(InstallProblem, match=r"altered \(numpy/__init__\.py"):
        unpacked(build("numpy", FILES["numpy"], spoil="numpy/__init__.py"), tmp_path)


def test_a_file_that_record_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(InstallProblem, match=r"altered \(numpy/more\.py"):
        unpacked(build("numpy", FILES["numpy"], extra={"numpy/more.py": b"x"}), tmp_path)


@pytest.mark.parametrize("data", [b"", b"no zip", build("numpy", FILES["numpy"])[:200]])
def test_what_is_no_wheel(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InstallProblem, match="damaged"):
        unpacked(data, tmp_path)


def test_cancelling(tmp_path: Path) -> None:
    wheel = tmp_path / "torch.whl"
    wheel.write_bytes(build("torch", FILES["torch"]))
    cancelled = threading.Event()
    with pytest.raises(Cancelled):
        unpack(wheel, tmp_path / "out", cancelled, lambda _: cancelled.set())


def test_changes_after_unpacking_are_found(tmp_path: Path) -> None:
    out = unpacked(build("torch", FILES["torch"]), tmp_path)
    assert list(faults(out, threading.Event(), lambda _: None)) == []
    (out / "torch/__init__.py").write_text("altered")
    (out / "torch/lib/big.bin").unlink()
    found = sorted(faults(out, threading.Event(), lambda _: None))
    assert found == ["torch/__init__.py: altered", "torch/lib/big.bin: No such file or directory"]
