"""The component windows."""

from __future__ import annotations

import pytest

from dfd_core.geometry import (
    CANVAS,
    CELL,
    COMPONENTS,
    LEFT_EYE,
    MOUTH,
    NAMES,
    NETWORKS,
    NOSE,
    REMAINDER,
    RIGHT_EYE,
    Component,
    component,
)

EACH = pytest.mark.parametrize("part", COMPONENTS, ids=NAMES)


class TestWindows:
    @EACH
    def test_lies_inside_the_canvas(self, part: Component) -> None:
        assert part.x >= 0
        assert part.y >= 0
        assert part.x + part.size <= CANVAS
        assert part.y + part.size <= CANVAS

    @EACH
    def test_lies_on_the_grid_of_cells(self, part: Component) -> None:
        assert [v % CELL for v in (part.x, part.y, part.size)] == [0, 0, 0]
        assert part.cells * CELL == part.size

    @EACH
    def test_slices_are_rows_then_columns(self, part: Component) -> None:
        rows, columns = part.slices
        assert (rows.start, rows.stop) == (part.y, part.y + part.size)
        assert (columns.start, columns.stop) == (part.x, part.x + part.size)

    def test_eyes_are_mirror_images_about_the_middle(self) -> None:
        assert RIGHT_EYE.x == CANVAS - LEFT_EYE.x - LEFT_EYE.size
        assert (RIGHT_EYE.y, RIGHT_EYE.size) == (LEFT_EYE.y, LEFT_EYE.size)
        assert RIGHT_EYE.network == LEFT_EYE.network
        assert RIGHT_EYE.mirrored
        assert not LEFT_EYE.mirrored

    @pytest.mark.parametrize("part", [NOSE, MOUTH, REMAINDER], ids=lambda part: part.name)
    def test_others_are_centred_on_the_middle(self, part: Component) -> None:
        assert 2 * part.x + part.size == CANVAS
        assert not part.mirrored

    def test_eyes_of_the_canonical_canvas_are_in_their_windows(self) -> None:
        for eye, (x, y) in ((LEFT_EYE, (192, 241)), (RIGHT_EYE, (319, 241))):
            assert eye.x < x < eye.x + eye.size
            assert eye.y < y < eye.y + eye.size

    def test_remainder_is_the_whole_canvas(self) -> None:
        assert (REMAINDER.x, REMAINDER.y, REMAINDER.size) == (0, 0, CANVAS)


class TestNames:
    def test_five_components_share_four_networks(self) -> None:
        assert NAMES == ("left_eye", "right_eye", "nose", "mouth", "remainder")
        assert {part.network for part in COMPONENTS} == set(NETWORKS)

    def test_component_is_found_by_name(self) -> None:
        assert component("nose") is NOSE

    def test_unknown_name_is_a_key_error(self) -> None:
        with pytest.raises(KeyError, match="chin"):
            component("chin")
