"""Finds the Kritas on this computer, where each keeps its resources, and which Python is in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .places import resource_folder

_PYTHON = re.compile(rb"(?:lib)?python3\.?(\d{1,2})(?:\.so|\.dll|\.dylib|m?\.so)", re.I)


@dataclass(frozen=True)
class Krita:
    """One Krita. `python` is its Python's version, or None when it could not be found out."""

    kind: str
    program: Path
    resources: Path
    python: tuple[int, int] | None

    def line(self) -> str:
        """For a list."""
        python = f"Python {'.'.join(map(str, self.python))}" if self.python else "Python unknown: name it with --python"
        return f"{self.kind}: {self.program}, resources in {self.resources}, {python}"


def find(system: str = sys.platform, root: Path = Path("/"), home: Path | None = None) -> list[Krita]:
    """All Kritas in their usual places. `root` and `home` are for tests."""
    home = home or Path.home()
    look = {"win32": _windows, "darwin": _macos}.get(system, _linux)
    found: dict[Path, Krita] = {}
    for krita in look(root, home):
        with suppress(OSError):
            found.setdefault(krita.program.resolve(), krita)
    return list(found.values())


def _linux(root: Path, home: Path) -> Iterator[Krita]:
    resources = resource_folder("linux", home)
    for program in (root / "usr/bin/krita", root / "usr/local/bin/krita", root / "opt/krita/bin/krita"):
        if program.exists():
            base = program.parent.parent
            plugins = [
                *base.glob("lib*/**/kritaplugins/kritapykrita.so"),
                *base.glob("lib*/kritaplugins/kritapykrita.so"),
            ]
            yield Krita("distribution package", program, resources, _linked(plugins))
    for folder in (home, home / "Applications", home / "Downloads", home / "bin", home / ".local/bin", root / "opt"):
        for program in sorted(folder.glob("[Kk]rita*.[Aa]pp[Ii]mage")):
            yield Krita("AppImage", program, resources, in_appimage(program))
    for base in (root / "var/lib/flatpak", home / ".local/share/flatpak"):
        files = base / "app/org.kde.krita/current/active/files"
        if files.is_dir():
            libraries = [*files.glob("lib/**/libpython3.*.so*")]
            libraries += base.glob("runtime/org.kde.Platform/*/*/active/files/lib/**/libpython3.*.so*")
            yield Krita("Flatpak", files, home / ".var/app/org.kde.krita/data/krita", _named(libraries))
    snap = root / "snap/krita/current"
    if snap.is_dir():
        data = home / "snap/krita/current/.local/share/krita"
        yield Krita("Snap", snap, data, _named(snap.glob("usr/lib/**/libpython3.*.so*")))


def _windows(root: Path, home: Path) -> Iterator[Krita]:
    resources = resource_folder("win32", home)
    folders = [root / "Program Files", root / "Program Files (x86)", home / "AppData/Local/Programs"]
    folders += [root / "Program Files (x86)/Steam/steamapps/common"]
    for folder in folders:
        for base in sorted(folder.glob("[Kk]rita*")):
            if (program := base / "bin" / "krita.exe").is_file():
                yield Krita("Windows", program, resources, _named(base.glob("**/python3*.dll")))
    for base in sorted((root / "Program Files/WindowsApps").glob("*[Kk]rita*")):
        yield Krita("Microsoft Store", base, resources, _named(base.glob("**/python3*.dll")))


def _macos(root: Path, home: Path) -> Iterator[Krita]:
    for folder in (root / "Applications", home / "Applications"):
        for app in sorted(folder.glob("[Kk]rita*.app")):
            versions = app.glob("Contents/Frameworks/Python.framework/Versions/3.*")
            python = next((tuple(map(int, path.name.split(".")[:2])) for path in sorted(versions, reverse=True)), None)
            yield Krita("macOS", app, resource_folder("darwin", home), python)  # type: ignore[arg-type]


def _named(libraries: Iterator[Path] | list[Path]) -> tuple[int, int] | None:
    """The Python version in the name of a library; python3.dll alone says nothing."""
    minors = [int(match.group(1)) for path in libraries if (match := _PYTHON.search(path.name.encode()))]
    return (3, max(minors)) if minors else None


def _linked(plugins: list[Path]) -> tuple[int, int] | None:
    """The Python that Krita's scripting plugin was linked with."""
    for path in plugins:
        with suppress(OSError):
            if match := re.search(rb"libpython3\.(\d+)\.so", path.read_bytes()):
                return 3, int(match.group(1))
    return None


def in_appimage(program: Path) -> tuple[int, int] | None:
    """The Python in an AppImage, which unpacks the names that it is asked for without starting Krita."""
    if not os.access(program, os.X_OK):
        return None
    folder = tempfile.mkdtemp(prefix="krita-dfd-")
    try:
        command = [str(program.resolve()), "--appimage-extract", "usr/lib/libpython3*"]
        subprocess.run(command, cwd=folder, timeout=120, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return _named(list(Path(folder).glob("squashfs-root/usr/lib/libpython3*")))
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
