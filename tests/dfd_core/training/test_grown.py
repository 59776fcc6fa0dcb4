"""Where facial hair grows in a photo."""

from __future__ import annotations

import numpy as np
import pytest
from bearded import POINTS, shaven_face, with_beard

from dfd_core.training.grown import beard, grown
from dfd_core.training.strokes import OVAL, polygon


@pytest.fixture(scope="module")
def shaven() -> np.ndarray:
    return shaven_face()


class TestBeard:
    def test_found_where_it_grows(self, shaven: np.ndarray) -> None:
        picture, grown = with_beard(shaven)
        found = beard(picture, POINTS)
        assert found.sum() > 0.4 * grown.sum()
        assert found[grown > 0].sum() > 0.9 * found.sum()

    def test_none_on_a_shaven_face(self, shaven: np.ndarray) -> None:
        assert not beard(shaven, POINTS).any()

    def test_a_shadow_on_one_side_is_none(self, shaven: np.ndarray) -> None:
        assert not beard(with_beard(shaven, slice(0, 256))[0], POINTS).any()

    def test_a_smooth_shadow_of_the_same_hue_is_none(self, shaven: np.ndarray) -> None:
        picture = shaven.copy()
        picture[350:] = (picture[350:] * 0.5).astype(np.uint8)
        assert not beard(picture, POINTS).any()


class TestSomebodyLooked:
    @pytest.mark.parametrize("kind", ["beard", "stubble", "moustache"])
    def test_what_pixels_do_not_show_has_its_usual_shape(self, shaven: np.ndarray, kind: str) -> None:
        found = grown(shaven, POINTS, kind)
        assert found.sum() > 500
        assert not found[polygon(POINTS[list(OVAL)]) == 0].any()

    def test_a_moustache_is_above_the_mouth(self, shaven: np.ndarray) -> None:
        rows = np.flatnonzero(grown(with_beard(shaven)[0], POINTS, "moustache").any(1))
        assert rows.min() > 335
        assert rows.max() < 380

    def test_a_beard_is_where_the_pixels_show_it(self, shaven: np.ndarray) -> None:
        picture, hairs = with_beard(shaven)
        found = grown(picture, POINTS, "beard")
        assert found.sum() > 0.5 * hairs.sum()
        assert found[hairs > 0].sum() > 0.9 * found.sum()

    def test_who_is_seen_to_be_shaven_has_none(self, shaven: np.ndarray) -> None:
        assert not grown(with_beard(shaven)[0], POINTS, "none").any()

    def test_else_pixels_tell(self, shaven: np.ndarray) -> None:
        assert grown(with_beard(shaven)[0], POINTS).any()
        assert not grown(shaven, POINTS).any()
