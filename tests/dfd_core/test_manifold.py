"""Manifold projection against scikit-learn's locally linear embedding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.manifold._locally_linear import barycenter_weights

from dfd_core.geometry import NEIGHBOURS
from dfd_core.manifold import Manifold, barycentric_weights, blend


@pytest.fixture
def bank() -> torch.Tensor:
    return torch.randn(60, 24, generator=torch.Generator().manual_seed(3))


class TestBarycentricWeights:
    @pytest.mark.parametrize("dimensions", [3, 24, 256])
    def test_equals_scikit_learn(self, dimensions: int) -> None:
        rng = np.random.default_rng(dimensions)
        bank, latents = rng.normal(size=(50, dimensions)), rng.normal(size=(8, dimensions))
        indices = np.stack([rng.choice(50, NEIGHBOURS, replace=False) for _ in latents])
        expected = barycenter_weights(latents, bank, indices, reg=1e-3)
        weights = barycentric_weights(torch.from_numpy(latents), torch.from_numpy(bank[indices]))
        np.testing.assert_allclose(weights.numpy(), expected, rtol=1e-8, atol=1e-10)

    def test_single_precision_costs_little(self) -> None:
        rng = np.random.default_rng(5)
        bank, latents = rng.normal(size=(40, 128)), rng.normal(size=(6, 128))
        indices = np.stack([rng.choice(40, NEIGHBOURS, replace=False) for _ in latents])
        expected = barycenter_weights(latents, bank, indices, reg=1e-3)
        weights = barycentric_weights(torch.from_numpy(latents).float(), torch.from_numpy(bank[indices]).float())
        assert weights.dtype == torch.float32
        np.testing.assert_allclose(weights.numpy(), expected, rtol=1e-4, atol=1e-5)

    def test_sum_to_one(self, bank: torch.Tensor) -> None:
        weights = barycentric_weights(bank[:5] * 3, bank[5:55].view(5, 10, -1))
        torch.testing.assert_close(weights.sum(1), torch.ones(5))

    def test_identical_neighbours_share_equally(self, bank: torch.Tensor) -> None:
        weights = barycentric_weights(bank[:1], bank[1].expand(1, NEIGHBOURS, -1))
        torch.testing.assert_close(weights, torch.full((1, NEIGHBOURS), 1 / NEIGHBOURS))

    def test_neighbours_at_the_latent_itself_share_equally(self, bank: torch.Tensor) -> None:
        weights = barycentric_weights(bank[:1], bank[0].expand(1, NEIGHBOURS, -1))
        torch.testing.assert_close(weights, torch.full((1, NEIGHBOURS), 1 / NEIGHBOURS))


class TestNearest:
    def test_finds_the_nearest_rows_in_order(self, bank: torch.Tensor) -> None:
        latents = torch.randn(4, 24, generator=torch.Generator().manual_seed(8))
        expected = torch.cdist(latents.double(), bank.double()).argsort(1)[:, :NEIGHBOURS]
        assert torch.equal(Manifold(bank).nearest(latents), expected)

    def test_without_leaves_out_all_rows_of_the_person(self, bank: torch.Tensor) -> None:
        person = torch.arange(30).repeat(2)  # rows 4 and 34 belong together
        manifold = Manifold(bank, person)
        latents = bank[[4, 34]]
        assert manifold.nearest(latents)[:, 0].tolist() == [4, 34]
        indices = manifold.nearest(latents, without=torch.tensor([4, 4]))
        assert not {4, 34} & set(indices.flatten().tolist())

    def test_without_applies_to_each_latent_by_itself(self, bank: torch.Tensor) -> None:
        manifold = Manifold(bank, torch.arange(60))
        indices = manifold.nearest(bank[[4, 4]], without=torch.tensor([4, 5]))
        assert 4 not in indices[0].tolist()
        assert indices[1, 0] == 4


class TestProjection:
    def test_row_of_the_bank_is_nearly_itself(self, bank: torch.Tensor) -> None:
        projected = Manifold(bank).project(bank[7:8])
        assert projected.indices[0, 0] == 7
        assert projected.weights[0, 0] > 0.95
        assert (projected.latents - bank[7:8]).norm() < 0.05 * bank[7:8].norm()

    def test_nine_of_ten_rows_are_less_strange_than_usual_without_their_person(self, bank: torch.Tensor) -> None:
        person = torch.arange(30).repeat(2)
        manifold = Manifold(bank, person)
        strangeness = manifold.project(bank, without=person).strangeness
        assert 0.85 < (strangeness <= 1).float().mean() < 0.95
        assert Manifold(bank).project(bank).strangeness.max() < 0.1

    def test_strangeness_grows_with_the_way_to_the_bank_and_not_with_its_scale(self, bank: torch.Tensor) -> None:
        flat = bank.clone()
        flat[:, 12:] *= 0.05  # faces vary in twelve dimensions, and hardly in others
        away = torch.zeros(5, 24)
        away[:, 20] = torch.tensor([0.0, 1.0, 2.0, 4.0, 8.0])
        found = Manifold(flat).project(flat[7] + away).strangeness
        assert (found.diff() > 0).all()
        scaled = Manifold(100 * flat).project(100 * (flat[7] + away)).strangeness
        torch.testing.assert_close(scaled, found, rtol=1e-3, atol=1e-3)

    def test_is_the_weighted_sum_of_its_neighbours(self, bank: torch.Tensor) -> None:
        projected = Manifold(bank).project(torch.zeros(2, 24))
        expected = torch.einsum("bk,bkd->bd", projected.weights, bank[projected.indices])
        torch.testing.assert_close(projected.latents, expected)

    def test_brings_an_outlier_closer_to_the_bank(self, bank: torch.Tensor) -> None:
        outlier = bank[:1] + 20
        projected = Manifold(bank).project(outlier).latents
        assert torch.cdist(projected, bank).min() < torch.cdist(outlier, bank).min() / 2

    def test_faces_can_be_projected_together_or_alone(self, bank: torch.Tensor) -> None:
        latents = torch.randn(3, 24, generator=torch.Generator().manual_seed(1))
        together = Manifold(bank).project(latents).latents
        alone = torch.cat([Manifold(bank).project(row[None]).latents for row in latents])
        torch.testing.assert_close(together, alone)


class TestBank:
    @pytest.mark.parametrize("shape", [(NEIGHBOURS - 1, 8), (0, 8), (40,), (4, 40, 8)])
    def test_too_small_or_misshapen_is_a_value_error(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=f"at least {NEIGHBOURS} rows"):
            Manifold(torch.zeros(shape))

    def test_as_many_rows_as_neighbours_are_enough(self) -> None:
        bank = torch.randn(NEIGHBOURS, 8)
        assert sorted(Manifold(bank).nearest(bank[:1])[0].tolist()) == list(range(NEIGHBOURS))


class TestBlend:
    def test_ends_are_exact(self, bank: torch.Tensor) -> None:
        raw, projected = bank[:4], bank[4:8] * 1e-3
        assert torch.equal(blend(raw, projected, 0.0), raw)
        assert torch.equal(blend(raw, projected, 1.0), projected)

    def test_middle_is_the_mean(self, bank: torch.Tensor) -> None:
        torch.testing.assert_close(blend(bank[:4], bank[4:8], 0.5), (bank[:4] + bank[4:8]) / 2)

    def test_every_face_can_have_its_own_amount(self, bank: torch.Tensor) -> None:
        mixed = blend(bank[:2], bank[2:4], torch.tensor([[0.0], [1.0]]))
        assert torch.equal(mixed, torch.stack([bank[0], bank[3]]))
