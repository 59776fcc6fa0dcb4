"""What tests of the engine share: drawings, how to render them, and what to compare."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from drawings import face

from dfd_core.engine import Engine
from dfd_core.geometry import NAMES
from dfd_core.networks.trait import TRAITS

FACE = face(256)
OTHER = face(256)[:, ::-1].copy()
OTHER[60:75, 90:170] = 0  # a fringe, so that it is no mirror image
MOUTH_LOWER = face(256, mouth=8)


def latents(engine: Engine) -> dict[str, torch.Tensor]:
    """The latents of the last render."""
    found = {name: engine.latent(name) for name in NAMES}
    return {name: latent.clone() for name, latent in found.items() if latent is not None}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> dict[str, bool]:
    """Which components have bit-identical latents."""
    return {name: torch.equal(one[name], other[name]) for name in NAMES}


def render(engine: Engine, pixels: np.ndarray) -> np.ndarray:
    """The portrait of a drawing that fills the canvas."""
    engine.set_sketch(pixels, frame="canvas")
    return engine.render().image


def sees(engine: Engine, monkeypatch: pytest.MonkeyPatch, trait: str, shown: float) -> None:
    """Every drawing of `engine` shows a trait with that probability."""
    network = engine.pack.traits.get(trait) or TRAITS[trait]().eval()
    monkeypatch.setitem(engine.pack.traits, trait, network)
    monkeypatch.setattr(network, "forward", lambda ink: torch.full((len(ink),), shown))
