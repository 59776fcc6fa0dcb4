"""What is said of the whole face: the latents move, the lines stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, latents, render

from dfd_core.engine import Engine
from dfd_core.errors import DfdError
from dfd_core.geometry import COMPONENTS, FEMININITY, NAMES, NETWORKS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.pack import DIRECTIONS, load_pack, save_pack

WAYS = {name: torch.randn(LATENT[name], generator=torch.Generator().manual_seed(7)) for name in NETWORKS}


@pytest.fixture
def folder(pack_folder: Path, tmp_path: Path) -> Path:
    """A pack whose faces can be made feminine."""
    pack = load_pack(pack_folder)
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {"name": "random"}, attributes={FEMININITY: WAYS})
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Engine:
    """That shows the lines as they are: the neighbours of moved latents are others."""
    engine = Engine(folder, "cpu")
    for name in NAMES:
        engine.set_blend(name, 0)
    return engine


def test_latents_of_all_components_move_by_the_value(engine: Engine) -> None:
    render(engine, FACE)
    before = latents(engine)
    engine.set_attribute(FEMININITY, -0.5)
    render(engine, FACE)
    for part in COMPONENTS:
        wanted = before[part.name] - 0.5 * WAYS[part.network]
        torch.testing.assert_close(latents(engine)[part.name], wanted, atol=1e-4, rtol=1e-4)


def test_back_at_the_middle_the_portrait_is_what_it_was(engine: Engine) -> None:
    first = render(engine, FACE)
    engine.set_attribute(FEMININITY, 1)
    assert not np.array_equal(render(engine, FACE), first)
    engine.set_attribute(FEMININITY, 0)
    assert np.array_equal(render(engine, FACE), first)


def test_the_plausible_face_is_near_the_moved_latents(engine: Engine) -> None:
    engine.set_blend("mouth", 1)
    render(engine, FACE)
    before = latents(engine)["mouth"]
    engine.set_attribute(FEMININITY, 1)
    render(engine, FACE)
    assert not torch.equal(latents(engine)["mouth"], before)


def test_locked_components_stay(engine: Engine) -> None:
    render(engine, FACE)
    before = latents(engine)
    engine.set_lock("mouth", True)
    engine.set_attribute(FEMININITY, 1)
    render(engine, FACE)
    assert torch.equal(latents(engine)["mouth"], before["mouth"])
    assert not torch.equal(latents(engine)["nose"], before["nose"])


def test_another_drawings_engine_has_its_own(engine: Engine) -> None:
    render(engine, FACE)
    engine.set_attribute(FEMININITY, 1)
    other = engine.sibling()
    for name in NAMES:
        other.set_blend(name, 0)
    render(other, FACE)
    render(engine, FACE)
    assert not torch.equal(latents(other)["nose"], latents(engine)["nose"])


@pytest.mark.parametrize("value", [-1.1, 2, float("nan")])
def test_values_out_of_range_are_refused(engine: Engine, value: float) -> None:
    with pytest.raises(DfdError, match="between -1 and 1"):
        engine.set_attribute(FEMININITY, value)


def test_what_the_pack_does_not_know_is_refused(pack_folder: Path, engine: Engine) -> None:
    with pytest.raises(DfdError, match="knows no femininity"):
        Engine(pack_folder, "cpu").set_attribute(FEMININITY, 0.5)
    with pytest.raises(DfdError, match="knows no beauty"):
        engine.set_attribute("beauty", 0.5)


def test_directions_are_kept_in_the_pack(folder: Path, pack_folder: Path) -> None:
    assert load_pack(pack_folder).attributes == {}
    for name, way in load_pack(folder).attributes[FEMININITY].items():
        torch.testing.assert_close(way, WAYS[name], atol=1e-3, rtol=1e-3)


def test_directions_of_other_latents_are_refused(pack_folder: Path, tmp_path: Path) -> None:
    pack, wrong = load_pack(pack_folder), {**WAYS, "nose": torch.randn(5)}
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, attributes={FEMININITY: wrong})
    with pytest.raises(DfdError, match=f"{DIRECTIONS} does not fit this version"):
        load_pack(tmp_path)
