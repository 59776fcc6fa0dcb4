"""What the palette's guess learns from the lines, and what it must not."""

from __future__ import annotations

import torch

from dfd_core.networks.palette import PALETTE, Palette, mean_colours
from dfd_core.training.fit_palette import Examples, centred, fit_guess, fit_statistics

LINES = 5


def examples(count: int, seed: int) -> Examples:
    """Latent 0 tells the skin's first number; latent 1 tells the source, in which skins differ, and nothing more."""
    torch.manual_seed(seed)
    sources = torch.arange(count) % 2
    latents = torch.randn(count, LINES)
    latents[:, 1] = sources * 2.0 - 1
    palette = torch.randn(count, PALETTE) * 0.3
    palette[:, 0] += latents[:, 0] + 2 * sources
    return Examples(palette, [latents, latents + 0.1 * torch.randn_like(latents)], sources)


class TestCentred:
    def test_takes_each_groups_mean_away(self) -> None:
        rows = torch.tensor([[1.0], [5.0], [3.0], [9.0]])
        assert centred(rows, torch.tensor([0, 2, 0, 2])).flatten().tolist() == [-1, -2, 1, 2]


class TestStatistics:
    def test_standardise_the_photos_they_were_taken_of(self) -> None:
        torch.manual_seed(0)
        photos = torch.randn(200, 3, 1, 1) * 0.2 + torch.randn(200, 3, 64, 64)
        palette = Palette(LINES)
        fit_statistics(palette, photos)
        found = palette.standardised(mean_colours(photos)).unflatten(1, (3, 3))
        for part in range(3):
            torch.testing.assert_close(found[:, part].mean(0), torch.zeros(3), atol=1e-4, rtol=0)
            torch.testing.assert_close(torch.cov(found[:, part].T), torch.eye(3), atol=0.02, rtol=0)


class TestGuess:
    def test_learns_what_differs_within_a_source_and_not_between_them(self) -> None:
        palette = Palette(LINES)
        figures = fit_guess(palette, examples(300, 0), examples(100, 1))
        assert 0.6 < palette.weights[0, 0] < 1.1
        assert palette.weights[0, 1].abs() < 0.02
        assert palette.weights[3:].abs().max() < 0.1
        assert figures["skin_explained"] > 0.2

    def test_doubt_is_the_spread_around_the_guess(self) -> None:
        palette, train = Palette(LINES), examples(300, 0)
        fit_guess(palette, train, examples(100, 1))
        rest = torch.cat([train.palette - palette.guessed(x) for x in train.latents])
        torch.testing.assert_close(palette.doubt @ palette.doubt.T, rest.T @ rest / len(rest), atol=1e-3, rtol=0)

    def test_no_held_out_variance_is_no_obstacle(self) -> None:
        palette, one = Palette(LINES), examples(1, 3)
        fit_guess(palette, examples(40, 0), one)
        assert palette.weights.isfinite().all()
