"""Training in two processes at once, as torchrun starts them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from portraits import TINY
from torch.distributed.run import get_args_parser

import dfd_core
from dfd_core.cli.train import add_arguments

ROOT = Path(dfd_core.__file__).parents[1]
SCRIPT = Path(__file__).with_name("two_processes.py")


@pytest.fixture(scope="module")
def folder(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`run` and one file of notes per process, after a run of both stages in a time box that it does not fill."""
    folder = tmp_path_factory.mktemp("processes")
    replace(TINY, perceptual=1.0, adversarial=0.1).save(folder / "tiny.json")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    train = [SCRIPT, folder, "train", prepared, "-o", folder / "run", "--config", folder / "tiny.json"]
    command = [*launch, *train, "--device", "cpu", "--minutes", "5"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(part) for part in command], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("saved; go on with the same command") == 1
    return folder


class TestTwoProcesses:
    def test_finish_both_stages(self, folder: Path) -> None:
        assert torch.load(folder / "run" / "embed.pt", weights_only=True)["step"] == TINY.embed_steps
        assert torch.load(folder / "run" / "synth.pt", weights_only=True)["steps"] == TINY.synth_steps
        assert not list((folder / "run").glob("*.partial"))

    def test_have_equal_parameters_after_every_update(self, folder: Path) -> None:
        first, second = ((folder / rank).read_text().splitlines() for rank in "01")
        updates = TINY.embed_steps + 2 * TINY.synth_steps  # the discriminator's as well
        assert len(first) == updates
        assert len(set(first)) == updates
        assert first == second

    def test_saved_weights_are_finite(self, folder: Path) -> None:
        state = torch.load(folder / "run" / "synth.pt", weights_only=True)["average"]
        assert all(value.isfinite().all() for value in state.values())


def options_of_train() -> list[str]:
    """All long options of `dfd train`."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return [name for action in parser._actions for name in action.option_strings if name.startswith("--")]


@pytest.mark.parametrize("option", options_of_train())
def test_torchrun_hands_on_every_option(option: str) -> None:
    """It takes what could be short for one of its own."""
    given = ["train", "prepared", option, "value"]
    assert get_args_parser().parse_args(["-m", "dfd_core", *given]).training_script_args == given
