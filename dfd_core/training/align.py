"""Plain photos of people become aligned portraits with landmarks, laid out as `dfd prepare` reads them.

The alignment is that of FFHQ (Karras et al. 2019): a square, turned with the face, whose place and side follow from the
eyes and the mouth; about four eye distances wide. On the 512 x 512 canvas the eyes come to (192, 242) and (319, 242).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS
from dfd_core.training.faces import FaceFinder, apply, cut, network_files, square
from dfd_core.training.pictures import decoded

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
LEFT_EYE, RIGHT_EYE, MOUTH, NOSE = (33, 133), (362, 263), (61, 291), 1

MIN_SIDE = 200  # photo pixels under the canvas; fewer make blurred training photos
MIN_SHARPNESS = 0.1  # see `sharpness`
SHARPNESS_SIDE = 256
MAX_MISPLACED = 20  # canvas pixels; eyes farther from where they should be are not aligned
EYES_AT = np.array([[191.0, 241.0], [318.0, 241.0]])


@dataclass(frozen=True)
class AlignConfig:
    """What makes a photo usable: how far turned (see `yaw`), and how much of the canvas the photo must cover (0..1)."""

    max_yaw: float = 0.45
    min_coverage: float = 0.85


class Unusable(Exception):
    """This photo is skipped; the message is the reason, the same words for every photo with that reason."""


def canvas_matrix(points: np.ndarray, size: int = CANVAS) -> np.ndarray:
    """The (2, 3) matrix from pixels of the `size` x `size` aligned portrait to those of the photo.

    `points` (468, 2) are the landmarks in photo pixels. Raises `Unusable` when eyes and mouth lie on one point.
    """
    left, right, mouth = (points[list(part)].mean(0) for part in (LEFT_EYE, RIGHT_EYE, MOUTH))
    eyes, across, down = (left + right) / 2, right - left, mouth - (left + right) / 2
    axis = across + np.array([down[1], -down[0]])
    length = float(np.hypot(*axis))
    if length < 1e-6:
        raise Unusable("no face found")
    reach = max(2.0 * np.hypot(*across), 1.8 * np.hypot(*down))
    return square(eyes + 0.1 * down, axis * (reach / length), size)


def yaw(points: np.ndarray) -> float:
    """How far the face is turned to a side: the nose's distance from the eyes' middle in half eye distances."""
    left, right = points[list(LEFT_EYE)].mean(0), points[list(RIGHT_EYE)].mean(0)
    across = right - left
    return float(abs(2 * (points[NOSE] - (left + right) / 2) @ across / max(1e-9, across @ across)))


def coverage(matrix: np.ndarray, photo: np.ndarray, size: int) -> float:
    """The part of the aligned square (0..1) that lies inside `photo` (H, W, 3)."""
    y, x = np.mgrid[: size : size / 64, : size : size / 64]
    at = apply(matrix, np.stack([x, y], -1))
    return float(((at >= -0.5) & (at <= np.array(photo.shape[1::-1]) - 0.5)).all(-1).mean())


def sharpness(portrait: np.ndarray) -> float:
    """Fine detail of the face relative to its contrast at 256 pixels: 0.12 to 1 in good photos of 250 pixels and more.

    Blurred by 2 pixels they have 0.05 to 0.17. `portrait` (S, S, 3) uint8 RGB, aligned.
    """
    gray = cv2.resize(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY), (SHARPNESS_SIDE,) * 2, interpolation=cv2.INTER_AREA)
    face = gray[80:220, 64:192].astype(np.float32)
    return float(cv2.Laplacian(face, cv2.CV_32F).std() / max(1.0, float(face.std())))


def read_photo(path: Path) -> np.ndarray:
    """The picture (H, W, 3) uint8 RGB, turned upright as its EXIF says; raises `Unusable` for an unreadable one."""
    picture = decoded(path, cv2.IMREAD_COLOR)
    if picture is None:
        raise Unusable("not a readable picture")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def align_photo(photo: np.ndarray, find: Callable[[np.ndarray], np.ndarray | None],
                config: AlignConfig) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Align `photo` (H, W, 3) uint8 RGB on the face that `find` sees.

    Returns the portrait (S, S, 3) uint8, at the photo's own resolution up to S = 512 and never enlarged, and the
    landmarks (468, 2) float32 in canvas pixels. Raises `Unusable` with the reason when it cannot be a portrait.
    """
    points = find(photo)
    if points is None:
        raise Unusable("no face found")
    matrix = canvas_matrix(points)
    size = min(CANVAS, int(np.hypot(*matrix[:, 0]) * CANVAS))
    if size < MIN_SIDE:
        raise Unusable("face too small")
    if yaw(points) > config.max_yaw:
        raise Unusable("face turned too far to a side")
    if coverage(matrix, photo, CANVAS) < config.min_coverage:
        raise Unusable("face too near the picture's edge")
    portrait = cut(photo, canvas_matrix(points, size), size)
    if sharpness(portrait) < MIN_SHARPNESS:
        raise Unusable("blurred")
    return portrait, apply(cv2.invertAffineTransform(matrix), points).astype(np.float32)


def check_aligned(photo: np.ndarray, find: Callable[[np.ndarray], np.ndarray | None]) -> np.ndarray:
    """Landmarks (468, 2) float32, in canvas pixels, of an already aligned `photo` (S, S, 3); raises `Unusable`."""
    points = find(photo)
    if points is None:
        raise Unusable("no face found")
    points = (points + 0.5) * (CANVAS / np.array(photo.shape[1::-1])) - 0.5
    eyes = np.stack([points[list(part)].mean(0) for part in (LEFT_EYE, RIGHT_EYE)])
    if np.abs(eyes - EYES_AT).max() > MAX_MISPLACED or photo.shape[0] != photo.shape[1]:
        raise Unusable("not aligned, though it has a parsing map")
    return points.astype(np.float32)


def list_pictures(folder: Path, besides: Path) -> dict[str, Path]:
    """The pictures in `folder` and its sub-folders by id, without those in the folder `besides`.

    The id is the path with `_` for all but letters, digits and hyphens. Raises `DataError` when there are none.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder: name one with portrait photos.")
    pictures: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or besides.resolve() in path.resolve().parents:
            continue
        name = re.sub(r"[^\w-]", "_", "_".join(path.relative_to(folder).with_suffix("").parts))
        while name in pictures:
            name += "_"
        pictures[name] = path
    if not pictures:
        raise DataError(f"No pictures in {folder}: put portrait photos there ({', '.join(s[1:] for s in SUFFIXES)}).")
    return pictures


@dataclass(frozen=True)
class Aligned:
    """What came of a folder: how many pictures are aligned, and the names of the skipped ones by reason."""

    count: int
    skipped: dict[str, list[str]]

    def __str__(self) -> str:
        total = self.count + sum(len(names) for names in self.skipped.values())
        reasons = []
        for reason, names in sorted(self.skipped.items(), key=lambda item: -len(item[1])):
            shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
            reasons.append(f"{len(names)} {reason} ({shown})")
        return f"{self.count} of {total} pictures aligned" + (f"; skipped: {'; '.join(reasons)}" if reasons else "")


def is_aligned(folder: Path) -> bool:
    """True when `folder` has photos and landmarks already, so that `prepare` can read it as it is."""
    return (folder / "photos").is_dir() and (folder / "landmarks.npz").is_file()


def align_folder(folder: Path, out: Path, config: AlignConfig, workers: int = 2,
                 progress: Callable[[int, int], None] | None = None) -> Aligned:  # fmt: skip
    """Align the pictures of `folder`, or of its `photos` if it has that, into `out`, which `prepare` can then read.

    A photo that has a map in `folder`/parsing must be aligned already and is not moved, for the map would not fit
    another crop. `index.csv` is taken along. Raises `DataError` when no picture can be used or networks are missing.
    """
    network_files()
    source = folder / "photos" if (folder / "photos").is_dir() else folder
    pictures = list_pictures(source, out)
    maps = {name: folder / "parsing" / f"{name}.png" for name in pictures}
    for part in ("photos", "parsing") if any(path.is_file() for path in maps.values()) else ("photos",):
        (out / part).mkdir(parents=True, exist_ok=True)
    for old in ("landmarks.npz", "index.csv"):
        (out / old).unlink(missing_ok=True)
    if (folder / "index.csv").is_file():
        shutil.copyfile(folder / "index.csv", out / "index.csv")
    tasks = [(name, path, out, maps[name] if maps[name].is_file() else None, config) for name, path in pictures.items()]
    found: dict[str, np.ndarray] = {}
    skipped: dict[str, list[str]] = {}
    for k, (task, (points, reason)) in enumerate(zip(tasks, _map(tasks, workers), strict=True)):
        if points is None:
            skipped.setdefault(reason, []).append(task[1].name)
        else:
            found[task[0]] = points
        if progress:
            progress(k + 1, len(tasks))
    report = Aligned(len(found), skipped)
    if not found:
        raise DataError(f"No picture in {source} can be used: {report}.")
    np.savez_compressed(out / "landmarks.npz", ids=np.array(list(found)), points=np.stack(list(found.values())))
    return report


Task = tuple[str, Path, Path, Path | None, AlignConfig]
_find: FaceFinder | None = None  # one per process


def _start() -> None:
    global _find
    cv2.setNumThreads(1)
    _find = FaceFinder()


def _map(tasks: list[Task], workers: int) -> Iterator[tuple[np.ndarray | None, str]]:
    if workers <= 1:
        _start()
        yield from map(_one, tasks)
    else:
        with ProcessPoolExecutor(workers, initializer=_start) as pool:
            yield from pool.map(_one, tasks, chunksize=4)


def _one(task: Task) -> tuple[np.ndarray | None, str]:
    """Align one picture into the folder: its landmarks and "", or None and the reason."""
    name, path, out, parsing, config = task
    assert _find is not None, "the process has no networks"
    for old in (out / "photos" / f"{name}.jpg", out / "parsing" / f"{name}.png"):
        old.unlink(missing_ok=True)
    try:
        photo = read_photo(path)
        if parsing is not None:
            points = check_aligned(photo, _find)
            shutil.copyfile(parsing, out / "parsing" / f"{name}.png")
            portrait = photo
        else:
            portrait, points = align_photo(photo, _find, config)
    except Unusable as reason:
        return None, str(reason)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 96])
    data.tofile(out / "photos" / f"{name}.jpg")
    return points, ""
