"""Shade that hands add, and hair and beards that look like it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drawings import SEED

from dfd_core.geometry import CANVAS
from dfd_core.training import shades
from dfd_core.training.hatched_hair import hatched_beard, hatched_hair
from dfd_core.training.shades import HALF, MIDDLE, OFTEN, WAYS, blush, guides, places, shaded

SEEDS = range(60)


def rngs() -> list[np.random.Generator]:
    return [np.random.default_rng((SEED, seed)) for seed in SEEDS]


def far(points: np.ndarray) -> np.ndarray:
    """How far from the face's middle points (K, 2) are: 1 on its outline."""
    return np.asarray(np.hypot(*((points - MIDDLE) / HALF).T))


def test_every_drawing_is_shaded_and_no_two_alike() -> None:
    found = [shaded(rng, 256) for rng in rngs()]
    for ink in found:
        assert ink.shape == (256, 256)
        assert ink.dtype == np.float32
        assert 0 <= ink.min() < 0.01
        assert 0.1 < ink.max() <= 1
        assert (ink > 0.05).mean() < 0.5
    assert len({ink.tobytes() for ink in found}) == len(found)


@pytest.mark.parametrize("name", OFTEN)
def test_shade_is_where_faces_have_it(name: str) -> None:
    for rng in rngs():
        for outline in places(name, rng):
            assert outline.ndim == 2
            if name in ("side", "nose", "sockets", "cheek", "lip", "forehead"):
                assert far(outline).max() < 1.3
            if name in ("neck", "clothes"):
                assert outline[:, 1].min() > MIDDLE[1] + 0.6 * HALF[1]
            if name == "whole":
                assert 0.6 < far(outline).min() <= far(outline).max() < 1
            if name == "beside":
                assert far(outline).min() > 0.8


def test_one_side_of_a_face_is_shaded_not_both() -> None:
    """On both it would be a beard."""
    for rng in rngs():
        (outline,) = places("side", rng)
        assert len({bool(x > MIDDLE[0]) for x in outline[:, 0].round() if abs(x - MIDDLE[0]) > 60}) == 1


@pytest.mark.parametrize("way", WAYS)
def test_every_way_fills_a_place_and_little_beside(way: str) -> None:
    box = np.array([(150.0, 250), (250, 250), (250, 350), (150, 350)])
    for rng in rngs():
        ink = shades.Hand(way, rng).filled(box)
        assert ink.shape == (CANVAS, CANVAS)
        assert ink[255:345, 155:245].mean() > 0.01
        beyond = ink.copy()
        beyond[205:395, 105:295] = 0
        assert beyond.max() < 0.05


@pytest.mark.parametrize("draw", [guides, blush])
def test_guides_and_blush_are_lines(draw: Callable[[np.random.Generator], list[np.ndarray]]) -> None:
    for rng in rngs():
        lines = draw(rng)
        assert lines
        assert all(line.shape[1] == 2 and len(line) > 2 for line in lines)


def test_hair_is_hatched_within_itself_or_little_beyond() -> None:
    hair = np.zeros((128, 128), np.float32)
    hair[10:50, 30:100] = 1
    for rng in rngs():
        ink = hatched_hair(hair, 256, rng)
        assert 0.2 < ink.max() <= 1
        within = np.zeros((256, 256), bool)
        within[15:105, 55:205] = True
        assert ink[within].sum() > 0.55 * ink.sum()


def test_without_hair_nothing_is_hatched() -> None:
    assert hatched_hair(np.zeros((128, 128), np.float32), 256, rngs()[0]).max() == 0


def test_beards_are_around_the_mouth_and_on_both_sides() -> None:
    found = [hatched_beard(256, rng) for rng in rngs()]
    for ink in found:
        assert 0.2 < ink.max() <= 1
        assert ink[:100].max() == 0
    together = np.sum(found, 0)
    halves = together[:, :128].sum(), together[:, 128:].sum()
    assert min(halves) > 0.8 * max(halves)
