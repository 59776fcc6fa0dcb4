"""The portraits that a painter can come back to. Plain values; knows neither Qt nor Krita.

An entry is some 40 kB, with locked parts up to 250: a portrait as numbers (see `dfd_core.snapshot`), the settings it
was made with, and a small picture. A document keeps all of them, within `LARGEST`.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from .settings import FrameNumbers

MOST = 24
"""Entries that are kept; the oldest goes first."""

MOST_PINNED = 12

LARGEST = 3_200_000
"""Bytes of a history in a document: room for `MOST_PINNED` of the largest entries."""

_LARGEST_SNAPSHOT = 4_000_000
"""Bytes; more than that is no snapshot of ours."""

_LEAST_SIDE = 1.0

_LONGEST = 1 << 31
"""Pixels."""

_LATEST = 1e11
"""Seconds since 1970; clocks do not show more."""


@dataclass(eq=False)
class Entry:
    """One portrait. `packed` is the compressed snapshot, `settings` is `Settings.look`, `thumbnail` a PNG.

    `source` is the id of its drawing's layer; `frame` is where it stood in a document of the size `canvas`; `time` is
    in seconds since 1970.
    """

    packed: bytes
    settings: bytes
    thumbnail: bytes
    source: str
    frame: FrameNumbers
    canvas: tuple[int, int]
    time: float
    pinned: bool = False

    @classmethod
    def of(cls, snapshot: bytes, **values: Any) -> Entry:
        """An entry for a snapshot's bytes."""
        return cls(zlib.compress(snapshot, 1), **values)

    @property
    def snapshot(self) -> bytes:
        """For `dfd_core.snapshot.Snapshot.from_bytes`."""
        return zlib.decompressobj().decompress(self.packed, _LARGEST_SNAPSHOT)

    def same_as(self, other: Entry) -> bool:
        """Whether both are the same portrait with the same settings."""
        return (self.packed, self.settings) == (other.packed, other.settings)


@dataclass
class History:
    """Entries, oldest first. `shown` is the one on the portrait's layer; `a` and `b` were chosen last, `b` latest."""

    entries: list[Entry] = field(default_factory=list)
    shown: Entry | None = None
    a: Entry | None = None
    b: Entry | None = None

    def add(self, entry: Entry, choose: bool = True, wanted: Entry | None = None) -> Entry:
        """Append `entry`, which is what is shown now; returns it, or the one that is the same already.

        Drops the oldest entry when there are too many, but not the one that is `wanted`.
        """
        known = next((e for e in self.entries if e.same_as(entry)), None)
        if known is None:
            self.entries.append(entry)
        entry = known or entry
        self.shown = entry
        if choose:
            self.choose(entry)
        if len(self.entries) > MOST:
            spare = (e for e in self.entries if not e.pinned and e not in (self.a, self.b, entry, wanted))
            self.remove(next(spare, self.entries[0]))
        return entry

    def choose(self, entry: Entry) -> None:
        """Show `entry`: it is B now, and what was chosen before is A."""
        if entry is not self.b:
            self.a, self.b = self.b, entry
        self.shown = entry

    def step(self, by: int) -> Entry | None:
        """The entry `by` places after the one that is shown, or None when there is none."""
        if self.shown not in self.entries:
            return self.entries[-1] if self.entries and by < 0 else None
        place = self.entries.index(self.shown) + by
        return self.entries[place] if 0 <= place < len(self.entries) else None

    def pin(self, entry: Entry, on: bool) -> bool:
        """Pinned entries are not dropped. False when there are too many already."""
        if on and sum(e.pinned for e in self.entries) >= MOST_PINNED:
            return False
        entry.pinned = on
        return True

    def remove(self, entry: Entry) -> None:
        """Take `entry` out."""
        self.entries.remove(entry)
        self.shown = None if self.shown is entry else self.shown
        if entry in (self.a, self.b):
            self.a, self.b = None, self.b if entry is self.a else self.a

    # ---- in the document

    def to_bytes(self) -> bytes:
        """A zip: pinned entries, then the newest ones, as many as fit into `LARGEST`."""
        kept, size = [], 0
        for entry in sorted(self.entries, key=lambda e: (not e.pinned, -e.time)):
            size += len(entry.packed) + len(entry.settings) + len(entry.thumbnail) + 1024
            if size <= LARGEST:
                kept.append(entry)
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as file:
            for number, entry in enumerate(e for e in self.entries if e in kept):
                about = {"source": entry.source, "frame": entry.frame, "canvas": entry.canvas, "time": entry.time,
                         "pinned": entry.pinned}  # fmt: skip
                for name, content in (("about.json", json.dumps(about).encode()), ("settings.json", entry.settings),
                                      ("portrait.png", entry.thumbnail), ("snapshot.z", entry.packed)):  # fmt: skip
                    file.writestr(f"{number}/{name}", content)
        return memory.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> History:
        """What `to_bytes` gave; entries that make no sense, damaged or from another version, are left out."""
        history = cls()
        if not data:
            return history
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                numbers = range(min(MOST, len(file.namelist()) // 4))
                history.entries = [entry for number in numbers if (entry := _read(file, number)) is not None]
        except Exception:  # of a damaged file, zipfile raises nearly anything
            pass
        return history


def _read(file: zipfile.ZipFile, number: int) -> Entry | None:
    def part(name: str) -> bytes:
        return file.read(f"{number}/{name}")

    try:
        about = json.loads(part("about.json"))
        frame, canvas = tuple(map(float, about["frame"])), tuple(map(int, about["canvas"]))
        time = float(about["time"])
        if len(frame) != 4 or len(canvas) != 2 or not all(map(math.isfinite, frame)) or frame[2] < _LEAST_SIDE:
            return None
        if not 0 <= time < _LATEST or not all(0 < length < _LONGEST for length in canvas):
            return None
        entry = Entry(part("snapshot.z"), part("settings.json"), part("portrait.png"), str(about["source"]), frame,
                      canvas, time, bool(about["pinned"]))  # fmt: skip
        _ = entry.snapshot
    except Exception:  # see `History.from_bytes`
        return None
    return entry
