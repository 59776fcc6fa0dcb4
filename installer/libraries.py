"""The libraries' folder: installed completely or not at all, checked, updated and removed.

A new folder is put together beside the old one and takes its place by being renamed; whatever ends the work before that
leaves the old state. `krita_dfd.json` in the folder says what it holds.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import __version__, system
from .errors import InstallProblem
from .fetch import Fetcher, free
from .index import Sources
from .places import Places, cannot_write, remove, remove_whole, swap, too_long, write_whole
from .unpack import faults, unpack
from .wheels import WheelSet, choose, pins, tag

MARKER = "krita_dfd.json"
SPARE = 64 << 20
"""Bytes that must be left on the disk."""

IN_USE = "Krita is using the libraries: start Krita again and update before drawing."

Progress = Callable[[str, int, int, str], None]
"""Stage ("download", "unpack" or "check"), bytes done, bytes in all, and what is being worked on."""


@dataclass(frozen=True)
class Installed:
    """A complete folder of libraries."""

    folder: Path
    variant: str
    versions: dict[str, str]
    current: bool
    """Whether it holds what the list names today."""


def installed(places: Places, wanted: str = "") -> Installed | None:
    """The libraries for `wanted` (a tag; of the running Python unless told), or None when they are not there."""
    folder = places.libraries / (wanted or tag())
    try:
        noted = json.loads((folder / MARKER).read_text("utf-8"))
        versions, variant, key = dict(noted["versions"]), str(noted["variant"]), noted["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Installed(folder, variant, versions, key == _current_key(wanted or tag(), variant))


def _current_key(wanted: str, variant: str) -> str:
    try:
        return choose(wanted, variant).key
    except InstallProblem:
        return ""


def install(places: Places, chosen: WheelSet, sources: Sources, progress: Progress = lambda *_: None,
            cancelled: threading.Event | None = None, anew: bool = False) -> Path:  # fmt: skip
    """Bring the libraries of `chosen`; returns their folder. Raises `InstallProblem` or `Cancelled`.

    What is there and current stays as it is unless `anew`.
    """
    cancelled = cancelled or threading.Event()
    root = places.libraries
    target = root / chosen.tag
    if problem := (chosen.tag == tag() and system.lacking()) or too_long(target, chosen.longest):
        raise InstallProblem(problem)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root):
            places.keep()
            clean(root)
            there = installed(places, chosen.tag)
            if there and there.current and there.variant == chosen.variant and not anew:
                return target
            _check_space(places, chosen, sources)
            files = _fetch(places, chosen, sources, progress, cancelled)
            staging = root / f".{chosen.tag}.new"
            _unpack(chosen, files, staging, progress, cancelled)
            swap(staging, target, IN_USE)
            _clear_downloads(places.downloads)
            return target
    except OSError as error:
        raise InstallProblem(cannot_write(error, root)) from None


def check(places: Places, wanted: str = "", progress: Progress = lambda *_: None,
          cancelled: threading.Event | None = None) -> list[str]:  # fmt: skip
    """What is wrong with the installed libraries, file by file; [] when every hash is right."""
    there = installed(places, wanted)
    if there is None:
        return ["not installed"]
    done = 0
    total = sum(path.stat().st_size for path in there.folder.rglob("*") if path.is_file())

    def report(count: int) -> None:
        nonlocal done
        done += count
        progress("check", done, total, there.variant)

    wrong = list(faults(there.folder, cancelled or threading.Event(), report))
    names = {path.name.split("-")[0].replace("_", "-").lower() for path in there.folder.glob("*.dist-info")}
    return wrong + [f"{name}: missing" for name in there.versions if name not in names]


def clean(root: Path) -> None:
    """Take away what an installation that was killed left. Only for the holder of the lock."""
    for path in [*root.glob(".cp3*.new"), *root.glob(".cp3*.old")]:
        remove(path)


def _clear_downloads(folder: Path) -> None:
    """Take away all wheels, also those that another set, which was begun and given up, would need."""
    for path in folder.glob("*.whl*") if folder.is_dir() else ():
        remove(path)
    with suppress(OSError):
        folder.rmdir()


def uninstall(places: Places) -> bool:
    """Remove all libraries and downloads of ours, wherever they were kept; returns whether there were any."""
    found = [_uninstall(root, places.downloads_for(root)) for root in places.all_libraries]
    return any(found)


def _uninstall(root: Path, downloads: Path) -> bool:
    ours = [path for path in root.glob("*") if (path / MARKER).is_file()] if root.is_dir() else []
    found = bool(ours) or downloads.is_dir()
    try:
        if root.is_dir():
            with locked(root):
                clean(root)
                for path in ours:
                    remove_whole(path)
            (root / "lock").unlink(missing_ok=True)
        _clear_downloads(downloads)
        with suppress(OSError):
            root.rmdir()
    except OSError as error:
        raise InstallProblem(
            f"Cannot remove {Path(error.filename or root).name} ({error.strerror}): close Krita and try again."
        ) from None
    return found


def known_tags() -> list[str]:
    """All tags of the list."""
    return list(pins()["sets"])


# ---- parts of install


def _check_space(places: Places, chosen: WheelSet, sources: Sources) -> None:
    missing = chosen.unpacked + SPARE
    for wheel in chosen.wheels:
        if not (places.downloads / wheel.file).is_file() and not any(sources.local(wheel)):
            part = places.downloads / f"{wheel.file}.part"
            missing += max(0, wheel.size - (part.stat().st_size if part.exists() else 0))
    there = free(places.libraries)
    if there < missing:
        raise InstallProblem(
            f"{missing / 1e9:.1f} GB are needed in {places.libraries} and {there / 1e9:.1f} GB are free: "
            "free some space or choose another place for the libraries."
        )


def _fetch(places: Places, chosen: WheelSet, sources: Sources, progress: Progress,
           cancelled: threading.Event) -> list[Path]:  # fmt: skip
    fetcher = Fetcher(places.downloads, sources, cancelled)
    files, before = [], 0
    for wheel in chosen.wheels:
        name = f"{wheel.project} {wheel.version}"
        progress("download", before, chosen.size, name)
        files.append(
            fetcher.get(wheel, lambda size, b=before, n=name: progress("download", b + size, chosen.size, n))  # type: ignore[misc]
        )
        before += wheel.size
    progress("download", chosen.size, chosen.size, "")
    return files


def _unpack(chosen: WheelSet, files: list[Path], staging: Path, progress: Progress, cancelled: threading.Event) -> None:
    done, name = 0, ""

    def report(count: int) -> None:
        nonlocal done
        done += count
        progress("unpack", done, chosen.unpacked, name)

    try:
        for wheel, path in zip(chosen.wheels, files):  # noqa: B905 - also read by Python 3.8 and 3.9
            name = wheel.project
            unpack(path, staging, cancelled, report)
        noted: dict[str, Any] = {
            "by": __version__,
            "tag": chosen.tag,
            "variant": chosen.variant,
            "key": chosen.key,
            "versions": {wheel.project: wheel.version for wheel in chosen.wheels},
        }
        write_whole(staging / MARKER, json.dumps(noted, indent=1))
    except BaseException:
        with suppress(OSError):
            remove(staging)
        raise


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process; `InstallProblem` when somebody else holds it."""
    with (root / "lock").open("a") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InstallProblem(
                "Another Krita or installer is working on the libraries: wait until it has finished."
            ) from None
        yield
