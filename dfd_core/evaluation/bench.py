"""The bench: what all sets of faces share, and every method drawing and being measured on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dfd_core.engine import Engine
from dfd_core.errors import DataError
from dfd_core.evaluation.ablations import ablations
from dfd_core.evaluation.cache import Arrays, Cache, all_code, file_digest
from dfd_core.evaluation.faces import LEVELS, Faces, enlarge
from dfd_core.evaluation.figures import (
    Row,
    Yardstick,
    group_figures,
    identity_errors,
    method_figures,
    picture_figures,
    put,
)
from dfd_core.evaluation.measure import Compared, Measurer, Seen, blank, quiet_opencv
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, OURS, Method, hard_constraint, our_methods
from dfd_core.evaluation.retrieval import Gallery, drawings_key, gallery_latents, photos_key
from dfd_core.evaluation.sheet import tile
from dfd_core.evaluation.statistics import kid
from dfd_core.evaluation.train_unet import CHECKPOINT, trained_unet
from dfd_core.pack import FILES
from dfd_core.training.data import Prepared
from dfd_core.training.prepare import read_landmarks

PHOTO = "photo of the drawn person"
FLOOR = 600  # training photos at most for the real-vs-real floor

Progress = Callable[[str], Callable[[int, int], None]]


@dataclass(frozen=True)
class EvalConfig:
    """What to measure. Without `portraits` there are no skin tones and no `london`; without `unet` no U-Net."""

    pack: Path
    prepared: Path
    out: Path
    portraits: Path | None = None
    unet: Path | None = None
    quick: bool = False
    london: bool = False
    ablations: bool = False
    docs: Path | None = None
    device: str = "auto"


class Bench:
    """The parts that all sets of faces share."""

    def __init__(self, config: EvalConfig, progress: Progress) -> None:
        quiet_opencv()
        self.config, self.progress = config, progress
        self.engine = Engine(config.pack, config.device)
        self.device = torch.device(self.engine.device)
        self.data = Prepared(config.prepared)
        self.cache = Cache(config.out / "cache")
        self.measurer = Measurer(self.cache, self.device)
        self.methods, self.unet_steps = self._methods()
        self.trained = self._trained_identities()
        self.tiles: dict[tuple[str, str], np.ndarray] = {}
        self.code = all_code()

    def _methods(self) -> tuple[list[Method], int | None]:
        pack = self.engine.pack
        key = drawings_key(pack.folder / FILES[0], self.data)
        bar = self.progress("training drawings")
        latents = self.cache.get("gallery", [key], lambda: gallery_latents(pack.embedding, self.data, bar))
        gallery = Gallery(pack.embedding, self.data, latents)
        methods = our_methods(self.engine)
        if self.config.ablations:
            methods += ablations(pack.folder, self.engine.device)
        key += photos_key(self.data)
        methods += [Method(GLOBAL, gallery.whole, key), Method(COMPONENTS, gallery.pasted, key)]
        if self.config.unet is None:
            return methods, None
        model, steps = trained_unet(self.config.unet)
        key = file_digest(self.config.unet / CHECKPOINT)
        return [*methods, Method(HARD, hard_constraint(model, self.device), key)], steps

    def _trained_identities(self) -> np.ndarray:
        """Identities (m, 128) of the training portraits; their landmarks are the data set's own if there are any."""
        photos = np.ascontiguousarray(self.data.photos[self.data.train])
        ids = [self.data.meta["portraits"][k]["id"] for k in self.data.train]
        known = read_landmarks(self.config.portraits / "landmarks.npz") if self.config.portraits else {}
        if all(name in known for name in ids):
            points = np.stack([known[name] for name in ids])
        else:
            points = self.measurer.landmarks(photos, self.progress("training faces"))
            found = np.isfinite(points[:, 0, 0])
            photos, points = photos[found], points[found]
            if not found.any():
                raise DataError(f"No face is found in the photos of {self.config.prepared}: nothing can be measured.")
        self.measurer.typical = points.mean(0)
        return self.measurer.identities(photos, points, self.progress("training identities"))

    def yardstick(self, faces: Faces) -> Yardstick:
        """Measure the real photos of a set."""
        self.measurer.landmarks(faces.photos, self.progress(f"{faces.name} photos"))
        return Yardstick(faces, self.measurer.see(faces.photos), self.trained)

    def photo_rows(self, yardstick: Yardstick, chosen: np.ndarray) -> list[Row]:
        """The real photos themselves: the floor of KID, the ceiling of the lines, the limits of eyes and privacy."""
        photos = self.data.photos[self.data.train[:: max(1, len(self.data.train) // FLOOR)]]
        seen, faces = yardstick.seen, yardstick.faces
        whole, face = self.measurer.features(np.ascontiguousarray(photos))
        floors = {"kid": kid(whole, seen.features), "kid_face": kid(face, seen.face_features)}
        rows = []
        for level in LEVELS:
            compared = self.measurer.compare(
                np.stack([enlarge(photo) for photo in faces.photos[chosen]]), subset(seen, chosen),
                faces.photos[chosen], seen.points[chosen], faces.ink[level][chosen])  # fmt: skip
            row: Row = {"faces": faces.name, "method": PHOTO, "level": level, "n": len(chosen)}
            for name, floor in floors.items():
                put(row, name, floor)
            row |= {name: round(float(np.nanmean(getattr(compared, name))), 4) for name in ("recall", "precision")}
            rows.append(row | picture_figures(seen, yardstick))
        return rows

    def drawn(self, method: Method, level: str, yardstick: Yardstick, chosen: np.ndarray,
              sheet: np.ndarray) -> tuple[Seen, Compared, np.ndarray]:  # fmt: skip
        """What a method's portraits of the faces `chosen` show, and the tiles of those in `sheet`."""
        faces, ink, photos = yardstick.faces, yardstick.faces.ink[level][chosen], yardstick.faces.photos[chosen]
        seeds, points = [faces.seed(int(k)) for k in chosen], yardstick.seen.points[chosen]

        def make() -> Arrays:
            bar = self.progress(f"{faces.name}: {method.name}, {level}")
            pictures = blank(len(chosen))
            for k, seed in enumerate(seeds):
                pictures[k] = method.draw(ink[k], seed)
                bar(k + 1, len(chosen))
            seen = self.measurer.see(pictures)
            compared = self.measurer.compare(pictures, seen, photos, points, ink)
            shown = [tile(pictures[k]) for k in np.flatnonzero(np.isin(chosen, sheet))]
            return {**vars(seen), **vars(compared), "tiles": np.stack(shown) if shown else np.empty((0, 1, 1, 3))}

        texts = [self.code, method.name, method.key, str(seeds), str(sheet)]
        inputs = [*texts, self.measurer.typical, ink, photos, points]
        made = self.cache.get("drawn", inputs, make)
        tiles = made.pop("tiles")
        return Seen(*(made[f.name] for f in fields(Seen))), Compared(*(made[f.name] for f in fields(Compared))), tiles

    def measure(self, yardstick: Yardstick, chosen: np.ndarray, methods: list[Method],
                sheet: np.ndarray) -> tuple[list[Row], list[Row]]:  # fmt: skip
        """Rows of all methods and levels, and the errors of our model by group; keeps the tiles of faces `sheet`."""
        faces, rows = yardstick.faces, []
        errors: dict[str, list[np.ndarray]] = {"identity": [], "landmark": []}
        for method in methods:
            for level in LEVELS:
                seen, compared, self.tiles[method.name, level] = self.drawn(method, level, yardstick, chosen, sheet)
                row = {"faces": faces.name, "method": method.name, "level": level}
                rows.append(row | method_figures(seen, compared, yardstick, chosen))
                if method.name == OURS:
                    errors["identity"].append(identity_errors(seen, yardstick, chosen))
                    errors["landmark"].append(compared.landmark)
        means = {name: np.stack(values).mean(0) for name, values in errors.items()}
        groups: list[Row] = []
        for kind, names in faces.groups.items():
            found = group_figures(kind, [names[k] for k in chosen], means["identity"], means["landmark"])
            groups += [{"faces": faces.name, **row} for row in found]
        return rows, groups


def subset(seen: Any, chosen: np.ndarray) -> Any:
    """`Seen` of the pictures `chosen` alone."""
    return type(seen)(**{name: values[chosen] for name, values in vars(seen).items()})
