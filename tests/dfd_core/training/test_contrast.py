"""Relative contrast: what stays of a face in other colours."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.training.contrast import contrast, contrast_distance


def face() -> torch.Tensor:
    """Something smooth with features, (1, 3, 256, 256) in about -0.5..0.5."""
    torch.manual_seed(4)
    return F.interpolate(torch.rand(1, 3, 16, 16), 256, mode="bicubic").sub(0.5)


def darker(picture: torch.Tensor, share: float) -> torch.Tensor:
    """With so much of its light."""
    return (picture + 1) * share - 1


def test_less_light_keeps_the_contrast_and_patches_do_not() -> None:
    plain = face()
    patched = darker(plain, 0.7)
    patched[..., 130:142, 100:112] = 0.9
    patched[..., 170:182, 140:152] = 0.9
    assert contrast_distance(darker(plain, 0.7), plain) < 0.02
    assert contrast_distance(patched, plain) > 2 * contrast_distance(darker(plain, 0.7), plain)


def test_around_the_face_nothing_is_compared() -> None:
    plain, other = face(), face()
    other[..., :40, :] = 1
    other[..., 252:, :] = -1
    assert contrast_distance(other, plain) == 0


def test_an_even_picture_has_none() -> None:
    assert contrast(torch.full((2, 3, 256, 256), 0.3)).abs().max() < 1e-5


def test_only_the_portrait_learns() -> None:
    made, like = face().requires_grad_(), face().flip(3).requires_grad_()
    contrast_distance(made, like).backward()
    assert made.grad is not None
    assert made.grad.abs().sum() > 0
    assert like.grad is None
