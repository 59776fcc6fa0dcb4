"""Finds `dfd_core`, its libraries and the weights, and loads them. Knows neither Qt nor Krita.

Folders come, in this order, from the environment variable `KRITA_DFD_PATH` (separated like `PATH`), from `paths` in
`runtime.json` in Krita's resource folder, from the installed libraries, and from `lib` inside the plugin, which holds
`dfd_core`. They are appended to `sys.path`, so Krita's own modules always win.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from .bundle import part
from .texts import tr

VARIABLE = "KRITA_DFD_PATH"
PLUGIN = Path(__file__).absolute().parent
RESOURCES = PLUGIN.parent.parent
"""The plugin is in `<resource folder>/pykrita/krita_dfd`, what stays on an update in `<resource folder>/krita_dfd`."""
CONFIG = RESOURCES / "krita_dfd" / "runtime.json"


class RuntimeProblem(Exception):
    """Something is missing or broken in the installation; the message tells the painter what to do."""


def config(path: Path | None = None) -> dict[str, Any]:
    """What `runtime.json` says; {} when there is none."""
    path = path or CONFIG
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        text = tr("{file} cannot be read ({error}). Run the installer again, or delete the file.")
        raise RuntimeProblem(text.format(file=path, error=error)) from None
    if not isinstance(content, dict):
        text = tr("{file} is not what the installer writes. Run the installer again, or delete the file.")
        raise RuntimeProblem(text.format(file=path))
    return content


def folders(settings: dict[str, Any]) -> list[str]:
    """Folders to append to `sys.path`, in order, without those that do not exist."""
    wanted = [entry for entry in os.environ.get(VARIABLE, "").split(os.pathsep) if entry]
    wanted += [str(entry) for entry in settings.get("paths", [])]
    installed = part("libraries").installed(part("places").Places(RESOURCES))
    wanted += [str(installed.folder)] if installed else []
    wanted += [str(PLUGIN / "lib")]
    return [entry for entry in dict.fromkeys(wanted) if os.path.isdir(entry)]


def presence() -> Any:
    """Whether the libraries are there; see `installer.present`. Imports nothing."""
    try:
        settings = config()
    except RuntimeProblem:
        settings = {}
    return part("present").look(folders(settings))


def load_core(settings: dict[str, Any]) -> ModuleType:
    """Import `dfd_core`, and torch with it. Takes seconds the first time: call it in the worker thread."""
    extra = folders(settings)
    there = part("present").look(extra)
    if there.state == part("present").TOO_OLD:
        raise RuntimeProblem(there.text)
    sys.path.extend(entry for entry in extra if entry not in sys.path)
    importlib.invalidate_caches()
    try:
        core = importlib.import_module("dfd_core")
        core.Engine  # noqa: B018 - the package loads it, and torch, only when it is asked for
        return core
    except ModuleNotFoundError as error:
        if error.name in ("dfd_core", "torch", "numpy"):
            name = {"torch": "PyTorch", "numpy": "NumPy"}.get(error.name, error.name)
            text = tr("{name} was not found. Run the installer, then try again.")
            raise RuntimeProblem(text.format(name=name)) from None
        text = tr("The module {name} was not found. Run the installer again.")
        raise RuntimeProblem(text.format(name=error.name)) from None
    except (ImportError, OSError) as error:
        hint = part("system").lacking() or tr("Press Check, then Repair.")
        text = tr("PyTorch cannot be loaded here ({error}). {hint}")
        raise RuntimeProblem(text.format(error=first_line(error), hint=hint)) from error


def weights(settings: dict[str, Any], core: ModuleType) -> Path:
    """The folder of the weight pack: the chosen one, else the one that comes along with `dfd_core`."""
    if settings.get("weights"):
        return Path(str(settings["weights"]))
    package = Path(str(core.__file__)).absolute().parent
    inside = package / "weights" / "default"
    return inside if inside.is_dir() else package.parent / "weights" / "default"


def first_line(error: BaseException) -> str:
    """The message of `error` in one line, or its type when it has none."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
