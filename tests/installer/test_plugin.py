"""The plugin goes into a resource folder completely, and comes out of it completely."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wheelhouse import House, hold

from installer import __version__, libraries, plugin
from installer.index import Sources
from installer.layout import contents
from installer.places import Places
from installer.plugin import InstallProblem, differing, install, installed_version, uninstall

ROOT = Path(__file__).resolve().parents[2]


def itself(resources: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The installer in the installed plugin, as a user runs it there."""
    arguments = [command, "--resources", str(resources), "--python", "3.11", "--no-libraries"]
    return subprocess.run([sys.executable, "-S", "-m", "installer", *arguments], text=True, capture_output=True,
                          cwd=resources / "pykrita" / "krita_dfd", env={**os.environ, "PYTHONPATH": ""})  # fmt: skip


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


class TestInstall:
    def test_everything_that_krita_needs_is_there(self, tmp_path: Path) -> None:
        install(tmp_path)
        assert files(tmp_path) == set(contents())
        plugin = tmp_path / "pykrita" / "krita_dfd"
        for name in ("__init__.py", "Manual.html", "LICENSE", "THIRD_PARTY.md", "installer/wheels.json",
                     "lib/dfd_core/engine.py", "lib/dfd_core/weights/default/manifest.json"):  # fmt: skip
            assert (plugin / name).is_file(), name
        assert not list(tmp_path.rglob("__pycache__"))
        assert not (plugin / "lib/dfd_core/training").exists()
        assert differing(tmp_path) == []
        assert installed_version(tmp_path) == __version__

    def test_a_second_time_replaces_the_first(self, tmp_path: Path) -> None:
        install(tmp_path, {}, link=True)
        install(tmp_path)
        left_over = tmp_path / "pykrita" / "krita_dfd" / "old.py"
        left_over.touch()
        install(tmp_path)
        assert not left_over.exists()
        assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
        assert (ROOT / "krita_dfd" / "plugin.py").is_file()

    def test_an_old_version_is_replaced_and_the_user_s_choices_stay(self, tmp_path: Path) -> None:
        """0.1.0 had neither installer nor engine in the plugin's folder."""
        old = tmp_path / "pykrita" / "krita_dfd"
        old.mkdir(parents=True)
        (old / "__init__.py").write_text("raise SystemExit")
        (old / "gone.py").touch()
        Places(tmp_path).change(paths=["/somewhere/site-packages"], weights="/my/pack")
        assert installed_version(tmp_path) == "unknown"
        install(tmp_path)
        assert not (old / "gone.py").exists()
        assert Places(tmp_path).read() == {"paths": ["/somewhere/site-packages"], "weights": "/my/pack"}

    def test_settings_of_the_developer_s_kind(self, tmp_path: Path) -> None:
        install(tmp_path, {"paths": ["here"]}, link=True)
        assert json.loads((tmp_path / "krita_dfd" / "runtime.json").read_text()) == {"paths": ["here"]}
        assert (tmp_path / "pykrita" / "krita_dfd" / "plugin.py").is_symlink()

    def test_a_file_in_the_way_is_a_clear_message(self, tmp_path: Path) -> None:
        (tmp_path / "pykrita").write_text("a file")
        with pytest.raises(InstallProblem, match=r"Cannot write .*pykrita.*: check the folder's permissions"):
            install(tmp_path)

    def test_changed_files_are_found(self, tmp_path: Path) -> None:
        install(tmp_path)
        (tmp_path / "pykrita/krita_dfd/qt.py").write_text("")
        (tmp_path / "actions/krita_dfd.action").unlink()
        assert differing(tmp_path) == ["actions/krita_dfd.action: No such file or directory",
                                       "pykrita/krita_dfd/qt.py: differs"]  # fmt: skip


class TestInstalledPlugin:
    def test_it_can_install_itself_elsewhere(self, tmp_path: Path) -> None:
        """Somebody who has the zip only runs the installer that is in the plugin."""
        install(tmp_path / "one")
        found = contents(tmp_path / "one" / "pykrita" / "krita_dfd")
        assert set(found) == set(contents())

    @pytest.mark.parametrize("command", ["install", "update"])
    def test_where_it_is_already_nothing_is_copied_or_lost(self, tmp_path: Path, command: str) -> None:
        install(tmp_path)
        for _ in range(2):
            done = itself(tmp_path, command)
            assert (done.returncode, done.stderr) == (0, "")
            assert "stays as it is" in done.stdout
            assert {name for name in files(tmp_path) if "__pycache__" not in name} == set(contents())
        assert differing(tmp_path) == []

    def test_a_file_that_is_missing_beside_it_is_said(self, tmp_path: Path) -> None:
        install(tmp_path)
        (tmp_path / "pykrita" / "krita_dfd.desktop").unlink()
        done = itself(tmp_path, "update")
        assert done.returncode == 2
        assert "krita_dfd.desktop is missing here: import the zip" in done.stderr
        assert "krita_dfd.desktop" in itself(tmp_path, "verify").stdout


class TestInUse:
    """A program that has a file of a folder open: on Windows the folder cannot be moved, nor the file deleted."""

    @pytest.fixture
    def used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        install(tmp_path)
        folder = tmp_path / "pykrita" / "krita_dfd"
        hold(monkeypatch, folder, folder / "lib/dfd_core/weights/default/banks.safetensors")
        return tmp_path

    def test_an_update_leaves_the_old_plugin_whole(self, used: Path) -> None:
        with pytest.raises(InstallProblem, match=r"Krita is using the plugin: close Krita"):
            install(used)
        assert files(used) == set(contents())
        assert differing(used) == []

    def test_it_is_removed_as_a_whole_or_not_at_all(self, used: Path) -> None:
        with pytest.raises(InstallProblem, match=r"Cannot remove krita_dfd .*: close Krita"):
            uninstall(used)
        assert files(used) == set(contents())

    def test_what_cannot_take_the_old_one_s_place_leaves_it_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(tmp_path)
        hold(monkeypatch, tmp_path / "pykrita" / ".krita_dfd.new", Path())
        with pytest.raises(InstallProblem, match="Cannot write"):
            install(tmp_path)
        assert differing(tmp_path) == []
        monkeypatch.undo()
        install(tmp_path)
        assert files(tmp_path) == set(contents())


class TestRemovalAtStart:
    """What is in use is removed when Krita starts the next time, unless something was installed meanwhile."""

    @pytest.fixture
    def marked(self, tmp_path: Path) -> Path:
        install(tmp_path, link=True)
        plugin.remove_at_start(tmp_path)
        return tmp_path

    def test_it_is_done(self, marked: Path) -> None:
        assert plugin.removed_at_start(marked)
        assert files(marked) == set()

    def test_nothing_is_done_that_was_not_wanted(self, tmp_path: Path) -> None:
        assert not plugin.removed_at_start(tmp_path)
        install(tmp_path, {"weights": "mine"}, link=True)
        assert not plugin.removed_at_start(tmp_path)
        assert Places(tmp_path).read() == {"weights": "mine"}

    def test_installing_again_ends_it(self, marked: Path) -> None:
        install(marked, link=True)
        assert not plugin.removed_at_start(marked)
        assert (marked / "pykrita/krita_dfd/__init__.py").is_file()

    def test_bringing_libraries_ends_it(self, marked: Path, house: House) -> None:
        libraries.install(Places(marked), house.chosen(), Sources())
        assert Places(marked).read() == {}
        assert not plugin.removed_at_start(marked)

    def test_krita_s_importer_ends_it(self, marked: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        """It replaces the plugin's folder and knows nothing of the note."""
        other = tmp_path_factory.mktemp("release")
        install(other)
        shutil.rmtree(marked / "pykrita" / "krita_dfd")
        shutil.copytree(other / "pykrita" / "krita_dfd", marked / "pykrita" / "krita_dfd")
        assert not plugin.removed_at_start(marked)
        assert Places(marked).read() == {}

    def test_the_note_of_a_version_that_did_not_say_which_plugin(self, marked: Path) -> None:
        Places(marked).change(remove_at_start=True)
        assert not plugin.removed_at_start(marked)

    def test_another_krita_is_at_work(self, marked: Path) -> None:
        """The plugin goes on, and the removal is for the next start."""
        places = Places(marked)
        places.libraries.mkdir(parents=True)
        with libraries.locked(places.libraries):
            assert not plugin.removed_at_start(marked)
        assert (marked / "pykrita/krita_dfd/__init__.py").is_file()
        assert plugin.removed_at_start(marked)
        assert files(marked) == set()


class TestUninstall:
    @pytest.mark.parametrize("link", [False, True])
    def test_nothing_of_ours_is_left_and_nothing_else_is_touched(
        self, tmp_path: Path, house: House, link: bool
    ) -> None:
        other = tmp_path / "pykrita" / "other.desktop"
        other.parent.mkdir()
        other.touch()
        install(tmp_path, {}, link)
        libraries.install(Places(tmp_path), house.chosen(), Sources())
        assert uninstall(tmp_path)
        assert files(tmp_path) == {"pykrita/other.desktop"}
        assert not (tmp_path / "krita_dfd").exists()
        assert (ROOT / "krita_dfd" / "plugin.py").is_file()
        assert not uninstall(tmp_path)

    def test_weight_packs_of_the_user_stay_unless_told(self, tmp_path: Path) -> None:
        install(tmp_path)
        mine = tmp_path / "krita_dfd" / "packs" / "mine" / "manifest.json"
        mine.parent.mkdir(parents=True)
        mine.touch()
        assert uninstall(tmp_path)
        assert files(tmp_path) == {"krita_dfd/packs/mine/manifest.json"}
        assert uninstall(tmp_path, keep_packs=False)
        assert files(tmp_path) == set()

    def test_files_of_others_in_our_folder_stay(self, tmp_path: Path) -> None:
        install(tmp_path)
        (tmp_path / "krita_dfd" / "libs" / "holiday").mkdir(parents=True)
        photo = tmp_path / "krita_dfd" / "libs" / "holiday" / "photo.png"
        photo.touch()
        assert uninstall(tmp_path)
        assert photo.exists()
