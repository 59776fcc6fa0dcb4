"""Photos in other colours."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.geometry import PARTS
from dfd_core.networks.coarse import CODE
from dfd_core.networks.palette import PALETTE, Palette
from dfd_core.training.recolour import HAIR_REGION, natural, recoloured, regions_of
from dfd_core.training.recolour import SIDE as STORED
from dfd_core.training.strokes import CLOTH, EARS, HAIR, NECK, SKIN

SIDE, COARSE = 256, 64
EDGE = SIDE // 2


def halves(left: tuple[float, ...], right: tuple[float, ...]) -> torch.Tensor:
    """A picture of two colours, with a little noise as photos have it."""
    noise = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 0.02
    page = torch.tensor(left)[:, None, None].expand(3, SIDE, SIDE).clone()
    page[..., EDGE:] = torch.tensor(right)[:, None, None]
    return page[None] + noise


def blurred(change: torch.Tensor) -> torch.Tensor:
    """As coarse as a coarse face: nothing sharper than 5 of 64 cells."""
    return F.avg_pool2d(F.adaptive_avg_pool2d(change, COARSE), 5, 1, 2, count_include_pad=False)


def parts(left: int | None = None, right: int | None = None) -> torch.Tensor:
    """Regions of which one is on the left, one on the right; None is neither skin nor hair nor background."""
    regions = torch.zeros(1, 3, STORED, STORED)
    for which, columns in ((left, slice(STORED // 2)), (right, slice(STORED // 2, None))):
        if which is not None:
            regions[:, which, :, columns] = 1
    return regions


def test_no_rim_is_left_beside_an_edge() -> None:
    """Dark skin before white becomes the same skin before blue, up to its edge."""
    skin, white, blue = (-0.8, -0.8, -0.7), (0.8, 0.8, 0.8), (-0.2, 0.0, 0.3)
    photo, goal = halves(skin, white), halves(skin, blue)
    change = blurred(goal - photo)
    plain = photo + F.interpolate(change, SIDE, mode="bilinear", align_corners=False)

    def rim(picture: torch.Tensor) -> float:
        """How far colours beside the edge are off, but for the two pixels that are both."""
        off = (picture - goal).mean((0, 1, 2)).abs()
        return float(max(off[EDGE - 12 : EDGE - 1].max(), off[EDGE + 1 : EDGE + 12].max()))

    assert rim(plain) > 0.3
    assert rim(recoloured(photo, change, parts(0, 2))) < 0.1


def test_regions_change_by_what_is_inside_them() -> None:
    photo = halves((-0.4, -0.4, -0.4), (0.2, 0.2, 0.2))
    change = blurred(halves((0.2, 0.2, 0.2), (-0.3, -0.3, -0.3)))
    found = recoloured(photo, change, parts(0, 2))
    for side, expected in ((slice(EDGE - 2), -0.2), (slice(EDGE + 2, None), -0.1)):
        assert (found[..., side].mean(2) - expected).abs().max() < 0.06


def test_what_has_no_region_changes_too() -> None:
    photo = torch.zeros(1, 3, SIDE, SIDE)
    change = torch.tensor([0.1, -0.2, 0.05])[None, :, None, None].expand(1, 3, COARSE, COARSE)
    found = recoloured(photo, change, parts())
    torch.testing.assert_close(found, change[..., :1, :1].expand_as(photo), atol=1e-3, rtol=0)


def test_hair_changes_as_at_the_top_of_the_head() -> None:
    """Beside the face the coarse change is the background's."""
    photo = torch.full((1, 3, SIDE, SIDE), -0.5)
    change = torch.full((1, 3, COARSE, COARSE), 0.3)
    change[..., : COARSE // 6, :] = 0.1
    found = recoloured(photo, change, parts(HAIR_REGION, 0))
    assert (found[..., : EDGE - 2] + 0.4).abs().max() < 0.02
    assert found[..., EDGE + 2 :].mean() > -0.3


def test_stays_within_what_can_be_shown() -> None:
    photo = halves((0.9, 0.9, 0.9), (-0.9, -0.9, -0.9))
    found = recoloured(photo, torch.full((1, 3, COARSE, COARSE), 0.5), parts(0, 2))
    assert found.amax() == 1
    assert found.amin() >= -1


def test_pupils_stay_dark_when_skin_pales() -> None:
    photo = torch.full((1, 3, SIDE, SIDE), -0.2)
    pupil = (..., slice(118, 124), slice(93, 99))
    photo[pupil] = -0.95
    found = recoloured(photo, torch.full((1, 3, COARSE, COARSE), 0.4), parts(0, 0))
    assert found[..., :60, :].mean() > 0.15
    assert found[pupil].mean() < -0.8


def test_lighter_hair_has_more_texture_and_darker_hair_less() -> None:
    photo = torch.full((1, 3, SIDE, SIDE), -0.6)
    photo[..., ::4, :] += 0.08
    for change, least, most in ((0.3, 1.3, 1.9), (-0.2, 0.4, 0.8)):
        found = recoloured(photo, torch.full((1, 3, COARSE, COARSE), change), parts(HAIR_REGION, HAIR_REGION))
        assert least < found.std() / photo.std() < most


class TestRegions:
    def test_of_a_parsing_map(self) -> None:
        parsing = np.zeros((512, 512), np.uint8)
        parsing[:256] = HAIR
        parsing[256:384, 128:] = SKIN
        parsing[256:384, 300:] = EARS[0]
        parsing[384:, 128:] = CLOTH
        parsing[384:, 300:] = NECK
        found = regions_of(np.full((256, 256, 3), 99, np.uint8), parsing)
        assert found.shape == (3, STORED, STORED)
        for (y, x), expected in (((20, 60), 1), ((80, 60), 0), ((80, 110), 0), ((115, 110), 0), ((115, 10), 2)):
            assert found[:, y, x].argmax() == expected
            assert found[expected, y, x] > 250
        assert found[:, 115, 52].max() < 10

    def test_end_where_the_photo_has_its_edge(self) -> None:
        photo = np.full((512, 512, 3), 30, np.uint8)
        photo[:, 256:] = 220
        parsing = np.zeros((512, 512), np.uint8)
        parsing[:, :250] = HAIR  # six pixels short
        found = regions_of(photo, parsing)[1].mean(0)
        rough = 255.0 * (np.arange(STORED) * 4 + 4 <= 250)
        there = 255.0 * (np.arange(STORED) * 4 + 4 <= 256)
        assert np.abs(found - there)[60:68].mean() < 0.75 * np.abs(rough - there)[60:68].mean()

    def test_without_a_map_there_are_none(self) -> None:
        assert not regions_of(np.full((256, 256, 3), 99, np.uint8), None).any()


def test_black_hair_does_not_turn_white() -> None:
    """What would have to change too far does not look natural."""
    palette = Palette(4)
    before = torch.zeros(3, CODE)
    after = before.clone()
    colours = palette.colours(torch.zeros(3, PALETTE))
    colours[1, PARTS.index("hair")] += 0.4
    colours[2, PARTS.index("hair")] += 1.0
    after[:, :PALETTE] = palette.standardised(colours)
    assert natural(palette, before, after).tolist() == [True, True, False]
    assert natural(palette, before, after, ("skin",)).tolist() == [True, True, True]
