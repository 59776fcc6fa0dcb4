"""The discriminator's heads and losses."""

from __future__ import annotations

import torch

from dfd_core.training.discriminator import Discriminator, fooled, hinge
from dfd_core.training.perceptual import BLOCKS


def features(count: int, seed: int) -> list[torch.Tensor]:
    """Features of made-up pictures, one per block and half as large each time."""
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.rand(count, widths[-1], 32 >> k, 32 >> k, generator=generator) * 50
        for k, (_, widths) in enumerate(BLOCKS)
    ]


def test_one_score_map_per_block() -> None:
    judge = Discriminator(8)
    judge.measure(features(4, 0))
    assert [score.shape for score in judge(features(2, 1))] == [(2, 1, 8, 8), (2, 1, 4, 4), (2, 1, 2, 2)]


def test_measure_takes_the_root_mean_square_of_each_block() -> None:
    judge = Discriminator(8)
    some = features(4, 0)
    judge.measure([x * k for k, x in enumerate(some, 1)])
    first = some[0].square().mean().sqrt()
    torch.testing.assert_close(judge.spread[0], first)
    torch.testing.assert_close(judge.spread[2], 3 * some[2].square().mean().sqrt())


def test_hinge_is_nothing_when_both_are_well_apart() -> None:
    high, low = [torch.full((2, 1, 4, 4), 1.5)] * 3, [torch.full((2, 1, 4, 4), -1.0)] * 3
    assert hinge(high, low) == 0
    assert hinge(low, high) == 2 + 2.5


def test_fooled_wants_high_scores() -> None:
    assert fooled([torch.full((1, 1, 2, 2), 3.0), torch.full((1, 1, 4, 4), -1.0)]) == -1


def test_learns_to_tell_two_kinds_apart() -> None:
    torch.manual_seed(0)
    judge, real, made = Discriminator(8), features(8, 1), [x * 0.3 for x in features(8, 2)]
    judge.measure(real)
    optimizer = torch.optim.Adam(judge.parameters(), 3e-3)
    losses = []
    for _ in range(30):
        loss = hinge(judge(real), judge(made))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.6 * losses[0]
