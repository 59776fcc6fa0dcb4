"""Which of two installed Qt bindings the plugin takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import importlib, sys
sys.path[:0] = [{bindings!r}, {root!r}]
importlib.import_module({loaded!r} + ".QtCore")  # as Krita's own module does
from krita_dfd import qt
print(qt.QtCore.__name__, qt.QtGui.__name__, qt.QtWidgets.__name__, qt.sip.__name__)
"""


@pytest.mark.parametrize("loaded", ["PyQt5", "PyQt6"])
def test_takes_what_krita_has_loaded(tmp_path: Path, loaded: str) -> None:
    """Both are there, as they are beside each other in a Linux distribution's Python; here their names alone."""
    for binding in ("PyQt5", "PyQt6"):
        for module in ("__init__", "QtCore", "QtGui", "QtWidgets", "sip"):
            (tmp_path / binding).mkdir(exist_ok=True)
            (tmp_path / binding / f"{module}.py").touch()
    code = CODE.format(bindings=str(tmp_path), root=str(ROOT), loaded=loaded)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == [f"{loaded}.{name}" for name in ("QtCore", "QtGui", "QtWidgets", "sip")], done.stderr
