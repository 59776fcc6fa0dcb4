"""Picture files, whatever their names are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dfd_core.errors import DataError
from dfd_core.training import pictures
from dfd_core.training.pictures import read_parsing, read_portrait

COLOURS = np.random.default_rng(4).integers(0, 255, (40, 40, 3)).astype(np.uint8)


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cv2.imread` finds no file whose name has other than ASCII letters, as on Windows."""
    real = cv2.imread
    monkeypatch.setattr(pictures.cv2, "imread", lambda name, flags: real(name, flags) if name.isascii() else None)


def test_portrait_of_any_name(tmp_path: Path) -> None:
    path = tmp_path / "Zoë 張.png"
    Image.fromarray(COLOURS).save(path)
    assert np.array_equal(read_portrait(path), COLOURS)


def test_parsing_map_of_any_name(tmp_path: Path) -> None:
    path, classes = tmp_path / "Zoë 張.png", np.arange(512 * 512).reshape(512, 512) % 19
    Image.fromarray(classes.astype(np.uint8)).save(path)
    assert np.array_equal(read_parsing(path), classes)


def test_no_file_is_no_parsing_map(tmp_path: Path) -> None:
    assert read_parsing(tmp_path / "a.png") is None


@pytest.mark.parametrize("data", [b"", b"hello"])
def test_damaged_files_are_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    for read in (read_portrait, read_parsing):
        with pytest.raises(DataError, match=r"a\.png is not a readable"):
            read(path)
