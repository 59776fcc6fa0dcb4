"""Rows, timing and the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from dfd_core.benchmark.drawings import drawing, faces, layer, other_eye, other_mouth
from dfd_core.benchmark.effect import Effect
from dfd_core.benchmark.fresh import Start, our_start, our_warm_start
from dfd_core.benchmark.limits import Limits, measure
from dfd_core.benchmark.operations import operations
from dfd_core.benchmark.report import Figures, machine, markdown, records
from dfd_core.benchmark.rows import Row
from dfd_core.benchmark.timing import Timing, summary, timed, timed_in_turn
from dfd_core.embedding import windows
from dfd_core.engine import Engine
from dfd_core.geometry import COMPONENTS
from dfd_core.lineart import normalise

ROWS = [
    Row("full update", Timing(0.2, 0.19, 0.21), Timing(4.0, 3.9, 4.4), 0.05),
    Row("appearance changed", Timing(0.05, 0.05, 0.06), None),
]
STARTS = (
    Start(0.5, 1.0, 2.0, 300 << 20, 250 << 20, 0, 40_000_000),
    Start(0.0, 0.0, 0.12, 300 << 20, 250 << 20, 0, 40_000_000),
    Start(0.5, 5.0, 9.0, 3000 << 20, 2500 << 20, 0, 1_900_000_000),
)
LIMITS = Limits({torch.float32: 50e9, torch.bfloat16: 100e9}, 20e9)
FIGURES = Figures(ROWS, LIMITS, ({torch.float32: 6e8, torch.bfloat16: 5_000_000_000}, 280_000_000_000),
                  [Effect("lower precision", 2, 0.00012)], STARTS)  # fmt: skip


def test_median_and_quartiles() -> None:
    assert summary([5.0, 1.0, 2.0, 3.0, 4.0]) == Timing(3.0, 2.0, 4.0)


def test_warm_up_does_not_count_and_what_comes_before_is_not_timed() -> None:
    calls: list[str] = []
    timed(lambda: calls.append("task"), torch.device("cpu"), 3, 2, lambda: calls.append("before"))
    assert calls == ["before", "task"] * 5


def test_drawings_differ_and_can_be_read(pack_folder: Path) -> None:
    for one, other in ((drawing(0), drawing(1)), faces(Engine(pack_folder, "cpu").pack, 2)):
        assert not np.array_equal(one, other)
        assert normalise(one, frame="canvas").ink.mean() > 0.001


def test_layer_shows_the_drawing() -> None:
    page = drawing()
    assert layer(page).shape == (2048, 2048, 4)
    pixels = layer(page, 512)
    torch.testing.assert_close(normalise(pixels, frame="canvas").ink, normalise(page, frame="canvas").ink)


@pytest.mark.parametrize(("change", "name"), [(other_mouth, "mouth"), (other_eye, "left_eye")])
def test_other_strokes_change_one_component_alone(change: object, name: str) -> None:
    def seen(page: np.ndarray) -> list[torch.Tensor]:
        ink = torch.nn.functional.avg_pool2d(normalise(page, frame="canvas").ink[None, None], 2)
        return [windows(ink, component) for component in COMPONENTS]

    assert callable(change)
    for k in range(12):
        before, after = seen(change(drawing(), k)), seen(change(drawing(), k + 1))
        changed = [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]
        assert changed == [component.name == name for component in COMPONENTS]


class TestLimits:
    def test_are_measured(self) -> None:
        limits = measure(torch.device("cpu"), {torch.float32})
        assert 1e8 < limits.rates[torch.float32] < 1e13
        assert 1e8 < limits.bandwidth < 1e13

    def test_time_is_operations_and_bytes_at_their_rates(self) -> None:
        least = LIMITS.seconds({torch.float32: 50_000_000, torch.bfloat16: 100_000_000}, 20_000_000)
        assert least == pytest.approx(3e-3)


def test_operations_are_counted_as_they_are_done_by_precision() -> None:
    one, other = torch.nn.Conv2d(2, 3, 3, 1, 1), torch.nn.Linear(48, 5).bfloat16()
    done = operations([one, other], lambda: other(one(torch.zeros(1, 2, 4, 4)).flatten(1).bfloat16()))
    assert done == {torch.float32: 16 * 3 * 2 * 9, torch.bfloat16: 48 * 5}
    assert not operations([one, other], lambda: None)


class TestReport:
    def test_table_names_ratio_limit_and_machine(self) -> None:
        page = markdown(machine("cpu"), FIGURES)
        assert "| full update | 0.2 s (0.19-0.21) | 4 s (3.9-4.4) | 20.0 | 50 ms |" in page
        assert "| appearance changed | 50 ms (50-60) | - | - | - |" in page
        assert "| cold start to first portrait | 2 s | 9 s | 4.5 | - |" in page
        assert "| of that, loading | 0.5 s | 4.5 s | 9.0 | - |" in page
        assert "| first portrait of a warmed engine | 120 ms |" in page
        assert "| lower precision | 2 | 0.012% |" in page
        assert "Beside a full update: appearance changed 25%." in page
        assert "50 GMAC/s in float32, 100 GMAC/s in bfloat16" in page
        assert f"torch {torch.__version__}" in page

    def test_records_are_json(self) -> None:
        read = json.loads(records(machine("cpu"), FIGURES))
        assert read["rows"][0]["ratio"] == pytest.approx(20)
        assert read["rows"][1]["reference"] is None
        assert read["limits"]["multiply_adds"]["bfloat16"] == 100e9
        assert read["fresh"]["warmed"]["first"] == 0.12


@pytest.mark.parametrize("start", [our_start, our_warm_start])
def test_fresh_process_renders(pack_folder: Path, start: object) -> None:
    assert callable(start)
    result = start(pack_folder, "cpu")
    assert 0 <= result.torch <= result.load < result.first
    assert 1.1 * result.peak > result.resident > 50 << 20
    assert result.disk == sum(path.stat().st_size for path in pack_folder.iterdir())


def test_in_turn_every_round_has_each_task_once() -> None:
    calls: list[str] = []

    def say(what: str) -> Callable[[], None]:
        return lambda: calls.append(what)

    tasks = {"one": (say("before"), say("one")), "two": (say("-"), say("two"))}
    found = timed_in_turn(tasks, torch.device("cpu"), 2, 1)
    assert calls == ["before", "one", "-", "two"] * 3
    assert found.keys() == tasks.keys()
