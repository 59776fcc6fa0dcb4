"""Blends of what lies far from all faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from rendering import latents

from dfd_core.doubt import BELIEVED, DOUBTED, GREATEST, doubt, doubted
from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.geometry import NAMES


def test_what_is_usual_is_believed_and_what_is_far_is_not() -> None:
    assert [doubt(strangeness) for strangeness in (0.0, 1.0, BELIEVED, DOUBTED, 9.0)] == [0, 0, 0, 1, 1]


def test_doubt_grows_without_a_jump() -> None:
    """A stroke more must not change a face at once: Live shows every one of them."""
    found = np.array([doubt(strangeness) for strangeness in np.linspace(0, 6, 601)])
    assert 0 <= np.diff(found).min() <= np.diff(found).max() < 0.01


@pytest.mark.parametrize("strangeness", [0.0, 2.5, 3.0, 9.0])
def test_the_slider_keeps_its_ends_and_its_order(strangeness: float) -> None:
    found = [doubted(blend, strangeness) for blend in np.linspace(0, 1, 21)]
    assert (found[0], found[-1]) == (0, 1)
    assert (np.diff(found) >= 0).all()
    assert all(one >= blend - 1e-9 for one, blend in zip(found, np.linspace(0, 1, 21), strict=True))


def test_the_usual_blend_of_a_feature_becomes_a_full_one() -> None:
    assert doubted(DEFAULT_BLEND["mouth"], 9.0) == 1
    assert doubted(0.1, 9.0) == pytest.approx(0.1 * GREATEST)


def test_what_a_trait_explains_is_not_doubted() -> None:
    found = [doubted(0.2, 9.0, explained) for explained in (0.0, 0.5, 1.0)]
    assert found == pytest.approx([1.0, 0.2 + 0.5 * 0.8, 0.2])


def test_a_strange_component_is_projected_and_its_lines_are_not_trusted(drawn: Engine) -> None:
    state = drawn._parts["mouth"]
    assert state.projection is not None
    before = latents(drawn)
    state.projection = replace(state.projection, strangeness=torch.tensor([9.0]))
    drawn.render()
    assert torch.allclose(latents(drawn)["mouth"], state.projection.latents)
    assert {name: drawn.snapshot().choices[name].blend for name in NAMES} == DEFAULT_BLEND | {"mouth": 1.0}
    assert all(torch.equal(latents(drawn)[name], before[name]) for name in NAMES if name != "mouth")
    drawn.set_blend("mouth", 0.0)  # "my lines" is what it says
    drawn.render()
    assert state.raw is not None
    assert torch.equal(latents(drawn)["mouth"], state.raw)
