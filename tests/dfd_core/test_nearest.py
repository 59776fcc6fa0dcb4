"""The index of a large bank finds what a plain scan finds."""

from __future__ import annotations

import pytest
import torch

from dfd_core.geometry import NEIGHBOURS
from dfd_core.manifold import Manifold
from dfd_core.nearest import LARGE, STEP, pruned, shorter

WIDE = 128


def latents(count: int, seed: int, decay: float = 6.0) -> torch.Tensor:
    """Latents (count, WIDE) with most of their variance in some `decay` directions, which are no coordinate axes."""
    turn = torch.linalg.qr(torch.randn(WIDE, WIDE, generator=torch.Generator().manual_seed(99)))[0]
    spread = torch.exp(-torch.arange(WIDE) / (2 * decay))
    return 3 + torch.randn(count, WIDE, generator=torch.Generator().manual_seed(seed)) * spread @ turn


def plain(bank: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
    """The nearest rows by brute force in double precision."""
    return torch.cdist(queries.double(), bank.double()).topk(NEIGHBOURS, largest=False).indices


@pytest.fixture(scope="module")
def bank() -> torch.Tensor:
    return latents(LARGE + 500, 1)


class TestIndex:
    def test_is_much_shorter(self, bank: torch.Tensor) -> None:
        index = shorter(bank)
        assert index is not None
        assert index.rows.shape == (len(bank), 2 * STEP)

    def test_distances_are_never_greater(self, bank: torch.Tensor) -> None:
        index = shorter(bank)
        assert index is not None
        full, short = torch.cdist(bank[:200], bank[200:]), torch.cdist(index.rows[:200], index.rows[200:])
        assert (short <= full + 1e-3).all()
        assert short.mean() > 0.9 * full.mean()

    def test_is_not_made_for_a_small_bank_nor_for_noise(self) -> None:
        assert shorter(latents(LARGE - 1, 1)) is None
        assert shorter(torch.randn(LARGE, WIDE, generator=torch.Generator().manual_seed(2))) is None
        assert shorter(torch.zeros(LARGE, WIDE)) is None


class TestPruned:
    def test_equals_brute_force(self, bank: torch.Tensor) -> None:
        queries = torch.cat([latents(20, 5), latents(4, 6) * 4, bank[[7]], torch.zeros(1, WIDE)])
        assert torch.equal(Manifold(bank).nearest(queries), plain(bank, queries))

    def test_equals_brute_force_in_half_precision(self, bank: torch.Tensor) -> None:
        manifold = Manifold(bank.half())
        assert manifold.bank.dtype == torch.half
        queries = latents(20, 8)
        assert torch.equal(manifold.nearest(queries), plain(bank.half(), queries))
        assert manifold.project(queries).latents.dtype == torch.float32

    def test_equals_brute_force_far_from_everything(self, bank: torch.Tensor) -> None:
        queries = latents(3, 9) + 1e4
        found = Manifold(bank).nearest(queries)
        reach = torch.cdist(queries.double(), bank.double())
        torch.testing.assert_close(reach.gather(1, found), reach.topk(NEIGHBOURS, largest=False).values)

    def test_among_copies_finds_as_many_as_asked(self, bank: torch.Tensor) -> None:
        copies = bank.clone()
        copies[100:200] = bank[3]
        found = Manifold(copies).nearest(bank[3][None])[0].tolist()
        assert len(set(found)) == NEIGHBOURS
        assert set(found) <= {3, *range(100, 200)}

    def test_leaves_out_the_rows_of_a_person(self, bank: torch.Tensor) -> None:
        person = torch.arange(len(bank)) // 2
        manifold = Manifold(bank, person)
        found = manifold.nearest(bank[[40, 51]], without=torch.tensor([20, 3]))
        assert not {40, 41} & set(found[0].tolist())
        assert found[1, 0] == 51

    def test_looks_at_few_rows_in_full(self, bank: torch.Tensor) -> None:
        index = shorter(bank)
        assert index is not None
        looked: list[int] = []

        class Watched:
            """A bank that counts which rows are read."""

            def index_select(self, axis: int, rows: torch.Tensor) -> torch.Tensor:
                looked.append(len(rows))
                return bank.index_select(axis, rows)

        for query in latents(10, 12):
            pruned(Watched(), index, query, NEIGHBOURS)  # type: ignore[arg-type]
        assert sum(looked) / 10 < 0.05 * len(bank)
