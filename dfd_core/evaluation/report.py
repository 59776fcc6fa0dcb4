"""Results as a Markdown page: `report.md` beside the results, and `docs/evaluation.md` when asked for."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

from dfd_core.evaluation.faces import LEVELS
from dfd_core.evaluation.figures import Row
from dfd_core.evaluation.methods import OURS

TEMPLATE = Path(__file__).with_name("report.md")

COLUMNS = (
    ("KID ↓", "kid", 1, 1),
    ("KID of the face ↓", "kid_face", 1, 1),
    ("identity ↓", "identity", 1, 3),
    ("rank-1 % ↑", "rank1", 100, 1),
    ("landmarks % ↓", "landmark", 100, 1),
    ("VGG ↓", "vgg", 1, 3),
    ("recall % ↑", "recall", 100, 1),
    ("precision % ↑", "precision", 100, 1),
)
NONE = "-"

PLAIN = (
    ("eye colour ↓", "eye_colour_95", 1, 1),
    ("eye shape % ↓", "eye_shape_95", 100, 2),
    ("too near % ↓", "copies", 100, 1),
    ("face found % ↑", "found", 100, 0),
)
"""Head of the column, name of the figure, factor and digits; the first ones have confidence intervals."""


def number(value: float | None, factor: float, digits: int) -> str:
    """A figure for a table; a dash for one that does not exist."""
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value * factor:.{digits}f}"


def cell(row: Row, name: str, factor: float, digits: int) -> str:
    """A figure with its interval, if it has one."""
    text = number(row.get(name), factor, digits)
    interval = row.get(f"{name}_interval")
    if interval is None or text == NONE:
        return text
    low, high = (number(bound, factor, digits) for bound in interval)
    return f"{text} ({low} to {high})"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def level_tables(rows: list[Row]) -> str:
    """The two tables of each level of roughness."""
    parts = []
    for level in LEVELS:
        here = [row for row in rows if row["level"] == level]
        parts.append(f"### {level.capitalize()} lines")
        for columns in (COLUMNS, PLAIN):
            cells = [[row["method"], *(cell(row, *column[1:]) for column in columns)] for row in here]
            parts.append(table(["method", *(column[0] for column in columns)], cells))
    return "\n\n".join(parts)


def target_table(targets: list[Row]) -> str:
    """Every target with what was found."""
    rows = []
    for target in targets:
        sign = "≥" if target["at_least"] else "≤"
        value, limit = number(target["value"], 1, 3), number(target["limit"], 1, 3)
        rows.append([target["topic"], target["what"], value, f"{sign} {limit}", "yes" if target["met"] else "**no**"])
    return table(["target", "figure", "found", "wanted", "met"], rows)


def group_table(groups: list[Row]) -> str:
    """Errors by group."""
    if not groups:
        return "No groups are known of these faces."
    rows = [[f"{g['faces']}: {g['kind']} {g['group']}" + ("" if g["judged"] else " (too few to judge)"), str(g["n"]),
             number(g["identity"], 1, 3), number(g["identity_ratio"], 1, 2),
             number(g["landmark"], 100, 1), number(g["landmark_ratio"], 1, 2)] for g in groups]  # fmt: skip
    return table(["group", "faces", "identity", "ratio", "landmarks %", "ratio"], rows)


def page(lines: list[Row], picture: str) -> str:
    """The page for the lines of `results.jsonl`; `picture` is the file name of the sheet of our portraits."""
    kinds: dict[str, list[Row]] = {}
    for line in lines:
        kinds.setdefault(line["line"], []).append(line)
    about, limits = kinds["run"][0], kinds["limits"][0]
    rows, targets = kinds["row"], kinds["target"]
    sets = {row["faces"]: None for row in rows}
    tables = "\n\n".join(f"## Faces of `{name}`\n\n{level_tables([r for r in rows if r['faces'] == name])}"
                         for name in sets)  # fmt: skip
    halves = limits["kid_halves"]
    unet = "is not measured" if about["unet_steps"] is None else f"was trained for {about['unet_steps']} steps of 4"
    return TEMPLATE.read_text(encoding="utf-8").format(
        run=f"{about['faces']} validation faces{' (quick subset)' if about['quick'] else ''}, pack `{about['pack']}` "
            f"trained by commit {about['commit']} ({about['synth_steps']} steps), {about['training_portraits']} "
            f"training portraits, {about['date']} UTC, {about['seconds'] / 60:.0f} minutes on {about['device']}",
        unet=unet, met=sum(t["met"] for t in targets), all=len(targets), picture=picture, tables=tables,
        targets=target_table(targets), groups=group_table(kinds.get("group", [])),
        halves=f"{halves[0]:.1f} ({halves[1]:.1f} to {halves[2]:.1f})", privacy=number(limits["privacy"], 1, 3),
        eye_colour=number(limits["eye_colour_95"], 1, 1), eye_shape=number(limits["eye_shape_95"], 100, 2),
    )  # fmt: skip


def write_report(lines: list[Row], out: Path, docs: Path | None) -> None:
    """Write the page into `out`, and to the file `docs` with the sheet of our portraits beside it."""
    (out / "report.md").write_text(page(lines, "portraits.jpg"), encoding="utf-8")
    if docs is not None:
        picture = docs.with_suffix(".jpg")
        shutil.copyfile(out / "portraits.jpg", picture)
        docs.write_text(page(lines, picture.name), encoding="utf-8")


CARD = "## Evaluation"


def card_section(lines: list[Row]) -> str:
    """What a model card says of an evaluation: our figures by level, and errors by group."""
    about = next(line for line in lines if line["line"] == "run")
    ours = [line for line in lines if line["line"] == "row" and line["method"] == OURS]
    cells = [[f"{row['faces']}, {row['level']} lines", *(cell(row, *column[1:]) for column in COLUMNS)] for row in ours]
    return "\n\n".join([
        CARD,
        f"By `dfd eval` on {about['faces']} validation faces: default blend, one seed a face, 95 % confidence "
        "intervals in brackets. What the columns mean, and other methods' figures: docs/evaluation.md of the project.",
        table(["faces", *(column[0] for column in COLUMNS)], cells),
        "Mean errors over the three levels of roughness, and their ratio to those over all faces of the set:",
        group_table([line for line in lines if line["line"] == "group"]),
    ])  # fmt: skip


def write_card(lines: list[Row], card: Path) -> None:
    """Put the section into a model card before its limits, in place of an earlier one."""
    text = card.read_text(encoding="utf-8")
    head, _, limits = text.partition("## Limits")
    head = head.partition(CARD)[0].rstrip()
    card.write_text(f"{head}\n\n{card_section(lines)}\n\n## Limits{limits}", encoding="utf-8")
