"""The enlargement network."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.networks.enlarge import Enlarge


def test_untrained_it_is_bicubic() -> None:
    picture = torch.rand(2, 3, 32, 32)
    expected = F.interpolate(picture, 64, mode="bicubic", align_corners=False)
    torch.testing.assert_close(Enlarge()(picture), expected)


def test_sees_two_pixels_far_or_more() -> None:
    torch.manual_seed(0)
    enlarge = Enlarge().requires_grad_(False)
    enlarge.out.weight.normal_()
    enlarge.refine.weight.normal_()
    picture = torch.zeros(1, 3, 32, 32)
    before = enlarge(picture)
    picture[..., 16, 16] = 1
    changed = (enlarge(picture) - before).abs().sum(1)[0].gt(1e-4).nonzero()
    assert changed.min() < 2 * 14
    assert changed.max() > 2 * 18
