"""Dragging a frame: what is held follows the pointer, and the rest stays."""

from __future__ import annotations

import pytest

from krita_dfd import frame_moves as moves

FRAME = (100.0, 50.0, 200.0, 30.0)


def test_points_go_there_and_back() -> None:
    for u, v in ((0, 0), (1, -1), (0.3, 0.8)):
        assert moves.within(FRAME, moves.point(FRAME, u, v)) == pytest.approx((u, v))
    assert moves.point((0, 0, 10, 90), 0, -1) == pytest.approx((10, 5))  # clockwise: up faces right


@pytest.mark.parametrize("corner", range(4))
def test_resizing_brings_the_corner_to_the_pointer(corner: int) -> None:
    u, v = moves.CORNERS[corner]
    goal = moves.point(FRAME, 1.5 * u, 1.5 * v)
    frame = moves.resized(FRAME, corner, goal)
    assert moves.point(frame, u, v) == pytest.approx(goal)
    assert moves.point(frame, -u, -v) == pytest.approx(moves.point(FRAME, -u, -v))
    assert frame[2:] == pytest.approx((250, 30))


def test_a_corner_is_never_drawn_through_the_opposite_one() -> None:
    frame = moves.resized(FRAME, 0, moves.point(FRAME, 3, 3))
    assert frame[2] == moves.LEAST_SIDE


def test_turning_faces_the_pointer() -> None:
    x, y = moves.middle(FRAME)
    assert moves.turned(FRAME, (x + 50, y))[3] == pytest.approx(90)
    assert moves.turned(FRAME, (x - 50, y - 50))[3] == pytest.approx(-45)
    assert moves.turned(FRAME, (x + 1, y - 100))[3] == 0
    assert moves.turned(FRAME, (x + 50, y - 40), step=15)[3] == 45
    assert moves.middle(moves.turned(FRAME, (x + 50, y))) == (x, y)


def test_scaled_with_its_canvas() -> None:
    assert moves.scaled(FRAME, (400, 300), (800, 600)) == pytest.approx((200, 100, 400, 30))
    assert moves.scaled(FRAME, (401, 301), (134, 101)) == pytest.approx((33.4, 16.8, 66.9, 30), abs=0.1)  # rounded
    assert moves.scaled(FRAME, (401, 301), (1200, 901)) is not None
    for other in ((400, 200), (300, 300), (300, 400), (800, 590)):
        assert moves.scaled(FRAME, (400, 300), other) is None


def test_sensible() -> None:
    assert moves.sensible(FRAME, 400, 300) == pytest.approx(FRAME)
    assert moves.middle(moves.sensible((-900, 900, 100, 0), 400, 300)) == (0, 300)
    assert moves.sensible((0, 0, 1, 0), 400, 300)[2] == moves.LEAST_SIDE
    assert moves.sensible((0, 0, 1e6, 0), 400, 300)[2] == 1600
    assert moves.sensible((0, 0, 100, 270), 400, 300)[3] == -90
