"""The guard tells what got slower by half."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfd_core.benchmark import guard
from dfd_core.benchmark.guard import RATIOS, Ratio, judge, least


def usual() -> dict[str, float]:
    """Times of which every ratio is at three quarters of its bound."""
    seconds = {"reference": 1.0, "scan": 1.0, "files": 1.0}
    for ratio in RATIOS:
        seconds[ratio.task] = seconds[ratio.other] * ratio.most * 0.75
    return seconds


@pytest.mark.parametrize("ratio", RATIOS, ids=[ratio.task for ratio in RATIOS])
def test_half_slower_is_too_slow(ratio: Ratio) -> None:
    assert all(value < one.most for one, value in judge(usual()))
    slower = usual()
    slower[ratio.task] *= 1.5
    assert ratio in [one for one, value in judge(slower) if value > one.most]


def test_least_of_some_turns_counts_and_the_first_does_not() -> None:
    turns: list[str] = []
    seconds = least({"one": lambda: turns.append("one"), "other": lambda: sum(range(10**5))}, 3)
    assert turns == ["one"] * 4
    assert 0 < seconds["one"] < seconds["other"] < 1


def test_exit_code_says_whether_something_is_slow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(guard, "tasks", lambda pack: {})
    for factor, code in ((1.0, 0), (1.5, 1)):
        times = {**usual(), "mouth": usual()["mouth"] * factor}
        times["reference"] /= (512 / guard.REFERENCE_SIDE) ** 2
        monkeypatch.setattr(guard, "least", lambda work, times=times: dict(times))
        assert guard.guard() == code
        assert ("SLOW one component changed" in capsys.readouterr().out) == bool(code)


def test_tasks_run(pack_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ROWS", 1 << 13)
    work = guard.tasks(pack_folder)
    assert {name for ratio in RATIOS for name in (ratio.task, ratio.other)} <= set(work)
    assert all(seconds > 0 for seconds in least(work, 1).values())
