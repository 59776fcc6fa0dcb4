"""Lines from photos: strokes, their rough drawings, and photocopies."""

from __future__ import annotations

import numpy as np
import pytest
from portraits import landmarks, photo

from dfd_core.geometry import CANVAS
from dfd_core.training.photocopy import creases, photocopy
from dfd_core.training.roughen import DROPPABLE, clean, rasterise, rough
from dfd_core.training.strokes import CURVES, Stroke, features, outlines, portrait_strokes, smooth, strands


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return landmarks(np.random.default_rng(1))


@pytest.fixture(scope="module")
def picture(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gray photo and region map."""
    colour, regions = photo(points, np.random.default_rng(1))
    return np.array(colour.convert("L")), np.array(regions)


@pytest.fixture(scope="module")
def strokes(picture: tuple[np.ndarray, np.ndarray], points: np.ndarray) -> list[Stroke]:
    return portrait_strokes(*picture, points, np.random.default_rng(1))


def inked(drawing: np.ndarray) -> float:
    """Share of inked pixels."""
    return float((drawing > 100).mean())


class TestStrokes:
    def test_draw_every_feature(self, points: np.ndarray) -> None:
        kinds = [stroke.kind for stroke in features(points)]
        assert set(kinds) == {*CURVES, "iris", "pupil"}
        assert kinds.count("iris") == 2
        assert kinds.count("lid") == 4

    def test_lids_pass_through_their_landmarks(self, points: np.ndarray) -> None:
        lid = next(stroke for stroke in features(points) if stroke.kind == "lid")
        for corner in (33, 159, 133):
            assert np.hypot(*(lid.points - points[corner]).T).min() < 0.01

    def test_irises_stay_between_the_lids(self, points: np.ndarray) -> None:
        iris = next(stroke for stroke in features(points) if stroke.kind == "iris")
        assert iris.points[:, 1].min() >= points[159][1]
        assert iris.points[:, 1].max() <= points[145][1]

    def test_region_map_gives_outlines(self, picture: tuple[np.ndarray, np.ndarray], points: np.ndarray) -> None:
        found = outlines(picture[1], points)
        assert {stroke.kind for stroke in found} >= {"hair", "neck", "cloth", "face"}
        for stroke in found:
            assert stroke.points.min() >= 0
            assert stroke.points.max() < CANVAS

    def test_strands_lie_in_the_hair(self, picture: tuple[np.ndarray, np.ndarray]) -> None:
        gray, regions = picture
        found = strands(gray, regions, np.random.default_rng(0), count=20)
        assert 5 <= len(found) <= 20
        for strand in found:
            x, y = strand.points.round().astype(int).T
            assert (regions[y, x] == 17).all()

    def test_bald_heads_have_no_strands(self, picture: tuple[np.ndarray, np.ndarray]) -> None:
        assert strands(picture[0], np.zeros_like(picture[1]), np.random.default_rng(0)) == []

    def test_without_a_region_map_the_oval_stands_in(
        self, picture: tuple[np.ndarray, np.ndarray], points: np.ndarray
    ) -> None:
        kinds = {s.kind for s in portrait_strokes(picture[0], None, points, np.random.default_rng(0))}
        assert "face" in kinds
        assert not kinds & {"hair", "strand", "cloth"}

    def test_every_kind_may_be_left_out_by_a_rough_hand(self, strokes: list[Stroke]) -> None:
        assert {stroke.kind for stroke in strokes} <= set(DROPPABLE)

    def test_smoothing_keeps_the_ends_and_the_spacing(self) -> None:
        line = smooth(np.array([[0, 0], [100, 0], [100, 100]]), step=4)
        assert (line[[0, -1]] == [[0, 0], [100, 100]]).all()
        assert np.hypot(*np.diff(line, axis=0).T).max() < 8


class TestDrawings:
    @pytest.mark.parametrize("size", [CANVAS, 256])
    def test_clean_is_thin_ink_on_paper(self, strokes: list[Stroke], size: int) -> None:
        drawing = clean(strokes, 2, size)
        assert (drawing.shape, drawing.dtype) == ((size, size), np.uint8)
        assert drawing.max() > 200
        assert np.median(drawing) == 0
        assert 0.005 < inked(drawing) < 0.15

    @pytest.mark.parametrize("level", [0.0, 0.15, 0.5, 1.0])
    def test_rough_is_ink_on_paper(self, strokes: list[Stroke], level: float) -> None:
        for seed in range(5):
            drawing = rough(strokes, level, np.random.default_rng(seed), 256)
            assert (drawing.shape, drawing.dtype) == ((256, 256), np.uint8)
            assert drawing.max() > 150
            assert 0.005 < inked(drawing) < 0.3

    def test_rough_depends_on_its_seed_only(self, strokes: list[Stroke]) -> None:
        first, again, other = (rough(strokes, 0.7, np.random.default_rng(seed), 256) for seed in (1, 1, 2))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_rougher_is_farther_from_clean(self, strokes: list[Stroke]) -> None:
        lines = [Stroke(s.kind, s.points) for s in strokes if s.kind in ("face", "lip")]
        truth = clean(lines, 8) > 100
        hits = {
            level: np.mean([truth[rough(lines, level, np.random.default_rng(seed)) > 100].mean() for seed in range(12)])
            for level in (0.0, 1.0)
        }
        assert hits[0.0] > 0.7
        assert hits[1.0] < hits[0.0] - 0.15

    def test_lines_are_drawn_where_they_are(self) -> None:
        ink = rasterise([(np.array([[100, 50], [100, 200]], np.float32), 2)])
        rows, columns = np.nonzero(ink > 100)
        assert 98 <= columns.min() <= columns.max() <= 102
        assert rows.min() == pytest.approx(50, abs=2)
        assert rows.max() == pytest.approx(200, abs=2)


class TestPhotocopy:
    @pytest.mark.parametrize("sigma", [1.1, 1.4, 2.6])
    def test_is_lines_on_paper(self, picture: tuple[np.ndarray, np.ndarray], sigma: float) -> None:
        ink = photocopy(picture[0], sigma)
        assert (ink.shape, ink.dtype) == ((CANVAS, CANVAS), np.uint8)
        assert ink.max() > 150
        assert 0.002 < inked(ink) < 0.2

    def test_follows_dark_lines(self) -> None:
        page = np.full((CANVAS, CANVAS), 200, np.uint8)
        page[100:400, 250:254] = 40
        ink = photocopy(page)
        assert (ink[120:380, 251] > 150).all()
        assert ink[:, :200].max() == 0

    def test_flat_picture_has_none(self) -> None:
        assert photocopy(np.full((CANVAS, CANVAS), 128, np.uint8)).max() == 0

    def test_specks_are_swept_away(self) -> None:
        page = np.full((CANVAS, CANVAS), 200, np.uint8)
        page[100:400, 250:254] = 40
        page[50, 50] = 0
        assert photocopy(page, least=24)[40:60, 40:60].max() == 0
        assert photocopy(page, least=0)[40:60, 40:60].max() > 0


def test_creases_are_counted_where_youth_has_none() -> None:
    """On the forehead, not in brows, eyes, mouth or hair; at any size of the photocopy alike."""
    page = np.zeros((CANVAS, CANVAS), np.uint8)
    page[205:235, 130:380] = page[340:400, 205:307] = page[:130] = 255
    assert creases(page) == 0
    page[150:154, 200:312] = 255
    assert creases(page) > 0.01
    assert creases(page[::2, ::2]) == pytest.approx(creases(page))
