"""Weight packs from a file: taken when whole, refused with the reason when not."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest
from wheelhouse import hold

from installer import __main__ as command
from installer import packs, plugin
from installer.errors import InstallProblem
from installer.places import Places

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A small pack, as `dfd export` writes it."""
    folder = tmp_path / "export"
    folder.mkdir()
    data = b"weights"
    (folder / "a.safetensors").write_bytes(data)
    (folder / "MODEL_CARD.md").write_text("# Mine")
    files = {"a.safetensors": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}}
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "name": "my faces", "files": files}))
    return folder


def zipped(folder: Path, path: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
    return path


class TestAdd:
    @pytest.mark.parametrize("prefix", ["", "my-faces/"])
    def test_a_zip(self, places: Places, mine: Path, tmp_path: Path, prefix: str) -> None:
        pack = packs.add(places, zipped(mine, tmp_path / "pack.zip", prefix))
        assert pack.name == "my-faces"
        assert pack.folder is not None
        assert {path.name for path in pack.folder.iterdir()} == {"a.safetensors", "MODEL_CARD.md", "manifest.json"}
        assert [p.name for p in packs.available(places)] == ["", "my-faces"]

    def test_a_folder_and_its_manifest(self, places: Places, mine: Path) -> None:
        (mine / "private.txt").touch()
        first, second = packs.add(places, mine), packs.add(places, mine / "manifest.json")
        assert first == second
        assert first.folder is not None
        assert not (first.folder / "private.txt").exists()

    def test_the_pack_that_comes_along_is_one(self, places: Places) -> None:
        assert packs.add(places, ROOT / "weights" / "default").folder is not None

    def test_altered_truncated_and_missing_files(self, places: Places, mine: Path) -> None:
        (mine / "a.safetensors").write_bytes(b"altered")
        with pytest.raises(InstallProblem, match=r"a\.safetensors was altered"):
            packs.add(places, mine)
        (mine / "a.safetensors").write_bytes(b"wei")
        with pytest.raises(InstallProblem, match=r"incomplete \(3 of 7 bytes\)"):
            packs.add(places, mine)
        (mine / "a.safetensors").unlink()
        with pytest.raises(InstallProblem, match=r"a\.safetensors is missing"):
            packs.add(places, mine)
        assert packs.available(places) == [packs.Pack("", None)]
        assert not list(places.packs.iterdir())

    def test_a_refused_pack_does_not_replace_a_good_one(self, places: Places, mine: Path) -> None:
        good = packs.add(places, mine)
        (mine / "a.safetensors").write_bytes(b"altered")
        with pytest.raises(InstallProblem):
            packs.add(places, mine)
        assert good.folder is not None
        assert packs.faults(good.folder) == []

    def test_a_pack_that_is_in_use_stays_whole(
        self, places: Places, mine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good = packs.add(places, mine)
        assert good.folder is not None
        hold(monkeypatch, good.folder, good.folder / "a.safetensors")
        with pytest.raises(InstallProblem, match="Krita is using the weight pack my-faces"):
            packs.add(places, mine)
        assert packs.faults(good.folder) == []
        assert packs.available(places)[1:] == [good]

    def test_what_is_no_pack(self, places: Places, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("no zip")
        (tmp_path / "empty").mkdir()
        for name, words in (("notes.txt", "not a zip file"), ("empty", "no weight pack"), ("gone", "no weight pack")):
            with pytest.raises(InstallProblem, match=words):
                packs.add(places, tmp_path / name)

    def test_a_manifest_that_reaches_elsewhere(self, places: Places, mine: Path) -> None:
        manifest = json.loads((mine / "manifest.json").read_text())
        manifest["files"]["../secret"] = {"sha256": "0", "size": 0}
        (mine / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(InstallProblem, match="not allowed"):
            packs.add(places, mine)


class TestKilled:
    """What an addition that was killed leaves is no pack, and does not stay."""

    def test_the_next_one_takes_it_away(self, places: Places, mine: Path) -> None:
        long_ago, just_now = places.packs / ".99998.new", places.packs / ".99999.new"
        for folder in (long_ago, just_now):
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text("{}")
        os.utime(long_ago, (0, 0))
        assert packs.available(places) == [packs.Pack("", None)]
        packs.add(places, mine)
        assert {path.name for path in places.packs.iterdir()} == {".99999.new", "my-faces"}

    def test_a_pack_that_was_put_aside_comes_back(self, places: Places, mine: Path) -> None:
        good = packs.add(places, mine)
        assert good.folder is not None
        good.folder.rename(places.packs / ".my-faces.old")
        packs.clean(places)
        assert packs.available(places)[1:] == [good]

    def test_uninstalling_says_nothing_of_it(self, places: Places, capsys: pytest.CaptureFixture[str]) -> None:
        (places.packs / ".99999.new").mkdir(parents=True)
        plugin.install(places.resources, link=True)
        assert command.main(["uninstall", "--resources", str(places.resources), "--python", "3.11"]) == 0
        assert capsys.readouterr().out == "removed\n"
        assert not places.data.exists()


def test_choosing_and_going_back(places: Places, mine: Path) -> None:
    pack = packs.add(places, mine)
    packs.choose(places, pack)
    assert packs.chosen(places) == pack.folder
    packs.choose(places, packs.available(places)[0])
    assert packs.chosen(places) is None
