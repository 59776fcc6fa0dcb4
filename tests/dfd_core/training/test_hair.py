"""Hair as hands draw it."""

from __future__ import annotations

import numpy as np
import pytest
from portraits import landmarks, photo

from dfd_core.geometry import CANVAS
from dfd_core.training.hair import EDGES, bristles, curls, edged, hair, scribble
from dfd_core.training.strokes import EYE_CORNERS, HAIR, Stroke, portrait_strokes
from dfd_core.training.traced import Traced

SEEDS = range(60)
POINTS = landmarks(np.random.default_rng(1))
PICTURE, REGIONS = (np.array(part) for part in photo(POINTS, np.random.default_rng(1)))
GRAY = PICTURE.mean(2).astype(np.uint8)
STROKES = portrait_strokes(GRAY, REGIONS, POINTS, np.random.default_rng(1))
MASK = (REGIONS == HAIR).astype(np.uint8)
LINE = np.stack([np.arange(60, 450, 3), np.full(130, 200)], 1).astype(np.float32)


def looked_up(curly: bool = False) -> Traced:
    return Traced(GRAY, [], np.zeros((CANVAS, CANVAS), np.uint8), "none", curly, False, False)


class TestEdges:
    @pytest.mark.parametrize("way", EDGES[1:])
    def test_follow_the_outline(self, way: str) -> None:
        for seed in SEEDS:
            line = edged(LINE, way, np.random.default_rng(seed))
            off = np.abs(line[:, 1] - 200)
            assert 1 < off.max() < 36
            assert line[:, 0].min() > 60 - 26
            assert line[:, 0].max() < 450 + 26

    def test_scallops_bulge_to_one_side(self) -> None:
        for seed in SEEDS:
            off = edged(LINE, "scalloped", np.random.default_rng(seed))[:, 1] - 200
            assert min(off.max(), -off.min()) < 0.01

    def test_loops_go_back(self) -> None:
        assert all((np.diff(edged(LINE, "looped", np.random.default_rng(seed))[:, 0]) < -0.1).any() for seed in SEEDS)

    def test_short_lines_stay(self) -> None:
        assert edged(LINE[:8], "jagged", np.random.default_rng(0)) is not None
        np.testing.assert_array_equal(edged(LINE[:8], "jagged", np.random.default_rng(0)), LINE[:8])


class TestInsides:
    def test_curls_lie_in_the_hair(self) -> None:
        for seed in SEEDS:
            found = curls(MASK, np.random.default_rng(seed))
            assert found
            middles = np.array([s.points.mean(0) for s in found]).round().astype(int)
            assert MASK[middles[:, 1], middles[:, 0]].mean() > 0.7

    def test_curls_are_of_the_kind_that_is_asked_for(self) -> None:
        assert {s.kind for s in curls(MASK, np.random.default_rng(0), "beard")} == {"beard"}

    def test_a_scribble_goes_to_and_fro_across_the_hair(self) -> None:
        cap = MASK.copy()
        cap[160:] = 0
        drawn = [scribble(cap, np.random.default_rng(seed)) for seed in SEEDS]
        assert np.mean([len(found) == 1 for found in drawn]) > 0.5
        for found in drawn:
            points = np.concatenate([s.points for s in found])
            inside = cap[points[:, 1].round().astype(int), points[:, 0].round().astype(int)]
            assert inside.mean() > 0.6

    def test_nothing_to_fill(self) -> None:
        none = np.zeros_like(MASK)
        assert curls(none, np.random.default_rng(0)) == []
        assert scribble(none, np.random.default_rng(0)) == []


class TestBristles:
    def short(self) -> np.ndarray:
        """Hair that ends at the eyes."""
        eyes = int(POINTS[[k for pair in EYE_CORNERS for k in pair], 1].mean())
        regions = np.where(REGIONS == HAIR, 0, REGIONS)
        regions[60:eyes, 110:400] = HAIR
        return regions

    def test_stand_up_along_the_edge_of_short_hair(self) -> None:
        regions = self.short()
        for seed in SEEDS:
            found = bristles(regions, POINTS, np.random.default_rng(seed))
            assert found
            tips = np.array([s.points[0] for s in found]).round().astype(int)
            near = [(regions[y - 3 : y + 4, x - 3 : x + 4] == HAIR).mean() for x, y in tips]
            assert min(near) > 0
            assert max(near) < 1

    def test_long_hair_has_none(self) -> None:
        regions = self.short()
        regions[200:480, 60:110] = regions[200:480, 400:450] = HAIR
        assert not any(bristles(regions, POINTS, np.random.default_rng(seed)) for seed in SEEDS)


class TestHair:
    def test_many_ways(self) -> None:
        found = [hair(looked_up(), REGIONS, POINTS, STROKES, np.random.default_rng(seed)) for seed in SEEDS]
        outline = [s for s in STROKES if s.kind == "hair"]
        smooth = [all(any(s is line for s in way) for line in outline) for way in found]
        assert 0.4 < np.mean(smooth) < 0.85
        assert {s.kind for way in found for s in way} == {"hair", "strand"}
        assert len({len(way) for way in found}) > 10

    def test_curly_hair_is_looped_more_often(self) -> None:
        def winding(line: np.ndarray) -> float:
            return float(np.hypot(*np.diff(line, axis=0).T).sum() / np.hypot(*np.ptp(line, axis=0)))

        def looped(curly: bool) -> int:
            drawn = [hair(looked_up(curly), REGIONS, POINTS, STROKES, np.random.default_rng(seed)) for seed in SEEDS]
            strands = [[s.points for s in way if s.kind == "strand"] for way in drawn]
            return sum(len(way) > 20 and np.median([winding(line) for line in way]) > 1.3 for way in strands)

        assert looped(curly=False) < 6 < 30 < looped(curly=True)

    def test_strands_are_drawn_without_a_region_map(self) -> None:
        lines = [Stroke("strand", LINE)]
        assert any(hair(looked_up(), None, POINTS, lines, np.random.default_rng(seed)) for seed in SEEDS)
