"""Our model with parts switched off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from drawings import face

from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.evaluation.ablations import ablations, latents_alone
from dfd_core.evaluation.methods import ours
from dfd_core.geometry import NAMES

INK = 255 - face(256)


def test_latents_alone_are_the_same_latents_without_lines(engine: Engine, pack_folder: Path) -> None:
    seen: list[torch.Tensor] = []
    whole = Engine(pack_folder, "cpu")
    engine.pack.synthesis.lines.register_forward_pre_hook(lambda _, given: seen.append(given[0].clone()))
    picture = latents_alone(engine, DEFAULT_BLEND)(INK, 0)
    assert not seen[-1].any()
    assert not np.array_equal(picture, ours(whole, DEFAULT_BLEND)(INK, 0))
    for name in NAMES:
        mine, theirs = engine.latent(name), whole.latent(name)
        assert mine is not None
        assert theirs is not None
        torch.testing.assert_close(mine, theirs)


def test_each_changes_the_portrait_and_is_repeatable(pack_folder: Path) -> None:
    methods = ablations(pack_folder, "cpu")
    assert len({method.name for method in methods}) == len(methods)
    pictures = [method.draw(INK, 5) for method in methods]
    again = [method.draw(INK, 5) for method in methods]
    for k, picture in enumerate(pictures):
        assert picture.shape == (512, 512, 3)
        assert np.array_equal(picture, again[k])
        assert not any(np.array_equal(picture, other) for other in pictures[:k])
