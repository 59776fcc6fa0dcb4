"""Directions of attributes are found among people who differ in other things, too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from dfd_core.geometry import COMPONENTS, FEMININITY, NETWORKS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.training.attributes import REACH, SHARE, fit_attributes

COUNT = 240


def people(women: int) -> Any:
    """Women mostly with long hair and a smile, men mostly with short hair; every third man has a beard."""
    rng, portraits = np.random.default_rng(1), []
    for k in range(COUNT):
        woman = k < women
        smile = float(rng.normal(8 if woman else 0, 6))
        hair = float(np.clip(rng.normal(0.2 if woman else 0.09, 0.05), 0.01, 0.4 if woman else 0.11))
        portraits.append({
            "made_up": woman, "looked_at": True, "facial_hair": "beard" if not woman and k % 3 == 0 else "none",
            "hair": hair, "creases": float(rng.uniform(0.005, 0.06)), "tone": float(rng.normal(40, 15)),
            "source": "abc"[k % 3],
            "mouth": [[205 - smile, 380], [307 + smile, 380], [256, 335], [256, 362], [256, 402], [256, 450]],
        })  # fmt: skip
    return SimpleNamespace(meta={"portraits": portraits, "styles": ["clean", "other"]}, train=np.arange(COUNT))


def drawings(data: Any, ways: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Latents (N, 2, 1, D) of drawings: women's lie along `ways`, hair, smiles and beards along others, and noise."""
    generator, shown = torch.Generator().manual_seed(2), {}
    told = torch.tensor([[p["hair"] * 20, (256 - p["mouth"][0][0]) / 10, 3.0 * (p["facial_hair"] == "beard")]
                         for p in data.meta["portraits"]])  # fmt: skip
    women = torch.tensor([1.0 if p["made_up"] else -1.0 for p in data.meta["portraits"]])
    for part in COMPONENTS:
        width = LATENT[part.network]
        others = torch.randn(3, width, generator=generator)
        latents = women[:, None] * ways[part.network] + told @ others + torch.randn(COUNT, width, generator=generator)
        shown[part.name] = torch.stack([latents, torch.randn(COUNT, width, generator=generator)], 1)[:, :, None]
    return shown


def test_direction_is_of_that_attribute_alone() -> None:
    data, generator = people(COUNT // 2), torch.Generator().manual_seed(3)
    ways = {name: torch.randn(LATENT[name], generator=generator) for name in NETWORKS}
    found = fit_attributes(data, drawings(data, ways))
    assert set(found) == {FEMININITY}
    for name, way in ways.items():
        cosine = torch.nn.functional.cosine_similarity(found[FEMININITY].ways[name], way, 0)
        assert float(cosine) > 0.93
        far = REACH * SHARE.get(name, 1.0)
        assert float(found[FEMININITY].ways[name].norm() / way.norm()) == pytest.approx(far, rel=0.2)


def test_drawings_tell_whose_they_are() -> None:
    """By hair, smiles and beards, too; by the face alone where hair says nothing."""
    data, generator = people(COUNT // 2), torch.Generator().manual_seed(3)
    ways = {name: 0.3 * torch.randn(LATENT[name], generator=generator) for name in NETWORKS}
    shown = drawings(data, ways)
    found = fit_attributes(data, shown)[FEMININITY]
    for says, left_out in ((found.whole, ""), (found.face, "remainder")):
        assert says is not None
        assert left_out not in says.weights
        told = np.array([says({n: z[k, 0] for n, z in shown.items() if n != left_out}) for k in range(COUNT)])
        women = np.arange(COUNT) < COUNT // 2
        assert ((told > 0) == women).mean() > 0.95
        assert told[women].mean() == pytest.approx(-told[~women].mean(), abs=0.05)
    for part in COMPONENTS:
        said = np.array([found.own[part.network].of(shown[part.name][k, 0], part.network) for k in range(COUNT)])
        assert said[women].mean() == pytest.approx(1, abs=0.3)
        assert said[~women].mean() == pytest.approx(-1, abs=0.3)


def test_bald_men_are_men() -> None:
    """28 of ours have no hair at all."""
    data = people(COUNT - 20)
    for portrait in data.meta["portraits"][-20:]:
        portrait.update(hair=0.0, facial_hair="none")
    latents = drawings(data, {name: torch.ones(LATENT[name]) for name in NETWORKS})
    assert fit_attributes(data, latents) == {}  # too few
    for portrait in data.meta["portraits"][-40:-20]:
        portrait.update(hair=0.0, facial_hair="none", made_up=False)
    assert set(fit_attributes(data, latents)) == {FEMININITY}


def test_there_is_none_where_too_few_are_known() -> None:
    data = people(20)
    assert fit_attributes(data, drawings(data, {name: torch.ones(LATENT[name]) for name in NETWORKS})) == {}


def test_nor_of_portraits_that_nobody_looked_at() -> None:
    data = people(COUNT // 2)
    for portrait in data.meta["portraits"]:
        portrait["looked_at"] = False
    assert fit_attributes(data, drawings(data, {name: torch.ones(LATENT[name]) for name in NETWORKS})) == {}
