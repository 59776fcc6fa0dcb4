"""Glasses and earrings as hands draw them."""

from __future__ import annotations

import cv2
import numpy as np
from portraits import landmarks, photo

from dfd_core.training.strokes import EARRING, GLASSES, portrait_strokes
from dfd_core.training.worn import glasses, lens_outlines, worn

SEEDS = range(60)
POINTS = landmarks(np.random.default_rng(1))
PICTURE, REGIONS = (np.array(part) for part in photo(POINTS, np.random.default_rng(1)))
WEARING = REGIONS.copy()
cv2.rectangle(WEARING, (150, 215), (235, 275), GLASSES, -1)
cv2.rectangle(WEARING, (277, 215), (362, 275), GLASSES, -1)
cv2.line(WEARING, (235, 232), (277, 232), GLASSES, 6)
cv2.circle(WEARING, (110, 330), 9, EARRING, -1)
STROKES = portrait_strokes(PICTURE.mean(2).astype(np.uint8), WEARING, POINTS, np.random.default_rng(1))


def test_outlines_have_what_is_worn() -> None:
    assert {"glasses", "earring"} <= {s.kind for s in STROKES}


def test_lenses_from_left_to_right_without_their_bridge() -> None:
    left, right = lens_outlines(WEARING)
    assert np.abs(left.min(0) - (150, 215)).max() < 4
    assert np.abs(left.max(0) - (235, 275)).max() < 4
    assert right[:, 0].min() > 270
    np.testing.assert_array_equal(left[0], left[-1])


def test_glasses_are_drawn_in_several_ways_about_the_lenses() -> None:
    counts = set()
    for seed in SEEDS:
        found = glasses(WEARING, POINTS, STROKES, np.random.default_rng(seed))
        counts.add(len(found))
        assert {s.kind for s in found} == {"glasses"}
        long = np.concatenate([s.points for s in found if len(s.points) > 4])
        assert long[:, 0].min() > 145
        assert long[:, 0].max() < 367
        assert long[:, 0].max() - long[:, 0].min() > 195
    assert len(counts) >= 4


def test_the_bridge_joins_the_lenses() -> None:
    bridges = [s.points for seed in SEEDS for s in glasses(WEARING, POINTS, STROKES, np.random.default_rng(seed))
               if len(s.points) == 3]  # fmt: skip
    assert bridges
    for line in bridges:
        assert 228 < line[0, 0] < 242
        assert 270 < line[-1, 0] < 284


def test_one_lens_is_traced_as_it_is() -> None:
    alone = WEARING.copy()
    alone[:, 250:][alone[:, 250:] == GLASSES] = 1
    strokes = portrait_strokes(PICTURE.mean(2).astype(np.uint8), alone, POINTS, np.random.default_rng(1))
    traced = [s for s in strokes if s.kind == "glasses"]
    for seed in SEEDS:
        assert all(a is b for a, b in zip(glasses(alone, POINTS, strokes, np.random.default_rng(seed)), traced,
                                          strict=True))  # fmt: skip


def test_nothing_worn() -> None:
    bare = portrait_strokes(PICTURE.mean(2).astype(np.uint8), REGIONS, POINTS, np.random.default_rng(1))
    for seed in SEEDS:
        assert worn(REGIONS, POINTS, bare, np.random.default_rng(seed)) == []
    assert worn(None, POINTS, bare, np.random.default_rng(0)) == []


def test_earrings_now_and_then_as_rings() -> None:
    found = [[s for s in worn(WEARING, POINTS, STROKES, np.random.default_rng(seed)) if s.kind == "earring"]
             for seed in SEEDS]  # fmt: skip
    assert all(len(rings) == 1 for rings in found)
    assert {rings[0].filled for rings in found} == {True, False}
    assert all(np.abs(rings[0].points.mean(0) - (110, 330)).max() < 4 for rings in found)
