"""What the photo shows beyond outlines: wrinkles, beards, curly hair, make-up."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from portraits import landmarks, photo

from dfd_core.training.strokes import HAIR, OVAL, Stroke
from dfd_core.training.traced import LIPS, beard, is_curly, look_up, polygon, wrinkles

POINTS = landmarks(np.random.default_rng(1))
POINTS[2] = (256, 335)
POINTS[[50, 117, 205]], POINTS[[280, 346, 425]] = (180, 300), (332, 300)
POINTS[list(LIPS)] = np.stack([256 + 45 * np.cos(np.linspace(0, 6, 20)), 372 + 16 * np.sin(np.linspace(0, 6, 20))], 1)


@pytest.fixture(scope="module")
def shaven() -> np.ndarray:
    picture = np.array(photo(POINTS, np.random.default_rng(1))[0])
    picture[polygon(POINTS[list(OVAL)]) > 0] = (215, 160, 130)
    return picture


@pytest.fixture(scope="module")
def regions() -> np.ndarray:
    return np.array(photo(POINTS, np.random.default_rng(1))[1])


def with_beard(picture: np.ndarray, part: slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
    """Grey hairs on the lower face, in the columns `part`; and where."""
    grown = polygon(POINTS[list(OVAL)])
    grown[:350] = 0
    keep = np.zeros_like(grown)
    keep[:, part] = grown[:, part]
    hairs = np.random.default_rng(0).integers(20, 110, picture.shape[:2], np.uint8)
    out = picture.copy()
    out[keep > 0] = cv2.blur(hairs, (2, 2))[keep > 0][:, None]
    return out, keep


class TestBeard:
    def test_found_where_it_grows(self, shaven: np.ndarray) -> None:
        picture, grown = with_beard(shaven)
        found = beard(picture, POINTS)
        assert found.sum() > 0.4 * grown.sum()
        assert found[grown > 0].sum() > 0.9 * found.sum()

    def test_none_on_a_shaven_face(self, shaven: np.ndarray) -> None:
        assert not beard(shaven, POINTS).any()

    def test_a_shadow_on_one_side_is_none(self, shaven: np.ndarray) -> None:
        assert not beard(with_beard(shaven, slice(0, 256))[0], POINTS).any()

    def test_a_smooth_shadow_of_the_same_hue_is_none(self, shaven: np.ndarray) -> None:
        picture = shaven.copy()
        picture[350:] = (picture[350:] * 0.5).astype(np.uint8)
        assert not beard(picture, POINTS).any()


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


def test_long_hair_without_a_beard_goes_with_make_up(shaven: np.ndarray, regions: np.ndarray) -> None:
    flowing = regions.copy()
    flowing[:, :150] = HAIR
    cropped = np.where(regions == HAIR, 0, regions)
    assert look_up(shaven, flowing, POINTS, []).made_up
    assert not look_up(shaven, cropped, POINTS, []).made_up
    assert not look_up(with_beard(shaven)[0], flowing, POINTS, []).made_up


def test_a_list_says_who_else_is_made_up(shaven: np.ndarray, regions: np.ndarray) -> None:
    cropped = np.where(regions == HAIR, 0, regions)
    assert look_up(shaven, cropped, POINTS, [], made_up=True).made_up
    assert look_up(shaven, None, POINTS, [], made_up=True).made_up
