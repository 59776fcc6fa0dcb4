"""Mouths drawn anew: open ones enclose something, closed ones do not, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from dfd_core.training import drawn_mouths
from dfd_core.training.drawn_mouths import redrawn

POINTS = np.array([[214.0, 370.0], [296.0, 370.0], [255.0, 330.0], [255.0, 356.0], [255.0, 392.0], [255.0, 462.0]])
"""Corners, nose, lips and chin of an average face."""


def drawings(count: int, opens: bool, ink: float = 0.0) -> torch.Tensor:
    page = torch.full((count, 1, 256, 256), ink)
    return redrawn(page, np.repeat(POINTS[None], count, 0), np.full(count, opens), np.random.default_rng(7))


@pytest.mark.parametrize("opens", [False, True])
def test_a_mouth_is_drawn_where_one_was(opens: bool) -> None:
    found = drawings(60, opens)
    assert found.min() >= 0
    assert found.max() <= 1
    across, down = (found[:, 0].amax(axis).sum(0).nonzero() for axis in (1, 2))
    assert (found.sum((1, 2, 3)) > 20).all()
    assert across.min() > 80
    assert across.max() < 176
    assert down.min() > 150
    assert down.max() < 235


def test_what_was_there_is_gone_and_the_rest_stays() -> None:
    page = drawings(40, False, 1.0)
    assert (page[:, 0, 190, 128 - 35 : 128 + 35].mean(1) < 0.7).all()
    outside = torch.ones(256, 256, dtype=torch.bool)
    outside[160:226, 80:176] = False
    assert (page[:, 0][:, outside] == 1).all()


def test_the_drawing_given_stays_as_it_is() -> None:
    page = torch.ones(2, 1, 256, 256)
    redrawn(page, np.repeat(POINTS[None], 2, 0), np.array([True, False]), np.random.default_rng(1))
    assert (page == 1).all()


def enclosed(page: np.ndarray) -> int:
    """Pixels that lines enclose, or are filled."""
    lines = page > 0.25
    thick = ndimage.binary_erosion(lines, iterations=5)
    return int(ndimage.binary_fill_holes(lines).sum() - lines.sum() + thick.sum())


def test_without_lips_an_open_mouth_is_a_shape_and_a_closed_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_mouths, "LIPS", 0.0)
    shapes = {opens: np.array([enclosed(page[0].numpy()) for page in drawings(80, opens)]) for opens in (True, False)}
    assert (shapes[True] > 25).mean() > 0.8
    assert (shapes[False] > 25).mean() < 0.1


def test_lips_are_drawn_as_often_about_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """And strokes across them: neither tells."""
    ink = {}
    for share in (0.0, 1.0):
        monkeypatch.setattr(drawn_mouths, "LIPS", share)
        ink[share] = {opens: drawings(60, opens).sum() for opens in (True, False)}
    for opens in (True, False):
        assert ink[1.0][opens] > 1.2 * ink[0.0][opens]
    monkeypatch.setattr(drawn_mouths, "CREASED", 0.0)
    plain = drawings(60, False).sum()
    monkeypatch.setattr(drawn_mouths, "CREASED", 1.0)
    assert drawings(60, False).sum() > 1.05 * plain


def test_closed_mouths_smile_as_broadly_as_open_ones() -> None:
    """How a mouth is bent must not tell."""
    lines = drawings(200, False)[:, 0]
    lowest = torch.stack([(page > 0.25).nonzero()[:, 0].max() for page in lines])
    assert (lowest > 185 + 8).float().mean() > 0.4
