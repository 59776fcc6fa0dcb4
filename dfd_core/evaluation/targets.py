"""The targets of the project, judged by the figures; every one is reported, whichever way it falls."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from dfd_core.evaluation.faces import LEVELS
from dfd_core.evaluation.figures import Row
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, LINKED, OURS

BASELINES = (GLOBAL, COMPONENTS, HARD)


@dataclass(frozen=True)
class Verdict:
    """A target: `value` must not be greater than `limit`, or not be less when `at_least` is True."""

    topic: str
    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the target is met; False for a value that is not a number."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def record(self) -> dict[str, Any]:
        """As a line of results."""
        return {**asdict(self), "met": self.met}


class Figures:
    """The rows of one set of faces by method and level."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = {(row["method"], row["level"]): row for row in rows}

    def has(self, method: str) -> bool:
        """Whether a method was measured."""
        return any(name == method for name, _ in self.rows)

    def get(self, method: str, level: str, name: str) -> float:
        """A figure, or NaN when it was not measured."""
        return float(self.rows.get((method, level), {}).get(name, math.nan))


def verdicts(rows: list[Row], yardstick: Row, groups: list[Row]) -> list[Verdict]:
    """Judge the rows of the validation faces; `yardstick` has the limits that real photos set."""
    figures = Figures(rows)
    result = []
    for other in filter(figures.has, BASELINES):
        result.append(Verdict("realism", f"KID on rough lines, beside one third of {other}'s",
                              figures.get(OURS, "rough", "kid"), figures.get(other, "rough", "kid") / 3))  # fmt: skip
    for level in LEVELS:
        for other in (GLOBAL, COMPONENTS):
            limit = figures.get(other, level, "identity")
            what = f"identity distance on {level} lines, beside {other}'s"
            result.append(Verdict("likeness", what, figures.get(OURS, level, "identity"), limit))
        result.append(Verdict("likeness", f"rank-1 on {level} lines, beside twice {COMPONENTS}'s",
                              figures.get(OURS, level, "rank1"), 2 * figures.get(COMPONENTS, level, "rank1"),
                              at_least=True))  # fmt: skip
    if figures.has(HARD):
        for name in ("recall", "precision"):
            result.append(Verdict("lines", f"{name} on clean lines, beside 90 % of {HARD}'s",
                                  figures.get(OURS, "clean", name), 0.9 * figures.get(HARD, "clean", name),
                                  at_least=True))  # fmt: skip
    result.append(Verdict("robustness", "KID on rough lines, beside 1.5 times that on clean lines",
                          figures.get(OURS, "rough", "kid"), 1.5 * figures.get(OURS, "clean", "kid")))  # fmt: skip
    for method in filter(figures.has, (OURS, LINKED)):
        for level in LEVELS:
            for name in ("eye_colour", "eye_shape"):
                what = f"{name.replace('_', ' ')} difference, 95th percentile, on {level} lines ({method})"
                result.append(Verdict("eyes", what, figures.get(method, level, f"{name}_95"), yardstick[f"{name}_95"]))
    for row in groups:
        if row["judged"]:
            worst = max(row["identity_ratio"], row["landmark_ratio"])
            what = f"errors of {row['faces']}'s {row['kind']} {row['group']} ({row['n']} faces), ratio to all faces'"
            result.append(Verdict("fairness", what, worst, 1.25))
    for level in LEVELS:
        result.append(Verdict("privacy", f"share of portraits too near to a training face, on {level} lines",
                              figures.get(OURS, level, "copies"), 0.02))  # fmt: skip
    return result
