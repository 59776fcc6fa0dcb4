"""The libraries' folder is complete or absent, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from wheelhouse import House, build, hold

from installer import libraries
from installer.errors import Cancelled, InstallProblem
from installer.index import Sources
from installer.libraries import MARKER, check, install, installed, uninstall
from installer.places import Places
from installer.wheels import WheelSet, tag

ROOT = Path(__file__).resolve().parents[2]


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def bring(places: Places, house: House, **options: object) -> Path:
    return install(places, house.chosen(), Sources(), **options)  # type: ignore[arg-type]


class TestInstall:
    def test_everything_is_there_and_nothing_else(self, places: Places, house: House) -> None:
        stages: list[str] = []
        folder = bring(places, house, progress=lambda stage, done, total, what: stages.append(stage))
        assert folder == places.libraries / tag()
        there = installed(places)
        assert there is not None
        assert there.versions == {"torch": "2.13.0", "numpy": "2.2.6", "safetensors": "0.8.0"}
        assert list(dict.fromkeys(stages)) == ["download", "unpack"]
        assert check(places) == []
        assert files(places.libraries) - {f"{tag()}/{name}" for name in files(folder)} == {"lock"}
        assert not places.downloads.exists()

    def test_a_second_time_does_nothing_unless_it_is_wanted(self, places: Places, house: House) -> None:
        folder = bring(places, house)
        noted = json.loads((folder / MARKER).read_text())
        house.requests.clear()
        (folder / "torch" / "__init__.py").write_text("altered")
        bring(places, house, anew=True)
        assert check(places) == []
        assert house.requests
        assert json.loads((folder / MARKER).read_text()) == noted

    def test_an_older_set_is_replaced(self, places: Places, house: House) -> None:
        old = house.chosen()
        install(places, WheelSet(old.tag, old.variant, old.wheels[1:]), Sources())
        bring(places, house)
        there = installed(places)
        assert there is not None
        assert "torch" in there.versions

    def test_another_place(self, places: Places, house: House, tmp_path: Path) -> None:
        places.change(libraries=str(tmp_path / "other disk"))
        assert bring(places, house).parent == tmp_path / "other disk"
        (tmp_path / "other disk" / "photo.png").touch()
        assert uninstall(places)
        assert files(tmp_path / "other disk") == {"photo.png"}

    def test_nothing_of_the_user_s_in_another_place_is_touched(
        self, places: Places, house: House, tmp_path: Path
    ) -> None:
        mine = tmp_path / "my home"
        places.move(mine)
        theirs = {".profile.old", "downloads/mine-1.0-py3-none-any.whl"}
        for name in theirs:
            (mine / name).parent.mkdir(parents=True, exist_ok=True)
            (mine / name).touch()
        bring(places, house)
        assert uninstall(places)
        assert files(mine) == theirs

    def test_places_that_were_left_are_uninstalled(self, places: Places, house: House, tmp_path: Path) -> None:
        folders = [places.data / "libs", tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            places.move(folder)
            bring(places, house)
        assert uninstall(places)
        assert not any(folder.exists() for folder in folders)

    def test_the_begun_download_of_another_set_goes_with_the_last(self, places: Places, house: House) -> None:
        places.downloads.mkdir(parents=True)
        for name in ("nvidia_cublas-13.0-py3-none-any.whl", "torch-2.13.0+cu130-py3-none-any.whl.part"):
            (places.downloads / name).write_bytes(b"large")
        bring(places, house)
        assert not places.downloads.exists()

    def test_a_folder_of_wheels_without_network(self, places: Places, house: House, tmp_path: Path) -> None:
        mine = house.put(tmp_path / "mine")
        install(places, house.chosen(), Sources((mine,), offline=True))
        assert house.requests == []
        assert check(places) == []
        assert files(mine) == set(house.wheels)


class TestFaults:
    def test_a_network_that_dies_leaves_nothing_but_the_download(self, places: Places, house: House) -> None:
        house.dies_after = 100
        with pytest.raises(InstallProblem):
            bring(places, house)
        assert installed(places) is None
        assert [path.name for path in places.libraries.iterdir()] == ["lock"]
        house.dies_after = 0
        bring(places, house)
        assert check(places) == []

    def test_an_altered_wheel_keeps_the_old_libraries(self, places: Places, house: House) -> None:
        bring(places, house)
        house.wheels["numpy-2.2.6-py3-none-any.whl"] = build(
            "numpy", {"numpy/__init__.py": b"__version__ = '2.2.6'\n"}, spoil="numpy/__init__.py"
        )
        with pytest.raises(InstallProblem, match="altered"):
            bring(places, house, anew=True)
        assert check(places) == []
        assert not list(places.libraries.glob(".*"))

    def test_cancelling_while_unpacking(self, places: Places, house: House) -> None:
        cancelled = threading.Event()

        def progress(stage: str, done: int, total: int, what: str) -> None:
            if stage == "unpack":
                cancelled.set()

        with pytest.raises(Cancelled):
            bring(places, house, progress=progress, cancelled=cancelled)
        assert installed(places) is None
        assert not list(places.libraries.glob(".*"))
        house.requests.clear()
        bring(places, house)
        assert house.requests == []  # all wheels were there

    def test_too_little_space_is_said_before_anything_is_fetched(
        self, places: Places, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(libraries, "free", lambda folder: 1000)
        with pytest.raises(InstallProblem, match=r"GB are needed in .* free some space or choose another place"):
            bring(places, house)
        assert house.requests == []

    def test_a_disk_that_fills_up_while_unpacking(
        self, places: Places, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        bring(places, house)
        monkeypatch.setattr(libraries, "unpack", full)
        with pytest.raises(InstallProblem, match="The disk is full"):
            bring(places, house, anew=True)
        assert check(places) == []

    def test_two_at_once(self, places: Places, house: House) -> None:
        """The second is told to wait; the first is not disturbed."""
        house.held = threading.Event()
        thread = threading.Thread(target=bring, args=(places, house))
        thread.start()
        while not house.requests:
            time.sleep(0.01)
        with pytest.raises(InstallProblem, match="wait until it has finished"):
            bring(places, house)
        house.held.set()
        thread.join(20)
        assert check(places) == []

    @pytest.mark.parametrize("stage", ["download", "unpack"])
    def test_killed_in_the_middle(self, places: Places, house: House, stage: str) -> None:
        """A process that is killed leaves no libraries; the next one goes on with what was downloaded."""
        mine = house.put(places.resources.parent / "wheels")
        code = f"""
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
from wheelhouse import House
from installer import libraries
from installer.index import Sources
from installer.places import Places
mine = Path({str(mine)!r})
house = House({{path.name: path.read_bytes() for path in mine.iterdir()}})
def progress(stage, done, total, what):
    if stage == {stage!r} and done > total / 3:
        os.kill(os.getpid(), signal.SIGKILL)
libraries.install(Places(Path({str(places.resources)!r})), house.chosen(), Sources((mine,)), progress)
"""
        done = subprocess.run([sys.executable, "-c", code], timeout=60)
        assert done.returncode == -9
        assert installed(places) is None
        install(places, house.chosen(), Sources((mine,)))
        assert check(places) == []
        assert not list(places.libraries.glob(".*"))

    def test_a_damaged_marker_is_no_installation(self, places: Places, house: House) -> None:
        folder = bring(places, house)
        (folder / MARKER).write_text("{")
        assert installed(places) is None
        bring(places, house)
        assert installed(places) is not None

    def test_a_read_only_folder(self, places: Places, house: House) -> None:
        """A file where the folder should be, which stops even the superuser."""
        places.resources.mkdir(parents=True)
        places.data.write_text("")
        with pytest.raises(InstallProblem, match=r"Cannot write .*choose another place"):
            bring(places, house)


class TestUninstall:
    def test_nothing_of_ours_is_left(self, places: Places, house: House) -> None:
        bring(places, house)
        house.dies_after = 100
        with pytest.raises(InstallProblem):
            bring(places, house, anew=True)
        assert uninstall(places)
        assert not places.libraries.exists()
        assert not uninstall(places)

    def test_libraries_in_use_stay_whole(self, places: Places, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = bring(places, house)
        hold(monkeypatch, folder, folder / "torch" / "lib" / "big.bin")
        with pytest.raises(InstallProblem, match="close Krita"):
            uninstall(places)
        assert check(places) == []
        with pytest.raises(InstallProblem, match="Krita is using the libraries"):
            bring(places, house, anew=True)
        assert check(places) == []
        monkeypatch.undo()
        assert uninstall(places)
        assert not places.libraries.exists()
