"""Glasses painted on photos and drawn with them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dfd_core.geometry import CANVAS
from dfd_core.training.spectacles import COMMON, EYES, TEMPLES, drawn, painted, put_on, spectacles

SEEDS = range(40)
SIDE = 256
GREY = np.zeros((SIDE, SIDE, 3), np.float32)
ALL, NONE = np.ones((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.float32)


def along(line: np.ndarray) -> np.ndarray:
    """Points of a polyline, ten to each of its parts."""
    at = np.arange(0, len(line) - 1, 0.1)
    return np.stack([np.interp(at, np.arange(len(line)), line[:, k]) for k in (0, 1)], 1)


def inside(worn: np.ndarray) -> tuple[int, int]:
    """A pixel of the photo that a line's middle falls on."""
    x, y = worn * SIDE / CANVAS
    return int(y), int(x)


@pytest.mark.parametrize("seed", SEEDS)
def test_lenses_are_around_the_eyes_with_room_for_the_nose_and_the_rest_joins_them(seed: int) -> None:
    worn = spectacles(np.random.default_rng(seed))
    for rim, eye, arm, temple, end in zip(worn.rims, EYES, worn.arms, TEMPLES, worn.bridge[[0, -1]], strict=True):
        low, high = rim.min(0), rim.max(0)
        assert (low < eye).all()
        assert (eye < high).all()
        np.testing.assert_allclose(rim[0], rim[-1], atol=1e-6)
        np.testing.assert_allclose(arm[1], temple)
        for joined in (arm[0], end):
            assert np.hypot(*(along(rim) - joined).T).min() < 12
    assert 8 < worn.rims[1][:, 0].min() - worn.rims[0][:, 0].max() < 80


def test_frames_are_of_many_shapes() -> None:
    sizes = np.array([np.ptp(spectacles(np.random.default_rng(seed)).rims[0], axis=0) for seed in SEEDS])
    assert np.ptp(sizes[:, 0]) > 20
    assert np.ptp(sizes[:, 1] / sizes[:, 0]) > 0.2
    assert sum(COMMON) == pytest.approx(1)


def test_a_painted_frame_is_seen_where_it_is_and_nowhere_else() -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        worn = spectacles(rng)
        changed = np.abs(painted(GREY, ALL, worn, rng) - GREY).max(2)
        assert changed[inside(worn.bridge[4])] > 0.05
        assert changed[inside(worn.rims[0][45])] > 0.05  # the top
        assert not changed[: SIDE // 4].any()
        assert not changed[3 * SIDE // 4 :].any()


def test_arms_go_behind_hair() -> None:
    for seed in SEEDS:
        worn = spectacles(np.random.default_rng(seed))
        near = inside(worn.arms[0].mean(0))
        seen, hidden = (painted(GREY, skin, worn, np.random.default_rng(seed))[near] for skin in (ALL, NONE))
        assert np.abs(hidden).max() < np.abs(seen).max()


def test_a_hand_draws_it_a_few_pixels_off() -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        worn = spectacles(rng)
        ink = drawn(worn, SIDE, rng)
        assert 0.5 < ink.max() <= 1
        for rim in worn.rims:
            ys, xs = (along(rim)[::20] * SIDE / CANVAS).round().astype(int)[:, ::-1].T
            near = [ink[y - 8 : y + 9, x - 8 : x + 9].max() for y, x in zip(ys, xs, strict=True)]
            assert np.mean(np.array(near) > 0.2) > 0.9


def test_only_those_who_are_to_wear_them_get_them() -> None:
    photo, ink = torch.zeros(3, 3, SIDE, SIDE), torch.zeros(3, 1, SIDE, SIDE)
    put_on(photo, ink, torch.ones(3, 3, 128, 128), np.array([True, False, True]), np.random.default_rng(0))
    assert [bool(part.any()) for part in photo] == [bool(part.any()) for part in ink] == [True, False, True]
    assert not torch.equal(ink[0], ink[2])
    assert photo.abs().max() <= 1
