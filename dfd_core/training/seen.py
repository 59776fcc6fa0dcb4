"""What somebody saw who looked at the portraits: a table that says what a photo's pixels do not tell reliably."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from dfd_core.errors import DataError

FACIAL_HAIR = ("none", "stubble", "moustache", "beard")
COLUMNS = ("id", "made_up", "facial_hair", "curly", "pinned_up")


@dataclass(frozen=True)
class Seen:
    """One portrait: `made_up` if a hand would draw lashes and full lips, the kind of `facial_hair`, one of
    `FACIAL_HAIR`, `curly` hair, and long hair that is `pinned_up` or tied back.
    """

    made_up: bool
    facial_hair: str
    curly: bool
    pinned_up: bool


def read_seen(path: Path) -> dict[str, Seen]:
    """The table by id, a CSV file with the columns `COLUMNS`; raises `DataError` that names the line."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise DataError(f"{path} has no column {' and no column '.join(missing)}: see docs/training.md.")
            return {row["id"]: _seen(row, path, rows.line_num) for row in rows}
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path} is not a readable table: {error}.") from None


def _seen(row: dict[str, str], path: Path, line: int) -> Seen:
    flags = [row[name] for name in ("made_up", "curly", "pinned_up")]
    if row["facial_hair"] not in FACIAL_HAIR or not set(flags) <= {"0", "1"}:
        raise DataError(f"{path}, line {line}: facial_hair must be one of {', '.join(FACIAL_HAIR)}, the others 0 or 1.")
    made_up, curly, pinned_up = (flag == "1" for flag in flags)
    return Seen(made_up, row["facial_hair"], curly, pinned_up)
