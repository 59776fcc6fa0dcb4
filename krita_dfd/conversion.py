"""A portrait from 8-bit sRGB to another colour space, strip by strip: Krita converts in its own thread and waits."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

from . import scratch
from .qt import QtCore
from .writing import Patch, Sheets

STRIP = 1 << 16
"""Pixels that are converted in one turn."""


class Conversion:
    """Of all sheets but the masks, which have no colour."""

    def __init__(self, sheets: Sheets, space: scratch.Space) -> None:
        self._sheets = sheets
        self._space = space
        self._pending = [sheets.whole, *(part.picture for part in sheets.parts)]
        self._done: list[Patch] = []
        self._data: Any = QtCore.QByteArray()
        self._rows = 0
        self.begun = False

    def go_on(self) -> Sheets | None:
        """Convert one strip; returns the portrait after the last one. Only call this while no stroke is open."""
        self.begun = True
        patch = self._pending[len(self._done)]
        rows = min(max(1, STRIP // patch.width), patch.height - self._rows)
        line = patch.width * 4
        strip = patch.data.mid(self._rows * line, rows * line)
        self._data.append(scratch.from_srgb8(strip, patch.width, rows, self._space))
        self._rows += rows
        if self._rows >= patch.height:
            self._done.append(replace(patch, data=self._data, crc=zlib.crc32(self._data)))
            self._data, self._rows = QtCore.QByteArray(), 0
        return self._result() if len(self._done) == len(self._pending) else None

    def _result(self) -> Sheets:
        whole, *pictures = self._done
        pairs = zip(self._sheets.parts, pictures, strict=True)
        return Sheets(whole, tuple(replace(part, picture=picture) for part, picture in pairs))
