"""Made-up portraits, prepared once, and one tiny run of both stages."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawings import linked_copy
from portraits import COUNT, TINY, write_index, write_portraits

from dfd_core.cli.main import main


@pytest.fixture(scope="session")
def portraits_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of portraits with an index. Read-only: tests that damage it work on a copy."""
    folder = tmp_path_factory.mktemp("portraits")
    write_portraits(folder)
    rows = [
        f"p{k:02d},{'val' if k == 0 else 'train'},{'north' if k % 3 else 'south'},CC0,1.0,0.1" for k in range(COUNT)
    ]
    write_index(folder, *rows)
    return folder


@pytest.fixture(scope="session")
def prepared(portraits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those portraits, prepared by the command line. Read-only."""
    folder = tmp_path_factory.mktemp("prepared")
    assert main(["prepare", str(portraits_folder), "-o", str(folder), "--seed", "3", "--workers", "2"]) == 0
    return folder


@pytest.fixture(scope="session")
def trained(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of both stages by the command line. Read-only: tests that go on work on a copy."""
    folder = tmp_path_factory.mktemp("trained")
    TINY.save(folder / "tiny.json")
    config = str(folder / "tiny.json")
    assert main(["train", str(prepared), "-o", str(folder / "run"), "--config", config, "--device", "cpu"]) == 0
    return folder / "run"


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of that run."""
    return linked_copy(trained, tmp_path / "run")
