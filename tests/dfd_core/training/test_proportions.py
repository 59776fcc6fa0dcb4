"""Proportions as hands misjudge them."""

from __future__ import annotations

import numpy as np
from portraits import landmarks

from dfd_core.training.proportions import HIGHEST, MOUTH, RIGHT, SIDES, misjudged, raised

POINTS = landmarks(np.random.default_rng(1))
DRAWN = [misjudged(POINTS, np.random.default_rng(seed)) for seed in range(200)]
WRONG = [points for points in DRAWN if not np.array_equal(points, POINTS)]


def height(points: np.ndarray, which: list[int]) -> float:
    """How tall these landmarks stand."""
    return float(np.ptp(points[which][:, 1]))


def test_some_drawings_are_right() -> None:
    assert abs(1 - len(WRONG) / len(DRAWN) - RIGHT) < 0.12


def test_eyes_are_taller_and_brows_higher_never_the_other_way() -> None:
    for points in WRONG:
        for eye, brow in SIDES:
            assert 0.99 < height(points, eye) / height(POINTS, eye) < 2.01
            gap, before = (p[eye][:, 1].min() - p[brow][:, 1].mean() for p in (points, POINTS))
            assert gap > before - 1
            assert gap < before + HIGHEST + 1
    assert np.mean([height(p, SIDES[0][0]) / height(POINTS, SIDES[0][0]) for p in WRONG]) > 1.2


def test_both_eyes_are_misjudged_alike() -> None:
    for points in WRONG:
        left, right = (height(points, eye) / height(POINTS, eye) for eye, _ in SIDES)
        assert abs(left - right) < 0.01


def test_the_mouth_stays_where_it_is_but_for_a_few_pixels() -> None:
    moved = [points[list(MOUTH)].mean(0) - POINTS[list(MOUTH)].mean(0) for points in WRONG]
    assert np.abs(moved).max() < 25
    assert np.std(moved, 0)[1] > 2


def test_all_else_stays() -> None:
    faces = [points for points in WRONG if np.array_equal(points[152], POINTS[152])]  # the chin
    assert len(faces) == len(WRONG)
    assert all(points.dtype == POINTS.dtype and np.isfinite(points).all() for points in WRONG)


def test_brows_are_raised_above_large_eyes_and_nothing_else_is() -> None:
    higher = raised(POINTS, 14.0)
    brows = [k for _, brow in SIDES for k in brow]
    np.testing.assert_allclose(higher[brows, 1], POINTS[brows, 1] - 14)
    rest = np.setdiff1d(np.arange(len(POINTS)), brows)
    np.testing.assert_array_equal(higher[rest], POINTS[rest])
    np.testing.assert_array_equal(raised(POINTS, -5.0), POINTS)
