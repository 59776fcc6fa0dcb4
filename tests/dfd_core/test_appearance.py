"""Appearance from a seed or a reference picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dfd_core.appearance import WIDEST, Reference, seeded
from dfd_core.errors import DfdError
from dfd_core.networks.coarse import CODE, CoarseFace


class TestSeed:
    def test_0_is_the_average_appearance(self) -> None:
        assert not seeded(0).any()

    @pytest.mark.parametrize("seed", [1, -1, 2**31, -(2**40), 10**30])
    def test_any_whole_number_will_do(self, seed: int) -> None:
        code = seeded(seed)
        assert code.shape == (1, CODE)
        assert code.isfinite().all()
        assert code.any()
        assert torch.equal(seeded(seed), code)


class TestReference:
    @pytest.fixture
    def coarse(self) -> CoarseFace:
        torch.manual_seed(3)
        coarse = CoarseFace(6, 4)
        coarse.tint.copy_(torch.linalg.qr(torch.randn(coarse.tint.shape[1], CODE))[0].T * 8)
        return coarse

    def test_gives_back_the_code_that_made_the_picture(self, coarse: CoarseFace) -> None:
        code = torch.randn(1, CODE).clamp(-2, 2)
        picture = coarse(torch.zeros(1, 6), code)[0].permute(1, 2, 0)
        pixels = picture.clamp(-1, 1).add(1).mul(127.5).round().byte().numpy()
        large = pixels.repeat(8, 0).repeat(8, 1)
        found = Reference(large).code(coarse, torch.zeros(1, 6))
        assert torch.corrcoef(torch.cat([found, code]))[0, 1] > 0.95

    def test_only_the_middle_square_counts(self, coarse: CoarseFace) -> None:
        rng = np.random.default_rng(0)
        square = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
        wide = np.concatenate([np.zeros((64, 10, 3), np.uint8), square, np.zeros((64, 10, 3), np.uint8)], 1)
        assert torch.equal(Reference(wide).picture, Reference(square).picture)

    def test_is_kept_within_what_photos_show(self, coarse: CoarseFace) -> None:
        coarse.tint.mul_(1e-3)  # any picture is then extreme
        code = Reference(np.full((9, 9, 3), 255, np.uint8)).code(coarse, torch.zeros(1, 6))
        assert code.abs().max() == WIDEST

    @pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8),
                                        np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])  # fmt: skip
    def test_must_be_rgb(self, pixels: np.ndarray) -> None:
        with pytest.raises(DfdError, match="convert it first"):
            Reference(pixels)
