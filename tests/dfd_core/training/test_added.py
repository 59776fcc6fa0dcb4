"""Marks that hands add and no photo shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training import added as marks
from dfd_core.training.added import CHIN, JAW, OFTEN, added, folds, neck, philtrum
from dfd_core.training.roughen import rough
from dfd_core.training.strokes import UNDER_NOSE, Stroke

SEEDS = range(200)
POINTS = landmarks(np.random.default_rng(1))


def every(draw: Callable[[np.ndarray, np.random.Generator], list[Stroke]]) -> list[list[Stroke]]:
    """What `draw` draws with each of the seeds."""
    return [draw(POINTS, np.random.default_rng(seed)) for seed in SEEDS]


def test_many_drawings_have_none_and_few_have_many() -> None:
    empty = np.mean([not strokes for strokes in every(added)])
    assert 0.3 < empty < 0.6


@pytest.mark.parametrize("name", OFTEN)
def test_each_is_drawn_on_the_canvas_as_often_as_it_is_meant_to_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in OFTEN:
        monkeypatch.setitem(OFTEN, other, OFTEN[other] if other == name else 0.0)
    found = every(added)
    assert abs(np.mean([bool(strokes) for strokes in found]) - OFTEN[name]) < 0.08
    for stroke in [s for strokes in every(getattr(marks, name)) for s in strokes]:
        assert stroke.kind == "added"
        assert len(stroke.points) >= 2
        assert (stroke.points >= 0).all()
        assert (stroke.points < CANVAS).all()


def test_sinews_are_below_the_jaw_and_between_its_corners() -> None:
    left, right = (POINTS[k][0] for k in JAW)
    for strokes in every(neck):
        for stroke in strokes:
            assert stroke.points[:, 1].max() > min(POINTS[CHIN][1], CANVAS - 4)
            assert left <= stroke.points[:, 0].min() <= stroke.points[:, 0].max() <= right


def test_folds_and_philtrum_are_pairs_but_for_one_line_in_the_middle() -> None:
    assert {len(strokes) for strokes in every(folds)} == {2}
    assert {len(strokes) for strokes in every(philtrum)} == {1, 2}
    for strokes in every(philtrum):
        assert abs(np.mean([s.points[:, 0].mean() for s in strokes]) - POINTS[UNDER_NOSE][0]) < 5


def test_a_rough_hand_draws_them_too() -> None:
    strokes = [s for draw in (folds, philtrum, neck) for s in draw(POINTS, np.random.default_rng(3))]
    assert rough(strokes, 0.5, np.random.default_rng(3)).any()
