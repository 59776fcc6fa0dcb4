"""Drawings as phones and scanners see them: what lies on the paper is no drawing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from drawings import face, in_colours
from PIL import Image, ImageDraw

from dfd_core.lineart import LUMA, normalise
from dfd_core.paper import evened, without_blue, without_table

FACE = face(512)
SHEET = (235, 228, 215)
PENCIL = (90, 88, 86)


def alike(pixels: np.ndarray, lines: np.ndarray = FACE) -> float:
    """Correlation of the ink of `pixels` with that of the clean drawing."""
    inks = [normalise(each, frame="canvas").ink.flatten() for each in (pixels, lines)]
    return float(torch.corrcoef(torch.stack(inks))[0, 1])


def lit(pixels: np.ndarray, light: np.ndarray) -> np.ndarray:
    return (pixels * light[:, :, None]).round().astype(np.uint8)


def falling() -> np.ndarray:
    """Light that falls off to the lower right corner, to 45 %."""
    y, x = np.mgrid[0:512, 0:512] / 512
    return 1 - 0.55 * (0.6 * x + 0.4 * y)


def shadow_of_a_hand() -> np.ndarray:
    light = np.ones((512, 512))
    light[300:, 250:] = 0.6
    return light


@pytest.mark.parametrize("light", [falling(), shadow_of_a_hand()], ids=["falling", "hand"])
def test_shade_is_no_ink(light: np.ndarray) -> None:
    assert alike(lit(in_colours(FACE, PENCIL, SHEET), light)) > 0.93


def test_clean_pages_stay_as_they_are() -> None:
    page = FACE / np.float32(255)
    even, least = evened(page, 1.0)
    np.testing.assert_allclose(even, page, atol=0.01)
    assert least == 0


def test_black_hair_stays_and_flat_colour_goes() -> None:
    page = Image.fromarray(FACE).convert("RGB")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, 511, 100), fill=(20, 20, 20))
    pen.rectangle((0, 400, 511, 511), fill=(150, 160, 240))
    ink = normalise(np.array(page), frame="canvas").ink
    assert ink[20:80, 100:400].min() > 0.9
    assert ink[430:500, 20:100].max() < 0.1


def test_grain_is_no_ink() -> None:
    grain = np.random.default_rng(0).normal(0, 9, (512, 512, 1))
    assert alike((in_colours(FACE, (60, 60, 60), SHEET) + grain).clip(0, 255).astype(np.uint8)) > 0.9


def test_a_sheet_on_a_dark_table() -> None:
    table = np.full((900, 900, 3), (70, 45, 30), np.uint8)
    table[::7] -= 12
    table[194:706, 194:706] = in_colours(FACE, PENCIL, SHEET)
    clean = np.full((900, 900), 255, np.uint8)
    clean[194:706, 194:706] = FACE
    assert alike(table, clean) > 0.95


def test_chalk_is_on_no_table() -> None:
    page = 1 - FACE / np.float32(255)
    same, tone = without_table(page, 0.0)
    assert same is page
    assert tone == 0


def test_pale_blue_beside_black_is_paper() -> None:
    ruled = in_colours(FACE, (20, 20, 20), SHEET)
    ruled[::32] = ruled[1::32] = (170, 200, 235)
    ruled[(FACE < 128)] = (20, 20, 20)
    assert alike(ruled) > 0.95
    assert without_blue(ruled, LUMA, 1).shape == (512, 512, 1)


@pytest.mark.parametrize(
    "pixels",
    [
        in_colours(FACE, (120, 160, 240), (255, 255, 255)),
        in_colours(FACE, (200, 60, 50), (255, 255, 255)),
        in_colours(FACE, (10, 10, 10), (255, 255, 255)),
        np.dstack([in_colours(FACE, (10, 10, 10), (255, 255, 255)), 255 - FACE]),
        FACE[:, :, None],
    ],
    ids=["blue pencil", "red", "black", "layer", "grey"],
)
def test_other_drawings_are_seen_in_all_light(pixels: np.ndarray) -> None:
    assert without_blue(pixels, LUMA, 1) is pixels
