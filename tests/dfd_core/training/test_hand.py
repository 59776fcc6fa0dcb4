"""The ways in which hands draw the same face."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from portraits import landmarks, photo

from dfd_core.geometry import CANVAS
from dfd_core.training.hand import (
    BROWS,
    COMIC,
    LIKE_ITS_KIND,
    NAIVE,
    brow_contrast,
    brows,
    by_hand,
    ears,
    eyes,
    features,
    head,
    mouth,
    nose,
    teeth,
)
from dfd_core.training.roughen import DETAILS, DROPPABLE, rough
from dfd_core.training.strokes import CURVES, Stroke, portrait_strokes
from dfd_core.training.traced import Traced

SEEDS = range(80)
POINTS = landmarks(np.random.default_rng(1))
PICTURE, REGIONS = (np.array(part) for part in photo(POINTS, np.random.default_rng(1)))
GRAY = PICTURE.mean(2).astype(np.uint8)
STROKES = portrait_strokes(GRAY, REGIONS, POINTS, np.random.default_rng(1))
FOLD = Stroke("wrinkle", np.array([[200, 180], [300, 180]], np.float32))


def traced(beard: bool = False, curly: bool = False, pinned_up: bool = False) -> Traced:
    grown = np.zeros((CANVAS, CANVAS), np.uint8)
    grown[380:430, 200:312] = beard
    return Traced(GRAY, [FOLD], grown, "beard" if grown.any() else "none", curly, False, pinned_up)


def ways(draw: Callable[[np.random.Generator], list[Stroke]]) -> set[tuple[tuple[str, bool], ...]]:
    """Kinds and fillings that come out over many seeds."""
    return {tuple(sorted({(s.kind, s.filled) for s in draw(np.random.default_rng(seed))})) for seed in SEEDS}


class TestWays:
    @pytest.mark.parametrize("contrast", [0.1, 0.4, 0.6])
    def test_brows(self, contrast: float) -> None:
        found = ways(lambda rng: brows(contrast, POINTS, rng))
        marked = {(("brow", False),), (("brow", True),), (("browhair", False),)}
        assert found == (marked | {()} if contrast < BROWS[0] else marked)

    def test_dark_brows_are_filled_more_often(self) -> None:
        drawn = [
            [brows(contrast, POINTS, np.random.default_rng(seed)) for seed in SEEDS] for contrast in (0.1, 0.4, 0.6)
        ]
        filled = [sum(any(s.filled for s in way) for way in of) for of in drawn]
        assert filled[0] < 12 < filled[1] < 26 < filled[2]

    def test_contrast_of_brows(self) -> None:
        gray = np.full_like(GRAY, 200)
        assert brow_contrast(gray, POINTS) == 0
        for curve in CURVES["brow"]:
            xs, ys = POINTS[list(curve)].round().astype(int).T
            gray[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = 50
        assert brow_contrast(gray, POINTS) == pytest.approx(0.75)

    def test_brows_stand_where_the_brows_are(self) -> None:
        places = POINTS[[k for curve in CURVES["brow"] for k in curve]]
        for seed in SEEDS:
            drawn = np.concatenate([s.points for s in brows(0.4, POINTS, np.random.default_rng(seed))])
            assert (drawn.min(0) > places.min(0) - 16).all()
            assert (drawn.max(0) < places.max(0) + 16).all()

    def test_eyes(self) -> None:
        found = ways(lambda rng: eyes(True, POINTS, rng))
        kinds = {mark for way in found for mark in way}
        assert kinds >= {("iris", False), ("iris", True), ("pupil", True), ("lash", False), ("lid", False)}
        assert any(not {"iris", "pupil"} & {kind for kind, _ in way} for way in found)

    def test_made_up_eyes_have_lashes(self) -> None:
        counts = [sum("lash" in {s.kind for s in eyes(made_up, POINTS, np.random.default_rng(seed))} for seed in SEEDS)
                  for made_up in (False, True)]  # fmt: skip
        assert counts[0] < 10 < 40 < counts[1]

    def test_made_up_lips_are_drawn_fuller(self) -> None:
        drawn = [np.mean([sum(s.kind == "lip" for s in mouth(made_up, POINTS, np.random.default_rng(seed)))
                          for seed in SEEDS]) for made_up in (False, True)]  # fmt: skip
        assert drawn[0] + 0.4 < drawn[1]

    def test_ears_of_other_sizes(self) -> None:
        ear = Stroke("ear", np.array([[90, 200], [70, 240], [90, 280]], np.float32))
        tall = [float(np.ptp(ears([ear], np.random.default_rng(seed))[0].points[:, 1])) for seed in SEEDS]
        assert 0.4 < np.mean(np.isclose(tall, 80)) < 0.8
        assert 63 < min(tall) < 76
        assert 95 < max(tall) < 117

    def test_features_are_drawn_in_three_ways_which_mix(self) -> None:
        drawn = [features(False, POINTS, np.random.default_rng(seed))[0] for seed in range(300)]
        comic = [any(s.kind == "lid" and s.filled for s in strokes) for strokes in drawn]
        naive = [sum(s.kind == "lid" for s in strokes) == 2 and not dark and not any(s.kind == "iris" for s in strokes)
                 for strokes, dark in zip(drawn, comic, strict=True)]  # fmt: skip
        assert abs(np.mean(comic) - COMIC * LIKE_ITS_KIND) < 0.06
        assert abs(np.mean(naive) - NAIVE * LIKE_ITS_KIND) < 0.08
        small = [max(np.ptp(s.points[:, 0]) for s in strokes if s.kind == "lip") < 50 for strokes in drawn]
        assert np.mean([mouth for mouth, dark in zip(small, comic, strict=True) if dark]) > 0.3 > np.mean(small)

    def test_noses(self) -> None:
        found = ways(lambda rng: nose(POINTS, rng))
        assert found >= {(("nose", False),), (("bridge", False), ("nose", False)), (("nose", False), ("nose", True))}

    def test_noses_as_an_angle_go_from_the_bridge_to_a_wing(self) -> None:
        lines = [s.points for seed in SEEDS for s in nose(POINTS, np.random.default_rng(seed))]
        angles = [line for line in lines if np.array_equal(line[0], POINTS[6])]
        assert {len(line) for line in angles} == {3, 4}

    def test_closed_mouths_are_one_line(self) -> None:
        closed = POINTS.copy()
        closed[list(CURVES["lip"][2] + CURVES["lip"][3]), 1] = 372
        for seed in SEEDS:
            lines = [s for s in mouth(True, closed, np.random.default_rng(seed)) if s.kind == "lip"]
            inside = closed[list(CURVES["lip"][2])][5]
            among = sum(np.hypot(*(s.points - inside).T).min() < 2 for s in lines)
            assert among == 1 or [s.filled for s in lines] == [True]

    def test_open_mouths_show_teeth_now_and_then(self) -> None:
        shown = ["tooth" in {s.kind for s in mouth(False, POINTS, np.random.default_rng(seed))} for seed in SEEDS]
        assert 0.1 < np.mean(shown) < 0.7

    @pytest.mark.parametrize(("wide", "fewest", "most"), [(8.0, 3, 25), (11.0, 0, 0)])
    def test_mouths_that_are_hardly_open_may_be_one_line_and_no_others(self, wide: float, fewest: int,
                                                                       most: int) -> None:  # fmt: skip
        points = POINTS.copy()
        middle = points[[13, 14]].mean(0)
        for curve, side in ((CURVES["lip"][2], -0.5), (CURVES["lip"][3], 0.5)):
            points[list(curve[1:-1]), 1] = middle[1] + side * wide
        lines = [[s for s in mouth(False, points, np.random.default_rng(seed)) if s.kind == "lip"] for seed in SEEDS]
        one = sum(any(np.hypot(*(s.points - middle).T).min() < 1 for s in drawn) for drawn in lines)
        assert fewest <= one <= most

    def test_teeth_reach_from_lip_to_lip(self) -> None:
        above, below = np.array([[0, 0], [60, 0]]), np.array([[0, 30], [60, 30]])
        for seed in SEEDS:
            lines = [s.points for s in teeth(above, below, np.random.default_rng(seed))]
            assert all(np.ptp(line[:, 1]) in (0, 30) for line in lines)
            assert sum(np.ptp(line[:, 1]) == 0 for line in lines) <= 1

    def test_mouths_without_lips(self) -> None:
        lower = CURVES["lip"][1]
        lip = POINTS[lower[len(lower) // 2]]
        drawn = [mouth(False, POINTS, np.random.default_rng(seed)) for seed in SEEDS]
        bare = [min(np.hypot(*(s.points - lip).T).min() for s in strokes) > 1 for strokes in drawn]
        assert 0.1 < np.mean(bare) < 0.5

    def test_ovals_for_eyes(self) -> None:
        """They keep the eyes' corners and are higher than the eyes."""
        heights = []
        for seed in SEEDS:
            lids = [s.points for s in eyes(False, POINTS, np.random.default_rng(seed)) if s.kind == "lid"]
            assert np.hypot(*(lids[0][0] - POINTS[CURVES["lid"][0][0]])) < 3
            heights.append(max(float(np.ptp(lid[:, 1])) / float(np.ptp(lid[:, 0])) for lid in lids))
        assert 0.05 < np.mean(np.array(heights) > 0.27) < 0.35

    def test_some_hands_do_not_draw(self) -> None:
        """A ring for an eye, now and then."""
        drawn = [by_hand(traced(), REGIONS, POINTS, STROKES, np.random.default_rng(seed)) for seed in SEEDS]
        rings = [
            [s for s in strokes if s.kind == "lid" and np.allclose(s.points[0], s.points[-1])] for strokes in drawn
        ]
        assert {len(found) for found in rings} == {0, 2}
        assert 0.05 < np.mean([len(found) == 2 for found in rings]) < 0.35

    def test_heads_are_drawn_whole_now_and_then(self) -> None:
        whole = head(POINTS).points
        found = [any(np.array_equal(s.points, whole) for s in by_hand(traced(), REGIONS, POINTS, STROKES,
                                                                      np.random.default_rng(seed)))
                 for seed in SEEDS]  # fmt: skip
        assert 0.08 < np.mean(found) < 0.35


class TestByHand:
    def test_every_kind_is_one_that_a_rough_hand_knows(self) -> None:
        for seed in SEEDS:
            strokes = by_hand(traced(beard=True, curly=True), REGIONS, POINTS, STROKES, np.random.default_rng(seed))
            assert {s.kind for s in strokes} <= {*DROPPABLE, *DETAILS}
            drawing = rough(strokes, 0.4, np.random.default_rng(seed), 256)
            assert 0.005 < (drawing > 100).mean() < 0.35

    def test_outlines_stay(self) -> None:
        kept = [s for s in STROKES if s.kind in ("neck", "cloth")]
        drawn = by_hand(traced(), REGIONS, POINTS, STROKES, np.random.default_rng(0))
        assert all(any(s is mark for mark in drawn) for s in kept)

    def test_wrinkles_are_drawn_in_some(self) -> None:
        found = [any(s is FOLD for s in by_hand(traced(), REGIONS, POINTS, STROKES, np.random.default_rng(seed)))
                 for seed in SEEDS]  # fmt: skip
        assert 0.2 < np.mean(found) < 0.8

    def test_works_without_a_region_map(self) -> None:
        strokes = portrait_strokes(GRAY, None, POINTS, np.random.default_rng(1))
        assert by_hand(traced(curly=True), None, POINTS, strokes, np.random.default_rng(0))

    @pytest.mark.parametrize("seed", [1, 2])
    def test_depends_on_the_seed_only(self, seed: int) -> None:
        first, again = (by_hand(traced(True, True), REGIONS, POINTS, STROKES, np.random.default_rng(seed))
                        for _ in range(2))  # fmt: skip
        assert all(np.array_equal(a.points, b.points) for a, b in zip(first, again, strict=True))


def test_hair_that_is_worn_up_is_held_by_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nothing else is drawn of hair."""
    monkeypatch.setattr("dfd_core.training.hand.hair", lambda *_: [])
    monkeypatch.setattr("dfd_core.training.hand.worn", lambda *_: [])

    def strokes(pinned_up: bool) -> float:
        shown = traced(pinned_up=pinned_up)
        drawn = [by_hand(shown, REGIONS, POINTS, STROKES, np.random.default_rng(seed)) for seed in range(150)]
        return float(np.mean([sum(s.kind in ("hair", "strand") for s in each) for each in drawn]))

    assert strokes(pinned_up=False) == 0
    assert strokes(pinned_up=True) > 1
