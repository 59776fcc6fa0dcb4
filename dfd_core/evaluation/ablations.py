"""What each part of our model does for its portraits: the same pack with that part switched off or changed.

Parts that only training can leave out (denoising, projected latents in training) are compared in docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.evaluation.cache import file_digest
from dfd_core.evaluation.methods import Draw, Method, ours
from dfd_core.geometry import NAMES

NEIGHBOURHOODS = (3, 30)


def latents_alone(engine: Engine, blend: Mapping[str, float]) -> Draw:
    """Without trusted lines: what the five latents say is all that synthesis sees, as in the paper."""
    draw = ours(engine, blend)

    def alone(ink: np.ndarray, seed: int) -> np.ndarray:
        draw(ink, seed)
        portrait = engine.snapshot()
        choices = {name: replace(choice, blend=1.0) for name, choice in portrait.choices.items()}
        return engine.paint(replace(portrait, choices=choices))

    return alone


def _neighbours(engine: Engine, k: int) -> Draw:
    """Fully projected with another number of neighbours."""
    draw = ours(engine, dict.fromkeys(NAMES, 1.0))

    def with_k(ink: np.ndarray, seed: int) -> np.ndarray:
        usual = {name: bank.k for name, bank in engine.pack.banks.items()}
        for bank in engine.pack.banks.values():
            bank.k = k
        try:
            return draw(ink, seed)
        finally:
            for name, bank in engine.pack.banks.items():
                bank.k = usual[name]

    return with_k


def _likeliest(engine: Engine, blend: Mapping[str, float]) -> Draw:
    """Every portrait with what the lines suggest instead of a seed's appearance."""
    draw = ours(engine, blend)
    return lambda ink, seed: draw(ink, 0)


def ablations(pack: Path, device: str) -> list[Method]:
    """The variants, each with an engine of its own, so that nothing is left over from one to the other."""
    alone, changed = Engine(pack, device), Engine(pack, device)
    key = file_digest(pack / "manifest.json") + alone.device
    methods = [
        Method("no lines, default blend", latents_alone(alone, DEFAULT_BLEND), key),
        Method("no lines, raw latents", latents_alone(alone, dict.fromkeys(NAMES, 0.0)), key),
        Method("likeliest appearance", _likeliest(changed, DEFAULT_BLEND), key),
    ]
    return methods + [Method(f"projected, K = {k}", _neighbours(Engine(pack, device), k), key) for k in NEIGHBOURHOODS]
