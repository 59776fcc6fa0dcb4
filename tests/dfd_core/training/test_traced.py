"""What the photo shows beyond outlines: wrinkles, beards, curly hair, make-up."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from bearded import POINTS, shaven_face, with_beard
from portraits import photo

from dfd_core.training.seen import Seen
from dfd_core.training.strokes import HAIR, Stroke
from dfd_core.training.traced import is_curly, look_up, wrinkles


@pytest.fixture(scope="module")
def shaven() -> np.ndarray:
    return shaven_face()


@pytest.fixture(scope="module")
def regions() -> np.ndarray:
    return np.array(photo(POINTS, np.random.default_rng(1))[1])


class TestWrinkles:
    def test_dark_lines_in_the_skin_become_strokes(self, shaven: np.ndarray, regions: np.ndarray) -> None:
        gray = cv2.cvtColor(shaven, cv2.COLOR_RGB2GRAY)
        cv2.line(gray, (200, 150), (310, 150), 90, 4)
        found = wrinkles(cv2.GaussianBlur(gray, (0, 0), 1), regions, [])
        on_it = [s for s in found if (np.abs(s.points[:, 1] - 150) < 5).all()]
        assert sum(np.ptp(s.points[:, 0]) for s in on_it) > 70

    def test_what_is_drawn_already_is_not_drawn_twice(self, shaven: np.ndarray, regions: np.ndarray) -> None:
        gray = cv2.cvtColor(shaven, cv2.COLOR_RGB2GRAY)
        cv2.line(gray, (200, 150), (310, 150), 90, 4)
        drawn = [Stroke("brow", np.array([[190, 150], [320, 150]], np.float32))]
        found = wrinkles(cv2.GaussianBlur(gray, (0, 0), 1), regions, drawn)
        assert not [s for s in found if (np.abs(s.points[:, 1] - 150) < 3).all()]


class TestCurls:
    def hair(self, pattern: np.ndarray, regions: np.ndarray) -> bool:
        return is_curly(np.where(regions == HAIR, pattern, 128).astype(np.uint8), regions)

    def test_lines_one_way_are_straight_hair(self, regions: np.ndarray) -> None:
        columns = np.broadcast_to(128 + 90 * np.sin(np.arange(512) / 2), (512, 512))
        assert not self.hair(columns, regions)

    def test_lines_every_way_are_curls(self, regions: np.ndarray) -> None:
        noise = np.random.default_rng(0).normal(0, 1, (512, 512))
        assert self.hair(128 + 400 * cv2.GaussianBlur(noise, (0, 0), 3), regions)

    def test_bald_heads_have_none(self, regions: np.ndarray) -> None:
        assert not is_curly(np.zeros_like(regions), np.zeros_like(regions))


def test_without_a_region_map_nothing_is_looked_up(shaven: np.ndarray) -> None:
    found = look_up(with_beard(shaven)[0], None, POINTS, [])
    assert not found.wrinkles
    assert not found.beard.any()
    assert not found.curly
    assert not found.made_up
    assert found.facial_hair == "none"


def test_long_hair_without_a_beard_goes_with_make_up(shaven: np.ndarray, regions: np.ndarray) -> None:
    flowing = regions.copy()
    flowing[:, :150] = HAIR
    cropped = np.where(regions == HAIR, 0, regions)
    assert look_up(shaven, flowing, POINTS, []).made_up
    assert not look_up(shaven, cropped, POINTS, []).made_up
    assert not look_up(with_beard(shaven)[0], flowing, POINTS, []).made_up


def test_what_somebody_saw_counts(shaven: np.ndarray, regions: np.ndarray) -> None:
    flowing = regions.copy()
    flowing[:, :150] = HAIR
    for parsing in (flowing, None):
        man = look_up(shaven, parsing, POINTS, [], Seen(False, "beard", True, False))
        assert (man.made_up, man.facial_hair, man.curly, man.pinned_up) == (False, "beard", True, False)
        assert man.beard.any()
    woman = look_up(with_beard(shaven)[0], flowing, POINTS, [], Seen(True, "none", False, True))
    assert (woman.made_up, woman.facial_hair, woman.curly, woman.pinned_up) == (True, "none", False, True)
    assert not woman.beard.any()
