"""Wrinkles drawn on: old faces have several, others hardly any."""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.networks.trait import Aged
from dfd_core.training.wrinkles import AGE, ANY_AGE, creased


def drawings(count: int, old: bool, seed: int = 3) -> torch.Tensor:
    return creased(torch.zeros(count, 1, 256, 256), np.full(count, old), np.random.default_rng(seed))


def test_every_old_face_has_some_and_few_others_have() -> None:
    old, young = (drawings(200, aged).sum((1, 2, 3)) for aged in (True, False))
    assert (old > 15).all()
    assert 0.2 < (young > 0).float().mean() < 0.5
    assert old.median() > 3 * young.quantile(0.8)


def test_ink_stays_ink_and_the_drawing_given_as_it_is() -> None:
    page = torch.full((50, 1, 256, 256), 0.3)
    found = creased(page, np.ones(50, bool), np.random.default_rng(2))
    assert found.min() == page.min()
    assert found.max() <= 1
    assert (page == np.float32(0.3)).all()


def test_they_are_where_the_network_looks() -> None:
    found = drawings(100, True)
    assert Aged().looked_at(found).sum() > 0.97 * found.sum()


def test_each_is_on_the_face_and_about_the_same_on_both_sides() -> None:
    for way in (*AGE, *ANY_AGE):
        for seed in range(20):
            points = np.concatenate(way(np.random.default_rng(seed)))
            assert points[:, 0].min() > 118
            assert points[:, 0].max() < 394
            assert points[:, 1].min() > 110
            assert points[:, 1].max() < 440
            assert abs(points[:, 0].mean() - 256) < 24
