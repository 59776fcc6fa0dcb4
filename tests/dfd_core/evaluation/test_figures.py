"""From measurements to figures, and from figures to verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dfd_core.evaluation.faces import LEVELS, Faces
from dfd_core.evaluation.figures import Row, Yardstick, group_figures, method_figures
from dfd_core.evaluation.measure import Compared, Seen
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, LINKED, OURS
from dfd_core.evaluation.targets import Verdict, verdicts

COUNT = 40


def seen(identity: np.ndarray, colour: np.ndarray | None = None) -> Seen:
    """Pictures with these identities (n, 128); the rest is random, but the same every time."""
    rng, count = np.random.default_rng(1), len(identity)
    points = rng.normal(0, 1, (count, 468, 2))
    gaps = rng.uniform(0, 1, count)
    return Seen(rng.normal(0, 1, (count, 16)), rng.normal(0, 1, (count, 16)), points, identity,
                gaps if colour is None else colour, gaps)  # fmt: skip


@pytest.fixture
def yardstick() -> Yardstick:
    """Forty people, one unit apart from each other on a line; training faces 10 units off, the last one nearer."""
    identity = np.zeros((COUNT, 128))
    identity[:, 0] = np.arange(COUNT)
    trained = identity + np.eye(128)[1] * 10
    trained[-1, 1] = 2
    faces = Faces("val", [f"p{k}" for k in range(COUNT)], np.array([f"p{k}" for k in range(COUNT)]),
                  np.zeros((COUNT, 8, 8, 3), np.uint8), {})  # fmt: skip
    return Yardstick(faces, seen(identity, np.arange(COUNT, dtype=float)), trained)


def compared(count: int) -> Compared:
    return Compared(*(np.full(count, value) for value in (0.1, 0.2, 0.3, 0.4)))


class TestMethodFigures:
    def test_likeness_is_measured_to_the_drawn_person(self, yardstick: Yardstick) -> None:
        chosen = np.arange(0, COUNT, 4)
        near = yardstick.seen.identity[chosen] + 0.3 * np.eye(128)[5]
        row = method_figures(seen(near), compared(10), yardstick, chosen)
        assert row["identity"] == pytest.approx(0.3)
        assert row["rank1"] == 1
        assert (row["landmark"], row["vgg"], row["recall"], row["precision"]) == (0.1, 0.2, 0.3, 0.4)
        others = yardstick.seen.identity[(chosen + 1) % COUNT]
        assert method_figures(seen(others), compared(10), yardstick, chosen)["rank1"] == 0

    def test_copies_are_nearer_to_training_faces_than_nearly_all_real_people(self, yardstick: Yardstick) -> None:
        assert 2 < yardstick.privacy < 10
        made = np.concatenate([yardstick.trained[:1], yardstick.seen.identity[:9]])
        assert method_figures(seen(made), compared(10), yardstick, np.arange(10))["copies"] == pytest.approx(0.1)

    def test_eyes_are_judged_by_the_real_95th_percentile(self, yardstick: Yardstick) -> None:
        assert yardstick.eye_colour == pytest.approx(np.quantile(np.arange(COUNT), 0.95))
        colours = np.array([0.0, 1, 2, 3, 100, np.nan])
        row = method_figures(seen(yardstick.seen.identity[:6], colours), compared(6), yardstick, np.arange(6))
        assert row["eye_colour_95"] == pytest.approx(np.quantile([0, 1, 2, 3, 100], 0.95))
        assert row["eye_colour_beyond"] == pytest.approx(0.2)

    def test_a_portrait_without_a_face_is_told(self, yardstick: Yardstick) -> None:
        pictures = seen(yardstick.seen.identity[:4])
        pictures.points[0] = np.nan
        assert method_figures(pictures, compared(4), yardstick, np.arange(4))["found"] == 0.75


class TestGroups:
    def test_ratio_is_to_the_mean_over_all(self) -> None:
        groups = ["a"] * 6 + ["b"] * 6 + ["", "c"]
        identity = np.array([1.0] * 6 + [3.0] * 6 + [2.0, 2.0])
        rows = {row["group"]: row for row in group_figures("kind", groups, identity, identity / 10)}
        assert set(rows) == {"a", "b", "c"}
        assert rows["b"]["identity_ratio"] == 1.5
        assert rows["a"]["landmark_ratio"] == 0.5
        assert [rows[name]["judged"] for name in "abc"] == [True, True, False]


def table(**changes: float) -> list[Row]:
    """Rows in which every target is met, but for `changes` of our own figures."""
    best = {"kid": 1.0, "identity": 0.5, "rank1": 0.5, "recall": 0.5, "precision": 0.5, "eye_colour_95": 1.0,
            "eye_shape_95": 1.0, "copies": 0.0}  # fmt: skip
    worse = best | {"kid": 9.0, "identity": 0.7, "rank1": 0.1}
    return [{"method": method, "level": level, **(best | changes if method in (OURS, LINKED) else worse)}
            for method in (OURS, LINKED, GLOBAL, COMPONENTS, HARD) for level in LEVELS]  # fmt: skip


LIMITS: Row = {"eye_colour_95": 2.0, "eye_shape_95": 2.0}
GROUP: Row = {
    "faces": "val",
    "kind": "skin tone",
    "group": "tan",
    "n": 9,
    "judged": True,
    "identity_ratio": 1.2,
    "landmark_ratio": 1.1,
}


class TestTargets:
    def test_all_are_judged_and_met_by_a_good_model(self) -> None:
        judged = verdicts(table(), LIMITS, [GROUP])
        assert all(verdict.met for verdict in judged)
        topics = [verdict.topic for verdict in judged]
        names = ("realism", "likeness", "lines", "robustness", "eyes", "fairness", "privacy")
        assert [topics.count(name) for name in names] == [3, 9, 2, 1, 12, 1, 3]

    @pytest.mark.parametrize(("topic", "change"), [
        ("realism", {"kid": 3.1}), ("likeness", {"identity": 0.71}), ("likeness", {"rank1": 0.19}),
        ("lines", {"recall": 0.44}), ("lines", {"precision": 0.44}), ("eyes", {"eye_colour_95": 2.1}),
        ("eyes", {"eye_shape_95": 2.1}), ("privacy", {"copies": 0.03})])  # fmt: skip
    def test_one_that_is_missed_is_told(self, topic: str, change: dict[str, float]) -> None:
        missed = {verdict.topic for verdict in verdicts(table(**change), LIMITS, [GROUP]) if not verdict.met}
        assert missed == {topic}

    def test_rough_lines_may_not_ruin_realism(self) -> None:
        rows = table()
        next(row for row in rows if row["method"] == OURS and row["level"] == "rough")["kid"] = 1.6
        assert [v.topic for v in verdicts(rows, LIMITS, []) if not v.met] == ["robustness"]

    def test_the_worse_ratio_of_a_group_counts(self) -> None:
        (verdict,) = [v for v in verdicts(table(), LIMITS, [GROUP | {"landmark_ratio": 1.3}]) if v.topic == "fairness"]
        assert not verdict.met

    def test_what_was_not_measured_is_not_met(self) -> None:
        assert not Verdict("", "", math.nan, 1).met
        assert not Verdict("", "", 1, math.nan, at_least=True).met
        rows = [row for row in table() if row["method"] != HARD]
        assert "lines" not in {verdict.topic for verdict in verdicts(rows, LIMITS, [])}
