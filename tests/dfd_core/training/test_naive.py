"""Features as those draw them who do not draw."""

from __future__ import annotations

import numpy as np
import pytest
from portraits import landmarks

from dfd_core.training.naive import BROWS, CORNERS, LIPS, bow, curled, round_eyes, sign
from dfd_core.training.strokes import EYE_CORNERS, INNER_LIPS, UNDER_NOSE

SEEDS = range(60)
POINTS = landmarks(np.random.default_rng(1))


def test_an_eye_is_a_ring_with_a_dot_in_it() -> None:
    for seed in SEEDS:
        strokes, _ = round_eyes(False, POINTS, np.random.default_rng(seed))
        rings, dots = ([s for s in strokes if s.kind == kind] for kind in ("lid", "pupil"))
        for ring, dot, corners in zip(rings, dots, EYE_CORNERS, strict=True):
            middle = POINTS[list(corners)].mean(0)
            np.testing.assert_allclose((ring.points.min(0) + ring.points.max(0)) / 2, middle, atol=0.1)
            reach = np.ptp(ring.points, axis=0) / 2
            assert (np.abs(dot.points - middle) / reach <= 1).mean() > 0.9
            assert 0.7 < reach[1] / reach[0] < 1.4
            assert (np.ptp(dot.points, axis=0) < 0.6 * np.ptp(ring.points, axis=0)).all()


def test_lashes_grow_on_made_up_eyes() -> None:
    found = [[any(s.kind == "lash" for s in round_eyes(made_up, POINTS, np.random.default_rng(seed))[0])
              for seed in SEEDS] for made_up in (False, True)]  # fmt: skip
    assert np.mean(found[0]) < 0.25 < 0.5 < np.mean(found[1])


def test_tells_how_far_eyes_reach_above_the_brows() -> None:
    for seed in SEEDS:
        strokes, above = round_eyes(False, POINTS, np.random.default_rng(seed))
        tops = [float(s.points[:, 1].min()) for s in strokes if s.kind == "lid"]
        brows = [float(POINTS[k, 1]) for k in BROWS]
        assert abs(above - max(0.0, *(brow - top for brow, top in zip(brows, tops, strict=True)))) < 0.1


def test_who_smiles_has_a_bow_that_hangs() -> None:
    def sag(lips: float) -> float:
        face = POINTS.copy()
        face[list(LIPS), 1] = face[list(CORNERS), 1].mean() + lips
        face[list(INNER_LIPS), 1] = face[list(LIPS), 1].mean()  # closed: open ones hang, whoever smiles
        arcs = [bow(face, np.random.default_rng(seed))[0].points for seed in SEEDS]
        return float(np.mean([arc[7, 1] - arc[[0, -1], 1].mean() for arc in arcs]))

    assert abs(sag(0)) < 5
    assert sag(25) > 15
    assert sag(-10) < -5


def test_bows_are_as_wide_as_the_mouth_or_wider() -> None:
    width = float(np.ptp(POINTS[list(CORNERS), 0]))
    wide = [float(np.ptp(bow(POINTS, np.random.default_rng(seed))[0].points[:, 0])) / width for seed in SEEDS]
    assert 0.79 < min(wide) < 1 < 1.4 < max(wide) < 1.61


@pytest.mark.parametrize(("wide", "closed"), [(3.0, 0), (20.0, len(SEEDS))])
def test_open_mouths_are_closed_by_a_line_above_and_no_others(wide: float, closed: int) -> None:
    face = POINTS.copy()
    face[list(INNER_LIPS), 1] = face[list(INNER_LIPS), 1].mean() + np.array([-0.5, 0.5]) * wide
    drawn = [bow(face, np.random.default_rng(seed)) for seed in SEEDS]
    ends = [[s for s in strokes if np.array_equal(s.points, strokes[0].points[[0, -1]])] for strokes in drawn]
    assert sum(len(lines) for lines in ends) == closed
    inside = [any(s.kind == "tooth" or s.filled for s in strokes) for strokes in drawn]
    assert 0.3 < np.mean(inside) < 0.7 if closed else not any(inside)


def test_noses_end_where_the_nose_ends() -> None:
    lengths = set()
    for seed in SEEDS:
        (stroke,) = sign(POINTS, np.random.default_rng(seed))
        lengths.add(len(stroke.points))
        assert np.hypot(*(stroke.points - POINTS[UNDER_NOSE]).T).min() < 25
    assert lengths == {2, 4, 5, 17}


def test_moustaches_are_mirror_images_between_nose_and_mouth() -> None:
    ways = set()
    for seed in SEEDS:
        strokes = curled(POINTS, np.random.default_rng(seed))
        left, right = (s for s in strokes if np.array_equal(s.points[0], s.points[-1]))
        middle = POINTS[UNDER_NOSE][0] * 0.55 + POINTS[LIPS[0]][0] * 0.45
        np.testing.assert_allclose(left.points[:, 0] + right.points[:, 0], 2 * middle, atol=0.01)
        assert POINTS[UNDER_NOSE][1] - 30 < left.points[0, 1] < POINTS[LIPS[1]][1]
        ways.add((left.filled, len(strokes) > 2))
    assert ways == {(False, False), (False, True), (True, False)}
