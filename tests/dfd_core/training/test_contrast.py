"""Contrast beyond that of the photo."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.training.contrast import excess


def face() -> torch.Tensor:
    """Something smooth with features, (1, 3, 256, 256) in about -0.5..0.5."""
    torch.manual_seed(4)
    return F.interpolate(torch.rand(1, 3, 16, 16), 256, mode="bicubic").sub(0.5)


def test_burnt_hair_has_more_contrast_than_its_photo() -> None:
    """And smooth hair, or a picture with less light, has not."""
    plain = face()
    burnt, smooth = plain.clone(), plain.clone()
    burnt[..., 10:70, 60:200:6] = 1
    smooth[..., 10:70, 60:200] = 0
    assert excess(burnt, plain) > 0.005
    assert excess(burnt, plain) > 5 * excess(smooth, plain)
    assert excess(plain, plain) == 0
    assert excess((plain + 1) * 0.8 - 1, plain) < 1e-3
