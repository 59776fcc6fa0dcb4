"""Relative contrast: what stays of a face in other colours."""

from __future__ import annotations

import pytest
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
    both = excess(torch.cat([burnt, smooth]), torch.cat([plain, plain]))
    assert both.shape == (2 * len(plain),)
    found, less = both.chunk(2)
    assert (found > 0.005).all()
    assert (found > 5 * less).all()
    assert (excess(plain, plain) == 0).all()
    assert (excess(darker(plain, 0.8), plain) < 1e-3).all()


@pytest.mark.parametrize("shade", [-1.0, 1.0])
def test_a_mark_is_more_than_the_photo_has_near_it(shade: float) -> None:
    """Though its place has the photo's contrast in the mean."""
    plain = face()
    plain[..., 100:104, 40:44] = shade
    near, far = plain.clone(), plain.clone()
    near[..., 104:108, 44:48] = shade
    far[..., 104:108, 84:88] = shade
    assert (excess(far, plain) > 1e-5).all()
    assert (excess(near, plain) < excess(far, plain) / 5).all()


def test_a_face_of_two_people_may_have_the_contrast_of_either() -> None:
    plain, marked = face(), face()
    marked[..., 40:80, 60:200:6] = 1
    assert (excess(marked, plain) > 0.005).all()
    assert (excess(marked, plain, marked) == 0).all()
    assert (excess(marked, marked, plain) == 0).all()
