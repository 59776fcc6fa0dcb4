"""Latents as inference would see them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dfd_core.geometry import COMPONENTS, NETWORKS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.training.latents import Latents, make_banks, seen_by_inference

TRAIN = np.arange(1, 15)


@pytest.fixture
def latents() -> Latents:
    """16 portraits, 3 styles, 2 flips."""
    torch.manual_seed(5)
    return {part.name: torch.randn(16, 3, 2, LATENT[part.network]) for part in COMPONENTS}


def seen(latents: Latents, raw: float, projected: float) -> tuple[Latents, Latents]:
    """A batch before and after."""
    people = torch.tensor([3, 4, 5, 6])
    batch = {name: values[people, 0, 0] for name, values in latents.items()}
    generator = torch.Generator().manual_seed(1)
    return batch, seen_by_inference(batch, make_banks(latents, TRAIN), people, raw, projected, generator)[0]


class TestBanks:
    def test_hold_training_portraits_only_both_ways_round(self, latents: Latents) -> None:
        for bank in make_banks(latents, TRAIN).values():
            assert len(bank.bank) == 2 * len(TRAIN)
            assert bank.person is not None
            assert bank.person.tolist() == [*TRAIN, *TRAIN]

    def test_rows_are_means_over_the_styles(self, latents: Latents) -> None:
        banks = make_banks(latents, TRAIN)
        assert set(banks) == set(NETWORKS)
        torch.testing.assert_close(banks["nose"].bank[2], latents["nose"][3, :, 0].mean(0))
        torch.testing.assert_close(banks["nose"].bank[len(TRAIN) + 2], latents["nose"][3, :, 1].mean(0))

    def test_both_eyes_stand_in_one_bank(self, latents: Latents) -> None:
        bank = make_banks(latents, TRAIN)["eye"].bank
        torch.testing.assert_close(bank[2], latents["left_eye"][3, :, 0].mean(0))
        torch.testing.assert_close(bank[len(TRAIN) + 2], latents["right_eye"][3, :, 0].mean(0))


class TestSeenByInference:
    def test_all_raw(self, latents: Latents) -> None:
        batch, result = seen(latents, 1.0, 0.0)
        assert all(torch.equal(result[name], batch[name]) for name in batch)

    def test_all_projected_without_the_face_itself(self, latents: Latents) -> None:
        batch, result = seen(latents, 0.0, 1.0)
        banks = make_banks(latents, TRAIN)
        for part in COMPONENTS:
            projection = banks[part.network].project(batch[part.name], torch.tensor([3, 4, 5, 6]))
            assert torch.equal(result[part.name], projection.latents)
            assert not torch.equal(result[part.name], banks[part.network].project(batch[part.name]).latents)

    def test_between(self, latents: Latents) -> None:
        batch, result = seen(latents, 0.0, 0.0)
        _, projected = seen(latents, 0.0, 1.0)
        for name in batch:
            way = (result[name] - batch[name]).norm(dim=1) / (projected[name] - batch[name]).norm(dim=1)
            assert (way >= 0).all()
            assert (way <= 1.0001).all()
            assert way.std() > 0.01

    @pytest.mark.parametrize(("raw", "projected", "amount"), [(1.0, 0.0, 0.0), (0.0, 1.0, 1.0)])
    def test_says_how_far_each_component_was_moved(
        self, latents: Latents, raw: float, projected: float, amount: float
    ) -> None:
        people = torch.tensor([3, 4])
        batch = {name: values[people, 0, 0] for name, values in latents.items()}
        _, blends = seen_by_inference(batch, make_banks(latents, TRAIN), people, raw, projected, torch.Generator())
        assert all(blend.tolist() == [amount, amount] for blend in blends.values())
