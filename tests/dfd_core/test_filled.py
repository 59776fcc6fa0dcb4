"""Hair that is drawn black is dark."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from drawings import face
from rendering import FACE, render
from torch.nn import functional as F

from dfd_core.appearance import DARK_HAIR, Reference, colours_of, with_dark_hair
from dfd_core.choice import Choice
from dfd_core.engine import Engine
from dfd_core.filled import dark_hair, filled_hair
from dfd_core.lineart import normalise
from dfd_core.networks.coarse import CODE
from dfd_core.pack import default_folder

HAIR = ((56, 130), (78, 62), (128, 40), (178, 62), (200, 130), (214, 60), (170, 8), (128, 2), (86, 8), (42, 60))
"""Around the head of `drawings.face`, (x, y) of 256."""


def with_hair(pixels: np.ndarray, tone: int = 0) -> np.ndarray:
    page = pixels.copy()
    cv2.fillPoly(page, [np.array(HAIR, np.int32)], tone)
    return page


def share(pixels: np.ndarray) -> float:
    return float(filled_hair(torch.from_numpy(1 - pixels / 255.0).float()[None, None]))


def test_filled_hair_is_dark_and_lines_are_not() -> None:
    assert share(with_hair(face(256))) == 1
    assert share(face(256)) == 0
    assert share(with_hair(face(256), 180)) == 0  # a light tone


def test_strands_however_many_are_no_filled_shape() -> None:
    page = face(256)
    for x in range(50, 206, 6):
        page[8:70, x : x + 3] = 0
    assert share(page) == 0


def test_broad_lines_are_none() -> None:
    page = np.full((256, 256), 255, np.uint8)
    cv2.ellipse(page, (128, 130), (90, 115), 0, 0, 360, 0, 9)
    assert share(page) == 0


@pytest.mark.parametrize("box", [(slice(110, 150), slice(85, 170)), (slice(222, 256), slice(0, 256))])
def test_the_face_and_clothes_do_not_count(box: tuple[slice, slice]) -> None:
    page = face(256)
    page[box] = 0
    assert share(page) == 0


def test_a_black_beard_does_not_count() -> None:
    page = face(256)
    angle = np.linspace(0.1, np.pi - 0.1, 30)
    outer = np.stack([128 + 76 * np.cos(angle), 145 + 96 * np.sin(angle)], 1)
    inner = np.stack([128 + 48 * np.cos(angle), 145 + 52 * np.sin(angle)], 1)[::-1]
    cv2.fillPoly(page, [np.concatenate([outer, inner]).round().astype(np.int32)], 0)
    assert share(page) == 0


def test_hair_never_becomes_lighter(engine: Engine) -> None:
    palette, code = engine.pack.synthesis.coarse.palette, torch.zeros(1, CODE)
    palette.mean.fill_(-0.9)  # darker than `DARK_HAIR`
    before = colours_of(code, palette)["hair"]
    assert max(before) < min(DARK_HAIR)
    assert colours_of(with_dark_hair(code, palette, 1.0), palette)["hair"] == before


def layer(pixels: np.ndarray, fill: tuple[int, int, int] | None) -> np.ndarray:
    """Thin black lines on a transparent layer (256, 256, 4), hair filled with a colour."""
    page = np.zeros((256, 256, 4), np.uint8)
    if fill is not None:
        page[with_hair(np.full((256, 256), 255, np.uint8)) == 0] = (*fill, 255)
    page[pixels < 128] = (0, 0, 0, 255)
    return page


def hair_of(engine: Engine, pixels: np.ndarray) -> int:
    """Sum of the hair's colour values."""
    render(engine, pixels)
    return sum(engine.colours()["hair"])


@pytest.fixture
def trained() -> Engine:
    return Engine(default_folder(), "cpu")


def test_black_hair_is_dark_with_every_seed(trained: Engine) -> None:
    for seed in (0, 3):
        trained.seed = seed
        assert hair_of(trained, with_hair(FACE)) < 200
        assert hair_of(trained, FACE) > 220


def drawn_dark(pixels: np.ndarray) -> float:
    """How dark hair is drawn on a page or a layer."""
    sketch = normalise(pixels, frame="canvas")
    ink = F.avg_pool2d(sketch.ink[None, None], 2)
    return dark_hair(Choice(torch.zeros(1, 1), ink, 0.0), sketch.black)


def test_black_is_dark_on_paper_and_on_nothing() -> None:
    assert drawn_dark(with_hair(FACE)) == 1
    assert drawn_dark(layer(FACE, (0, 0, 0))) == 1
    assert drawn_dark(layer(FACE, (24, 20, 30))) == 1


@pytest.mark.parametrize("colour", [(110, 70, 40), (190, 60, 30), (190, 190, 190), (240, 210, 110)])
def test_other_colours_are_not(colour: tuple[int, int, int]) -> None:
    """Though such a fill, being most of what is drawn, is full ink."""
    assert drawn_dark(layer(FACE, colour)) == 0


def test_white_hair_on_black_paper_is_not() -> None:
    assert drawn_dark(255 - with_hair(FACE)) == 0


def test_follows_the_ink_while_other_colours_are_kept(trained: Engine) -> None:
    trained.keep_appearance = True
    first = hair_of(trained, FACE)
    skin = trained.colours()["skin"]
    assert hair_of(trained, with_hair(FACE)) < 200
    assert trained.colours()["skin"] == skin
    assert hair_of(trained, FACE) == first


def test_a_locked_head_keeps_it(trained: Engine) -> None:
    dark = hair_of(trained, with_hair(FACE))
    trained.set_lock("remainder", True)
    assert abs(hair_of(trained, FACE) - dark) < 30


def test_a_portrait_that_is_brought_back_has_its_colours(trained: Engine) -> None:
    dark = hair_of(trained, with_hair(FACE))
    snapshot = trained.snapshot()
    hair_of(trained, FACE)
    trained.restore(snapshot)
    assert sum(trained.colours()["hair"]) == dark


def test_a_colour_that_is_set_wins(trained: Engine) -> None:
    trained.set_colour("hair", (200, 160, 100))
    assert hair_of(trained, with_hair(FACE)) > 350


def test_a_reference_wins_as_far_as_it_is_followed(trained: Engine) -> None:
    trained.reference = Reference(np.full((64, 64, 3), 190, np.uint8))
    found = []
    for strength in (1.0, 0.5, 0.0):
        trained.reference_strength = strength
        found.append(hair_of(trained, with_hair(FACE)))
    assert found[0] > 400
    assert found[0] > found[1] > found[2]


def test_a_plausible_head_does_not_follow_its_ink(trained: Engine) -> None:
    follows = hair_of(trained, with_hair(FACE))
    trained.set_blend("remainder", 1.0)
    assert hair_of(trained, with_hair(FACE)) > follows + 20
