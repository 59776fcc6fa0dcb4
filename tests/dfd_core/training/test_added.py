"""Marks that hands add and no photo shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training import added as marks
from dfd_core.training.added import CHIN, JAW, OFTEN, added, blush, cross, folds, neck, philtrum, shade
from dfd_core.training.roughen import rough
from dfd_core.training.strokes import CHEEKS, EYE_CORNERS, OVAL, UNDER_NOSE, Stroke

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


def test_the_cross_goes_through_the_eyes_and_down_the_face() -> None:
    height = POINTS[[k for eye in EYE_CORNERS for k in eye], 1].mean()
    for strokes in every(cross):
        *across, down = (stroke.points for stroke in strokes)
        assert abs(across[0][:, 1].mean() - height) < 15
        assert np.ptp(across[0][:, 1]) < 1 < 50 < np.ptp(across[0][:, 0])
        assert np.ptp(down[:, 1]) > 0.8 * (POINTS[CHIN] - POINTS[OVAL[0]])[1]
    assert {len(strokes) for strokes in every(cross)} == {2, 3, 4}


def test_blush_is_on_both_cheeks() -> None:
    for strokes in every(blush):
        middles = np.array([s.points.mean(0) for s in strokes])
        for cheek in CHEEKS:
            assert np.abs(middles - POINTS[list(cheek)].mean(0)).max(1).min() < 35


def test_shade_is_parallel_strokes() -> None:
    for strokes in every(shade):
        assert 5 <= len(strokes) <= 30
        along = np.array([s.points[1] - s.points[0] for s in strokes[:5]])
        turns = np.arctan2(along[:, 1], along[:, 0])
        np.testing.assert_allclose(turns, turns[0], atol=1e-3)


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
    strokes = [s for draw in (cross, blush, shade, neck) for s in draw(POINTS, np.random.default_rng(3))]
    assert rough(strokes, 0.5, np.random.default_rng(3)).any()
