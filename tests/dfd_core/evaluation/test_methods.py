"""What is compared, as a painter would use it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from drawings import face

from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.evaluation.faces import enlarge
from dfd_core.evaluation.methods import LINKED, OURS, hard_constraint, our_methods, ours, page
from dfd_core.evaluation.unet import UNet
from dfd_core.geometry import NAMES


@pytest.fixture
def ink() -> np.ndarray:
    return 255 - face(256)


class TestOurs:
    def test_is_what_the_engine_makes_of_the_page(self, engine: Engine, ink: np.ndarray) -> None:
        made = ours(engine, DEFAULT_BLEND)(ink, 5)
        engine.set_sketch(page(ink), frame="canvas")
        engine.seed = 5
        assert np.array_equal(made, engine.render().image)

    def test_seed_and_blend_matter_and_leave_no_trace(self, engine: Engine, ink: np.ndarray) -> None:
        usual, lines = ours(engine, DEFAULT_BLEND), ours(engine, dict.fromkeys(NAMES, 0.0))
        first = usual(ink, 5)
        assert not np.array_equal(first, usual(ink, 6))
        assert not np.array_equal(first, lines(ink, 5))
        assert np.array_equal(first, usual(ink, 5))

    def test_linked_eyes_are_asked_for_where_there_is_a_switch(self, engine: Engine, ink: np.ndarray) -> None:
        if not hasattr(engine, "link_eyes"):
            assert LINKED not in [method.name for method in our_methods(engine)]
            engine.link_eyes = False  # type: ignore[attr-defined]
        methods = {method.name: method.draw for method in our_methods(engine)}
        methods[LINKED](ink, 1)
        assert engine.link_eyes  # type: ignore[attr-defined]
        methods[OURS](ink, 1)
        assert not engine.link_eyes  # type: ignore[attr-defined]


class TestPage:
    def test_is_black_on_white_at_the_canvas_size(self, ink: np.ndarray) -> None:
        shown = page(ink)
        assert shown.shape == (512, 512)
        assert shown[0, 0] == 255
        assert shown.min() < 30


class TestHardConstraint:
    def test_is_the_network_on_the_drawing(self, ink: np.ndarray) -> None:
        torch.manual_seed(0)
        model = UNet(8).eval()
        made = hard_constraint(model, torch.device("cpu"))(ink, 0)
        picture = model(torch.from_numpy(ink).float()[None, None] / 255)[0].detach()
        expected = ((picture + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
        assert np.array_equal(made, enlarge(np.ascontiguousarray(expected)))
