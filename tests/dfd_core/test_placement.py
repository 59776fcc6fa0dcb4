"""Finding the frame with a network: two looks, and no answer that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from drawings import face

from dfd_core import face_search
from dfd_core.frame import Frame
from dfd_core.networks.placement import SIDE, Placement
from dfd_core.placement import LOOKS, find_frame

PAGE = (0.0, 0.0, 900.0, 700.0)


def page(left: int, top: int, side: int = 256) -> np.ndarray:
    """Ink (700, 900) with a face in a square of that size."""
    ink = np.zeros((700, 900), np.float32)
    ink[top : top + side, left : left + side] = 1 - face(side) / 255.0
    return ink


class Known(Placement):
    """Answers what it is told, and remembers what it saw."""

    def __init__(self, answer: Callable[[int], list[float]]) -> None:
        super().__init__()
        self.answer = answer
        self.seen: list[torch.Tensor] = []

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        self.seen.append(ink)
        return torch.tensor([self.answer(len(self.seen))])


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a face wherever the network finds one."""
    monkeypatch.setattr(face_search, "spreads", lambda ink, network, frames: [0.0] * len(frames))
    monkeypatch.setattr(face_search, "search", lambda *_: None)


def test_second_look_is_at_what_the_first_has_found() -> None:
    network = Known(lambda look: [0.1, -0.05, 0.0, 0.0] if look == 1 else [0.0, 0.0, -math.log(LOOKS[1]), 0.0])
    ink = page(300, 200)
    frame = find_frame(ink, PAGE, network)
    ys, xs = np.nonzero(ink > 0.3)
    extent = max(np.ptp(xs), np.ptp(ys))
    assert [seen.shape for seen in network.seen] == [(1, 1, SIDE, SIDE)] * 2
    assert frame.side == pytest.approx(extent * LOOKS[0], rel=0.03)
    assert frame.middle[0] == pytest.approx((xs.min() + xs.max()) / 2 + 0.05 * frame.side, abs=4)
    assert frame.middle[1] == pytest.approx((ys.min() + ys.max()) / 2 - 0.025 * frame.side, abs=4)


def test_tilt_is_in_degrees_and_a_small_one_is_none() -> None:
    assert find_frame(page(300, 200), PAGE, Known(lambda _: [0.0, 0.0, 0.0, 0.5])).tilt == 11.25
    assert find_frame(page(300, 200), PAGE, Known(lambda _: [0.0, 0.0, 0.0, 0.1])).tilt == 0


@pytest.mark.parametrize(("off", "larger", "snaps"), [(0, 1, True), (5, 1, True), (8, 1, False), (25, 1, False),
                                                      (0, 1.1, True), (5, 0.95, True), (0, 1.15, False),
                                                      (0, 0.9, False), (8, 1.1, False)])  # fmt: skip
def test_nearly_the_whole_canvas_is_the_whole_canvas(off: float, larger: float, snaps: bool) -> None:
    """The drawing fills the canvas. A face that is taken for one beside where it is would be torn."""
    canvas = (300.0, 200.0, 256.0, 256.0)
    for down in (False, True):
        found = Frame.about(428 + off * (not down), 328 + off * down, 256 * larger)

        def answer(look: int, found: Frame = found) -> list[float]:
            ys, xs = np.nonzero(page(300, 200) > 0.3)
            middle = np.array([(xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2])
            side = max(np.ptp(xs) + 1, np.ptp(ys) + 1) * LOOKS[0]
            if look % 2 == 0:
                middle, side = np.array(found.middle), found.side * LOOKS[1]
            return [*((np.array(found.middle) - middle) * 2 / side), math.log(found.side / side), 0.0]

        frame = find_frame(page(300, 200), canvas, Known(answer))
        assert (frame == Frame(300, 200, 256)) == snaps


@pytest.mark.parametrize("answer", [[0.0, 0.0, -1.4, 0.0], [0.0, 0.0, 1.4, 0.0], [1.4, 0.0, 0.0, 0.0]])
def test_what_cannot_be_is_found_by_outline_instead(answer: list[float]) -> None:
    assert find_frame(page(300, 200), PAGE, Known(lambda _: answer)) == find_frame(page(300, 200), PAGE)


def test_network_answers_four_numbers_for_each_drawing() -> None:
    assert Placement().eval()(torch.rand(3, 1, SIDE, SIDE)).shape == (3, 4)
