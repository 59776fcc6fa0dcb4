"""Paper and ink: chalks and dark panels, grain, faint lines; and dark lines stay what is read."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from drawings import face, in_colours, on_transparent
from PIL import Image, ImageDraw

from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.lineart import Sketch, normalise

FACE = face(512)
WHITE, BLACK = (255, 255, 255, 255), (0, 0, 0, 255)


@pytest.fixture(scope="module")
def usual() -> Sketch:
    """Black on white."""
    return normalise(FACE, frame="canvas")


def alike(pixels: np.ndarray, usual: Sketch) -> float:
    """Correlation of the ink of `pixels` with the usual one."""
    ink = normalise(pixels, frame="canvas").ink
    return float(torch.corrcoef(torch.stack([ink.flatten(), usual.ink.flatten()]))[0, 1])


def with_grain(pixels: np.ndarray, sigma: float) -> np.ndarray:
    grain = np.random.default_rng(0).normal(0, sigma, (*pixels.shape[:2], 1)).round()
    return (pixels + grain).clip(0, 255).astype(np.uint8)


def as_jpeg(pixels: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=75)
    return np.array(Image.open(file))


def chalk_with_pupils() -> np.ndarray:
    layer = Image.fromarray(on_transparent(FACE, (255, 255, 255)))
    pen = ImageDraw.Draw(layer)
    for x in (188, 324):
        pen.ellipse((x - 9, 231, x + 9, 249), fill=BLACK)
    return np.array(layer)


def chalks() -> np.ndarray:
    layer = on_transparent(FACE, (255, 255, 255))
    layer[:260, :, :3] = (150, 200, 255)
    return layer


def on_a_shape(box: tuple[int, int, int, int], shape: tuple[int, int, int, int], ink: int) -> np.ndarray:
    """Lines on an ellipse that is all there is of the layer."""
    layer = Image.fromarray(np.zeros((512, 512, 4), np.uint8))
    ImageDraw.Draw(layer).ellipse(box, fill=shape)
    pixels = np.array(layer)
    pixels[FACE < 128] = (ink, ink, ink, 255)
    return pixels


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(chalk_with_pupils(), id="chalk with black pupils"),
        pytest.param(chalks(), id="white and light blue chalk"),
        pytest.param(with_grain(in_colours(FACE, (255,) * 3, (140,) * 3), 6), id="white on grey with grain"),
        pytest.param(with_grain(in_colours(FACE, (250,) * 3, (160,) * 3), 8), id="white on light grey with grain"),
        pytest.param(as_jpeg(in_colours(FACE, (255,) * 3, (140,) * 3)), id="white on grey as JPEG"),
        pytest.param(on_a_shape((60, 5, 450, 510), (25, 25, 35, 255), 255), id="white on a dark shape"),
        pytest.param(on_a_shape((100, 30, 412, 490), (70, 20, 20, 255), 255), id="white on a small dark shape"),
    ],
)
def test_light_lines_are_read(pixels: np.ndarray, usual: Sketch) -> None:
    assert alike(pixels, usual) > 0.9


def corrected() -> np.ndarray:
    """Black lines, some of them painted over in white."""
    layer = Image.fromarray(on_transparent(FACE, (0, 0, 0)))
    pen = ImageDraw.Draw(layer)
    for x in range(30, 100, 20):
        pen.line((x, 20, x, 490), fill=WHITE, width=5)
    return np.array(layer)


def black_hair() -> np.ndarray:
    """Black lines, and hair filled with black that has white lights."""
    layer = Image.fromarray(on_transparent(FACE, (0, 0, 0)))
    pen = ImageDraw.Draw(layer)
    pen.pieslice((100, 30, 412, 330), 180, 360, fill=BLACK)
    for x in range(180, 340, 25):
        pen.line((x, 70, x + 10, 120), fill=WHITE, width=3)
    return np.array(layer)


def lit() -> np.ndarray:
    """Pencil on toned paper, with white lights."""
    page = Image.fromarray(in_colours(FACE, (70, 70, 70), (165, 165, 165)))
    ImageDraw.Draw(page).ellipse((230, 260, 280, 300), fill=(250, 250, 250))
    return np.array(page)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(on_a_shape((60, 5, 450, 510), WHITE, 0), id="on a white shape"),
        pytest.param(corrected(), id="corrected in white"),
        pytest.param(lit(), id="toned paper with white lights"),
        pytest.param(with_grain(in_colours(FACE, (40,) * 3, (140,) * 3), 6), id="grey paper with grain"),
    ],
)
def test_dark_lines_are_read_although_there_is_white(pixels: np.ndarray, usual: Sketch) -> None:
    assert alike(pixels, usual) > 0.9


def test_lights_in_black_hair_are_not_the_drawing() -> None:
    layer = black_hair()
    on_white = np.array(Image.alpha_composite(Image.new("RGBA", (512, 512), "white"), Image.fromarray(layer)))
    assert alike(layer, normalise(on_white, frame="canvas")) > 0.99


def test_glaze_beside_a_blot_is_read() -> None:
    """Light strokes of a thin colour beside something dark and solid: there are no lines on the blot."""
    layer = np.zeros((400, 400, 4), np.uint8)
    layer[300:380, 300:380] = (20, 10, 10, 255)
    layer[50:54, 50:250] = layer[100:250, 60:64] = (255, 240, 220, 100)
    ink = normalise(layer, frame="canvas").ink
    assert 0 < float((ink > 0.3).float().mean()) < 0.5


class TestFaint:
    @pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (60, 90, 160)])
    def test_lines_on_nothing_are_read(self, colour: tuple[int, int, int], usual: Sketch) -> None:
        layer = on_transparent(FACE, colour)
        layer[:, :, 3] = (layer[:, :, 3] * 0.05).round()
        assert alike(layer, usual) > 0.97

    def test_thin_lines_of_a_large_page_are_not_nothing(self) -> None:
        page = np.full((4096, 4096), 255, np.uint8)
        page[600:3400:200, 600:3400] = 204
        with pytest.raises(DrawingError, match="too faint to read") as caught:
            normalise(page)
        assert not isinstance(caught.value, EmptyDrawing)

    @pytest.mark.parametrize("opacity", [0, 1, 2])
    def test_what_nobody_sees_is_nothing(self, opacity: int) -> None:
        layer = on_transparent(FACE, (0, 0, 0))
        layer[:, :, 3] = np.minimum(layer[:, :, 3], opacity)
        with pytest.raises(EmptyDrawing):
            normalise(layer)
