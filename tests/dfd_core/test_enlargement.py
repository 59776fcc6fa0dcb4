"""The enlargement network."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.networks.enlarge import Doubling, Enlarge


def test_untrained_it_is_bicubic() -> None:
    picture = torch.rand(2, 3, 32, 32)
    expected = F.interpolate(picture, 64, mode="bicubic", align_corners=False)
    torch.testing.assert_close(Enlarge()(picture), expected)


def trained() -> Enlarge:
    """Not trained really, but with an effect."""
    torch.manual_seed(0)
    enlarge = Enlarge().requires_grad_(False)
    enlarge.out.weight.normal_()
    enlarge.out.bias.normal_()
    return enlarge


def test_sees_two_pixels_far_or_more() -> None:
    enlarge, picture = trained(), torch.zeros(1, 3, 32, 32)
    before = enlarge(picture)
    picture[..., 16, 16] = 1
    changed = (enlarge(picture) - before).abs().sum(1)[0].gt(1e-4).nonzero()
    assert changed.min() < 2 * 14
    assert changed.max() > 2 * 18


def test_even_stays_even() -> None:
    """No weave of the pixels that one becomes."""
    even = trained().detail(torch.rand(1, 3, 1, 1).expand(1, 3, 32, 32))[..., 16:-16, 16:-16]
    assert even.std((2, 3)).max() < 1e-5 < even.abs().max()


def test_doubling_is_a_linear_enlargement_and_a_convolution() -> None:
    torch.manual_seed(1)
    doubling, x = Doubling(5).requires_grad_(False), torch.rand(2, 5, 12, 16)
    doubling.weight.normal_()
    doubling.bias.normal_()
    larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    wanted = F.conv2d(larger, doubling.weight, doubling.bias, padding=1)
    inside = (..., slice(2, -2), slice(2, -2))  # beyond the edge there is nothing, before or after enlargement
    torch.testing.assert_close(doubling(x)[inside], wanted[inside], atol=1e-5, rtol=0)
