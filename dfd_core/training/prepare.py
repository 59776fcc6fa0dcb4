"""`dfd prepare`: a folder of aligned portraits becomes arrays that training can map into memory.

Reads (see docs/training.md)

    photos/ID.jpg|png      square, aligned on the canonical canvas, any size
    landmarks.npz          `ids` and `points` (N, 468, 2) in 512 x 512 pixels
    parsing/ID.png         optional: 512 x 512, class per pixel
    index.csv              optional: id, split, set, licence, coverage, yaw, ita (skin tone), hair (area),
                           glasses (0 or 1)

and writes

    photos.npy             (N, S, S, 3) uint8 RGB
    drawings.npy           (N, V, 256, 256) uint8, 0 paper to 255 full ink; V styles of the same face
    regions.npy            (N, 3, 128, 128) uint8, skin, hair and background (recolour.py)
    meta.json              ids, splits, sources, styles and the options used
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS, ENCODE
from dfd_core.training import roughen
from dfd_core.training.align import yaw
from dfd_core.training.beards import facial_hair, moustache
from dfd_core.training.hand import by_hand
from dfd_core.training.photocopy import creases, photocopy
from dfd_core.training.pictures import read_parsing, read_portrait
from dfd_core.training.recolour import SIDE, regions_of
from dfd_core.training.seen import Seen
from dfd_core.training.strokes import HAIR, opening, portrait_strokes
from dfd_core.training.traced import Traced, look_up
from dfd_core.training.whiskers import mouth_points

STYLES = ("clean", "copy_fine", "copy_coarse", "copy_outlined", "rough_15", "rough_30", "rough_50", "rough_70",
          "rough_85", "rough_100", "hand_10", "hand_25", "hand_40", "hand_60", "hand_85")  # fmt: skip
LANDMARKS = 468
SKIP_SPLITS = ("london",)  # test sets that must never be trained on


@dataclass(frozen=True)
class PrepareConfig:
    """Options of `dfd prepare`, saved in meta.json."""

    size: int = 256
    seed: int = 0
    max_yaw: float = 0.45
    min_coverage: float = 0.85
    left_out: tuple[str, ...] = ()
    """Ids of portraits that are not trained on."""


@dataclass(frozen=True)
class Portrait:
    """One row of the input folder."""

    id: str
    split: str
    source: str
    licence: str
    tone: float | None = None
    hair: float | None = None
    glasses: bool | None = None
    looked_at: bool | None = None
    facial_hair: str | None = None
    curly: bool | None = None
    made_up: bool | None = None
    creases: float | None = None
    yaw: float | None = None
    mouth: list[list[float]] | None = None
    opening: float | None = None


def find_photos(folder: Path) -> dict[str, Path]:
    """The picture files of `folder`/photos by id."""
    return {p.stem: p for p in sorted((folder / "photos").glob("*")) if p.suffix.lower() in (".jpg", ".png", ".jpeg")}


def list_portraits(folder: Path, config: PrepareConfig) -> list[Portrait]:
    """The usable portraits of `folder`; raises `DataError` when there are none, or none of those to leave out."""
    photos = find_photos(folder)
    if not photos:
        raise DataError(f"No portraits in {folder / 'photos'}: put aligned .jpg or .png files there.")
    if config.left_out and not photos.keys() & set(config.left_out):
        raise DataError(f"{folder} has none of the portraits that are to be left out: check that it is their list.")
    found = [p for p in _listed(folder, photos, config) if p.split != "train" or p.id not in config.left_out]
    if not found:
        raise DataError(f"{folder} leaves no portrait to train on: check which ones are left out.")
    return found


def _listed(folder: Path, photos: dict[str, Path], config: PrepareConfig) -> list[Portrait]:
    """Those of index.csv that are usable, or all."""
    index = folder / "index.csv"
    if not index.is_file():
        held_out = max(1, len(photos) // 15)
        return [Portrait(name, "val" if k < held_out else "train", "", "") for k, name in enumerate(photos)]
    with index.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if missing := {"id", "split"}.difference(rows.fieldnames or ()):
            raise DataError(f"{index} has no column {' and no column '.join(sorted(missing))}: see docs/training.md.")
        try:
            chosen = [_portrait(row) for row in rows if row["id"] in photos and _usable(row, config)]
        except ValueError as error:
            raise DataError(f"{index}, line {rows.line_num}: {error}.") from None
    if not chosen:
        raise DataError(f"{index} leaves no portrait to train on: check its split, yaw and coverage columns.")
    return chosen


def _usable(row: dict[str, str], config: PrepareConfig) -> bool:
    if row["split"] != "train":
        return row["split"] not in SKIP_SPLITS
    return abs(float(row.get("yaw") or 0)) <= config.max_yaw and float(row.get("coverage") or 1) >= config.min_coverage


def _portrait(row: dict[str, str]) -> Portrait:
    tone, hair = (float(value) if (value := row.get(name)) else None for name in ("ita", "hair"))
    glasses = bool(float(value)) if (value := row.get("glasses")) else None
    return Portrait(row["id"], row["split"], row.get("set") or "", row.get("licence") or "", tone, hair, glasses)


def read_landmarks(path: Path) -> dict[str, np.ndarray]:
    """The landmarks (468, 2) of each portrait by id; raises `DataError`."""
    if not path.is_file():
        raise DataError(f"{path} is missing: see docs/training.md for how to make it.")
    try:
        with np.load(path) as file:
            ids, points = file["ids"], file["points"].astype(np.float32)
    except (OSError, EOFError, ValueError, KeyError, AttributeError, BadZipFile):
        raise DataError(f"{path} is damaged, or lacks 'ids' or 'points': make it again.") from None
    if points.shape != (len(ids), LANDMARKS, 2):
        raise DataError(f"{path} must hold {LANDMARKS} points (x, y) per id, not an array of shape {points.shape}.")
    return dict(zip((str(i) for i in ids), points, strict=True))


def draw_styles(photo: np.ndarray, parsing: np.ndarray | None, landmarks: np.ndarray, seed: int,
                seen: Seen | None = None) -> tuple[np.ndarray, Traced]:  # fmt: skip
    """All styles of one portrait, (V, 256, 256) uint8 ink, and what the photo (512, 512, 3) uint8 RGB shows.

    `seen`: what somebody saw in it, see `traced.look_up`. Rough hands mark facial hair, too, nearly always: did they
    not, a face without marks would as often as not be bearded. The clean style never does.
    """
    rng = np.random.default_rng(seed)
    gray = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    strokes = portrait_strokes(gray, parsing, landmarks, rng)

    def small(ink: np.ndarray) -> np.ndarray:
        return cv2.resize(ink, (ENCODE, ENCODE), interpolation=cv2.INTER_AREA)

    mixed = photocopy(gray, float(rng.uniform(1.4, 2.4)))
    if parsing is not None:
        mixed[cv2.dilate((parsing > 0).astype(np.uint8), np.ones((9, 9))) == 0] = 0
        if rng.random() < 0.5:
            mixed[parsing == HAIR] = 0
    skeleton = [s for s in strokes if s.kind in ("hair", "face", "lid", "lip", "brow", "ear")]
    mixed = np.maximum(mixed, roughen.rough(skeleton, 0.2, rng))
    drawings = [
        roughen.clean(strokes, 2, ENCODE),
        small(photocopy(gray, float(rng.uniform(1.1, 1.5)))),
        small(photocopy(gray, float(rng.uniform(1.9, 2.6)))),
        small(mixed),
    ]
    traced = look_up(photo, parsing, landmarks, strokes, seen)
    for style in (s for s in STYLES if s.startswith("rough_")):
        marks = facial_hair(traced, rng) + moustache(traced, landmarks, rng)
        drawings.append(roughen.rough(strokes + marks, level(style), rng, ENCODE))
    for style in (s for s in STYLES if s.startswith("hand_")):
        drawings.append(roughen.rough(by_hand(traced, parsing, landmarks, strokes, rng), level(style), rng, ENCODE))
    return np.stack(drawings), traced


def level(style: str) -> float:
    """How rough the drawings of `style` are, 0 to 1."""
    return int(style.split("_")[1]) / 100


Task = tuple[Path, Path, np.ndarray, int, int, Seen | None]


def _one(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray, Traced]:
    path, parsing_path, landmarks, size, seed, seen = task
    photo, parsing = read_portrait(path), read_parsing(parsing_path)
    full = cv2.resize(photo, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    shrink = cv2.INTER_AREA if photo.shape[0] > size else cv2.INTER_CUBIC
    drawings, traced = draw_styles(full, parsing, landmarks, seed, seen)
    return cv2.resize(photo, (size, size), interpolation=shrink), drawings, regions_of(full, parsing), traced


def prepare(folder: Path, out: Path, config: PrepareConfig, workers: int = 2,
            progress: Callable[[int, int], None] | None = None,
            seen: Mapping[str, Seen] | None = None) -> int:  # fmt: skip
    """Prepare `folder` into `out`; returns the number of portraits. Raises `DataError` for unusable input.

    `seen`: what somebody saw in the portraits, by id; of the others only pixels tell.
    """
    known, portraits = seen or {}, list_portraits(folder, config)
    if known and not known.keys() & {portrait.id for portrait in portraits}:
        raise DataError(f"{folder} has none of the portraits that somebody looked at: check that it is their table.")
    photo_paths = find_photos(folder)
    marks = folder / "landmarks.npz"
    points = read_landmarks(marks)
    portraits = [p for p in portraits if p.id in points]
    if not portraits:
        raise DataError(f"{marks} has landmarks of none of the portraits: the ids must be the file names.")
    out.mkdir(parents=True, exist_ok=True)
    (out / "meta.json").unlink(missing_ok=True)  # written last: without it, the folder is not finished
    count = len(portraits)
    photos = np.lib.format.open_memmap(out / "photos.npy", "w+", np.uint8, (count, config.size, config.size, 3))
    drawings = np.lib.format.open_memmap(out / "drawings.npy", "w+", np.uint8, (count, len(STYLES), ENCODE, ENCODE))
    regions = np.lib.format.open_memmap(out / "regions.npy", "w+", np.uint8, (count, 3, SIDE, SIDE))

    def tasks() -> Iterator[Task]:
        for k, portrait in enumerate(portraits):
            parsing = folder / "parsing" / f"{portrait.id}.png"
            look = known.get(portrait.id)
            yield photo_paths[portrait.id], parsing, points[portrait.id], config.size, config.seed + k, look

    with ProcessPoolExecutor(workers) as pool:
        for k, (photo, lines, parts, traced) in enumerate(pool.map(_one, tasks(), chunksize=8)):
            photos[k], drawings[k], regions[k] = photo, lines, parts
            creased = round(creases(lines[STYLES.index("copy_fine")]), 4)
            portraits[k] = replace(portraits[k], facial_hair=traced.facial_hair, curly=traced.curly, creases=creased,
                                   made_up=traced.made_up, looked_at=portraits[k].id in known,
                                   yaw=round(yaw(points[portraits[k].id]), 3),
                                   mouth=mouth_points(points[portraits[k].id]),
                                   opening=round(opening(points[portraits[k].id]), 1))  # fmt: skip
            if progress:
                progress(k + 1, count)
    for array in (photos, drawings, regions):
        array.flush()
    meta = {"options": asdict(config), "styles": STYLES, "portraits": [asdict(p) for p in portraits]}
    (out / "meta.json").write_text(json.dumps(meta, indent=1), encoding="utf-8")
    return count
