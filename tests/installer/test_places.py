"""Folders, settings, and what Windows cannot open."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from installer.errors import InstallProblem
from installer.places import Places, cannot_write, long, remove, resource_folder, too_long


def test_resource_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/home/zoe")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("APPDATA", raising=False)
    assert resource_folder("linux", home) == home / ".local/share/krita"
    assert resource_folder("darwin", home) == home / "Library/Application Support/krita"
    assert resource_folder("win32", home) == home / "AppData/Roaming/krita"
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert resource_folder("linux", home) == Path("/data/krita")


class TestSettings:
    def test_choices_are_kept_and_taken_back(self, places: Places) -> None:
        places.change(libraries="/disk", weights="/pack")
        places.change(weights=None)
        assert places.read() == {"libraries": "/disk"}
        assert places.libraries == Path("/disk")
        assert places.downloads == Path("/disk/krita_dfd-downloads")

    def test_a_folder_of_the_user_s_that_is_named_like_ours(self, places: Places) -> None:
        """Beside it there may be the user's own downloads."""
        places.move("/home/me/libs")
        assert places.downloads == Path("/home/me/libs/krita_dfd-downloads")

    def test_where_libraries_were_before_is_remembered(self, places: Places) -> None:
        for folder in ("/one", "/two", None):
            places.move(folder)
        assert places.libraries == places.data / "libs"
        assert set(places.all_libraries) == {places.libraries, Path("/one"), Path("/two")}
        places.change(former_libraries="damaged")
        assert places.all_libraries == [places.libraries]

    @pytest.mark.parametrize("content", ["{", "[1]", ""])
    def test_a_damaged_file_counts_as_none(self, places: Places, content: str) -> None:
        places.data.mkdir(parents=True)
        places.settings.write_text(content)
        assert places.read() == {}
        assert places.libraries == places.data / "libs"

    def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "krita_dfd").touch()
        with pytest.raises(InstallProblem, match="Cannot write"):
            Places(tmp_path).change(weights="/pack")


class TestWindows:
    def test_long_paths_get_the_form_that_may_be_long(self) -> None:
        assert long("/x/y", "linux") == "/x/y"
        assert long("\\\\?\\C:\\x", "win32") == "\\\\?\\C:\\x"
        assert long("\\\\server\\share", "win32").startswith("\\\\?\\")

    def test_a_folder_that_is_too_deep_is_refused_with_a_cure(self) -> None:
        assert too_long("C:\\" + "x" * 100, 113, "win32") == ""
        text = too_long("C:\\" + "x" * 150, 113, "win32")
        assert "153 characters, 145 are possible" in text
        assert "C:\\dfd" in text
        assert too_long("/" + "x" * 400, 113, "linux") == ""


def test_a_full_disk_is_named() -> None:
    text = cannot_write(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), Path("/x"))
    assert text.startswith("The disk is full")
    assert "permissions" in cannot_write(PermissionError(errno.EACCES, "Permission denied", "/x/y"), Path("/x"))


def test_removing_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.png").touch()
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "link").symlink_to(tmp_path / "mine")
    remove(tmp_path / "ours")
    remove(tmp_path / "not there")
    assert (tmp_path / "mine" / "photo.png").exists()
    assert not (tmp_path / "ours").exists()
