"""Packages that only training needs."""

from __future__ import annotations

from importlib.util import find_spec

from dfd_core.errors import DataError

PACKAGES = {"cv2": "opencv-python-headless", "h5py": "h5py"}


def need(module: str) -> None:
    """Raise `DataError` that says how to install what is missing."""
    if find_spec(module) is None:
        raise DataError(f"This needs the package {PACKAGES[module]}: install with 'pip install dfd-core[train]'.")
