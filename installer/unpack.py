"""A wheel becomes files in a folder. Every file is compared with the wheel's own RECORD on the way."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from .errors import Cancelled, InstallProblem
from .places import long
from .wheels import unused

BLOCK = 1 << 20


def record(text: str) -> dict[str, str]:
    """RECORD as {file: sha256 in hexadecimal}; "" where it states none, as for itself."""
    rows = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) >= 2:
            kind, _, value = row[1].partition("=")
            rows[row[0]] = base64.urlsafe_b64decode(value + "==").hex() if kind == "sha256" else ""
    return rows


def place(name: str) -> str | None:
    """Where a file of a wheel belongs, or None when it is not for importing (scripts, headers, unused parts)."""
    top, _, rest = name.partition("/")
    if top.endswith(".data"):
        kind, _, name = rest.partition("/")
        if kind not in ("purelib", "platlib"):
            return None
    return None if unused(name) else name


def unpack(wheel: Path, folder: Path, cancelled: threading.Event, report: Callable[[int], None]) -> None:
    """Put the files of `wheel` into `folder`; `report` is called with the bytes written.

    Raises `InstallProblem` for a damaged or malicious wheel, `Cancelled`, or OSError of the disk.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            lists = [name for name in names if name.endswith(".dist-info/RECORD") and name.count("/") == 1]
            if len(lists) != 1:
                raise InstallProblem(f"{wheel.name} is not a wheel (it has no RECORD): get it again.")
            expected = record(archive.read(lists[0]).decode("utf-8"))
            if missing := sorted(set(expected) - set(names) - {lists[0] + ".jws", lists[0] + ".p7s"}):
                raise InstallProblem(f"{wheel.name} is incomplete ({missing[0]} is not in it): get it again.")
            for entry in archive.infolist():
                target = None if entry.is_dir() else place(entry.filename)
                if target is None:
                    continue
                _check_name(target, wheel)
                digest = _write(archive, entry, folder / target, cancelled, report)
                if entry.filename != lists[0] and digest != expected.get(entry.filename):
                    raise InstallProblem(
                        f"{wheel.name} was altered ({entry.filename} is not what RECORD says): get it again."
                    )
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
        raise InstallProblem(f"{wheel.name} is damaged ({error}): get it again.") from None


def _check_name(name: str, wheel: Path) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name:
        raise InstallProblem(f"{wheel.name} wants to write outside its folder ({name}): do not use it.")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, cancelled: threading.Event,
           report: Callable[[int], None]) -> str:  # fmt: skip
    digest = hashlib.sha256()
    os.makedirs(long(path.parent), exist_ok=True)
    with archive.open(entry) as source, open(long(path), "wb") as target:
        while block := source.read(BLOCK):
            if cancelled.is_set():
                raise Cancelled
            digest.update(block)
            target.write(block)
            report(len(block))
    if entry.external_attr >> 16 & 0o111:
        os.chmod(long(path), 0o755)
    return digest.hexdigest()


def faults(folder: Path, cancelled: threading.Event, report: Callable[[int], None]) -> Iterator[str]:
    """What differs in `folder` from the RECORDs of the wheels that were unpacked into it."""
    for listing in sorted(folder.glob("*.dist-info/RECORD")):
        for name, digest in record(listing.read_text("utf-8")).items():
            target = place(name)
            if target is None or not digest:
                continue
            try:
                found = hashlib.sha256()
                with open(long(folder / target), "rb") as file:
                    while block := file.read(BLOCK):
                        if cancelled.is_set():
                            raise Cancelled
                        found.update(block)
                        report(len(block))
            except OSError as error:
                yield f"{target}: {error.strerror}"
                continue
            if found.hexdigest() != digest:
                yield f"{target}: altered"
