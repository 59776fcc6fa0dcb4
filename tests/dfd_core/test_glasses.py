"""Latents that say what the whole drawing says of glasses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, latents, render

from dfd_core.engine import Engine
from dfd_core.geometry import NAMES
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.glasses import MOST, SPANNED, WITH, WITHOUT, Glasses
from dfd_core.pack import load_pack, save_pack


def directed(seed: int = 3) -> Glasses:
    """With random weights and directions."""
    torch.manual_seed(seed)
    network = Glasses().eval().requires_grad_(False)
    for name in SPANNED:
        along, middle = torch.randn(2, LATENT[name])
        for part, value in (("along", along), ("middle", middle), ("weights", along / (along @ along))):
            getattr(network, f"{name}_{part}").copy_(value)
    return network


def shown(network: Glasses, name: str, values: torch.Tensor) -> torch.Tensor:
    """How much of glasses latents show."""
    along, weights, middle = (getattr(network, f"{name}_{part}") for part in ("along", "weights", "middle"))
    assert float(weights @ along) == pytest.approx(1, abs=1e-5)
    return (values - middle) @ weights


def at(network: Glasses, name: str, amounts: list[float]) -> torch.Tensor:
    """Latents that show glasses by these amounts, and other things."""
    along, weights, middle = (getattr(network, f"{name}_{part}") for part in ("along", "weights", "middle"))
    other = torch.randn(len(amounts), len(along), generator=torch.Generator().manual_seed(1))
    other = other - (other @ weights)[:, None] * along
    return middle + other + torch.tensor(amounts)[:, None] * along


class TestSettled:
    @pytest.mark.parametrize("name", SPANNED)
    def test_without_glasses_none_are_shown_and_with_them_they_are(self, name: str) -> None:
        network, amounts = directed(), [-0.5, 0.1, 0.6, 1.0, 1.4]
        before = at(network, name, amounts)
        without = shown(network, name, network.settled(name, before, torch.zeros(5)))
        torch.testing.assert_close(without, torch.tensor([-0.5, 0.1, WITHOUT, WITHOUT, WITHOUT]), atol=1e-4, rtol=0)
        with_them = shown(network, name, network.settled(name, before, torch.ones(5)))
        torch.testing.assert_close(with_them, torch.tensor([WITH] * 3 + [1.0, 1.4]), atol=1e-4, rtol=0)

    @pytest.mark.parametrize("name", SPANNED)
    def test_nothing_else_is_changed_and_nothing_by_much(self, name: str) -> None:
        network = directed()
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

    @pytest.mark.parametrize("name", sorted(set(LATENT) - set(SPANNED)))
    def test_other_networks_are_left_alone(self, name: str) -> None:
        latent = torch.randn(2, LATENT[name])
        assert torch.equal(directed().settled(name, latent, torch.ones(2)), latent)


@pytest.fixture
def seeing(pack_folder: Path, tmp_path: Path) -> Engine:
    """The random pack with a random network for glasses."""
    pack = load_pack(pack_folder)
    assert pack.glasses is None
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, glasses=directed())
    return Engine(tmp_path, "cpu")


def test_a_pack_keeps_them(seeing: Engine) -> None:
    kept, wanted = seeing.pack.glasses, directed()
    assert kept is not None
    ink = torch.rand(2, 1, 256, 256, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(kept(ink), wanted(ink), atol=2e-3, rtol=0)
    assert torch.equal(kept.eye_along, wanted.eye_along)


def test_eyes_and_nose_follow_the_whole_drawing(
    seeing: Engine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probability is asked of the whole canvas, and all that is shown comes from it."""
    render(engine, FACE)
    network = seeing.pack.glasses
    assert network is not None
    for worn, wanted in ((0.0, WITHOUT), (1.0, WITH)):
        monkeypatch.setattr(network, "forward", lambda ink, worn=worn: torch.full((len(ink),), worn))
        for name in SPANNED:  # a drawing that is half way
            state = engine._parts["left_eye" if name == "eye" else name]
            assert state.own is not None
            middle = state.own[0] - 0.5 * getattr(network, f"{name}_along")
            getattr(network, f"{name}_middle").copy_(middle)
        asked = seeing.sibling()
        for name in NAMES:
            asked.set_blend(name, 0.0)
        render(asked, FACE)
        found = latents(asked)
        for part, name in (("left_eye", "eye"), ("nose", "nose")):
            assert float(shown(network, name, found[part])[0]) == pytest.approx(wanted, abs=1e-3)
        for part in ("mouth", "remainder"):
            own = engine._parts[part].own
            assert own is not None
            torch.testing.assert_close(found[part], own)


def test_what_neighbours_make_of_a_drawing_follows_it_too(seeing: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of them wear no glasses: what is doubted, or drawn towards plausible faces, would lose its own."""
    network = seeing.pack.glasses
    assert network is not None
    monkeypatch.setattr(network, "forward", lambda ink: torch.ones(len(ink)))
    render(seeing, FACE)
    found = seeing._parts["nose"].projection
    assert found is not None
    plain = seeing.pack.banks["nose"].project(seeing._parts["nose"].raw)
    assert torch.equal(found.indices, plain.indices)
    assert shown(network, "nose", found.latents) >= WITH - 1e-4
    assert shown(network, "nose", plain.latents) < WITH


def test_linked_eyes_stay_alike(seeing: Engine) -> None:
    seeing.link_eyes = True
    render(seeing, FACE)
    assert torch.equal(latents(seeing)["left_eye"], latents(seeing)["right_eye"])
