"""The installer, which lies inside the installed plugin and beside the plugin in a checkout."""

from __future__ import annotations

import importlib
from types import ModuleType


def part(name: str) -> ModuleType:
    """The module `name` of the installer."""
    try:
        return importlib.import_module(f".installer.{name}", __package__)
    except ModuleNotFoundError as error:
        if error.name != f"{__package__}.installer":
            raise
        return importlib.import_module(f"installer.{name}")
