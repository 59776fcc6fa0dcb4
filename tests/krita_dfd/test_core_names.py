"""The plugin imports from `dfd_core` inside its functions, once numpy is there: every such name must exist."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "krita_dfd"
NAMES = sorted(
    {
        (node.module, alias.name)
        for path in PLUGIN.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dfd_core"
        for alias in node.names
    }
)


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_exists(module: str, name: str) -> None:
    found = importlib.import_module(module)
    assert hasattr(found, name) or importlib.import_module(f"{module}.{name}")
