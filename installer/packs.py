"""Weight packs: the one that comes along, and those that the user adds (a zip, or the manifest.json in a folder).

A pack is checked here as far as that goes without PyTorch: every file is there with the manifest's size and sha256.
Whether its networks fit this version is for `dfd_core`, which checks all of it again when it loads the pack.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import InstallProblem
from .places import Places, cannot_write, remove, swap

MANIFEST = "manifest.json"
LARGEST = 8 << 30
"""Bytes of a pack that is believed; more is a mistake or an attack."""
ABANDONED = 3600.0
"""Seconds."""


@dataclass(frozen=True)
class Pack:
    """One pack that can be chosen. `folder` is None for the one that comes along."""

    name: str
    folder: Path | None


def available(places: Places) -> list[Pack]:
    """The pack that comes along, then the added ones by name."""
    added = []
    if places.packs.is_dir():
        folders = [path for path in sorted(places.packs.iterdir()) if not path.name.startswith(".")]
        added = [Pack(path.name, path) for path in folders if (path / MANIFEST).is_file()]
    return [Pack("", None), *added]


def bundled(places: Places) -> Path:
    """Where the pack that comes along is in an installed plugin."""
    return places.plugin / "lib" / "dfd_core" / "weights" / "default"


def chosen(places: Places) -> Path | None:
    """The folder that the user chose, or None for the pack that comes along."""
    folder = places.read().get("weights")
    return Path(str(folder)) if folder else None


def choose(places: Places, pack: Pack) -> None:
    """Use `pack` from now on."""
    places.change(weights=str(pack.folder) if pack.folder else None)


def add(places: Places, source: Path) -> Pack:
    """Copy a pack to the others; raises `InstallProblem` with what is wrong with it.

    `source` is a zip with a pack in it, a pack's folder, or the manifest.json in one. An added pack of the same name is
    replaced by the new one.
    """
    staging = places.packs / f".{os.getpid()}.new"
    try:
        with suppress(OSError):
            clean(places)
        remove(staging)
        staging.mkdir(parents=True)
        if source.is_file() and source.name != MANIFEST:
            _unzip(source, staging)
        else:
            _copy(source if source.is_dir() else source.parent, staging)
        manifest = read_manifest(staging)
        if wrong := faults(staging):
            raise InstallProblem(f"This weight pack cannot be used: {wrong[0]}. Get it or export it again.")
        name = re.sub(r"[^\w.-]+", "-", str(manifest.get("name") or source.stem)).strip(".-") or "pack"
        target = places.packs / name
        swap(staging, target, f"Krita is using the weight pack {name}: start Krita again and add it before drawing.")
        return Pack(name, target)
    except OSError as error:
        raise InstallProblem(cannot_write(error, places.packs)) from None
    finally:
        with suppress(OSError):
            remove(staging)


def clean(places: Places, abandoned: float = ABANDONED) -> None:
    """Take away what an addition that was killed left; a pack that it had put aside comes back.

    Another Krita may be adding one just now: what was worked on in the last `abandoned` seconds stays.
    """
    if not places.packs.is_dir():
        return
    for path in list(places.packs.glob(".*.old")):
        target = path.with_name(path.name[1 : -len(".old")])
        if target.exists():
            remove(path)
        else:
            os.rename(path, target)
    for path in list(places.packs.glob(".*.new")):
        if time.time() - path.stat().st_mtime > abandoned:
            remove(path)


def read_manifest(folder: Path) -> dict[str, Any]:
    """A pack's manifest; raises `InstallProblem`."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not isinstance(manifest, dict) or not isinstance(manifest["files"], dict) or "format" not in manifest:
            raise ValueError("it states no files or format")
        return manifest
    except FileNotFoundError:
        raise InstallProblem(
            "This is no weight pack (manifest.json is missing): choose what `dfd export` wrote."
        ) from None
    except (OSError, ValueError, KeyError) as error:
        raise InstallProblem(
            f"The weight pack's manifest.json is damaged ({error}): get it or export it again."
        ) from None


def faults(folder: Path) -> list[str]:
    """What is wrong with a pack's files, one line each; [] when all hashes are right."""
    wrong = []
    for name, stated in read_manifest(folder)["files"].items():
        path = folder / str(name)
        if not isinstance(stated, dict) or os.path.basename(str(name)) != name:
            wrong.append(f"manifest.json lists {name} in a way that is not allowed")
        elif not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != stated.get("size"):
            wrong.append(f"{name} is incomplete ({path.stat().st_size} of {stated.get('size')} bytes)")
        elif _digest(path) != stated.get("sha256"):
            wrong.append(f"{name} was altered (its sha256 is not the manifest's)")
    return wrong


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _wanted(manifest: dict[str, Any]) -> list[str]:
    names = [MANIFEST, "MODEL_CARD.md", *map(str, manifest["files"])]
    return [name for name in names if os.path.basename(name) == name]


def _copy(folder: Path, staging: Path) -> None:
    for name in _wanted(read_manifest(folder)):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, staging / name)


def _unzip(source: Path, staging: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            found = [
                name for name in archive.namelist() if name.rpartition("/")[2] == MANIFEST and name.count("/") <= 1
            ]
            if len(found) != 1:
                raise InstallProblem(
                    f"{source.name} holds no weight pack (or several): choose what `dfd export` wrote, zipped."
                )
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise InstallProblem(f"{source.name} is too large for a weight pack: choose another file.")
            prefix = found[0][: -len(MANIFEST)]
            (staging / MANIFEST).write_bytes(archive.read(found[0]))
            for name in _wanted(read_manifest(staging))[1:]:
                if prefix + name in archive.namelist():
                    with archive.open(prefix + name) as inner, (staging / name).open("wb") as target:
                        shutil.copyfileobj(inner, target, 1 << 20)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InstallProblem(
            f"{source.name} is not a zip file that can be read ({error}): choose another file."
        ) from None
