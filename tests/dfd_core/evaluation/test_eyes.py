"""Differences between left and right eye."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dfd_core.evaluation.eyes import LEFT, RIGHT, colour_difference, eye_distance, shape_difference

ANGLES = np.linspace(np.pi, -np.pi, len(LEFT), endpoint=False)


def face(height: float = 12, right_height: float = 12, turn: float = 0) -> np.ndarray:
    """Landmarks (468, 2) of two oval eyes 128 pixels apart, the whole turned by `turn` radians."""
    points = np.full((468, 2), 256.0)
    points[list(LEFT)] = np.array([192, 242]) + np.stack([30 * np.cos(ANGLES), -height * np.sin(ANGLES)], 1)
    points[list(RIGHT)] = np.array([320, 242]) + np.stack([-30 * np.cos(ANGLES), -right_height * np.sin(ANGLES)], 1)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return (points - 256) @ rotation + 256


def picture(left: tuple[int, int, int], right: tuple[int, int, int]) -> np.ndarray:
    """Eyes in two colours."""
    canvas = np.full((512, 512, 3), 180, np.uint8)
    for x, colour in ((192, left), (320, right)):
        cv2.ellipse(canvas, (x, 242), (34, 16), 0, 0, 360, colour, -1)
    return canvas


class TestShape:
    @pytest.mark.parametrize("turn", [0, 0.2, -0.3])
    def test_mirror_images_do_not_differ_however_the_head_is_turned(self, turn: float) -> None:
        assert shape_difference(face(turn=turn)) == pytest.approx(0, abs=1e-9)

    def test_is_the_distance_of_the_outlines_in_eye_distances(self) -> None:
        points = face(12, 6)
        expected = np.abs(6 * np.sin(ANGLES)).mean() / 128
        assert eye_distance(points) == pytest.approx(128)
        assert shape_difference(points) == pytest.approx(expected)

    def test_has_no_unit(self) -> None:
        assert shape_difference(face(12, 6) * 3) == pytest.approx(shape_difference(face(12, 6)))


class TestColour:
    def test_equal_colours_do_not_differ(self) -> None:
        assert colour_difference(picture((90, 60, 30), (90, 60, 30)), face()) == pytest.approx(0, abs=1e-4)

    def test_is_the_difference_in_lab(self) -> None:
        colours = np.array([[[90, 60, 30], [60, 90, 160]]], np.float32) / 255
        brown, blue = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)[0]
        found = colour_difference(picture((90, 60, 30), (60, 90, 160)), face())
        assert found == pytest.approx(float(np.linalg.norm(brown - blue)), rel=1e-3)

    def test_closed_eyes_have_none(self) -> None:
        assert np.isnan(colour_difference(picture((90, 60, 30), (60, 90, 160)), face(height=0, right_height=0) / 8))
