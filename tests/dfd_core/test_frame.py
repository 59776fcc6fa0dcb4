"""Tilted frames: cut out upright, placed back tilted."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dfd_core.errors import DrawingError
from dfd_core.frame import Frame, cut, place
from dfd_core.geometry import CANVAS


def scene() -> np.ndarray:
    """Ink (600, 800) with a dot up right of the middle of a square that is tilted by 20 degrees."""
    ink = np.zeros((600, 800), np.float32)
    turn = cv2.getRotationMatrix2D((0, 0), -20, 1)[:, :2]  # OpenCV turns the other way round
    x, y = np.array([400, 300]) + turn @ np.array([60, -80])
    cv2.circle(ink, (round(x), round(y)), 6, 1.0, -1)
    return ink


def middle_of(ink: np.ndarray) -> tuple[float, float]:
    ys, xs = np.nonzero(ink > 0.5)
    return float(xs.mean()), float(ys.mean())


def test_is_cut_out_upright() -> None:
    x, y = middle_of(cut(scene(), Frame.about(400, 300, 256, 20)).numpy())
    assert (x, y) == pytest.approx((CANVAS / 2 + 120, CANVAS / 2 - 160), abs=3)


@pytest.mark.parametrize("side", [128, 256, 512])
@pytest.mark.parametrize("tilt", [-33, 5, 20])
def test_portrait_lies_over_what_was_cut_out(side: int, tilt: int) -> None:
    frame = Frame.about(400, 300, side, tilt)
    grain = cv2.GaussianBlur(np.random.default_rng(0).random((600, 800), np.float32), (0, 0), 12)
    ink = (grain > grain.mean()).astype(np.float32)  # blotches
    upright = (cut(ink, frame).numpy() * 255).astype(np.uint8)
    placed, x, y = place(np.repeat(upright[:, :, None], 3, 2), frame, (800, 600))
    under = ink[y : y + placed.shape[0], x : x + placed.shape[1]]
    solid = placed[:, :, 3] == 255
    assert solid.sum() == pytest.approx(side**2, rel=0.05)
    likeness = np.corrcoef(placed[:, :, 0][solid], under[solid])[0, 1]
    assert likeness > 0.97


def test_placed_is_transparent_outside_of_the_tilted_square() -> None:
    placed, x, y = place(np.zeros((CANVAS, CANVAS, 3), np.uint8), Frame.about(300, 300, 200, 45), (600, 600))
    assert abs(placed.shape[0] - 283) <= 1
    assert (x, y) == pytest.approx((158, 158), abs=1)
    assert placed[0, 0, 3] == placed[-1, 0, 3] == 0
    assert placed[141, 141, 3] == 255


@pytest.mark.parametrize("tilt", [3, 12.5, 30, 45, -20])
def test_placed_has_no_transparent_edge(tilt: float) -> None:
    """A layer's bounds leave transparent edges out, and an update goes by the bounds."""
    placed, _, _ = place(np.full((CANVAS, CANVAS, 3), 9, np.uint8), Frame.about(301.3, 299.6, 203.7, tilt), (600, 600))
    alpha = placed[:, :, 3]
    assert all(edge.any() for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))
    assert not placed[alpha == 0].any()


def test_frame_beside_the_document() -> None:
    with pytest.raises(DrawingError, match="outside the canvas"):
        place(np.zeros((CANVAS, CANVAS, 3), np.uint8), Frame.about(-69, -69, 100, 45), (600, 600))


def test_is_clipped_to_the_document() -> None:
    placed, x, _ = place(np.zeros((CANVAS, CANVAS, 3), np.uint8), Frame.about(10, 300, 200, 30), (600, 600))
    assert x == 0
    assert placed.shape[1] < 160


NOISE = np.random.default_rng(0).integers(0, 256, (CANVAS, CANVAS, 3), np.uint8)


@pytest.mark.parametrize("tilt", [0, 17, -45])
def test_what_is_clipped_is_the_same_part(tilt: int) -> None:
    whole, left, top = place(NOISE, Frame.about(1200, 1200, 1500, tilt), (2400, 2400))
    part, x, y = place(NOISE, Frame.about(500, 700, 1500, tilt), (600, 400))
    same = whole[y + 500 - top :, x + 700 - left :][: part.shape[0], : part.shape[1]]
    assert np.abs(part[:, :, :3].astype(int) - same[:, :, :3]).max() <= 1


@pytest.mark.parametrize("tilt", [0, 30])
def test_only_the_part_on_the_canvas_of_a_large_frame_is_enlarged(tilt: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = F.interpolate

    def counted(*arguments: Any, **options: Any) -> torch.Tensor:
        result = real(*arguments, **options)
        made.append(result.numel())
        return result

    monkeypatch.setattr("dfd_core.frame.F.interpolate", counted)
    placed, _, _ = place(NOISE, Frame.about(500, 400, 4000, tilt), (1000, 800))
    assert placed.shape == (800, 1000, 4)
    assert max(made) < 4000 * 4000


def test_scaled() -> None:
    assert Frame(10, 20, 30, 4).scaled(2, 1, -1) == Frame(21, 39, 60, 4)
    assert Frame.about(25, 35, 30).middle == (25, 35)


def test_blank_paper_lies_outside() -> None:
    ink = np.ones((50, 50), np.float32)
    square = cut(ink, Frame.about(25, 25, 200, 10))
    assert square[:100].sum() == 0
    assert square[256, 256] == 1
    assert torch.isfinite(square).all()


GREY = np.full((CANVAS, CANVAS, 3), 90, np.uint8)


def test_soft_border_fades_out_where_there_is_canvas() -> None:
    alpha = place(GREY, Frame(100, 0, 200), (300, 200), feather=0.1)[0][:, :, 3]
    row = alpha[100].astype(int)
    assert row[0] < 10
    assert (np.diff(row) >= 0).all()
    assert (row[20:] == 255).all()  # the right, upper and lower edges are those of the canvas
    assert (alpha[:, 30:] == 255).all()


@pytest.mark.parametrize("tilt", [0, 20])
def test_no_border_fades_on_a_canvas_that_the_frame_fills(tilt: float) -> None:
    frame = Frame(0, 0, 200) if not tilt else Frame.about(100, 100, 300, tilt)
    assert (place(GREY, frame, (200, 200), feather=0.1)[0][:, :, 3] == 255).all()


def test_soft_border_is_no_wider_than_the_canvas_beyond() -> None:
    alpha = place(GREY, Frame(2, 2, 196), (200, 200), feather=0.1)[0][:, :, 3]
    assert (alpha[2:-2, 2:-2] == 255).all()
    assert alpha[0].max() < 128


def test_soft_border_of_a_tilted_portrait() -> None:
    frame = Frame.about(300, 300, 200, 30)
    soft, x, y = place(GREY, frame, (600, 600), feather=0.1)
    assert soft[300 - y, 300 - x, 3] == 255
    hard = place(GREY, frame, (600, 600))[0][:, :, 3]
    assert 0.75 * hard.sum() < soft[:, :, 3].sum() < 0.95 * hard.sum()
    assert (soft[:, :, :3][soft[:, :, 3] > 0] == 90).all()
