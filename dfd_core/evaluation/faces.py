"""The faces that are measured on: photos, drawings at three levels of roughness, and who belongs to which group."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS, ENCODE
from dfd_core.training.data import Prepared
from dfd_core.training.pictures import read_parsing, read_portrait
from dfd_core.training.prepare import STYLES, draw_styles, find_photos, read_landmarks

LEVELS = {"clean": "copy_fine", "semantic": "clean", "rough": "rough_85"}
"""Style of drawing by level: photo-derived lines; smooth contours of regions and landmarks; a beginner's lines."""

FEWEST = 4  # faces, for halves of them to be compared

SKIN = ((55.0, "very light"), (41.0, "light"), (28.0, "intermediate"), (10.0, "tan"), (-30.0, "brown"),
        (-np.inf, "dark"))  # fmt: skip
"""Skin tones by individual typology angle in degrees, from lower bounds (Chardon et al. 1991; Del Bino et al. 2006)."""


@dataclass(frozen=True)
class Faces:
    """Photos (n, 256, 256, 3) uint8 RGB, per level ink (n, 256, 256) uint8, and for each face an id and a person.

    `groups` maps a kind of group, such as "skin tone", to each face's group; "" is unknown.
    """

    name: str
    ids: list[str]
    people: np.ndarray
    photos: np.ndarray
    ink: dict[str, np.ndarray]
    groups: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def seed(self, index: int) -> int:
        """The seed of the appearance of a face: always the same one, and no two faces share it by plan."""
        return zlib.crc32(self.ids[index].encode()) or 1


def skin_tone(angle: str) -> str:
    """The name of the skin tone with this typology angle, "" when it is unknown."""
    return next(name for bound, name in SKIN if float(angle) > bound) if angle else ""


def read_index(portraits: Path | None) -> dict[str, dict[str, str]]:
    """The rows of `index.csv` by id, or none when there is no such file."""
    path = portraits / "index.csv" if portraits else None
    if path is None or not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def prepared_faces(data: Prepared, index: dict[str, dict[str, str]]) -> Faces:
    """The validation faces of a prepared set; raises `DataError` when it has too few, or lacks a style."""
    if len(data.val) < FEWEST:
        raise DataError(f"The prepared data has {len(data.val)} validation faces; measuring needs at least {FEWEST}.")
    styles = list(data.meta["styles"])
    if missing := set(LEVELS.values()).difference(styles):
        raise DataError(f"The prepared data has no drawings '{missing.pop()}': run 'dfd prepare' again.")
    ids = [data.meta["portraits"][k]["id"] for k in data.val]
    ink = {level: np.ascontiguousarray(data.drawings[data.val, styles.index(s)]) for level, s in LEVELS.items()}
    tones = [skin_tone(index.get(name, {}).get("ita") or "") for name in ids]
    return Faces("val", ids, np.array(ids), np.ascontiguousarray(data.photos[data.val]), ink,
                 {"skin tone": tones} if any(tones) else {})  # fmt: skip


def london_faces(portraits: Path, seed: int = 0, limit: int | None = None,
                 progress: Callable[[int, int], None] | None = None) -> Faces:  # fmt: skip
    """The faces of split `london` of an aligned folder, drawn with the functions that made the training drawings.

    They are in no prepared set, so that nothing can be trained on them. With `limit`, some of them, evenly spaced.
    Raises `DataError` when there are none.
    """
    rows = [row for row in read_index(portraits).values() if row["split"] == "london"]
    if not rows:
        raise DataError(f"{portraits} has no portraits of split 'london': leave out --london.")
    rows = rows[:: max(1, -(-len(rows) // limit))] if limit else rows
    files, points = find_photos(portraits), read_landmarks(portraits / "landmarks.npz")
    photos, drawings = [], []
    for k, row in enumerate(rows):
        name = row["id"]
        if name not in files or name not in points:
            raise DataError(f"{portraits} has no photo or no landmarks of {name}, which its index.csv lists.")
        photo, parsing = read_portrait(files[name]), read_parsing(portraits / "parsing" / f"{name}.png")
        full = cv2.resize(photo, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        photos.append(cv2.resize(photo, (ENCODE, ENCODE), interpolation=cv2.INTER_AREA))
        drawings.append(draw_styles(full, parsing, points[name], seed + k)[0])
        if progress:
            progress(k + 1, len(rows))
    ink = {level: np.stack([views[STYLES.index(style)] for views in drawings]) for level, style in LEVELS.items()}
    groups = {"ethnicity": [row.get("ethnicity") or "" for row in rows],
              "skin tone": [skin_tone(row.get("ita") or "") for row in rows]}  # fmt: skip
    people = np.array([row.get("person") or row["id"] for row in rows])
    return Faces("london", [row["id"] for row in rows], people, np.stack(photos), ink, groups)


def enlarge(picture: np.ndarray) -> np.ndarray:
    """A picture (256, 256, 3) uint8 as (512, 512, 3): every method's result is measured at the engine's size."""
    if picture.shape[0] == CANVAS:
        return picture
    return cv2.resize(picture, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
