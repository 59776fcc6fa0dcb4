"""Colours of skin, hair and background as numbers."""

from __future__ import annotations

import pytest
import torch

from dfd_core.geometry import PARTS
from dfd_core.networks.palette import PALETTE, Palette, mean_colours, within

SKIN, HAIR, SKY = (0.6, 0.2, 0.1), (-0.5, -0.6, -0.7), (-0.1, 0.3, 0.9)


def painted(side: int = 256) -> torch.Tensor:
    """A photo (1, 3, side, side) in flat colours: sky, an upper half of hair in the middle, a face below it."""
    photo = torch.tensor(SKY).view(1, 3, 1, 1).repeat(1, 1, side, side)
    photo[:, :, : side // 2, side // 4 : 3 * side // 4] = torch.tensor(HAIR).view(1, 3, 1, 1)
    photo[:, :, side // 4 :, side // 4 : 3 * side // 4] = torch.tensor(SKIN).view(1, 3, 1, 1)
    return photo


@pytest.fixture
def palette() -> Palette:
    """A palette with made-up statistics."""
    torch.manual_seed(2)
    palette = Palette(20)
    palette.mean.normal_(std=0.3)
    palette.axes.copy_(torch.linalg.cholesky(torch.eye(3) * 0.1 + 0.2))
    palette.weights.normal_(std=0.2)
    return palette


class TestMeanColours:
    @pytest.mark.parametrize("side", [64, 256, 512])
    def test_are_those_of_the_parts(self, side: int) -> None:
        torch.testing.assert_close(mean_colours(painted(side))[0], torch.tensor([SKIN, HAIR, SKY]))

    def test_are_the_same_in_a_mirror(self) -> None:
        photo = torch.randn(2, 3, 64, 64)
        torch.testing.assert_close(mean_colours(photo.flip(3)), mean_colours(photo))


class TestPalette:
    def test_colours_go_there_and_back(self, palette: Palette) -> None:
        colours = torch.randn(5, len(PARTS), 3)
        torch.testing.assert_close(palette.colours(palette.standardised(colours)), colours, rtol=1e-4, atol=1e-4)

    def test_average_is_0(self, palette: Palette) -> None:
        torch.testing.assert_close(palette.colours(torch.zeros(1, PALETTE))[0], palette.mean)

    def test_measures_photos(self, palette: Palette) -> None:
        found = palette.colours(palette.measured(painted()))[0]
        torch.testing.assert_close(found, torch.tensor([SKIN, HAIR, SKY]), rtol=1e-4, atol=1e-4)

    def test_parts_are_independent(self, palette: Palette) -> None:
        colours = torch.randn(1, len(PARTS), 3)
        other = colours.clone()
        other[:, 1] += 0.3
        changed = (palette.standardised(other) - palette.standardised(colours)).abs().unflatten(1, (3, 3)).sum(2)
        assert changed[0, 1] > 0.1
        assert changed[0, [0, 2]].max() < 1e-5


class TestWithin:
    def test_leaves_what_is_near(self) -> None:
        near = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, -2.0, 0.0, 0.0]])
        assert torch.equal(within(near, 2.0), near)

    def test_shortens_each_part_by_itself(self) -> None:
        far = torch.tensor([[3.0, 4.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -9.0]])
        expected = torch.tensor([[1.2, 1.6, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -2.0]])
        torch.testing.assert_close(within(far, 2.0), expected)
