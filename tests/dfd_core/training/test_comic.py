"""Features as comics draw them."""

from __future__ import annotations

import numpy as np
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training.comic import IRISES, comic_eyes, comic_mouth, comic_nose
from dfd_core.training.naive import BROWS, CORNERS
from dfd_core.training.roughen import rasterise, rough
from dfd_core.training.strokes import EYE_CORNERS, INNER_LIPS, UNDER_NOSE, Stroke

SEEDS = range(80)
POINTS = landmarks(np.random.default_rng(1))


def eyes(seed: int, made_up: bool = False) -> list[Stroke]:
    return comic_eyes(made_up, POINTS, np.random.default_rng(seed))[0]


def test_each_eye_has_a_dark_lid_that_tapers_above_an_iris() -> None:
    for seed in SEEDS:
        lids = [s for s in eyes(seed) if s.kind == "lid" and s.filled]
        irises = [s for s in eyes(seed) if s.kind in ("iris", "pupil")]
        for lid, corners in zip(lids, EYE_CORNERS, strict=True):
            middle = POINTS[list(corners)].mean(0)
            assert lid.points[:, 0].min() < middle[0] < lid.points[:, 0].max()
            inner, outer = lid.points[:25], lid.points[25:][::-1]
            thick = np.hypot(*(outer - inner).T)
            assert thick[0] < 1 < thick[12]
            near = [s for s in irises if np.abs(s.points.mean(0) - middle).max() < 25]
            assert near
            assert min(s.points[:, 1].mean() for s in near) > lid.points[:, 1].min()


def test_a_dark_iris_has_a_light_in_it() -> None:
    found = 0
    for seed in SEEDS:
        irises = [s for s in eyes(seed) if s.kind == "iris" and s.filled and len(s.points) > 30]
        for iris in irises:
            low, high = iris.points.min(0).astype(int), iris.points.max(0).astype(int) + 1
            inside = rasterise([(iris.points, -1)])[low[1] : high[1], low[0] : high[0]]
            ring = iris.points[:17]
            light = iris.points[17:34].mean(0).round().astype(int) - low
            assert inside[light[1], light[0]] == 0
            assert (inside > 0).mean() > 0.4
            assert len(ring) == 17
            found += 1
    assert found > len(SEEDS) / 4


def test_irises_are_of_every_way_and_lids_below_come_and_go() -> None:
    seen = {tuple(sorted({(s.kind, s.filled) for s in eyes(seed) if s.kind in ("iris", "pupil")})) for seed in SEEDS}
    assert len(seen) == len(IRISES)
    below = [sum(s.kind == "lid" and not s.filled for s in eyes(seed)) for seed in SEEDS]
    assert set(below) == {0, 2}


def test_lashes_grow_on_made_up_eyes() -> None:
    found = [[any(s.kind == "lash" for s in eyes(seed, made_up)) for seed in SEEDS] for made_up in (False, True)]
    assert np.mean(found[0]) < 0.3 < 0.55 < np.mean(found[1])


def test_tells_how_far_eyes_reach_above_the_brows() -> None:
    for seed in SEEDS:
        strokes, above = comic_eyes(False, POINTS, np.random.default_rng(seed))
        tops = [float(s.points[:, 1].min()) for s in strokes if s.kind == "lid" and s.filled]
        reach = [float(POINTS[k, 1]) - top for k, top in zip(BROWS, tops, strict=True)]
        assert abs(above - max(0.0, *reach)) < 0.1


def parted(wide: float) -> np.ndarray:
    """Landmarks of a mouth that is open by so many pixels."""
    points = POINTS.copy()
    points[list(INNER_LIPS), 1] = points[list(INNER_LIPS), 1].mean() + np.array([-0.5, 0.5]) * wide
    return points


def test_mouths_are_smaller_than_mouths() -> None:
    width = float(np.hypot(*(POINTS[CORNERS[1]] - POINTS[CORNERS[0]])))
    middle = POINTS[list(CORNERS)].mean(0)
    counts = set()
    for seed in SEEDS:
        strokes = comic_mouth(parted(8), np.random.default_rng(seed))
        assert {s.kind for s in strokes} <= {"lip", "tooth"}
        points = np.concatenate([s.points for s in strokes])
        assert 0.2 * width < np.ptp(points[:, 0]) < 0.8 * width
        assert np.abs(points.mean(0) - middle).max() < width
        counts.add(len(strokes))
    assert counts == {1, 2, 3}


def test_only_open_mouths_have_an_inside() -> None:
    def insides(wide: float) -> list[bool]:
        drawn = [comic_mouth(parted(wide), np.random.default_rng(seed)) for seed in SEEDS]
        return [any(s.filled or s.kind == "tooth" for s in strokes) for strokes in drawn]

    assert not any(insides(3))
    assert 0.2 < np.mean(insides(20)) < 0.8
    assert {len(comic_mouth(parted(20), np.random.default_rng(seed))) for seed in SEEDS} == {2, 3}


def test_noses_are_hardly_there() -> None:
    drawn = [comic_nose(POINTS, np.random.default_rng(seed)) for seed in SEEDS]
    assert {len(strokes) for strokes in drawn} == {0, 1, 2}
    for strokes in drawn:
        for stroke in strokes:
            assert np.ptp(stroke.points, axis=0).max() < 25
            assert np.abs(stroke.points.mean(0) - POINTS[UNDER_NOSE]).max() < 25


def test_stays_on_the_canvas_and_rough_hands_draw_it() -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        strokes = [
            *comic_eyes(True, POINTS + 200, rng)[0],
            *comic_mouth(POINTS + 200, rng),
            *comic_nose(POINTS + 200, rng),
        ]
        points = np.concatenate([s.points for s in strokes])
        assert points.min() >= 0
        assert points.max() < CANVAS
    assert rough(eyes(1), 0.5, np.random.default_rng(1)).any()
