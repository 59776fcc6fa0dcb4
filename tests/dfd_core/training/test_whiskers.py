"""Facial hair painted on photos."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dfd_core.training.whiskers import Patch, drawn, grow, hairs, painted, patches, points_mirrored

POINTS = np.array([[205.0, 380], [307, 378], [256, 335], [256, 362], [256, 402], [256, 450]])
"""Of a mouth as aligned photos have it: corners, base of the nose, lips, chin."""

SIDE = 256


def around_the_mouth(patch: Patch) -> bool:
    (left, top), (right, bottom) = patch.outline.min(0), patch.outline.max(0)
    return bool(180 < left < right < 332 and 335 < top < bottom < 462)


def test_patches_lie_between_nose_and_chin_of_the_face() -> None:
    rng, counts = np.random.default_rng(0), set()
    for _ in range(200):
        found = patches(POINTS, rng)
        counts.add(len(found))
        assert all(around_the_mouth(patch) for patch in found)
    assert counts == {1, 2}


def test_mirrored_points_are_those_of_the_mirrored_face() -> None:
    other = points_mirrored(POINTS)
    assert other[0, 0] < other[1, 0]  # the corner on the left comes first again
    assert other[0].tolist() == [511 - 307, 378]
    np.testing.assert_array_equal(points_mirrored(other), POINTS)
    assert points_mirrored(np.stack([POINTS, POINTS])).shape == (2, 6, 2)


def test_hairs_grow_within_the_patch_downwards() -> None:
    patch = patches(POINTS, np.random.default_rng(1))[0]
    lines = hairs(patch, 50, np.random.default_rng(1))
    feet, ends = (np.array([line[k] for line in lines]) for k in (0, -1))
    assert 30 < len(lines) <= 50
    assert (feet >= patch.outline.min(0)).all()
    assert (feet <= patch.outline.max(0)).all()
    assert (ends[:, 1] > feet[:, 1]).mean() > 0.9


def test_photo_gets_hair_of_its_own_colour_there_and_nothing_elsewhere() -> None:
    skin = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    hair = np.zeros((SIDE, SIDE), np.float32)
    skin[:40], hair[:40] = (0.6, -0.2, -0.8), 1  # a ginger head
    rng, reds = np.random.default_rng(3), []
    for _ in range(12):
        patch = patches(POINTS, rng)[0]
        picture = painted(skin, hair, [patch], rng)
        changed = np.abs(picture - skin).max(2) > 0.05
        rows, columns = np.nonzero(changed)
        assert 80 < columns.min() < columns.max() < 176
        assert 155 < rows.min() < rows.max() < 250
        reds.append(float((picture[changed][:, 0] - picture[changed][:, 2]).mean()))
        assert picture[changed].mean() < 0.45
    assert np.median(reds) > 0.15


def test_some_of_it_is_grey_whatever_the_hair_is() -> None:
    skin, rng, grey = np.full((SIDE, SIDE, 3), 0.5, np.float32), np.random.default_rng(6), 0
    hair = np.zeros((SIDE, SIDE), np.float32)
    skin[:40], hair[:40] = (0.6, -0.4, -1.0), 1  # a ginger head
    for _ in range(150):
        picture = painted(skin, hair, patches(POINTS, rng)[:1], rng)
        changed = picture[np.abs(picture - skin).max(2) > 0.2]
        grey += bool(np.ptp(changed.mean(0)) < 0.1)
    assert 0.05 < grey / 150 < 0.22


def test_hands_draw_it_there() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        ink = drawn(patches(POINTS, rng), SIDE, rng)
        rows, columns = np.nonzero(ink > 0.1)
        assert 0 < len(rows) < 0.08 * SIDE**2
        assert 75 < columns.min() < columns.max() < 182
        assert 150 < rows.min() < rows.max() < 255


@pytest.mark.parametrize("who", [[True, False], [False, True]])
def test_only_who_gets_it_changes(who: list[bool]) -> None:
    photo, ink = torch.zeros(2, 3, SIDE, SIDE), torch.zeros(2, 1, SIDE, SIDE)
    grow(photo, ink, torch.zeros(2, 3, 128, 128), np.stack([POINTS, POINTS]), np.array(who), np.random.default_rng(5))
    assert [bool(part.any()) for part in photo] == who
    assert [bool(part.any()) for part in ink] == who
