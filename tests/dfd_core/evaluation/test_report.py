"""The page."""

from __future__ import annotations

import math

import pytest

from dfd_core.evaluation.report import cell, number, page, table
from dfd_core.evaluation.run import without_nan

ROW = {"line": "row", "faces": "val", "method": "ours", "level": "rough", "kid": 12.34, "kid_interval": [10.0, 15.06],
       "recall": 0.5, "copies": None}  # fmt: skip
LINES = [
    {"line": "run", "pack": "abc", "commit": "def", "synth_steps": 5, "unet_steps": None, "quick": True, "faces": 40,
     "training_portraits": 99, "device": "cpu", "date": "2026-01-01 00:00", "seconds": 90},
    {"line": "limits", "eye_colour_95": 14.79, "eye_shape_95": 0.0178, "privacy": 0.4321, "kid_halves": [0.1, -3, 3]},
    ROW,
    {"line": "target", "topic": "privacy", "what": "copies", "value": 0.5, "limit": 0.02, "at_least": False,
     "met": False},
    {"line": "group", "faces": "val", "kind": "skin tone", "group": "tan", "n": 3, "judged": False, "identity": 0.7,
     "identity_ratio": 1.1, "landmark": 0.05, "landmark_ratio": 0.9},
]  # fmt: skip


class TestCells:
    def test_have_factor_digits_and_interval(self) -> None:
        assert cell(ROW, "kid", 1, 1) == "12.3 (10.0 to 15.1)"
        assert cell(ROW, "recall", 100, 0) == "50"

    @pytest.mark.parametrize("value", [None, math.nan])
    def test_what_does_not_exist_is_a_dash(self, value: float | None) -> None:
        assert number(value, 1, 1) == "-"
        assert cell(ROW, "copies", 1, 1) == cell(ROW, "vgg", 1, 1) == "-"

    def test_table_has_a_line_for_the_heads_and_each_row(self) -> None:
        assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


class TestPage:
    def test_says_what_was_found(self) -> None:
        text = page(LINES, "sheet.jpg")
        for part in ("0 of 1 targets are met", "(quick subset)", "U-Net is not measured", "![", "(sheet.jpg)",
                     "| ours | 12.3 (10.0 to 15.1) |", "| privacy | copies | 0.500 | ≤ 0.020 | **no** |",
                     "val: skin tone tan (too few to judge) | 3 | 0.700 | 1.10 | 5.0 | 0.90 |",
                     "14.8 and 1.78 %"):  # fmt: skip
            assert part in text


class TestJson:
    def test_nan_becomes_null_everywhere(self) -> None:
        assert without_nan({"a": [1.5, math.nan], "b": {"c": math.inf}, "d": "x"}) == {
            "a": [1.5, None], "b": {"c": None}, "d": "x"}  # fmt: skip
