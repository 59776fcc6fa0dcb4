"""Beards and moustaches as hands draw them."""

from __future__ import annotations

import numpy as np
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training.beards import INNER_LIP, facial_hair, moustache
from dfd_core.training.traced import Traced

SEEDS = range(80)
POINTS = landmarks(np.random.default_rng(1))
MOUTH_400 = POINTS.copy()
MOUTH_400[INNER_LIP, 1] = 400


def traced(beard: bool) -> Traced:
    grown = np.zeros((CANVAS, CANVAS), np.uint8)
    grown[380:430, 200:312] = beard
    return Traced(np.full((CANVAS, CANVAS), 128, np.uint8), [], grown, False, False)


def test_beards() -> None:
    found = [facial_hair(traced(beard=True), np.random.default_rng(seed)) for seed in SEEDS]
    assert any(not strokes for strokes in found)
    middles = np.array([s.points.mean(0) for strokes in found for s in strokes])
    assert (middles.min(0) >= (194, 374)).all()
    assert (middles.max(0) <= (318, 446)).all()


def test_shaven_faces_have_none() -> None:
    assert not any(facial_hair(traced(beard=False), np.random.default_rng(seed)) for seed in SEEDS)
    assert not any(moustache(traced(beard=False), MOUTH_400, np.random.default_rng(seed)) for seed in SEEDS)


def test_moustaches() -> None:
    """Above the mouth, dark, of hairs or with curled tips, not on every drawing."""
    found = [moustache(traced(beard=True), MOUTH_400, np.random.default_rng(seed)) for seed in SEEDS]
    closed = [[np.allclose(s.points[0], s.points[-1]) for s in strokes] for strokes in found]
    curled = [sum(each) == 2 for each in closed]
    assert 0.05 < np.mean(curled) < 0.35
    plain = [strokes for strokes, tips in zip(found, curled, strict=True) if not tips]
    assert {tuple({s.filled for s in strokes}) for strokes in plain} == {(), (True,), (False,)}
    feet = np.concatenate([s.points[:1] for strokes in plain for s in strokes])
    assert (feet.min(0) >= (198, 378)).all()
    assert (feet.max(0) <= (314, 402)).all()
