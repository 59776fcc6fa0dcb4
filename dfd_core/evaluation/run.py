"""`dfd eval` from beginning to end: methods draw, measurements are taken, tables and sheets are written."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np

from dfd_core.evaluation.bench import Bench, EvalConfig, Progress
from dfd_core.evaluation.cache import file_digest
from dfd_core.evaluation.faces import LEVELS, Faces, london_faces, prepared_faces, read_index
from dfd_core.evaluation.figures import Row
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, LINKED, OURS
from dfd_core.evaluation.report import write_report
from dfd_core.evaluation.sheet import drawing, write_sheet
from dfd_core.evaluation.statistics import kid_of_halves
from dfd_core.evaluation.targets import verdicts

QUICK = 40
SHEET_EVERY = 5  # of the faces of a quick run


def quick_faces(count: int) -> np.ndarray:
    """The faces of a quick run out of `count`: at most `QUICK`, evenly spaced."""
    return np.unique(np.arange(QUICK) * count // QUICK)


def write_sheets(bench: Bench, faces: Faces, sheet: np.ndarray) -> None:
    """`contact.jpg`: all methods beside photo and drawing; `portraits.jpg`: our portraits and drawings only."""
    columns = [("photo", [faces.photos[k] for _ in LEVELS for k in sheet]),
               ("drawing", [drawing(faces.ink[level][k]) for level in LEVELS for k in sheet])]  # fmt: skip
    columns += [(m.name, [t for level in LEVELS for t in bench.tiles[m.name, level]]) for m in bench.methods]
    write_sheet(bench.config.out / "contact.jpg", columns)
    columns = []
    for level in LEVELS:
        columns += [(f"{level} lines", [drawing(faces.ink[level][k]) for k in sheet]),
                    ("portrait", list(bench.tiles[OURS, level]))]  # fmt: skip
    write_sheet(bench.config.out / "portraits.jpg", columns, 85)


def without_nan(value: Any) -> Any:
    """`value` with None for figures that do not exist, since JSON has no NaN."""
    if isinstance(value, dict):
        return {name: without_nan(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def evaluate(config: EvalConfig, progress: Progress) -> list[Row]:
    """Measure, write `results.jsonl`, `report.md` and the sheets into `config.out`, and return all lines of results."""
    begun = time.monotonic()
    config.out.mkdir(parents=True, exist_ok=True)
    bench = Bench(config, progress)
    faces = prepared_faces(bench.data, read_index(config.portraits))
    few = quick_faces(len(faces))
    chosen, sheet = (few if config.quick else np.arange(len(faces))), few[::SHEET_EVERY]
    yardstick = bench.yardstick(faces)
    rows = bench.photo_rows(yardstick, chosen)
    halves = kid_of_halves(yardstick.seen.features)
    limits: Row = {"eye_colour_95": yardstick.eye_colour, "eye_shape_95": yardstick.eye_shape,
                   "privacy": yardstick.privacy, "kid_halves": list(halves)}  # fmt: skip
    more, groups = bench.measure(yardstick, chosen, bench.methods, sheet)
    rows += more
    write_sheets(bench, faces, sheet)
    if config.london and config.portraits:
        london = london_faces(config.portraits, limit=QUICK if config.quick else None, progress=progress("london"))
        measured = [method for method in bench.methods if method.name in (OURS, LINKED, GLOBAL, COMPONENTS, HARD)]
        more, grouped = bench.measure(bench.yardstick(london), np.arange(len(london)), measured, np.array([], int))
        rows, groups = rows + more, groups + grouped
    judged = verdicts([row for row in rows if row["faces"] == faces.name], limits, groups)
    training = bench.engine.pack.manifest.get("training", {})
    about: Row = {
        "pack": file_digest(config.pack / "manifest.json")[:12], "commit": training.get("commit", "unknown"),
        "synth_steps": training.get("synth_steps"), "unet_steps": bench.unet_steps, "quick": config.quick,
        "faces": len(chosen), "training_portraits": len(bench.data.train), "device": bench.engine.device,
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "seconds": round(time.monotonic() - begun),
    }  # fmt: skip
    lines: list[Row] = [{"line": "run", **about}, {"line": "limits", **limits}]
    lines += [{"line": "row", **row} for row in rows] + [{"line": "group", **row} for row in groups]
    lines += [{"line": "target", **verdict.record()} for verdict in judged]
    lines = [without_nan(line) for line in lines]
    text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines)
    (config.out / "results.jsonl").write_text(text, encoding="utf-8")
    with (config.out / "history.jsonl").open("a", encoding="utf-8") as file:
        ours = [line for line in lines if line.get("method") == OURS]
        file.write(json.dumps({**about, "ours": ours}) + "\n")
    write_report(lines, config.out, config.docs)
    return lines
