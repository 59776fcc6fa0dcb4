"""The `dfd` command: subcommands, exit codes, and errors that a user can read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dfd_core
from dfd_core.cli import info
from dfd_core.cli.main import COMMANDS, main
from dfd_core.errors import DfdError, PackError

ROOT = Path(dfd_core.__file__).parents[1]


class TestHelp:
    def test_lists_every_subcommand(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stop:
            main(["--help"])
        assert stop.value.code == 0
        text = capsys.readouterr().out
        assert all(name in text for name in COMMANDS)

    @pytest.mark.parametrize("name", COMMANDS)
    def test_of_a_subcommand_explains_it(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stop:
            main([name, "--help"])
        assert stop.value.code == 0
        text = capsys.readouterr().out
        assert f"usage: dfd {name}" in text
        assert (COMMANDS[name].__doc__ or "").splitlines()[0] in " ".join(text.split())

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stop:
            main(["--version"])
        assert stop.value.code == 0
        assert capsys.readouterr().out == f"dfd {dfd_core.__version__}\n"

    @pytest.mark.parametrize("arguments", [[], ["paint"], ["render"], ["info", "--wings"]])
    def test_wrong_arguments_are_exit_code_2(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        assert "usage: dfd" in capsys.readouterr().err


class TestErrors:
    def test_of_the_user_is_one_line_and_exit_code_2(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["info", "--device", "cpu", "--weights", str(tmp_path)]) == 2
        text = capsys.readouterr().err
        assert text.startswith("dfd: No weight pack in ")
        assert text.count("\n") == 1

    def test_debug_shows_the_traceback(self, tmp_path: Path) -> None:
        with pytest.raises(PackError):
            main(["info", "--debug", "--device", "cpu", "--weights", str(tmp_path)])

    def test_defect_of_ours_is_one_line_and_exit_code_1(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail(options: object) -> int:
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(info, "run", fail)
        assert main(["info"]) == 1
        text = capsys.readouterr().err
        assert text == "dfd: ZeroDivisionError: division by zero (run again with --debug for details)\n"
        with pytest.raises(ZeroDivisionError):
            main(["info", "--debug"])

    def test_interrupted_is_exit_code_1(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(options: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(info, "run", interrupt)
        assert main(["info"]) == 1
        assert capsys.readouterr().err == "dfd: interrupted\n"

    def test_unknown_device(self, pack_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["info", "--weights", str(pack_folder), "--device", "cuda:77"]) == 2
        assert "The device 'cuda:77' is not there" in capsys.readouterr().err

    def test_all_errors_for_the_user_have_one_base(self) -> None:
        named = {dfd_core.DataError, dfd_core.DrawingError, dfd_core.PackError}
        assert all(issubclass(error, DfdError) for error in named)


class TestInfo:
    def test_says_what_is_installed(self, pack_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["info", "--weights", str(pack_folder), "--device", "cpu"]) == 0
        text = capsys.readouterr().out
        assert f"dfd {dfd_core.__version__}" in text
        assert "device cpu" in text
        assert f"{pack_folder}: random, " in text
        assert "10 nearest neighbours" in text
        assert "left_eye   window 120 168 128, latent 128, bank 30" in text
        assert "val_l1_clean_raw: 12.5" in text

    def test_as_a_module(self, pack_folder: Path) -> None:
        command = [sys.executable, "-m", "dfd_core", "info", "--device", "cpu", "--weights", str(pack_folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert "verified" in done.stdout
