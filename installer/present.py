"""What of the libraries Krita's Python has already: ours, another plugin's, or the system's.

Our folders are appended to `sys.path`, so whatever comes earlier there wins. It is used when it is new enough; when it
is not, somebody has to be told, since ours cannot be reached.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

OLDEST = {"torch": (2, 5), "numpy": (1, 24), "safetensors": (0, 4)}
"""What dfd_core works with (numpy: tried with 1.24 beside torch 2.13)."""

READY, MISSING, TOO_OLD = "ready", "missing", "too old"


@dataclass(frozen=True)
class Library:
    """One library as this Python would import it. `loaded` says that it is imported already, by whomever."""

    name: str
    version: str
    folder: str
    loaded: bool

    @property
    def new_enough(self) -> bool:
        """Unknown versions are given a chance."""
        numbers = tuple(int(part) for part in re.findall(r"\d+", self.version)[:2])
        return not numbers or numbers >= OLDEST[self.name]


@dataclass(frozen=True)
class Presence:
    """`state` is `READY`, `MISSING` or `TOO_OLD`; `text` explains the last two to the user."""

    state: str
    text: str
    libraries: dict[str, Library]


def look(folders: Iterable[str] = ()) -> Presence:
    """See what would be imported if `folders` were appended to `sys.path`. Imports nothing."""
    importlib.invalidate_caches()  # folders come and go while Krita runs
    found = {name: library for name in OLDEST if (library := _find(name, list(folders)))}
    for library in found.values():
        if not library.new_enough:
            return Presence(TOO_OLD, _explain(library), found)
    missing = [name for name in OLDEST if name not in found]
    return Presence(MISSING if missing else READY, f"missing: {', '.join(missing)}" if missing else "", found)


def _find(name: str, folders: list[str]) -> Library | None:
    module = sys.modules.get(name)
    if module is not None:
        file = getattr(module, "__file__", None) or ""
        return Library(name, str(getattr(module, "__version__", "")), os.path.dirname(os.path.dirname(file)), True)
    path = [*sys.path, *folders]
    try:
        spec = importlib.machinery.PathFinder.find_spec(name, path)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin or not spec.has_location:
        return None
    package = os.path.dirname(spec.origin)
    return Library(name, _version(package), os.path.dirname(package), False)


def _version(package: str) -> str:
    """The version that a package on the disk states, "" when it cannot be told."""
    parent, name = os.path.split(package)
    try:
        for entry in sorted(os.listdir(parent)):
            match = re.match(rf"{name}-([^-]+)\.(dist|egg)-info$", entry)
            if match:
                return match.group(1)
        with open(os.path.join(package, "version.py"), encoding="utf-8") as file:
            stated = re.search(r"^(?:__)?version(?:__)?\s*(?::.*)?=\s*['\"](.+?)['\"]", file.read(), re.M)
        return stated.group(1) if stated else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _explain(library: Library) -> str:
    oldest = ".".join(map(str, OLDEST[library.name]))
    if library.loaded:
        return (
            f"Another plugin has loaded {library.name} {library.version} from {library.folder}, and {oldest} or "
            "newer is needed. Only one can be in a Krita: update that plugin or switch it off, then start Krita again."
        )
    return (
        f"{library.name} {library.version} in {library.folder} is found first and is too old ({oldest} or newer is "
        "needed): update or remove it there, then start Krita again."
    )
