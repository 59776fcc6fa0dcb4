"""What the package drags in: Krita's Python loads it, so it must be little."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from drawings import face
from PIL import Image

import dfd_core

PACKAGE = Path(dfd_core.__file__).parent
ROOT = PACKAGE.parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
HOSTS = {"PyQt5", "PyQt6", "krita", "krita_dfd"}
TRAINING = {"cv2", "sklearn", "scipy", "h5py", "dfd_core.training", "dfd_core.evaluation",
            "dfd_core.benchmark"}  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh Python has after `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


class TestImports:
    @pytest.mark.parametrize("statement", ["import dfd_core", "import dfd_core.errors, dfd_core.geometry"])
    def test_of_names_alone_are_light(self, statement: str) -> None:
        loaded = loaded_by(statement)
        assert "dfd_core.errors" in loaded
        assert not loaded & (HOSTS | TRAINING | {"torch", "numpy", "PIL"})

    def test_of_the_engine_are_what_rendering_needs(self) -> None:
        loaded = loaded_by("import dfd_core; dfd_core.Engine, dfd_core.Portrait, dfd_core.Frame")
        assert {"dfd_core.engine", "torch", "numpy"} <= loaded
        assert not loaded & (HOSTS | TRAINING | {"PIL"})

    def test_of_loading_a_pack_are_no_compiler(self, pack_folder: Path) -> None:
        """Which takes a second, and the painter waits."""
        loaded = loaded_by(f"import dfd_core; dfd_core.Engine({str(pack_folder)!r}, 'cpu')")
        assert not loaded & {"torch._dynamo", "sympy"}

    def test_of_the_command_line_wait_for_the_subcommand(self) -> None:
        loaded = loaded_by("import dfd_core.cli.main")
        assert {"dfd_core.cli.train", "dfd_core.cli.evaluate"} <= loaded
        assert not loaded & (HOSTS | TRAINING | {"torch"})

    def test_of_rendering_by_the_command_line_are_what_rendering_needs(self, pack_folder: Path, tmp_path: Path) -> None:
        drawing, portrait = tmp_path / "drawing.png", tmp_path / "portrait.png"
        Image.fromarray(face(256)).save(drawing)
        arguments = ["render", str(drawing), "-o", str(portrait), "--weights", str(pack_folder), "--device", "cpu"]
        loaded = loaded_by(f"from dfd_core.cli.main import main\nassert main({arguments!r}) == 0")
        assert portrait.is_file()
        assert "dfd_core.engine" in loaded
        assert not loaded & (HOSTS | TRAINING)

    @pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
    def test_know_no_host(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name.split(".")[0] for name in named} & HOSTS


class TestPackage:
    def test_every_promised_name_is_there(self) -> None:
        assert all(hasattr(dfd_core, name) for name in dfd_core.__all__)

    def test_other_names_are_attribute_errors(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'Motor'"):
            dfd_core.Motor  # noqa: B018
