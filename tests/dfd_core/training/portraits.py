"""Made-up portraits: drawn ellipses with landmarks and region maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from dfd_core.geometry import CANVAS
from dfd_core.training.config import TrainConfig
from dfd_core.training.strokes import CLOTH, CURVES, HAIR, NECK, OVAL, SKIN

COUNT = 14
"""One for validation and 13 to train on, one more than is needed."""

LARGE = 3
"""So many of them are at full size."""

TINY = TrainConfig(
    embed_steps=2, embed_batch=2, synth_steps=3, synth_batch=2, width=12, perceptual=0.0, adversarial=0.0,
    adversarial_face=0.0, adversarial_from=0, adversarial_ramp=1,
)  # fmt: skip
"""Both stages in a few seconds, without pretrained networks and the discriminators on them."""

FEATURES = {
    "lid": ((192, 241), (32, 12)),
    "crease": ((192, 232), (34, 16)),
    "brow": ((192, 212), (38, 10)),
    "bridge": ((244, 270), (6, 40)),
    "nose": ((256, 310), (30, 14)),
    "lip": ((256, 372), (46, 18)),
}
"""Centre and radii of the curves of each kind, on the left of the picture."""


def landmarks(rng: np.random.Generator) -> np.ndarray:
    """468 points (x, y) on the canonical canvas."""
    points = rng.uniform(200, 300, (468, 2))

    def along(curve: tuple[int, ...], centre: tuple[int, int], radii: tuple[int, int], angles: np.ndarray) -> None:
        ring = np.stack([np.cos(angles), np.sin(angles)], 1)
        points[list(curve)] = np.array(centre) + np.array(radii) * rng.uniform(0.9, 1.1) * ring

    along(OVAL[:-1], (256, 270), (130, 170), np.linspace(-np.pi / 2, 1.5 * np.pi, len(OVAL) - 1, endpoint=False))
    for kind, curves in CURVES.items():
        (x, y), radii = FEATURES[kind]
        for k, curve in enumerate(curves):
            right = kind in ("lid", "crease", "brow", "bridge") and k >= len(curves) // 2
            bend = -1 if k % 2 == 0 or kind in ("crease", "brow") else 1
            along(curve, (CANVAS - x if right else x, y), radii, bend * np.linspace(np.pi, 0, len(curve)))
    return points.astype(np.float32)


def photo(points: np.ndarray, rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """A flat painting of a face over its landmarks, and its map of regions."""
    picture = Image.new("RGB", (CANVAS, CANVAS), tuple(int(v) for v in rng.integers(100, 250, 3)))
    regions = Image.new("L", (CANVAS, CANVAS), 0)
    hair = tuple(int(v) for v in rng.integers(10, 110, 3))
    skin = tuple(int(v) for v in rng.integers(150, 240, 3))
    oval = [tuple(map(float, point)) for point in points[list(OVAL)]]
    for pen, colours in (
        (ImageDraw.Draw(picture), (hair, (60, 60, 140), skin, skin)),
        (ImageDraw.Draw(regions), (HAIR, CLOTH, NECK, SKIN)),
    ):
        pen.ellipse((90, 40, 422, 420), fill=colours[0])
        pen.rectangle((60, 470, 452, 512), fill=colours[1])
        pen.rectangle((200, 400, 312, 475), fill=colours[2])
        pen.polygon(oval, fill=colours[3])
    pen = ImageDraw.Draw(picture)
    for kind in ("lid", "brow", "lip", "nose"):
        for curve in CURVES[kind]:
            pen.line([tuple(map(float, point)) for point in points[list(curve)]], fill=(70, 20, 30), width=5)
    grain = np.array(picture).astype(int) + rng.normal(0, 6, (CANVAS, CANVAS, 1))
    return Image.fromarray(grain.clip(0, 255).astype(np.uint8)), regions


def write_portraits(folder: Path, count: int = COUNT) -> None:
    """Photos, landmarks, region maps of every other one, and no index."""
    (folder / "photos").mkdir(parents=True)
    (folder / "parsing").mkdir()
    ids, points = [], []
    for k in range(count):
        rng = np.random.default_rng(k)
        ids.append(f"p{k:02d}")
        points.append(landmarks(rng))
        picture, regions = photo(points[-1], rng)
        side = CANVAS if len(ids) > COUNT - LARGE else 256
        picture.resize((side, side)).save(folder / "photos" / f"{ids[-1]}.png")
        if k % 2 == 0:
            regions.save(folder / "parsing" / f"{ids[-1]}.png")
    np.savez(folder / "landmarks.npz", ids=np.array(ids), points=np.stack(points))


def write_index(folder: Path, *rows: str) -> None:
    """An index of `rows`, which have the columns below."""
    head = "id,split,set,licence,coverage,yaw"
    (folder / "index.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
