"""The plugin's own files in Krita's resource folder: put there, updated, checked and taken out."""

from __future__ import annotations

import json
import math
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import libraries, packs
from .errors import InstallProblem
from .layout import HERE, contents
from .places import MARK, NAME, Places, cannot_write, remove, remove_whole, resource_folder, swap, write_whole

__all__ = ["InstallProblem", "differing", "install", "installed_version", "remove_at_start", "removed_at_start",
           "resource_folder", "uninstall"]  # fmt: skip


def install(resources: Path, settings: dict[str, Any] | None = None, link: bool = False) -> bool:
    """Put the plugin into `resources`, over an earlier one of any version; returns False where it is this one itself,
    whose files stay. `settings` becomes the content of runtime.json, which otherwise stays as it is.

    `link` makes links instead of copies, so that changes of the source show at Krita's next start. Raises
    `InstallProblem` when the folder cannot be written.
    """
    places = Places(resources)
    files = contents()
    if len(files) < 10:
        raise InstallProblem(
            "The plugin's files are not here: run this from the project's folder or an unpacked release."
        )
    if missing := [name for name, source in files.items() if not source.is_file()]:
        raise InstallProblem(
            f"{missing[0]} is missing here: import the zip in Krita again, or run this from the project's folder."
        )
    places.keep()
    itself = _runs_this(places)
    if not itself:
        try:
            _copy(places, files, link)
        except OSError as error:
            raise InstallProblem(cannot_write(error, resources)) from None
    if settings is not None:
        try:
            write_whole(places.settings, json.dumps(settings, indent=1, ensure_ascii=False))
        except OSError as error:
            raise InstallProblem(cannot_write(error, places.settings)) from None
    return not itself


def _runs_this(places: Places) -> bool:
    with suppress(OSError):
        return places.plugin.samefile(HERE)
    return False


def _copy(places: Places, files: dict[str, Path], link: bool) -> None:
    """Bring all files, those of the plugin's folder at once and before those outside it."""

    def bring(source: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        if link:
            place.symlink_to(source)
        else:
            shutil.copyfile(source, place)

    staging = places.plugin.with_name(f".{NAME}.new")
    inside = f"pykrita/{NAME}/"
    try:
        remove(staging)
        for name, source in files.items():
            if name.startswith(inside):
                bring(source, staging / name[len(inside) :])
        swap(staging, places.plugin, "Krita is using the plugin: close Krita and try again.")
    except OSError:
        with suppress(OSError):
            remove(staging)
        raise
    for name, source in files.items():
        if not name.startswith(inside):
            remove(places.resources / name)
            bring(source, places.resources / name)


def installed_version(resources: Path) -> str:
    """The version of the plugin in `resources`, or "" when there is none."""
    core = Places(resources).plugin / "lib" / "dfd_core" / "__init__.py"
    with suppress(OSError):
        found = re.search(r'^__version__ = "(.+)"', core.read_text("utf-8"), re.M)
        return found.group(1) if found else "unknown"
    return "unknown" if Places(resources).plugin.is_dir() else ""


def differing(resources: Path) -> list[str]:
    """Files of the plugin in `resources` that are missing or not the same as here."""
    wrong = []
    for name, source in contents().items():
        try:
            if (resources / name).read_bytes() != source.read_bytes():
                wrong.append(f"{name}: differs")
        except OSError as error:
            wrong.append(f"{name}: {error.strerror}")
    return wrong


def uninstall(resources: Path, keep_packs: bool = True) -> bool:
    """Take everything of ours out of `resources`; returns False when nothing was there.

    Weight packs that the user added are the user's: they stay unless `keep_packs` is False.
    """
    places = Places(resources)
    found = libraries.uninstall(places)
    ours = [places.plugin.with_name(f".{NAME}.old"), places.plugin.with_name(f".{NAME}.new"),
            resources / "pykrita" / f"{NAME}.desktop", resources / "actions" / f"{NAME}.action",
            places.settings]  # fmt: skip
    if not keep_packs:
        ours.append(places.packs)
    try:
        if places.plugin.is_symlink() or places.plugin.exists():
            found = True
            remove_whole(places.plugin)
        for place in ours:
            found = found or place.is_symlink() or place.exists()
            remove(place)
        packs.clean(places, abandoned=-math.inf)
        for leftover in places.data.glob("*.new") if places.data.is_dir() else ():
            remove(leftover)
        for folder in (places.packs, places.data):
            with suppress(OSError):  # not empty: what is in it is the user's
                folder.rmdir()
    except OSError as error:
        name = Path(error.filename or resources).name
        raise InstallProblem(f"Cannot remove {name} ({error.strerror}): close Krita and try again.") from None
    return found


def remove_at_start(resources: Path) -> None:
    """Note that this plugin and all else of ours is to be removed when Krita starts the next time."""
    places = Places(resources)
    places.change(**{MARK: _which(places)})


def removed_at_start(resources: Path) -> bool:
    """Do what was noted, before anything is in use; returns whether the plugin is gone.

    A plugin that was brought after the note, as by Krita's importer, is to stay. What cannot be removed yet, because
    another Krita is at work, stays for the next start.
    """
    places = Places(resources)
    noted = places.read().get(MARK)
    if not noted:
        return False
    try:
        if noted != _which(places):
            places.keep()
            return False
        uninstall(resources)
    except InstallProblem:
        return False
    return True


def _which(places: Places) -> list[Any]:
    """What tells an installed plugin from another one, also of the same version."""
    written = 0
    with suppress(OSError):
        written = (places.plugin / "__init__.py").lstat().st_mtime_ns
    return [installed_version(places.resources), written]
