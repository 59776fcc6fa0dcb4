"""Latents that say what the whole drawing says of glasses, beards, open mouths and age."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, latents, render

from dfd_core.engine import Engine
from dfd_core.geometry import NAMES
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.trait import MOST, TRAITS, Glasses, OpenMouth, Trait, doubted_by
from dfd_core.pack import load_pack, save_pack

SPANNED = [(trait, name) for trait, kind in TRAITS.items() for name in kind.spanned]
SPARED = [(trait, name) for trait, kind in TRAITS.items() for name in LATENT if name not in kind.spanned]


def directed(trait: str = "glasses") -> Trait:
    """With random weights and directions."""
    torch.manual_seed(3)
    network = TRAITS[trait]().eval().requires_grad_(False)
    for name in network.spanned:
        along, middle = torch.randn(2, LATENT[name])
        for part, value in (("along", along), ("middle", middle), ("weights", along / (along @ along))):
            getattr(network, f"{name}_{part}").copy_(value)
    return network


def shown(network: Trait, name: str, values: torch.Tensor) -> torch.Tensor:
    """How much of a trait latents show."""
    along, weights, middle = (getattr(network, f"{name}_{part}") for part in ("along", "weights", "middle"))
    assert float(weights @ along) == pytest.approx(1, abs=1e-5)
    return (values - middle) @ weights


def at(network: Trait, name: str, amounts: list[float]) -> torch.Tensor:
    """Latents that show a trait by these amounts, and other things."""
    along, weights, middle = (getattr(network, f"{name}_{part}") for part in ("along", "weights", "middle"))
    other = torch.randn(len(amounts), len(along), generator=torch.Generator().manual_seed(1))
    other = other - (other @ weights)[:, None] * along
    return middle + other + torch.tensor(amounts)[:, None] * along


class TestSettled:
    @pytest.mark.parametrize(("trait", "name"), SPANNED)
    def test_without_the_trait_none_is_shown_and_with_it_it_is(self, trait: str, name: str) -> None:
        network, amounts = directed(trait), [-0.5, 0.1, 0.6, 1.0, 1.4]
        least, full = network.least, network.full
        before = at(network, name, amounts)
        without = shown(network, name, network.settled(name, before, torch.zeros(5)))
        torch.testing.assert_close(without, torch.tensor(amounts).clamp_max(least), atol=1e-4, rtol=0)
        with_them = shown(network, name, network.settled(name, before, torch.ones(5)))
        torch.testing.assert_close(with_them, torch.tensor(amounts).clamp_min(full), atol=1e-4, rtol=0)

    @pytest.mark.parametrize(("trait", "name"), SPANNED)
    def test_nothing_else_is_changed_and_nothing_by_much(self, trait: str, name: str) -> None:
        network = directed(trait)
        before = at(network, name, [9.0, -9.0])
        moved = network.settled(name, before, torch.tensor([0.0, 1.0])) - before
        along = getattr(network, f"{name}_along")
        torch.testing.assert_close(moved, torch.tensor([[-MOST], [MOST]]) * along, atol=1e-4, rtol=1e-4)

    def test_who_is_unsure_moves_nothing_and_there_is_no_jump(self) -> None:
        network = directed()
        latent = at(network, "eye", [0.5])
        found = [float(shown(network, "eye", network.settled("eye", latent, worn[None]))[0])
                 for worn in torch.linspace(0, 1, 101)]  # fmt: skip
        assert found[40:61] == pytest.approx([0.5] * 21, abs=1e-4)
        assert (np.diff(found) >= -1e-5).all()
        assert np.diff(found).max() < 0.03

    @pytest.mark.parametrize(("trait", "name"), SPARED)
    def test_other_networks_are_left_alone(self, trait: str, name: str) -> None:
        latent = torch.randn(2, LATENT[name])
        assert torch.equal(directed(trait).settled(name, latent, torch.ones(2)), latent)


def test_hairs_are_no_teeth() -> None:
    """Where a beard is sure, a mouth is taken for neither open nor closed by what sees open ones, unless for closed."""
    assert OpenMouth.mistaken == "beard"
    found = [float(doubted_by(torch.tensor([shown]), other)) for shown in (0.9, 0.2) for other in (1.0, 0.5, 0.0)]
    assert found == pytest.approx([0.5, 0.7, 0.9, 0.2, 0.2, 0.2])


def test_a_bearded_mouth_is_not_opened(seeing: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    networks = seeing.pack.traits
    monkeypatch.setattr(networks["glasses"], "forward", lambda ink: torch.full((len(ink),), 0.5))
    monkeypatch.setattr(networks["open_mouth"], "forward", lambda ink: torch.ones(len(ink)))
    said = {}
    for beard in (0.5, 1.0):
        monkeypatch.setattr(networks["beard"], "forward", lambda ink, beard=beard: torch.full((len(ink),), beard))
        monkeypatch.setattr(networks["beard"], "settled", lambda network, latents, shown: latents)
        asked = seeing.sibling()
        asked.set_blend("mouth", 0.0)
        render(asked, FACE)
        own = asked._parts["mouth"].own
        assert own is not None
        networks["open_mouth"].mouth_middle.copy_(own[0])
        asked = seeing.sibling()
        asked.set_blend("mouth", 0.0)
        render(asked, FACE)
        said[beard] = float(shown(networks["open_mouth"], "mouth", latents(asked)["mouth"])[0])
    assert said[0.5] == pytest.approx(OpenMouth.full, abs=1e-3)
    assert said[1.0] == pytest.approx(0, abs=1e-3)


@pytest.fixture
def seeing(pack_folder: Path, tmp_path: Path) -> Engine:
    """The random pack with random networks for all traits."""
    pack = load_pack(pack_folder)
    assert pack.traits == {}
    traits = {trait: directed(trait) for trait in TRAITS}
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, traits=traits)
    return Engine(tmp_path, "cpu")


@pytest.mark.parametrize("trait", TRAITS)
def test_a_pack_keeps_them(seeing: Engine, trait: str) -> None:
    kept, wanted = seeing.pack.traits[trait], directed(trait)
    ink = torch.rand(2, 1, 256, 256, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(kept(ink), wanted(ink), atol=2e-3, rtol=0)
    for name in wanted.spanned:
        assert torch.equal(getattr(kept, f"{name}_along"), getattr(wanted, f"{name}_along"))


def test_one_trait_may_come_without_the_others(pack_folder: Path, tmp_path: Path) -> None:
    pack = load_pack(pack_folder)
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, traits={"beard": directed("beard")})
    assert list(load_pack(tmp_path).traits) == ["beard"]


@pytest.mark.parametrize("trait", [name for name, kind in TRAITS.items() if kind.spanned])
def test_components_follow_the_whole_drawing(seeing: Engine, engine: Engine, monkeypatch: pytest.MonkeyPatch,
                                             trait: str) -> None:  # fmt: skip
    """The probability is asked of the whole canvas, and all that is shown comes from it."""
    render(engine, FACE)
    networks, spanned = seeing.pack.traits, [name for each, name in SPANNED if each == trait]
    for other in set(TRAITS) - {trait}:
        monkeypatch.setattr(networks[other], "forward", lambda ink: torch.full((len(ink),), 0.5))
    parts = {"eye": "left_eye", "nose": "nose", "mouth": "mouth", "remainder": "remainder"}
    for worn in (0.0, 1.0):
        for name in spanned:  # a drawing that is between both
            network = networks[trait]
            monkeypatch.setattr(network, "forward", lambda ink, worn=worn: torch.full((len(ink),), worn))
            own = engine._parts[parts[name]].own
            assert own is not None
            getattr(network, f"{name}_middle").copy_(own[0] - 0.25 * getattr(network, f"{name}_along"))
        asked = seeing.sibling()
        for name in NAMES:
            asked.set_blend(name, 0.0)
        render(asked, FACE)
        found = latents(asked)
        for name in spanned:
            wanted = networks[trait].full if worn else networks[trait].least
            assert float(shown(networks[trait], name, found[parts[name]])[0]) == pytest.approx(wanted, abs=1e-3)
        own = engine._parts["remainder"].own
        assert own is not None
        torch.testing.assert_close(found["remainder"], own)


def test_what_neighbours_make_of_a_drawing_follows_it_too(seeing: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of them wear no glasses: what is doubted, or drawn towards plausible faces, would lose its own."""
    network = seeing.pack.traits["glasses"]
    monkeypatch.setattr(network, "forward", lambda ink: torch.ones(len(ink)))
    render(seeing, FACE)
    found = seeing._parts["nose"].projection
    assert found is not None
    plain = seeing.pack.banks["nose"].project(seeing._parts["nose"].raw)
    assert torch.equal(found.indices, plain.indices)
    assert shown(network, "nose", found.latents) >= Glasses.full - 1e-4
    assert shown(network, "nose", plain.latents) < Glasses.full


def test_a_mouth_that_surely_has_a_beard_is_not_doubted(seeing: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few people of a bank have one; others' strange mouths are."""
    monkeypatch.setattr("dfd_core.doubt.BELIEVED", -2.0)
    monkeypatch.setattr("dfd_core.doubt.DOUBTED", -1.0)
    blends = {}
    for sure in (0.5, 1.0):
        monkeypatch.setattr(
            seeing.pack.traits["beard"], "forward", lambda ink, sure=sure: torch.full((len(ink),), sure)
        )
        asked = seeing.sibling()
        render(asked, FACE)
        blends[sure] = {name: choice.blend for name, choice in asked.snapshot().choices.items()}
    assert blends[0.5]["mouth"] == 1.0
    assert blends[1.0] == blends[0.5] | {"mouth": asked.blend["mouth"]}


def test_linked_eyes_stay_alike(seeing: Engine) -> None:
    seeing.link_eyes = True
    render(seeing, FACE)
    assert torch.equal(latents(seeing)["left_eye"], latents(seeing)["right_eye"])
