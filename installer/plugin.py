"""The plugin's files in Krita's resource folder.

pykrita/krita_dfd/          the plugin
pykrita/krita_dfd.desktop   makes Krita list it
actions/krita_dfd.action    its entries in the shortcut settings
krita_dfd/runtime.json      where dfd_core, its libraries and the weights are
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).resolve().parent.parent / "krita_dfd"
NAME = PLUGIN.name


class InstallProblem(Exception):
    """The plugin cannot be installed; the message is one line that names the cure."""


def resource_folder() -> Path:
    """Where the user's Krita keeps its resources; it need not exist."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "krita"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "krita"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "krita"


def places(resources: Path) -> dict[Path, Path]:
    """What is installed where: source -> place."""
    return {
        PLUGIN: resources / "pykrita" / NAME,
        PLUGIN / f"{NAME}.desktop": resources / "pykrita" / f"{NAME}.desktop",
        PLUGIN / f"{NAME}.action": resources / "actions" / f"{NAME}.action",
    }


def install(resources: Path, runtime: dict[str, Any], link: bool = False) -> None:
    """Put the plugin and `runtime` (the content of runtime.json) into `resources`, over an earlier installation.

    `link` makes links instead of copies, so that changes of the source show at Krita's next start. Raises
    `InstallProblem` when the folder cannot be written.
    """
    try:
        for source, place in places(resources).items():
            place.parent.mkdir(parents=True, exist_ok=True)
            _remove(place)
            if link:
                place.symlink_to(source)
            elif source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place)
        settings = resources / NAME / "runtime.json"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps(runtime, indent=1), encoding="utf-8")
    except OSError as error:
        raise InstallProblem(
            f"Cannot write {error.filename or resources} ({error.strerror}): check the folder."
        ) from None


def uninstall(resources: Path) -> bool:
    """Take everything of ours out of `resources`; returns False when nothing was there."""
    ours = [*places(resources).values(), resources / NAME]
    there = [place for place in ours if place.is_symlink() or place.exists()]
    try:
        for place in there:
            _remove(place)
    except OSError as error:
        raise InstallProblem(f"Cannot remove {error.filename} ({error.strerror}): close Krita and try again.") from None
    return bool(there)


def _remove(place: Path) -> None:
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
