"""A frame moved to where eyes and mouth are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from dfd_core.anchoring import FARTHEST, LEAST, SMALLEST, anchored
from dfd_core.frame import Frame
from dfd_core.networks.anchors import HOME, Anchors
from dfd_core.placement import find_frame

INK = np.zeros((600, 800), np.float32)
BEFORE = Frame.about(400, 300, 300)


class Seeing(Anchors):
    """Finds the features where they are on the page, from wherever it looks."""

    def __init__(self, truth: Frame, aside: tuple[float, float] = (0.0, 0.0)) -> None:
        super().__init__()
        self.truth, self.aside, self.looks = truth, np.array(aside), list[Frame]()

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        look = self.looks[-1]
        places = at(self.truth, np.array(HOME))
        places[2] += self.aside
        turn = turned(look.tilt)
        return torch.from_numpy((places - look.middle) @ turn / look.side + 0.5)[None].float()


def turned(tilt: float) -> np.ndarray:
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    return np.array([[cosine, -sine], [sine, cosine]])


def at(frame: Frame, shares: np.ndarray) -> np.ndarray:
    """Where on the page a frame has what is at `shares` of its side."""
    return np.asarray(frame.middle + ((shares - 0.5) * frame.side) @ turned(frame.tilt).T)


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> object:
    """What becomes of `BEFORE` where a network sees the features of the frame `truth`."""

    def run(truth: Frame, before: Frame = BEFORE, aside: tuple[float, float] = (0.0, 0.0)) -> Frame:
        network = Seeing(truth, aside)

        def shown(ink: np.ndarray, looks: list[Frame], of: Anchors) -> torch.Tensor:
            network.looks += looks
            return torch.zeros(1, 1, 128, 128)

        monkeypatch.setattr("dfd_core.anchoring.shown", shown)
        return anchored(INK, before, network)

    return run


def same(one: Frame, other: Frame) -> bool:
    return bool(np.allclose([*one.middle, one.side, one.tilt], [*other.middle, other.side, other.tilt], atol=0.05))


def test_goes_where_the_features_are(move) -> None:  # type: ignore[no-untyped-def]
    truth = Frame.about(415, 280, 250)
    assert same(move(truth), truth)
    assert same(move(BEFORE), BEFORE)


def test_does_not_grow_but_has_the_features_in_its_middle(move) -> None:  # type: ignore[no-untyped-def]
    truth = Frame.about(415, 280, 360)
    found = move(truth)
    assert found.side == BEFORE.side
    np.testing.assert_allclose(at(found, np.array(HOME)).mean(0), at(truth, np.array(HOME)).mean(0), atol=0.05)


def test_hardly_shrinks_for_a_face_that_is_nearly_right(move) -> None:  # type: ignore[no-untyped-def]
    sides = [move(Frame.about(400, 300, 300 * size)).side / 300 for size in (0.95, 0.92, 0.89, 0.86, 0.83)]
    assert sides == pytest.approx([1, 1, 0.93, 0.86, 0.83])


def test_shrinks_no_further_than_that(move) -> None:  # type: ignore[no-untyped-def]
    assert move(Frame.about(400, 300, 300 * 0.7)).side == pytest.approx(300 * SMALLEST)


def test_keeps_its_tilt(move) -> None:  # type: ignore[no-untyped-def]
    before, truth = Frame.about(400, 300, 300, 20), Frame.about(420, 310, 246, 20)
    assert same(move(truth, before), truth)
    tilted = Frame.about(400, 300, 300, 9)
    assert move(tilted).tilt == 0
    np.testing.assert_allclose(at(move(tilted), np.array(HOME)).mean(0), at(tilted, np.array(HOME)).mean(0), atol=0.05)


@pytest.mark.parametrize(("truth", "aside"), [
    (Frame.about(400, 300, 300 * LEAST * 0.9), (0, 0)),
    (Frame.about(400, 300, 300 * 1.4), (0, 0)),
    (Frame.about(400 + 300 * FARTHEST * 1.1, 300, 300), (0, 0)),
    (BEFORE, (70, 0)),
])  # fmt: skip
def test_stays_where_the_network_cannot_be_right(move, truth: Frame, aside: tuple[float, float]) -> None:  # type: ignore[no-untyped-def]
    assert move(truth, aside=aside) == BEFORE


def test_the_automatic_frame_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    ink = INK.copy()
    ink[200:400, 300:302] = 1
    other = Frame.about(333, 222, 111)
    monkeypatch.setattr("dfd_core.placement._by_network", lambda *_: BEFORE)
    monkeypatch.setattr("dfd_core.placement.anchored", lambda ink, frame, network: other if frame is BEFORE else frame)
    page = (0.0, 0.0, 800.0, 600.0)
    assert find_frame(ink, page, None, anchors=Anchors()) == find_frame(ink, page)  # nothing to move
    monkeypatch.setattr("dfd_core.placement.Placement", object)
    found = find_frame(ink, page, network=torch.nn.Identity(), anchors=Anchors())  # type: ignore[arg-type]
    assert found == other


def test_answers_are_shares_of_the_side() -> None:
    torch.manual_seed(1)
    network = Anchors().eval()
    answer = network(torch.rand(2, 1, 128, 128))
    assert answer.shape == (2, 3, 2)
    assert answer.min() > 0
    assert answer.max() < 1
