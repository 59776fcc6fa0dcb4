"""Relative contrast: what stays of a face in other colours."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.training.contrast import excess, face_contrast


def face() -> torch.Tensor:
    """Something smooth with features, (1, 3, 256, 256) in about -0.5..0.5."""
    torch.manual_seed(4)
    return F.interpolate(torch.rand(1, 3, 16, 16), 256, mode="bicubic").sub(0.5)


def darker(picture: torch.Tensor, share: float) -> torch.Tensor:
    """With so much of its light."""
    return (picture + 1) * share - 1


def distance(one: torch.Tensor, other: torch.Tensor) -> float:
    """Between the contrasts of two pictures."""
    return float(F.l1_loss(face_contrast(one), face_contrast(other)))


def test_less_light_and_other_hues_keep_it_and_patches_do_not() -> None:
    plain = face()
    patched = darker(plain, 0.7)
    patched[..., 130:142, 100:112] = 0.9
    patched[..., 170:182, 140:152] = 0.9
    assert distance(patched, plain) > 3 * distance(darker(plain, 0.7), plain)
    assert distance(plain.roll(1, 1), plain) < 1e-6


def test_around_the_face_there_is_none() -> None:
    other = face()
    other[..., :40, :] = 1
    other[..., 253:, :] = -1
    assert distance(other, face()) == 0


def test_an_even_picture_has_none() -> None:
    assert face_contrast(torch.full((2, 3, 256, 256), 0.3)).abs().max() < 1e-4


def test_is_of_the_size_of_the_picture() -> None:
    small = F.avg_pool2d(face_contrast(face()), 2)
    torch.testing.assert_close(face_contrast(F.avg_pool2d(face(), 2)), small, atol=0.03, rtol=0.1)


def test_burnt_hair_has_more_contrast_than_its_photo() -> None:
    """And smooth hair, or a picture with less light, has not."""
    plain = face()
    burnt, smooth = plain.clone(), plain.clone()
    burnt[..., 10:70, 60:200:6] = 1
    smooth[..., 10:70, 60:200] = 0
    assert excess(burnt, plain) > 0.005
    assert excess(burnt, plain) > 5 * excess(smooth, plain)
    assert excess(plain, plain) == 0
    assert excess(darker(plain, 0.8), plain) < 1e-3
