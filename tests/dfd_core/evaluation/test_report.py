"""The page."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dfd_core.evaluation.report import cell, number, page, table, write_card
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


class TestCard:
    def test_gets_figures_and_groups_before_the_limits(self, tmp_path: Path) -> None:
        card = tmp_path / "MODEL_CARD.md"
        card.write_text("# Model card\n\n## Figures\n\nold\n\n## Limits\n\n- none\n", encoding="utf-8")
        for _ in range(2):  # the second time in place of the first
            write_card(LINES, card)
        text = card.read_text(encoding="utf-8")
        assert text.count("## Evaluation") == 1
        assert (
            text.index("old") < text.index("| val, rough lines | 12.3 (10.0 to 15.1) |") < text.index("skin tone tan")
        )
        assert text.endswith("## Limits\n\n- none\n")


class TestJson:
    def test_nan_becomes_null_everywhere(self) -> None:
        assert without_nan({"a": [1.5, math.nan], "b": {"c": math.inf}, "d": "x"}) == {
            "a": [1.5, None], "b": {"c": None}, "d": "x"}  # fmt: skip
