"""Rows, timing and the table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from dfd_core.benchmark.fresh import Start, our_start
from dfd_core.benchmark.report import machine, markdown, records
from dfd_core.benchmark.rows import Row, drawing, other_mouth
from dfd_core.benchmark.timing import Timing, summary, timed
from dfd_core.embedding import windows
from dfd_core.geometry import COMPONENTS
from dfd_core.lineart import normalise

ROWS = [
    Row("full update", Timing(0.2, 0.19, 0.21), Timing(4.0, 3.9, 4.4)),
    Row("appearance", Timing(0.05, 0.05, 0.06), None),
]
STARTS = Start(1.0, 2.0, 300 << 20, 40_000_000), Start(5.0, 9.0, 3000 << 20, 1_900_000_000)


def test_median_and_quartiles() -> None:
    assert summary([5.0, 1.0, 2.0, 3.0, 4.0]) == Timing(3.0, 2.0, 4.0)


def test_warm_up_does_not_count_and_what_comes_before_is_not_timed() -> None:
    calls: list[str] = []
    timed(lambda: calls.append("task"), torch.device("cpu"), 3, 2, lambda: calls.append("before"))
    assert calls == ["before", "task"] * 5


def test_drawings_differ_and_can_be_read() -> None:
    one, other = drawing(0), drawing(1)
    assert not np.array_equal(one, other)
    assert normalise(one, frame="canvas").ink.mean() > 0.01


def test_another_mouth_changes_the_mouth_alone() -> None:
    def seen(page: np.ndarray) -> list[torch.Tensor]:
        ink = torch.nn.functional.avg_pool2d(normalise(page, frame="canvas").ink[None, None], 2)
        return [windows(ink, component) for component in COMPONENTS]

    changed = [
        not torch.equal(a, b)
        for a, b in zip(seen(other_mouth(drawing(), 3)), seen(other_mouth(drawing(), 9)), strict=True)
    ]
    assert changed == [component.name == "mouth" for component in COMPONENTS]


class TestReport:
    def test_table_names_ratio_and_machine(self) -> None:
        page = markdown(machine("cpu"), ROWS, STARTS, (5.6e9, 280e9))
        assert "| full update | 0.2 s (0.19-0.21) | 4 s (3.9-4.4) | 20.0 |" in page
        assert "| appearance | 50 ms (50-60) | - | - |" in page
        assert "| cold start to first portrait | 2.00 s | 9.00 s | 4.5 |" in page
        assert f"torch {torch.__version__}" in page

    def test_records_are_json(self) -> None:
        read = json.loads(records(machine("cpu"), ROWS, None))
        assert read["rows"][0]["ratio"] == pytest.approx(20)
        assert read["rows"][1]["reference"] is None


def test_fresh_process_renders(pack_folder: Path) -> None:
    start = our_start(pack_folder, "cpu")
    assert 0 < start.load < start.first
    assert start.peak > 50 << 20
    assert start.disk == sum(path.stat().st_size for path in pack_folder.iterdir())
