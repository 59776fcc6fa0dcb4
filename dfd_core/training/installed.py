"""Weight files that lie inside installed packages; none of them is part of a weight pack or needed to render."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from dfd_core.errors import DataError


def installed_file(package: str, version: str, ending: str, sha256: str, wanted_by: str, cure: str) -> Path:
    """The file of an installed `package` whose name ends so; raises `DataError` when it is missing or another one."""
    try:
        listed = files(package) or []
    except PackageNotFoundError:
        listed = []
    found = [Path(str(file.locate())) for file in listed if file.name.endswith(ending)]
    if not found:
        raise DataError(f"{wanted_by} needs the package {package}: {cure}.")
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != sha256:
        raise DataError(f"{found[0]} is not the file of {package} {version}: {cure}.")
    return found[0]
