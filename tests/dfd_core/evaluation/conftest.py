"""Made-up portraits of which four are for validation and four of split `london`; and the helper networks, if there."""

from __future__ import annotations

from pathlib import Path

import pytest
from portraits import write_index, write_portraits

from dfd_core.errors import DataError
from dfd_core.evaluation.helper_files import identity_files, mobilenet_file
from dfd_core.training.data import Prepared
from dfd_core.training.perceptual import find_vgg
from dfd_core.training.prepare import PrepareConfig, prepare

VAL, LONDON, COUNT = 4, 4, 21
TONES = (60.0, 50.0, 20.0, -40.0)


def split(k: int) -> str:
    """The split of portrait `k`."""
    return "val" if k < VAL else "london" if k < VAL + LONDON else "train"


@pytest.fixture(scope="session")
def faces_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of aligned portraits with an index. Read-only."""
    folder = tmp_path_factory.mktemp("faces")
    write_portraits(folder, COUNT)
    write_index(folder, *(f"p{k:02d},{split(k)},north,CC0,1.0,0.1" for k in range(COUNT)))
    lines = (folder / "index.csv").read_text(encoding="utf-8").splitlines()
    more = [f"{line},{TONES[k % 4]},person{k // 2},{'blue' if k % 2 else 'green'}" for k, line in enumerate(lines[1:])]
    (folder / "index.csv").write_text("\n".join([lines[0] + ",ita,person,ethnicity", *more]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def prepared_folder(faces_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those portraits, prepared. Read-only."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(faces_folder, folder, PrepareConfig(), workers=2)
    return folder


@pytest.fixture(scope="session")
def data(prepared_folder: Path) -> Prepared:
    """The prepared portraits."""
    return Prepared(prepared_folder)


@pytest.fixture(scope="session")
def helper_networks() -> None:
    """Skips the test where the networks that measure are not installed."""
    pytest.importorskip("h5py")
    try:
        mobilenet_file(), identity_files(fetch=False), find_vgg()
    except DataError as missing:
        pytest.skip(str(missing))
