"""Which looks the dice have."""

from __future__ import annotations

import torch

from dfd_core.networks.coarse import TINTS
from dfd_core.training.looks import plainest


def test_the_plainest_half_of_every_skin_tone_is_kept() -> None:
    """Though the dark third has the strongest light of all."""
    tones = torch.tensor([0.1, 0.5, 0.9, 0.2, 0.6, 0.8, 0.15, 0.55, 0.85, 0.12, 0.52, 0.82])
    strength = torch.tensor([9.0, 1.0, 4.0, 7.0, 3.0, 2.0, 8.0, 2.0, 1.0, 6.0, 4.0, 3.0])
    tints = torch.nn.functional.normalize(torch.randn(12, TINTS), dim=1) * strength[:, None]
    assert plainest(tints, tones).tolist() == [1, 3, 5, 7, 8, 9]


def test_of_few_at_least_one_is_kept() -> None:
    assert plainest(torch.ones(1, TINTS), torch.zeros(1)).tolist() == [0]
