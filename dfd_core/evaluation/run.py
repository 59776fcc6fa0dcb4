"""`dfd eval` from beginning to end: methods draw, measurements are taken, tables and sheets are written."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dfd_core.engine import Engine
from dfd_core.errors import DataError
from dfd_core.evaluation import retrieval
from dfd_core.evaluation.cache import Cache, code_of, file_digest
from dfd_core.evaluation.faces import LEVELS, Faces, enlarge, london_faces, prepared_faces, read_index
from dfd_core.evaluation.figures import (
    Row,
    Yardstick,
    group_figures,
    identity_errors,
    method_figures,
    picture_figures,
    put,
)
from dfd_core.evaluation.measure import Measurer, blank, quiet_opencv
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, LINKED, OURS, Method, hard_constraint, our_methods
from dfd_core.evaluation.report import write_report
from dfd_core.evaluation.retrieval import Gallery, gallery_latents
from dfd_core.evaluation.sheet import drawing, tile, write_sheet
from dfd_core.evaluation.statistics import kid, kid_of_halves
from dfd_core.evaluation.targets import verdicts
from dfd_core.evaluation.train_unet import trained_unet
from dfd_core.training.data import Prepared
from dfd_core.training.prepare import read_landmarks

PHOTO = "photo of the drawn person"
QUICK = 40
SHEET_EVERY = 5  # of the faces of a quick run
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
    docs: Path | None = None
    device: str = "auto"


def quick_faces(count: int) -> np.ndarray:
    """The faces of a quick run out of `count`: at most `QUICK`, evenly spaced."""
    return np.unique(np.arange(QUICK) * count // QUICK)


class Evaluation:
    """The parts that all sets of faces share."""

    def __init__(self, config: EvalConfig, progress: Progress) -> None:
        quiet_opencv()
        self.config, self.progress = config, progress
        config.out.mkdir(parents=True, exist_ok=True)
        self.engine = Engine(config.pack, config.device)
        self.device = torch.device(self.engine.device)
        self.data = Prepared(config.prepared)
        self.cache = Cache(config.out / "cache")
        self.measurer = Measurer(self.cache, self.device)
        self.methods, self.unet_steps = self._methods()
        self.trained = self._trained_identities()
        self.tiles: dict[tuple[str, str], list[np.ndarray]] = {}

    def _methods(self) -> tuple[list[Method], int | None]:
        pack = self.engine.pack
        digest, meta = (file_digest(pack.folder / "manifest.json"), file_digest(self.config.prepared / "meta.json"))
        latents = self.cache.get("gallery", [code_of([retrieval]), digest, meta],
                                 lambda: gallery_latents(pack.embedding, self.data))  # fmt: skip
        gallery = Gallery(pack.embedding, self.data, latents)
        methods = [*our_methods(self.engine), Method(GLOBAL, gallery.whole), Method(COMPONENTS, gallery.pasted)]
        if self.config.unet is None:
            return methods, None
        model, steps = trained_unet(self.config.unet)
        return [*methods, Method(HARD, hard_constraint(model, self.device))], steps

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

    def measure(self, yardstick: Yardstick, chosen: np.ndarray, methods: list[Method],
                sheet: np.ndarray) -> tuple[list[Row], list[Row]]:  # fmt: skip
        """Rows of all methods and levels, and the errors of our model by group; keeps the tiles of faces `sheet`."""
        faces, rows = yardstick.faces, []
        errors: dict[str, list[np.ndarray]] = {"identity": [], "landmark": []}
        for method in methods:
            for level in LEVELS:
                bar = self.progress(f"{faces.name}: {method.name}, {level}")
                pictures = blank(len(chosen))
                for k, face in enumerate(chosen):
                    pictures[k] = method.draw(faces.ink[level][face], faces.seed(face))
                    bar(k + 1, len(chosen))
                seen = self.measurer.see(pictures)
                compared = self.measurer.compare(pictures, seen, faces.photos[chosen], yardstick.seen.points[chosen],
                                                 faces.ink[level][chosen])  # fmt: skip
                row = {"faces": faces.name, "method": method.name, "level": level}
                rows.append(row | method_figures(seen, compared, yardstick, chosen))
                if method.name == OURS:
                    errors["identity"].append(identity_errors(seen, yardstick, chosen))
                    errors["landmark"].append(compared.landmark)
                shown = np.flatnonzero(np.isin(chosen, sheet))
                self.tiles[method.name, level] = [tile(pictures[k]) for k in shown]
        means = {name: np.stack(values).mean(0) for name, values in errors.items()}
        groups: list[Row] = []
        for kind, names in faces.groups.items():
            found = group_figures(kind, [names[k] for k in chosen], means["identity"], means["landmark"])
            groups += [{"faces": faces.name, **row} for row in found]
        return rows, groups

    def sheets(self, faces: Faces, sheet: np.ndarray) -> None:
        """`contact.jpg`: all methods beside photo and drawing; `portraits.jpg`: our portraits and drawings only."""
        columns = [("photo", [faces.photos[k] for _ in LEVELS for k in sheet]),
                   ("drawing", [drawing(faces.ink[level][k]) for level in LEVELS for k in sheet])]  # fmt: skip
        columns += [(m.name, [t for level in LEVELS for t in self.tiles[m.name, level]]) for m in self.methods]
        write_sheet(self.config.out / "contact.jpg", columns)
        columns = []
        for level in LEVELS:
            columns += [(f"{level} lines", [drawing(faces.ink[level][k]) for k in sheet]),
                        ("portrait", self.tiles[OURS, level])]  # fmt: skip
        write_sheet(self.config.out / "portraits.jpg", columns, 85)


def subset(seen: Any, chosen: np.ndarray) -> Any:
    """`Seen` of the pictures `chosen` alone."""
    return type(seen)(**{name: values[chosen] for name, values in vars(seen).items()})


def evaluate(config: EvalConfig, progress: Progress) -> list[Row]:
    """Measure, write `results.jsonl`, `report.md` and the sheets into `config.out`, and return all lines of results."""
    begun = time.monotonic()
    work = Evaluation(config, progress)
    faces = prepared_faces(work.data, read_index(config.portraits))
    few = quick_faces(len(faces))
    chosen, sheet = (few if config.quick else np.arange(len(faces))), few[::SHEET_EVERY]
    yardstick = work.yardstick(faces)
    rows = work.photo_rows(yardstick, chosen)
    halves = kid_of_halves(yardstick.seen.features)
    limits: Row = {"eye_colour_95": yardstick.eye_colour, "eye_shape_95": yardstick.eye_shape,
                   "privacy": yardstick.privacy, "kid_halves": list(halves)}  # fmt: skip
    more, groups = work.measure(yardstick, chosen, work.methods, sheet)
    rows += more
    work.sheets(faces, sheet)
    if config.london and config.portraits:
        london = london_faces(config.portraits, limit=QUICK if config.quick else None, progress=progress("london"))
        measured = [method for method in work.methods if method.name in (OURS, LINKED, GLOBAL, COMPONENTS, HARD)]
        more, grouped = work.measure(work.yardstick(london), np.arange(len(london)), measured, np.array([], int))
        rows, groups = rows + more, groups + grouped
    judged = verdicts([row for row in rows if row["faces"] == faces.name], limits, groups)
    training = work.engine.pack.manifest.get("training", {})
    about: Row = {
        "pack": file_digest(config.pack / "manifest.json")[:12], "commit": training.get("commit", "unknown"),
        "synth_steps": training.get("synth_steps"), "unet_steps": work.unet_steps, "quick": config.quick,
        "faces": len(chosen), "training_portraits": len(work.data.train), "device": work.engine.device,
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "seconds": round(time.monotonic() - begun),
    }  # fmt: skip
    lines: list[Row] = [{"line": "run", **about}, {"line": "limits", **limits}]
    lines += [{"line": "row", **row} for row in rows] + [{"line": "group", **row} for row in groups]
    lines += [{"line": "target", **verdict.record()} for verdict in judged]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (config.out / "results.jsonl").write_text(text, encoding="utf-8")
    with (config.out / "history.jsonl").open("a", encoding="utf-8") as file:
        ours = [row for row in rows if row["method"] == OURS]
        file.write(json.dumps({**about, "ours": ours}) + "\n")
    write_report(lines, config.out, config.docs)
    return lines
