"""The Kritas in their usual places, and the Python in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import kritas
from installer.kritas import Krita, find


def make(root: Path, *names: str, content: bytes = b"") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("APPDATA", raising=False)
    return tmp_path


def only(system: str, root: Path) -> Krita:
    found = find(system, root, root / "home")
    assert len(found) == 1
    return found[0]


def test_none(root: Path) -> None:
    assert [find(system, root, root / "home") for system in ("linux", "win32", "darwin")] == [[], [], []]


def test_distribution_package(root: Path) -> None:
    make(root, "usr/bin/krita")
    make(root, "usr/lib/x86_64-linux-gnu/kritaplugins/kritapykrita.so", content=b"\0libpython3.11.so.1.0\0")
    krita = only("linux", root)
    assert (krita.kind, krita.python) == ("distribution package", (3, 11))
    assert krita.resources == root / "home/.local/share/krita"


def test_appimage(root: Path) -> None:
    """A small program that answers as an AppImage does."""
    make(root, "home/Downloads/krita-5.2.9-x86_64.appimage", content=b"""#!/bin/sh
[ "$1" = --appimage-extract ] && [ "$2" = 'usr/lib/libpython3*' ] || exit 1
mkdir -p squashfs-root/usr/lib && touch squashfs-root/usr/lib/libpython3.10.so.1.0 squashfs-root/usr/lib/libpython3.so
""")  # fmt: skip
    assert only("linux", root).python is None  # not executable: it is not started
    (root / "home/Downloads/krita-5.2.9-x86_64.appimage").chmod(0o755)
    assert (only("linux", root).kind, only("linux", root).python) == ("AppImage", (3, 10))


def test_flatpak(root: Path) -> None:
    make(root, "var/lib/flatpak/app/org.kde.krita/current/active/files/bin/krita")
    make(root, "var/lib/flatpak/runtime/org.kde.Platform/x86_64/5.15-24.08/active/files/lib/x/libpython3.12.so.1.0")
    krita = only("linux", root)
    assert (krita.kind, krita.python) == ("Flatpak", (3, 12))
    assert krita.resources == root / "home/.var/app/org.kde.krita/data/krita"


def test_windows(root: Path) -> None:
    make(root, "Program Files/Krita (x64)/bin/krita.exe", "Program Files/Krita (x64)/bin/python3.dll",
         "Program Files/Krita (x64)/bin/python310.dll")  # fmt: skip
    krita = only("win32", root)
    assert krita.python == (3, 10)
    assert krita.resources == root / "home/AppData/Roaming/krita"


def test_macos(root: Path) -> None:
    make(root, "Applications/krita.app/Contents/Frameworks/Python.framework/Versions/3.13/Python")
    krita = only("darwin", root)
    assert krita.python == (3, 13)
    assert krita.resources == root / "home/Library/Application Support/krita"


def test_a_line_for_each() -> None:
    line = Krita("Windows", Path("krita.exe"), Path("res"), None).line()
    assert "name it with --python" in line


def test_this_computer_s_krita_has_the_python_that_it_really_has() -> None:
    """The tests of tests/krita run in the same Krita."""
    found = [krita for krita in kritas.find() if krita.kind == "distribution package"]
    assert all(krita.python is not None for krita in found)
