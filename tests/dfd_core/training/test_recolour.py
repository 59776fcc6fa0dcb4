"""Photos in other colours."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.geometry import PARTS
from dfd_core.networks.coarse import CODE
from dfd_core.networks.palette import PALETTE, Palette
from dfd_core.training.recolour import natural, recoloured

SIDE, COARSE = 256, 64


def halves(left: tuple[float, ...], right: tuple[float, ...]) -> torch.Tensor:
    """A picture of two colours, with a little noise as photos have it."""
    noise = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 0.02
    page = torch.tensor(left)[:, None, None].expand(3, SIDE, SIDE).clone()
    page[..., SIDE // 2 :] = torch.tensor(right)[:, None, None]
    return page[None] + noise


def blurred(change: torch.Tensor) -> torch.Tensor:
    """As coarse as a coarse face: nothing sharper than 5 of 64 cells."""
    return F.avg_pool2d(F.adaptive_avg_pool2d(change, COARSE), 5, 1, 2, count_include_pad=False)


def test_no_rim_is_left_beside_an_edge() -> None:
    """Dark hair before white becomes the same hair before blue, up to its edge."""
    hair, white, blue = (-0.8, -0.8, -0.7), (0.8, 0.8, 0.8), (-0.2, 0.0, 0.3)
    photo, goal = halves(hair, white), halves(hair, blue)
    change = blurred(goal - photo)
    plain = photo + F.interpolate(change, SIDE, mode="bilinear", align_corners=False)

    def rim(picture: torch.Tensor) -> float:
        """How far colours beside the edge are off."""
        above = (picture - goal)[:, :, : SIDE // 8]  # of eyes, nose and mouth
        return float(above.mean((0, 1, 2))[SIDE // 2 - 12 : SIDE // 2 + 12].abs().max())

    assert rim(plain) > 0.3
    assert rim(recoloured(photo, change)) < 0.22


def test_an_even_change_is_added() -> None:
    photo = halves((-0.4, 0.1, 0.3), (0.2, -0.2, 0.0))
    change = torch.tensor([0.1, -0.2, 0.05])[None, :, None, None].expand(1, 3, COARSE, COARSE)
    torch.testing.assert_close(recoloured(photo, change) - photo, change[..., :1, :1].expand_as(photo),
                               atol=1e-3, rtol=0)  # fmt: skip


def test_even_photos_take_the_change_as_it_is_where_it_is() -> None:
    """Where the photo has no edge to follow."""
    photo = torch.zeros(1, 3, SIDE, SIDE)
    change = torch.linspace(-0.3, 0.3, COARSE).expand(1, 3, COARSE, COARSE)
    found = recoloured(photo, change)
    middle = (..., slice(64, 192), slice(64, 192))
    expected = F.interpolate(change, SIDE, mode="bilinear", align_corners=False)
    torch.testing.assert_close(found[middle], expected[middle], atol=0.01, rtol=0)


def test_stays_within_what_can_be_shown() -> None:
    photo = halves((0.9, 0.9, 0.9), (-0.9, -0.9, -0.9))
    found = recoloured(photo, torch.full((1, 3, COARSE, COARSE), 0.5))
    assert found.amax() == 1
    assert found.amin() >= -1


def test_no_haze() -> None:
    """Dark hair before a bright page, both drawn to a middle grey: strands keep their contrast."""
    photo = halves((-0.8, -0.8, -0.8), (0.8, 0.8, 0.8))
    photo[..., 8::16] += 0.1
    change = blurred(halves((0.3, 0.3, 0.3), (-0.3, -0.3, -0.3)))
    found = recoloured(photo, change)
    hair = (..., slice(80, 100))
    assert found[hair].mean() > -0.62
    assert found[hair].std() > 0.97 * photo[hair].std()


def test_pupils_stay_as_dark_when_hair_pales() -> None:
    pupil, hair = (..., slice(118, 124), slice(93, 99)), (..., slice(0, 84), slice(None))
    photo = torch.full((1, 3, SIDE, SIDE), 0.4)
    photo[hair] = photo[pupil] = -0.8
    paler = torch.zeros_like(photo)
    paler[hair] = 0.5
    found = recoloured(photo, blurred(paler))
    assert found[..., :60, :].mean() > -0.4
    assert found[pupil].mean() < -0.75


def test_lighter_hair_has_more_texture() -> None:
    photo = torch.full((1, 3, SIDE, SIDE), -0.9)
    photo[..., ::4, :] += 0.08
    for change, more in ((0.5, True), (-0.05, False)):
        found = recoloured(photo, torch.full((1, 3, COARSE, COARSE), change))[..., :60, :]
        assert (found.std() > 1.3 * photo[..., :60, :].std()) == more


def test_white_hair_does_not_turn_black() -> None:
    """What would have to change too far looks like a cloud."""
    palette = Palette(4)
    before = torch.zeros(3, CODE)
    after = before.clone()
    colours = palette.colours(torch.zeros(3, PALETTE))
    colours[1, PARTS.index("hair")] -= 0.5
    colours[2, PARTS.index("hair")] -= 1.0
    after[:, :PALETTE] = palette.standardised(colours)
    assert natural(palette, before, after).tolist() == [True, True, False]
