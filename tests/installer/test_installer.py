"""The plugin goes into a resource folder completely, and comes out of it completely."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from installer.__main__ import main
from installer.plugin import PLUGIN, InstallProblem, install, uninstall


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


class TestInstall:
    def test_everything_that_krita_needs_is_there(self, tmp_path: Path) -> None:
        install(tmp_path, {"paths": ["here"]})
        found = files(tmp_path)
        source = {f"pykrita/krita_dfd/{name}" for name in files(PLUGIN) if "__pycache__" not in name}
        assert found == source | {"pykrita/krita_dfd.desktop", "actions/krita_dfd.action", "krita_dfd/runtime.json"}
        assert json.loads((tmp_path / "krita_dfd" / "runtime.json").read_text()) == {"paths": ["here"]}

    def test_a_second_time_replaces_the_first(self, tmp_path: Path) -> None:
        install(tmp_path, {}, link=True)
        install(tmp_path, {})
        left_over = tmp_path / "pykrita" / "krita_dfd" / "old.py"
        left_over.touch()
        install(tmp_path, {})
        assert not left_over.exists()
        assert not (tmp_path / "pykrita" / "krita_dfd").is_symlink()
        assert (PLUGIN / "plugin.py").is_file()

    def test_a_folder_in_the_way_is_a_clear_message(self, tmp_path: Path) -> None:
        (tmp_path / "pykrita").write_text("a file")
        with pytest.raises(InstallProblem, match=r"Cannot write .*pykrita.*: check the folder\."):
            install(tmp_path, {})


class TestUninstall:
    @pytest.mark.parametrize("link", [False, True])
    def test_nothing_of_ours_is_left_and_nothing_else_is_touched(self, tmp_path: Path, link: bool) -> None:
        other = tmp_path / "pykrita" / "other.desktop"
        other.parent.mkdir()
        other.touch()
        install(tmp_path, {}, link)
        assert uninstall(tmp_path)
        assert files(tmp_path) == {"pykrita/other.desktop"}
        assert (PLUGIN / "plugin.py").is_file()

    def test_without_an_installation_it_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["uninstall", "--resources", str(tmp_path)]) == 0
        assert capsys.readouterr().out == f"not installed in {tmp_path}\n"


class TestCommand:
    def test_install_names_libraries_and_weights_that_exist(self, tmp_path: Path) -> None:
        assert main(["install", "--resources", str(tmp_path)]) == 0
        runtime = json.loads((tmp_path / "krita_dfd" / "runtime.json").read_text())
        assert os.path.isdir(os.path.join(runtime["paths"][0], "dfd_core"))
        assert os.path.isfile(os.path.join(runtime["weights"], "manifest.json"))

    def test_a_problem_is_one_line_and_code_2(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "pykrita").write_text("a file")
        assert main(["install", "--resources", str(tmp_path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
