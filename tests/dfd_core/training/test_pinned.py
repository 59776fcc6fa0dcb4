"""Hair worn up: knots and tails."""

from __future__ import annotations

import numpy as np
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training.pinned import knots
from dfd_core.training.strokes import HAIR

POINTS = landmarks(np.random.default_rng(1)) * 0.7 + (77, 120)
PARSING = np.zeros((CANVAS, CANVAS), np.uint8)
PARSING[100:200, 150:360] = HAIR
SEEDS = range(120)


def test_knots_and_tails_are_drawn_outside_the_face_and_on_the_canvas() -> None:
    found = [strokes for seed in SEEDS if (strokes := knots(PARSING, POINTS, np.random.default_rng(seed)))]
    assert 0.4 * len(SEEDS) < len(found) < 0.75 * len(SEEDS)
    points = np.concatenate([s.points for strokes in found for s in strokes])
    assert points.min() >= 0
    assert points.max() < CANVAS
    middles = np.array([strokes[0].points.mean(0) for strokes in found])
    above = middles[:, 1] < 110
    assert 0.4 < above.mean() < 0.8
    assert (np.abs(middles[~above, 0] - 256) > 60).all()
    assert {s.kind for strokes in found for s in strokes} == {"hair", "strand"}


def test_none_without_hair_or_a_region_map() -> None:
    bald = np.zeros_like(PARSING)
    assert not any(knots(bald, POINTS, np.random.default_rng(seed)) for seed in SEEDS)
    assert not any(knots(None, POINTS, np.random.default_rng(seed)) for seed in SEEDS)


def test_what_would_be_off_the_canvas_is_left_out() -> None:
    high = POINTS - (0, 140)
    tall = np.zeros_like(PARSING)
    tall[0:120, 150:360] = HAIR
    found = [knots(tall, high, np.random.default_rng(seed)) for seed in SEEDS]
    along_edge = [np.mean(s.points[:, 1] <= 2) for strokes in found for s in strokes]
    assert 0.3 < max(along_edge) <= 0.61  # points beyond the canvas are moved to its edge
