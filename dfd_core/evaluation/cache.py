"""Results that need not be computed again, kept under a key of everything that they hang on.

The key covers the content of the inputs and the source code that computes; whatever changes, another file is meant, so
a stale result cannot be used.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import numpy as np

import dfd_core

Arrays = dict[str, np.ndarray]


def code_of(modules: Iterable[ModuleType]) -> str:
    """A digest of the source files of `modules`."""
    digest = hashlib.blake2b()
    for path in sorted(str(module.__file__) for module in modules):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


AFTERWARDS = ("figures", "report", "run", "sheet", "statistics", "targets", "train_unet")
"""Modules of this folder that only work on what was measured."""


def all_code() -> str:
    """A digest of all code of the package that can change what a method draws or what is measured on it."""
    package = Path(dfd_core.__file__).parent
    digest = hashlib.blake2b()
    for path in sorted(package.rglob("*.py")):
        if "cli" not in path.parts and not (path.parent.name == "evaluation" and path.stem in AFTERWARDS):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """The sha256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def array_digest(array: np.ndarray) -> str:
    """A digest of an array (n, ...), looked at one by one, since it may be bigger than the memory."""
    digest = hashlib.blake2b(f"{array.dtype}{array.shape}".encode())
    for part in array:
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _key(inputs: Iterable[str | np.ndarray]) -> str:
    digest = hashlib.blake2b(digest_size=10)
    for value in inputs:
        if isinstance(value, str):
            digest.update(b"text" + str(len(value)).encode() + value.encode())
        else:
            digest.update(f"array{value.dtype}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).data)
    return digest.hexdigest()


class Cache:
    """Files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, inputs: Iterable[str | np.ndarray], make: Callable[[], Arrays]) -> Arrays:
        """The arrays that `make` returns for these `inputs`; made only when they are not kept yet, or damaged."""
        path = self.folder / f"{name}-{_key(inputs)}.npz"
        try:
            with np.load(path) as file:
                return {key: file[key] for key in file.files}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            pass
        arrays = make()
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take the names for options
        os.replace(partial, path)
        return arrays
