"""Training of placement: examples say where the canvas is."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.networks.placement import SIDE, Placement
from dfd_core.training.data import Prepared
from dfd_core.training.placement import example, examples


def eyes(ink: np.ndarray) -> np.ndarray:
    """Middle of each of the two darkest blots (2, 2), the left one first."""
    ys, xs = np.nonzero(ink > ink.max() // 2)
    right = xs > xs.mean()
    return np.array([[xs[~right].mean(), ys[~right].mean()], [xs[right].mean(), ys[right].mean()]])


@pytest.mark.parametrize("seed", range(12))
def test_answer_is_where_the_canvas_is(seed: int) -> None:
    """Two blots where eyes are on the canonical canvas are found where the answer says that they are."""
    drawing = np.zeros((256, 256), np.uint8)
    for x in (96, 160):
        drawing[116:124, x - 4 : x + 4] = 255
    rng = np.random.default_rng(seed)
    seen, answer = example(drawing, rng)
    along, down, size, tilt = (float(v) for v in answer)
    angle, side = math.radians(tilt * 22.5), SIDE * math.exp(size)
    middle = (1 + np.array([along, down])) * SIDE / 2
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    expected = np.stack([middle + turn @ (np.array([(x - 0.5) - 128, 119.5 - 128]) * side / 256) for x in (96, 160)])
    inside = (expected > 8).all() and (expected < SIDE - 8).all()
    marked = (seen > 60).sum() > 1.9 * (8 * side / 256) ** 2 * 2  # a mark was drawn beside
    if inside and not marked:
        assert np.abs(eyes(seen) - expected).max() < 0.1 * SIDE


def test_examples_are_a_batch(prepared: Path) -> None:
    seen, answer = examples(Prepared(prepared), np.array([1, 2, 2]), np.random.default_rng(0))
    assert (seen.shape, answer.shape) == ((3, 1, SIDE, SIDE), (3, 4))
    assert 0 <= float(seen.min()) <= float(seen.max()) <= 1
    assert not torch.equal(seen[1], seen[2])


def test_learns_and_goes_on(prepared: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    for steps in (2, 3):
        (tmp_path / "tiny.json").write_text(f'{{"place_steps": {steps}, "place_batch": 4}}')
        options = ["--config", str(tmp_path / "tiny.json"), "--device", "cpu", "--stage", "place"]
        assert main(["train", str(prepared), "-o", str(run), *options]) == 0
    state = torch.load(run / "place.pt", weights_only=True)
    assert state["step"] == 3
    torch.manual_seed(TINY.seed)
    assert not torch.equal(state["model"]["out.weight"], Placement().out.weight)
