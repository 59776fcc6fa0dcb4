"""Line-art normalisation: any drawing becomes the same ink, and portraits go back to their place."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import face, in_colours, on_transparent
from PIL import Image

from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.frame import Frame, place
from dfd_core.geometry import CANVAS
from dfd_core.ink import EMPTY
from dfd_core.lineart import LEAST_SIDE, Sketch, normalise

SAMPLE = Path(__file__).parents[2] / "samples" / "sample.kra"

FACE = face(256)


def alike(one: Sketch, other: Sketch) -> float:
    """Correlation of the ink of two sketches."""
    return float(torch.corrcoef(torch.stack([one.ink.flatten(), other.ink.flatten()]))[0, 1])


@pytest.fixture(scope="module")
def usual() -> Sketch:
    """Black on white."""
    return normalise(FACE)


class TestAnyDrawing:
    @pytest.mark.parametrize(
        "pixels",
        [
            pytest.param(255 - FACE, id="white on black"),
            pytest.param(FACE[:, :, None], id="one channel"),
            pytest.param(in_colours(FACE, (0, 0, 0), (255, 255, 255)), id="RGB"),
            pytest.param(in_colours(FACE, (120, 120, 120), (250, 250, 245)), id="gray pencil"),
            pytest.param(in_colours(FACE, (200, 30, 30), (255, 255, 255)), id="red"),
            pytest.param(in_colours(FACE, (40, 60, 220), (255, 250, 235)), id="blue on cream"),
            pytest.param(in_colours(FACE, (255, 230, 120), (20, 20, 60)), id="yellow on navy"),
            pytest.param(in_colours(FACE, (30, 20, 10), (150, 130, 110)), id="dark on toned paper"),
            pytest.param(in_colours(FACE, (255, 255, 255), (170, 160, 150)), id="chalk on toned paper"),
            pytest.param(on_transparent(FACE, (0, 0, 0)), id="black on nothing"),
            pytest.param(on_transparent(FACE, (255, 255, 255)), id="white on nothing"),
            pytest.param(on_transparent(FACE, (128, 128, 128)), id="gray on nothing"),
            pytest.param(on_transparent(FACE, (0, 90, 200)), id="blue on nothing"),
        ],
    )
    def test_is_read_like_black_on_white(self, pixels: np.ndarray, usual: Sketch) -> None:
        sketch = normalise(pixels)
        assert alike(sketch, usual) > 0.97
        assert float(sketch.ink.quantile(0.995)) > 0.9

    def test_ink_is_a_canvas_of_0_to_1(self, usual: Sketch) -> None:
        assert usual.ink.shape == (CANVAS, CANVAS)
        assert usual.ink.dtype == torch.float32
        assert usual.ink.min() == 0
        assert usual.ink.max() == 1
        assert 0.01 < usual.ink.mean() < 0.2

    def test_transparent_pixels_are_paper_whatever_their_colour(self, usual: Sketch) -> None:
        layer = on_transparent(FACE, (0, 0, 0))
        layer[:, :, :3][FACE == 255] = (255, 0, 200)
        assert alike(normalise(layer), usual) > 0.99

    def test_uneven_paper_is_not_ink(self, usual: Sketch) -> None:
        shade = np.linspace(1, 0.96, 256)[None]
        assert alike(normalise((FACE * shade).astype(np.uint8)), usual) > 0.97

    @pytest.mark.parametrize("size", [300, 900, 1700, 2500])
    def test_large_drawings_keep_their_lines(self, size: int) -> None:
        sketch = normalise(face(size))
        assert alike(sketch, normalise(face(512))) > 0.9
        assert float(sketch.ink.quantile(0.98)) > 0.8

    def test_thin_lines_of_a_large_drawing_are_full_ink(self) -> None:
        page = np.full((2000, 2000), 255, np.uint8)
        page[300:1700, 500:502] = page[300:1700, 1500:1502] = page[300:302, 500:1500] = page[1700:1702, 500:1500] = 0
        ink = normalise(page).ink
        assert float(ink[250, 100:150].max()) > 0.8

    @pytest.mark.parametrize("size", [2047, 2049, 3334])
    def test_white_on_black_of_any_size_has_no_ink_at_its_edges(self, size: int) -> None:
        page = np.zeros((size, size), np.uint8)
        page[900 : 900 + 600, 700 : 700 + 600] = 255 - face(600)
        frame = normalise(page).frame
        assert (frame.x, frame.y, frame.side) == pytest.approx((700, 900, 600), abs=30)

    @pytest.mark.parametrize("make", [face, lambda: 255 - FACE, lambda: on_transparent(FACE, (255, 255, 255))])
    def test_input_is_not_modified(self, make) -> None:
        pixels = make()
        before = pixels.copy()
        pixels.setflags(write=False)
        normalise(pixels)
        assert np.array_equal(pixels, before)


class TestNothingToDrawFrom:
    @pytest.mark.parametrize(
        "pixels",
        [
            pytest.param(np.full((300, 200), 255, np.uint8), id="white"),
            pytest.param(np.zeros((300, 200), np.uint8), id="black"),
            pytest.param(np.full((300, 200, 3), (200, 40, 90), np.uint8), id="flat colour"),
            pytest.param(np.zeros((300, 200, 4), np.uint8), id="transparent"),
            pytest.param(np.full((300, 200, 4), (10, 10, 10, 0), np.uint8), id="transparent black"),
            pytest.param(np.full((300, 200, 4), (255, 255, 255, 90), np.uint8), id="flat translucent white"),
            pytest.param(np.full((300, 200, 4), (90, 10, 10, 120), np.uint8), id="flat translucent colour"),
            pytest.param(np.zeros((0, 0, 4), np.uint8), id="no pixels"),
            pytest.param(np.zeros((50, 0), np.uint8), id="no columns"),
        ],
    )
    def test_empty_layer(self, pixels: np.ndarray) -> None:
        with pytest.raises(EmptyDrawing) as caught:
            normalise(pixels, canvas=(400, 400))
        assert str(caught.value) == EMPTY

    def test_a_few_specks_are_no_drawing(self) -> None:
        page = np.full((300, 300), 255, np.uint8)
        page[40, 50:60] = 0
        with pytest.raises(EmptyDrawing):
            normalise(page)

    def test_lines_too_faint_to_read(self) -> None:
        page = np.full((300, 300), 128, np.uint8)
        page[100:150, 100:104], page[100:150, 200:204] = 118, 138
        with pytest.raises(DrawingError, match="too faint to read: draw darker"):
            normalise(page)

    @pytest.mark.parametrize("dtype", [np.float32, np.uint16, np.int64, bool])
    def test_wrong_type(self, dtype: type) -> None:
        with pytest.raises(DrawingError, match="8-bit"):
            normalise(FACE.astype(dtype))

    def test_not_an_array(self) -> None:
        with pytest.raises(DrawingError, match="numpy array"):
            normalise(FACE.tolist())

    @pytest.mark.parametrize("shape", [(64,), (64, 64, 2), (64, 64, 5), (2, 64, 64, 3)])
    def test_wrong_shape(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(DrawingError, match="grey, RGB or RGBA"):
            normalise(np.zeros(shape, np.uint8))

    @pytest.mark.parametrize("side", [1, LEAST_SIDE - 1])
    def test_canvas_is_too_small(self, side: int) -> None:
        page = np.zeros((side, side), np.uint8)
        with pytest.raises(DrawingError, match="too small"):
            normalise(page, canvas=(side, side))

    def test_frame_beside_the_drawing(self) -> None:
        with pytest.raises(DrawingError, match="move the frame over the face"):
            normalise(FACE, canvas=(2000, 2000), frame=Frame(1000, 1000, 400))


class TestFrame:
    def test_drawing_that_fills_the_document_keeps_its_place(self, usual: Sketch) -> None:
        assert usual.frame == Frame(0, 0, 256)
        assert usual.canvas == (256, 256)

    def test_small_face_on_a_large_page_is_found(self, usual: Sketch) -> None:
        page = np.full((1600, 1200), 255, np.uint8)
        page[1000:1256, 100:356] = FACE
        sketch = normalise(page)
        x, y, side = sketch.frame.x, sketch.frame.y, sketch.frame.side
        assert 80 < x < 130
        assert 1000 < y < 1020
        assert 225 < side < 275
        assert alike(normalise(page, frame=Frame(100, 1000, 256)), usual) > 0.97

    def test_part_of_a_layer_means_the_same_as_the_whole_layer(self) -> None:
        page = np.full((900, 1200), 255, np.uint8)
        page[300:556, 700:956] = FACE
        whole = normalise(page)
        part = normalise(page[280:600, 650:1000], origin=(650, 280), canvas=(1200, 900))
        assert vars(part.frame) == pytest.approx(vars(whole.frame))
        assert torch.equal(part.ink, whole.ink)

    @pytest.mark.parametrize("size", [(256, 640), (640, 256)])
    def test_canvas_frame_is_the_middle_square(self, size: tuple[int, int], usual: Sketch) -> None:
        sketch = normalise(face(256, canvas=size), frame="canvas")
        assert sketch.frame == Frame((size[0] - 256) / 2, (size[1] - 256) / 2, 256)
        assert torch.equal(sketch.ink, usual.ink)

    @pytest.mark.parametrize("size", [(380, 300), (300, 380)])
    def test_nearly_square_page_that_is_filled_is_the_frame(self, size: tuple[int, int]) -> None:
        sketch = normalise(face(300, canvas=size))
        assert sketch.frame == Frame((size[0] - 300) / 2, (size[1] - 300) / 2, 300)

    def test_a_drawing_with_shoulders_is_cut_where_the_canvas_would_cut_it(self) -> None:
        """A hand-drawn bust in a corner of a page: the frame is the square that it was drawn in."""
        with zipfile.ZipFile(SAMPLE) as sample, sample.open("mergedimage.png") as file:
            bust = Image.open(file).convert("RGBA").resize((512, 512))
        page = Image.new("RGBA", (1900, 1300), "white")
        page.paste(bust, (1200, 700), bust)
        frame = normalise(np.array(page)).frame
        assert (frame.x, frame.y, frame.side) == pytest.approx((1200, 700, 512), abs=20)

    def test_given_frame_is_kept(self) -> None:
        frame = Frame(-20.5, 10.25, 300)
        assert normalise(FACE, canvas=(256, 256), frame=frame).frame == frame

    def test_layer_that_reaches_over_the_edges_of_the_canvas(self) -> None:
        sketch = normalise(FACE, origin=(-100, -40), canvas=(200, 300))
        assert sketch.frame.x < 0
        placed, x, y = place(np.zeros((CANVAS, CANVAS, 3), np.uint8), sketch.frame, sketch.canvas)
        assert x == 0
        assert y >= 0
        assert placed.shape[1] <= 200
        assert y + placed.shape[0] <= 300

    def test_face_that_is_pushed_out_of_the_canvas_is_not_taken_for_the_whole_document(self, usual: Sketch) -> None:
        sketch = normalise(FACE, origin=(-100, 0), canvas=(300, 300))
        assert sketch.frame.x < -50
        assert sketch.ink.sum() > 0.9 * usual.ink.sum()

    def test_layer_beside_the_canvas_has_no_place_for_a_portrait(self) -> None:
        sketch = normalise(FACE, origin=(-600, 0), canvas=(300, 300))
        with pytest.raises(DrawingError, match="outside the canvas"):
            place(np.zeros((CANVAS, CANVAS, 3), np.uint8), sketch.frame, sketch.canvas)


class TestHugeCanvas:
    def test_small_part_of_8000_by_8000(self) -> None:
        sketch = normalise(face(900), origin=(6000, 5000), canvas=(8000, 8000))
        frame = sketch.frame
        assert (frame.x, frame.y, frame.side) == pytest.approx((6000, 5000, 900), abs=45)
        again = normalise(face(900), origin=(6000, 5000), canvas=(8000, 8000), frame=Frame(6000, 5000, 900))
        assert torch.equal(again.ink, normalise(face(900), frame="canvas").ink)

    def test_all_of_8000_by_8000(self) -> None:
        page = np.full((8000, 8000, 1), 255, np.uint8)
        page[:, :, 0] = np.kron(face(1000), np.ones((8, 8), np.uint8))
        sketch = normalise(page)
        assert sketch.frame == Frame(0, 0, 8000)
        assert alike(sketch, normalise(face(1000))) > 0.95

    def test_frame_of_the_whole_canvas_about_a_small_part(self) -> None:
        pixels = np.zeros((400, 400), np.uint8)
        sketch = normalise(np.pad(pixels, 100, constant_values=255), (1900, 5900), (60_000, 60_000), Frame(0, 0, 8000))
        rows, columns = np.nonzero(sketch.ink.numpy() > 0.5)
        assert [rows.min(), rows.max()] == pytest.approx([6000 / 8000 * 512, 6400 / 8000 * 512], abs=2)
        assert [columns.min(), columns.max()] == pytest.approx([2000 / 8000 * 512, 2400 / 8000 * 512], abs=2)

    def test_frame_of_60000_pixels_fits_into_memory(self) -> None:
        pixels = np.full((4000, 4000), 255, np.uint8)
        pixels[400:3600, 400:1600] = pixels[400:3600, 2400:3600] = 0
        tracemalloc.start()
        sketch = normalise(pixels, (28_000, 28_000), (60_000, 60_000), "canvas")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 400e6
        rows, columns = np.nonzero(sketch.ink.numpy() > 0.5)
        ends = [28_400 / 60_000 * 512, 31_600 / 60_000 * 512]
        assert [rows.min(), rows.max()] == pytest.approx(ends, abs=2)
        assert [columns.min(), columns.max()] == pytest.approx(ends, abs=2)


class TestRoundTrip:
    @pytest.mark.parametrize("canvas", [(640, 640), (900, 640), (1500, 2400)])
    @pytest.mark.parametrize("frame", ["auto", "canvas"])
    def test_square_comes_back_where_it_was_drawn(self, canvas: tuple[int, int], frame: str) -> None:
        page = np.full((canvas[1], canvas[0]), 255, np.uint8)
        left, top, side = canvas[0] // 2 - 90, canvas[1] // 2 - 130, 240
        page[top : top + side, left : left + side] = 0
        sketch = normalise(page, frame=frame)
        back = ((1 - sketch.ink.numpy()) * 255).astype(np.uint8)[:, :, None].repeat(3, 2)
        placed, x, y = place(back, sketch.frame, canvas)
        result = np.full_like(page, 255)
        result[y : y + placed.shape[0], x : x + placed.shape[1]] = placed[:, :, 0]
        rows, columns = np.nonzero(result < 128)
        edges = [columns.min(), columns.max() + 1, rows.min(), rows.max() + 1]
        assert edges == pytest.approx([left, left + side, top, top + side], abs=max(2, sketch.frame.side / CANVAS))

    def test_portrait_is_opaque_and_as_large_as_the_frame(self) -> None:
        image = np.full((CANVAS, CANVAS, 3), (10, 120, 250), np.uint8)
        placed, x, y = place(image, Frame(30.4, 12.6, 200), (640, 480))
        assert (placed.shape, placed.dtype, x, y) == ((200, 200, 4), np.uint8, 30, 13)
        assert (placed == (10, 120, 250, 255)).all()

    def test_frame_of_the_portrait_size_changes_no_pixel(self) -> None:
        image = np.random.default_rng(0).integers(0, 256, (CANVAS, CANVAS, 3), np.uint8)
        placed, _, _ = place(image, Frame(0, 0, CANVAS), (CANVAS, CANVAS))
        assert np.array_equal(placed[:, :, :3], image)

    def test_part_outside_the_canvas_is_cut_off(self) -> None:
        image = np.random.default_rng(0).integers(0, 256, (CANVAS, CANVAS, 3), np.uint8)
        placed, x, y = place(image, Frame(-100, 50, CANVAS), (300, 300))
        assert (x, y) == (0, 50)
        assert np.array_equal(placed[:, :, :3], image[:250, 100:400])
