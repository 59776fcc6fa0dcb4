"""What is in and near a frame decides how it is read, not the rest of the page."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from drawings import face, on_transparent

import dfd_core.lineart
from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.frame import Frame
from dfd_core.lineart import Sketch, normalise

FACE = face(512)


@pytest.fixture(scope="module")
def usual() -> Sketch:
    """The face alone."""
    return normalise(FACE, frame="canvas")


def alike(one: Sketch, other: Sketch) -> float:
    """Correlation of the ink of two sketches."""
    return float(torch.corrcoef(torch.stack([one.ink.flatten(), other.ink.flatten()]))[0, 1])


def page(width: int, height: int, x: int, y: int, drawing: np.ndarray = FACE) -> np.ndarray:
    """White, with a drawing at (x, y)."""
    result = np.full((height, width), 255, np.uint8)
    result[y : y + drawing.shape[0], x : x + drawing.shape[1]] = drawing
    return result


@pytest.mark.parametrize("size", [(800, 20_000), (6000, 8000)])
def test_small_face_of_a_large_page_is_read_as_sharply_as_alone(size: tuple[int, int], usual: Sketch) -> None:
    assert alike(normalise(page(*size, 120, 5000), frame=Frame(120, 5000, 512)), usual) > 0.99


def test_canvas_of_a_long_strip_too(usual: Sketch) -> None:
    assert alike(normalise(page(512, 10_000, 0, 4744), frame="canvas"), usual) > 0.99


def test_tilted_frame_too() -> None:
    strip = page(800, 16_000, 120, 5000)
    frame = Frame(120, 5000, 512, 20)
    assert alike(normalise(strip, frame=frame), normalise(strip[4800:5700], (0, 4800), (800, 16_000), frame)) > 0.99


def test_faint_pencil_beside_a_black_panel(usual: Sketch) -> None:
    pencil = 255 - ((255 - FACE) * 0.12).round().astype(np.uint8)
    comic = page(1600, 1024, 900, 256, pencil)
    comic[100:900, 100:700] = 0
    sketch = normalise(comic, frame=Frame(900, 256, 512))
    assert alike(sketch, usual) > 0.97
    assert sketch.ink.mean() > 0.9 * usual.ink.mean()


def test_white_lines_on_a_dark_panel(usual: Sketch) -> None:
    comic = page(1600, 1024, 850, 200, np.full((620, 620), 30, np.uint8))
    comic[256:768, 900:1412] = np.where(FACE < 128, 250, 30)
    assert alike(normalise(comic, frame=Frame(900, 256, 512)), usual) > 0.97


def test_automatic_frame_is_read_again_where_that_is_sharper() -> None:
    sketch = normalise(page(4096, 4096, 2200, 900))
    alone = normalise(FACE, (2200, 900), (4096, 4096), sketch.frame)
    assert sketch.frame.side < 600
    assert alike(sketch, alone) > 0.99


def test_shape_that_fills_an_automatic_frame_is_not_taken_for_its_paper() -> None:
    sketch = normalise(page(4096, 4096, 1500, 1800, np.zeros((400, 400), np.uint8)))
    assert sketch.ink[256, 256] == 1


@pytest.mark.parametrize("x", [100.5, 101.5, 233.25])
def test_part_of_a_page_is_read_as_the_whole_is(x: float) -> None:
    small = page(1500, 1000, 100, 120)
    frame = Frame(x, 120.5, 512)
    near = normalise(small, frame=frame)
    small[900:, 1400:] = 0  # cannot be seen from the frame
    assert torch.equal(normalise(small, frame=frame).ink, near.ink)
    assert torch.equal(normalise(small[:, :1024], canvas=(1500, 1000), frame=frame).ink, near.ink)


def test_blank_part_of_a_page() -> None:
    with pytest.raises(DrawingError, match="move the frame over the face"):
        normalise(page(2000, 2000, 100, 100), frame=Frame(1000, 1000, 400))


def test_frame_on_an_empty_layer() -> None:
    with pytest.raises(EmptyDrawing):
        normalise(np.zeros((2000, 2000, 4), np.uint8), frame=Frame(1000, 1000, 400))


@pytest.mark.parametrize("size", [2100, 4095])
@pytest.mark.parametrize("colour", [0, 90, 255])
def test_plain_strips_of_a_layer_are_read_like_all_others(
    size: int, colour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = np.full((size, size, 4), (colour, colour, 200, 255), np.uint8)
    layer[700:1212, 900:1412] = on_transparent(FACE, (120, 130, 90))
    quick = normalise(layer).ink
    monkeypatch.setattr(dfd_core.lineart, "_is_plain", lambda _: False)
    assert torch.equal(normalise(layer).ink, quick)
