"""What a release holds, that it is the same twice, and that Krita's importer and pip take it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dfd_core import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs, the second with other times and another mask for permissions."""
    folders = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    for folder, mask in zip(folders, (0o022, 0o077), strict=True):
        subprocess.run([sys.executable, "tools/make_dist.py", str(folder)], cwd=ROOT, check=True, capture_output=True,
                       umask=mask, timeout=300)  # fmt: skip
    return folders


def test_the_same_bytes_twice(made: tuple[Path, Path]) -> None:
    one, two = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} for folder in made
    )
    assert set(one) == {f"krita_dfd-{__version__}.zip", f"dfd_core-{__version__}-py3-none-any.whl",
                        f"dfd_core-{__version__}.tar.gz"}  # fmt: skip
    assert one == two


def test_the_zip_is_as_krita_s_importer_wants_it(made: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(made[0] / f"krita_dfd-{__version__}.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert archive.read("krita_dfd/__init__.py") == (ROOT / "krita_dfd" / "__init__.py").read_bytes()
    assert "krita_dfd/" in names
    assert [name for name in names if name.endswith(".desktop")] == ["krita_dfd.desktop"]
    assert [name for name in names if name.endswith(".action")] == ["krita_dfd.action"]
    assert len(names) == len(set(names))
    for name in ("Manual.html", "LICENSE", "THIRD_PARTY.md", "CHANGELOG.md", "installer/wheels.json",
                 "lib/dfd_core/weights/default/manifest.json"):  # fmt: skip
        assert f"krita_dfd/{name}" in names


def test_the_wheel_renders_outside_the_repository(made: tuple[Path, Path], tmp_path: Path) -> None:
    """Installed with pip into a folder; the libraries are this Python's."""
    wheel = made[0] / f"dfd_core-{__version__}-py3-none-any.whl"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target",
                    str(tmp_path / "lib"), str(wheel)], check=True, timeout=120)  # fmt: skip
    from PIL import Image, ImageDraw

    picture = Image.new("L", (512, 512), 255)
    ImageDraw.Draw(picture).ellipse((130, 80, 380, 460), outline=0, width=4)
    picture.save(tmp_path / "face.png")
    code = "import dfd_core, sys; from dfd_core.cli import main; print(dfd_core.__file__); main.main(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", code, "render", "face.png", "-o", "portrait.png"], cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": str(tmp_path / "lib")}, capture_output=True, text=True,
                          timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "lib"))
    assert Image.open(tmp_path / "portrait.png").size == (512, 512)


def test_the_version_is_stated_in_one_place() -> None:
    found = [str(path.relative_to(ROOT)) for folder in ("dfd_core", "installer", "krita_dfd", "tools")
             for path in (ROOT / folder).rglob("*.py") if f'"{__version__}"' in path.read_text("utf-8")]  # fmt: skip
    assert found == ["dfd_core/__init__.py"]
    assert f'version = "{__version__}"' not in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
