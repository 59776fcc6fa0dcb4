"""A layer's picture or a file becomes the engine's reference. Runs in the worker's thread only."""

from __future__ import annotations

import weakref
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from . import pixels
from .qt import QtCore, QtGui, tr
from .reading import Picture

LARGEST = 2048
"""Longer sides of files are scaled down to this while they are read."""

_made: weakref.WeakKeyDictionary[Any, tuple[Any, Any]] = weakref.WeakKeyDictionary()
"""{engine: (what its reference was made from, the reference)}: an engine takes another one for another appearance."""


def set_reference(engine: Any, source: Picture | str | None) -> str:
    """Give the engine its reference; returns a line for the painter when there is none to be had, else ""."""
    from dfd_core.errors import DfdError

    engine.reference = None
    if source is None:
        return ""
    try:
        key = _key(source, engine.frame)
        known, reference = _made.get(engine, (None, None))
        if key != known:
            reference = _make(source, engine.frame)
            _made[engine] = key, reference
        engine.reference = reference
    except DfdError as error:
        return tr(str(error))
    return ""


def _key(source: Picture | str, frame: Any) -> tuple[Any, ...]:
    if isinstance(source, Picture):
        return zlib.crc32(source.data), source.x, source.y, source.width, source.height, frame
    try:
        facts = Path(source).stat()
    except OSError:
        raise _unreadable(source) from None
    return source, facts.st_mtime_ns, facts.st_size


def _make(source: Picture | str, frame: Any) -> Any:
    from dfd_core.appearance import Reference

    if isinstance(source, Picture):
        rgba = pixels.decode(source.data, source.width, source.height)
        return Reference.of_layer(rgba, (source.x, source.y), frame)
    return Reference.of_layer(read_file(source))


def read_file(path: str) -> np.ndarray:
    """The picture in a file as uint8 RGBA (h, w, 4), sRGB; raises `DfdError` when there is none."""
    reader = QtGui.QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > LARGEST:
        reader.setScaledSize(size.scaled(LARGEST, LARGEST, QtCore.Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise _unreadable(path)
    if image.colorSpace().isValid():
        image.convertToColorSpace(QtGui.QColorSpace(QtGui.QColorSpace.NamedColorSpace.SRgb))
    image = image.convertToFormat(QtGui.QImage.Format.Format_RGBA8888)
    bits: Any = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4).copy()


def _unreadable(path: str) -> Exception:
    from dfd_core.errors import DfdError

    text = tr("The reference “{name}” cannot be read, so the portrait is without it: choose another picture.")
    return DfdError(text.format(name=Path(path).name))
