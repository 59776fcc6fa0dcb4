"""Recall and precision of lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dfd_core.evaluation.lines import covered, drawn_lines, obedience, picture_lines


def stripe(column: int) -> np.ndarray:
    lines = np.zeros((512, 512), bool)
    lines[100:400, column] = True
    return lines


def painted(*columns: int) -> np.ndarray:
    """A light picture (512, 512, 3) with dark stripes as wide as a drawn line."""
    picture = np.full((512, 512, 3), 200, np.uint8)
    for column in columns:
        cv2.line(picture, (column, 100), (column, 400), (40, 40, 40), 3)
    return picture


class TestCovered:
    @pytest.mark.parametrize(("away", "share"), [(0, 1), (4, 1), (5, 0), (60, 0)])
    def test_counts_what_is_within_four_pixels(self, away: int, share: float) -> None:
        assert covered(stripe(200), stripe(200 + away)) == share

    def test_is_a_share_of_the_first(self) -> None:
        both = stripe(100) | stripe(300)
        assert covered(both, stripe(100)) == pytest.approx(0.5)
        assert covered(stripe(100), both) == 1

    def test_without_lines(self) -> None:
        nothing = np.zeros((512, 512), bool)
        assert covered(stripe(10), nothing) == 0
        assert np.isnan(covered(nothing, stripe(10)))


class TestObedience:
    def test_lines_are_found_where_they_are_painted(self) -> None:
        found = picture_lines(painted(200))
        assert covered(stripe(200), found) > 0.95
        assert covered(found, stripe(200)) > 0.95

    def test_a_small_drawing_covers_the_whole_canvas(self) -> None:
        ink = np.zeros((256, 256), np.uint8)
        ink[50:200, 100:102] = 255
        assert covered(drawn_lines(ink), stripe(201)) == 1

    def test_a_missing_line_lowers_recall_and_an_invented_one_precision(self) -> None:
        one, two = painted(150), painted(150, 350)
        ink_of_one, ink_of_two = (255 - cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (one, two))
        ink_of_one[ink_of_one < 100], ink_of_two[ink_of_two < 100] = 0, 0
        recall, precision = obedience(ink_of_two, one)
        assert recall == pytest.approx(0.5, abs=0.05)
        assert precision > 0.95
        recall, precision = obedience(ink_of_one, two)
        assert recall > 0.95
        assert precision == pytest.approx(0.5, abs=0.05)
