"""Where things are: Krita's resource folder, and what of ours is in it.

pykrita/krita_dfd/            the plugin; Krita's importer replaces it on an update, so nothing else is kept there
pykrita/krita_dfd.desktop     makes Krita list it
actions/krita_dfd.action      its entries in the shortcut settings
krita_dfd/runtime.json        the user's choices: {"libraries": folder, "weights": folder, "paths": [folder, ...], ...}
krita_dfd/libs/<tag>/         the libraries, one folder for each Python ABI and platform
krita_dfd/downloads/          wheels that are not installed yet
krita_dfd/packs/<name>/       weight packs that the user added
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import InstallProblem

NAME = "krita_dfd"
LONGEST_WINDOWS_PATH = 259
FORMER = "former_libraries"
"""The entry of runtime.json with the folders that uninstalling has to look into, too."""
MARK = "remove_at_start"
"""The entry of runtime.json that says that all is to be removed when Krita starts, and which plugin was told so."""


def resource_folder(system: str = sys.platform, home: Path | None = None) -> Path:
    """Where the user's Krita keeps its resources unless it is told otherwise; it need not exist."""
    home = home or Path.home()
    if system == "win32":
        return Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "krita"
    if system == "darwin":
        return home / "Library" / "Application Support" / "krita"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "krita"


@dataclass(frozen=True)
class Places:
    """The folders in one resource folder. None of them need exist."""

    resources: Path

    @property
    def plugin(self) -> Path:
        """The plugin itself."""
        return self.resources / "pykrita" / NAME

    @property
    def data(self) -> Path:
        """What stays when the plugin is updated."""
        return self.resources / NAME

    @property
    def settings(self) -> Path:
        """The user's choices."""
        return self.data / "runtime.json"

    @property
    def packs(self) -> Path:
        """Weight packs that the user added."""
        return self.data / "packs"

    @property
    def libraries(self) -> Path:
        """The folder with one folder of libraries per tag; elsewhere where the user chose another disk."""
        chosen = self.read().get("libraries")
        return Path(str(chosen)) if chosen else self.data / "libs"

    @property
    def downloads(self) -> Path:
        """Wheels that are not installed yet; on the libraries' disk."""
        return self.downloads_for(self.libraries)

    def downloads_for(self, root: Path) -> Path:
        """The same for libraries in `root`. In a folder of the user's it has a name that is nobody else's."""
        return self.data / "downloads" if root == self.data / "libs" else root / f"{NAME}-downloads"

    @property
    def all_libraries(self) -> list[Path]:
        """Every folder that libraries were ever kept in: the one in use, the usual one, and those before."""
        former = self.read().get(FORMER)
        noted = [Path(str(folder)) for folder in former] if isinstance(former, list) else []
        return list(dict.fromkeys([self.libraries, self.data / "libs", *noted]))

    def move(self, folder: Path | str | None) -> None:
        """Keep the libraries in `folder` from now on, None is the usual place. Those that are elsewhere stay there."""
        elsewhere = [str(root) for root in self.all_libraries if root != self.data / "libs"]
        self.change(libraries=str(folder) if folder else None, **{FORMER: elsewhere or None})

    def read(self) -> dict[str, Any]:
        """The content of `runtime.json`; {} when there is none or it is damaged (the docker complains about that)."""
        try:
            content = json.loads(self.settings.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def change(self, **values: Any) -> None:
        """Set entries of `runtime.json`; None takes an entry out. Complete or not at all."""
        content = {**self.read(), **values}
        content = {name: value for name, value in content.items() if value is not None}
        try:
            write_whole(self.settings, json.dumps(content, indent=1, ensure_ascii=False))
        except OSError as error:
            raise InstallProblem(cannot_write(error, self.settings)) from None

    def keep(self) -> None:
        """Something is being installed, so nothing is to be removed at Krita's next start any more."""
        if MARK in self.read():
            self.change(**{MARK: None})


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is the old one or the new one, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def long(path: Path | str, system: str = sys.platform) -> str:
    """`path` for Python's file functions; on Windows in the form that may be longer than 260 characters."""
    text = str(path)
    if system != "win32" or text.startswith("\\\\?\\"):
        return text
    text = os.path.abspath(text)
    return "\\\\?\\UNC\\" + text[2:] if text.startswith("\\\\") else "\\\\?\\" + text


def too_long(folder: Path | str, longest: int, system: str = sys.platform) -> str:
    """Why files up to `longest` characters deep in `folder` could not be opened on Windows, or "" when they can be."""
    if system != "win32" or len(str(folder)) + 1 + longest <= LONGEST_WINDOWS_PATH:
        return ""
    possible = LONGEST_WINDOWS_PATH - 1 - longest
    return (
        f"The folder's name is too long for Windows ({len(str(folder))} characters, {possible} are possible): choose a "
        "shorter place for the libraries, such as C:\\dfd."
    )


def cannot_write(error: OSError, where: Path) -> str:
    """The line for the user when `where` cannot be written."""
    if error.errno is not None and os.strerror(error.errno) == os.strerror(28):
        return f"The disk is full ({where}): free some space, then try again; what was downloaded is kept."
    reason = error.strerror or error
    return f"Cannot write {error.filename or where} ({reason}): check the folder's permissions or choose another place."


def swap(new: Path, target: Path, in_use: str) -> None:
    """Put the folder `new` in `target`'s place, which holds the old or the new one whatever fails; `new` is gone then.

    Raises `InstallProblem` with `in_use` when the old one cannot be moved: on Windows, a program has a file of it open.
    """
    old = target.with_name(f".{target.name}.old")
    try:
        if target.is_symlink() or target.exists():
            try:
                remove(old)
                os.rename(target, old)
            except PermissionError:
                raise InstallProblem(in_use) from None
        try:
            os.rename(new, target)
        except OSError:
            with suppress(OSError):
                os.rename(old, target)
            raise
    except (OSError, InstallProblem):
        with suppress(OSError):
            remove(new)
        raise
    with suppress(OSError):  # what is still open goes the next time
        remove(old)


def remove_whole(folder: Path) -> None:
    """Delete a folder or link that is there completely, or not at all while a program has a file of it open."""
    aside = folder.with_name(f".{folder.name}.old")
    remove(aside)
    os.rename(folder, aside)
    remove(aside)


def remove(path: Path) -> None:
    """Delete a file, link or folder with all that is in it; what is not there is fine. Links are not followed."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(long(path), onerror=_writable_then_again)


def _writable_then_again(action: Callable[..., Any], path: str, problem: Any) -> None:
    """Read-only files cannot be deleted on Windows, nor files in read-only folders elsewhere."""
    if not issubclass(problem[0], PermissionError):
        raise problem[1]
    for target in (os.path.dirname(path), path):
        with suppress(OSError):
            os.chmod(target, stat.S_IRWXU)
    action(path)
