"""The installer runs in Krita before anything else is there, also in a Krita whose Python is too old to go on."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import installer

SOURCES = sorted(Path(installer.__file__).parent.glob("*.py"))
STANDARD = sys.stdlib_module_names | {"torch"}
"""torch is imported by the doctor only, to see whether it can be."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_the_standard_library_and_relative_imports(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= STANDARD
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").split(".")[0] in STANDARD
    assert all(not (isinstance(node, ast.Import) and node.names[0].name == "torch") or path.name == "doctor.py"
               for node in ast.walk(tree))  # fmt: skip


@pytest.mark.parametrize("name", ["installer/__init__.py", "krita_dfd/__init__.py", "krita_dfd/too_old.py",
                                  "krita_dfd/qt.py"])  # fmt: skip
def test_the_message_about_an_old_python_can_be_read_by_one(name: str) -> None:
    path = Path(installer.__file__).parent.parent / name
    ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
