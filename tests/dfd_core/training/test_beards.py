"""Beards and moustaches as hands draw them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from portraits import landmarks

from dfd_core.geometry import CANVAS
from dfd_core.training.beards import INNER_LIP, facial_hair, moustache
from dfd_core.training.strokes import Stroke
from dfd_core.training.traced import Traced

SEEDS = range(80)
POINTS = landmarks(np.random.default_rng(1))
MOUTH_400 = POINTS.copy()
MOUTH_400[INNER_LIP, 1] = 400


def traced(kind: str) -> Traced:
    grown = np.zeros((CANVAS, CANVAS), np.uint8)
    grown[380:430, 200:312] = kind != "none"
    return Traced(np.full((CANVAS, CANVAS), 128, np.uint8), [], grown, kind, False, False, False)


def undrawn(way: Callable[..., list[Stroke]], kind: str, *landmarks: np.ndarray) -> float:
    """The share of hands that do not mark it."""
    return float(np.mean([not way(traced(kind), *landmarks, np.random.default_rng(seed)) for seed in range(300)]))


def test_beards() -> None:
    found = [facial_hair(traced("beard"), np.random.default_rng(seed)) for seed in SEEDS]
    middles = np.array([s.points.mean(0) for strokes in found for s in strokes])
    assert (middles.min(0) >= (194, 374)).all()
    assert (middles.max(0) <= (318, 446)).all()


def test_shaven_faces_have_none() -> None:
    assert not any(facial_hair(traced("none"), np.random.default_rng(seed)) for seed in SEEDS)
    assert not any(moustache(traced("none"), MOUTH_400, np.random.default_rng(seed)) for seed in SEEDS)


def test_hardly_a_beard_or_moustache_goes_unmarked_stubble_does() -> None:
    assert undrawn(facial_hair, "beard") < 0.06
    assert 0.25 < undrawn(facial_hair, "stubble") < 0.45
    assert undrawn(facial_hair, "moustache") == 1
    assert undrawn(moustache, "moustache", MOUTH_400) < 0.06
    assert undrawn(moustache, "stubble", MOUTH_400) > 0.8


def test_moustaches() -> None:
    """Above the mouth, dark, of hairs or with curled tips, not on every drawing."""
    found = [moustache(traced("beard"), MOUTH_400, np.random.default_rng(seed)) for seed in SEEDS]
    closed = [[np.allclose(s.points[0], s.points[-1]) for s in strokes] for strokes in found]
    curled = [sum(each) == 2 for each in closed]
    assert 0.05 < np.mean(curled) < 0.35
    plain = [strokes for strokes, tips in zip(found, curled, strict=True) if not tips]
    assert {tuple({s.filled for s in strokes}) for strokes in plain} == {(), (True,), (False,)}
    feet = np.concatenate([s.points[:1] for strokes in plain for s in strokes])
    assert (feet.min(0) >= (198, 378)).all()
    assert (feet.max(0) <= (314, 402)).all()
