"""Downloads: whole and unaltered, or not there; interrupted ones go on."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from wheelhouse import House, serving

from installer.errors import Cancelled, InstallProblem
from installer.fetch import Fetcher
from installer.index import Sources


class TestDownload:
    def test_a_wheel_arrives_with_progress(self, house: House, tmp_path: Path) -> None:
        seen: list[int] = []
        wheel = house.pin("torch")
        path = Fetcher(tmp_path / "new", Sources()).get(wheel, seen.append)
        assert path.read_bytes() == house.wheels[wheel.file]
        assert seen[-1] == wheel.size
        assert [p.name for p in path.parent.iterdir()] == [wheel.file]

    def test_what_is_there_is_not_fetched_again(self, house: House, tmp_path: Path) -> None:
        fetcher = Fetcher(tmp_path, Sources())
        fetcher.get(house.pin("torch"))
        house.requests.clear()
        fetcher.get(house.pin("torch"))
        assert house.requests == []

    def test_a_broken_connection_goes_on_where_it_stopped(self, house: House, tmp_path: Path) -> None:
        house.dies_after, house.deaths = 700, 2
        wheel = house.pin("torch")
        path = Fetcher(tmp_path, Sources()).get(wheel)
        assert path.read_bytes() == house.wheels[wheel.file]
        assert [request.partition(" ")[2] for request in house.requests] == ["", "bytes=700-", "bytes=1400-"]

    def test_a_server_that_knows_no_ranges_starts_again(self, house: House, tmp_path: Path) -> None:
        house.dies_after, house.deaths, house.ranges = 700, 1, False
        wheel = house.pin("torch")
        assert Fetcher(tmp_path, Sources()).get(wheel).read_bytes() == house.wheels[wheel.file]

    def test_a_dead_network_is_a_clear_line_and_keeps_what_came(self, house: House, tmp_path: Path) -> None:
        house.dies_after = 100
        wheel = house.pin("torch")
        with pytest.raises(InstallProblem, match=r"torch 2\.13\.0 could not be downloaded .*goes on where it stopped"):
            Fetcher(tmp_path, Sources()).get(wheel)
        part = tmp_path / f"{wheel.file}.part"
        kept = part.stat().st_size
        assert kept >= 100
        house.dies_after, house.requests = 0, []
        Fetcher(tmp_path, Sources()).get(wheel)
        assert house.requests[0].endswith(f"bytes={kept}-")
        assert not part.exists()

    @pytest.mark.parametrize("code", [403, 404, 500, 503])
    def test_a_refusing_server_is_named(self, house: House, tmp_path: Path, code: int) -> None:
        house.fails_with = code
        with pytest.raises(InstallProblem, match=f"HTTP {code}"):
            Fetcher(tmp_path, Sources()).get(house.pin("numpy"))

    def test_a_server_that_fails_for_a_while_is_asked_again(self, house: House, tmp_path: Path) -> None:
        house.fails_with, house.failures = 503, 3
        wheel = house.pin("numpy")
        assert Fetcher(tmp_path, Sources()).get(wheel).read_bytes() == house.wheels[wheel.file]
        assert len(house.requests) == 4

    @pytest.mark.parametrize("kind", ["simple", "files"])
    @pytest.mark.parametrize("code", [404, 503])
    def test_a_mirror_that_fails_is_not_the_last_address(
        self, house: House, tmp_path: Path, code: int, kind: str
    ) -> None:
        wheel = house.pin("numpy")
        with serving(House(house.wheels, fails_with=code, fails_for=(kind,))) as mirror:
            path = Fetcher(tmp_path, Sources(indexes=(f"{mirror.address}/simple",))).get(wheel)
        assert path.read_bytes() == house.wheels[wheel.file]
        assert len(house.requests) == 1

    def test_an_index_that_cannot_be_read_is_named(self, house: House, tmp_path: Path) -> None:
        house.fails_with = 503
        host = house.address.split("/")[2]
        with pytest.raises(InstallProblem, match=f"{host}: HTTP 503"):
            Fetcher(tmp_path, Sources(indexes=(f"{house.address}/simple",))).get(house.pin("numpy"))

    def test_no_network(self, house: House, tmp_path: Path) -> None:
        wheel = house.pin("numpy")
        nowhere = type(wheel)(**{**vars(wheel), "url": "http://127.0.0.1:9/numpy.whl"})
        with pytest.raises(InstallProblem, match=r"could not be downloaded .*check the network"):
            Fetcher(tmp_path, Sources()).get(nowhere)

    def test_cancelling_keeps_what_came(self, house: House, tmp_path: Path) -> None:
        house.held, cancelled = threading.Event(), threading.Event()
        wheel = house.pin("torch")

        def report(size: int) -> None:
            cancelled.set()
            assert house.held is not None
            house.held.set()

        with pytest.raises(Cancelled):
            Fetcher(tmp_path, Sources(), cancelled).get(wheel, report)
        assert [p.name for p in tmp_path.iterdir()] == [f"{wheel.file}.part"]

    def test_cancelling_while_the_hash_is_taken_keeps_what_came(self, house: House, tmp_path: Path) -> None:
        wheel, cancelled = house.pin("torch"), threading.Event()
        with pytest.raises(Cancelled):
            Fetcher(tmp_path, Sources(), cancelled).get(
                wheel, lambda size: cancelled.set() if size == wheel.size else None
            )
        assert (tmp_path / f"{wheel.file}.part").stat().st_size == wheel.size
        house.requests.clear()
        assert Fetcher(tmp_path, Sources()).get(wheel).read_bytes() == house.wheels[wheel.file]
        assert house.requests == []

    def test_more_is_there_than_a_server_has(self, house: House, tmp_path: Path) -> None:
        """A mirror with a truncated file answers 416, which ends neither this installation nor the next."""
        wheel = house.pin("torch")
        short = {**house.wheels, wheel.file: house.wheels[wheel.file][:500]}
        (tmp_path / f"{wheel.file}.part").write_bytes(house.wheels[wheel.file][:600])
        with serving(House(short)) as mirror:
            path = Fetcher(tmp_path, Sources(indexes=(f"{mirror.address}/simple",))).get(wheel)
            assert any(request.endswith("bytes=600-") for request in mirror.requests)
        assert path.read_bytes() == house.wheels[wheel.file]


class TestHash:
    def test_an_altered_wheel_is_refused(self, house: House, tmp_path: Path) -> None:
        wheel = house.pin("numpy")
        house.altered = wheel.file
        with pytest.raises(InstallProblem, match=r"was refused: .*not what the list names"):
            Fetcher(tmp_path, Sources()).get(wheel)
        assert list(tmp_path.iterdir()) == []

    def test_a_mixture_is_fetched_once_more(self, house: House, tmp_path: Path) -> None:
        """What was left of another file does not end the matter."""
        wheel = house.pin("numpy")
        (tmp_path / f"{wheel.file}.part").write_bytes(b"something else")
        assert Fetcher(tmp_path, Sources()).get(wheel).read_bytes() == house.wheels[wheel.file]

    def test_an_altered_file_in_a_folder_of_wheels(self, house: House, tmp_path: Path) -> None:
        """It is not used, and it is not deleted: it is the user's."""
        wheel = house.pin("numpy")
        mine = tmp_path / "mine"
        mine.mkdir()
        (mine / wheel.file).write_bytes(b"altered")
        with pytest.raises(InstallProblem, match="altered or incomplete"):
            Fetcher(tmp_path / "new", Sources((mine,), offline=True)).get(wheel)
        assert (mine / wheel.file).read_bytes() == b"altered"
        Fetcher(tmp_path / "new", Sources((mine,))).get(wheel)


class TestOffline:
    def test_a_folder_of_wheels_is_used_where_it_lies(self, house: House, tmp_path: Path) -> None:
        mine = house.put(tmp_path / "mine")
        path = Fetcher(tmp_path / "new", Sources((mine,), offline=True)).get(house.pin("torch"))
        assert path.parent == mine
        assert house.requests == []

    def test_what_is_missing_in_it_is_named(self, house: House, tmp_path: Path) -> None:
        with pytest.raises(InstallProblem, match=r"numpy-2\.2\.6-py3-none-any\.whl is not in the folder"):
            Fetcher(tmp_path, Sources((tmp_path,), offline=True)).get(house.pin("numpy"))
        assert house.requests == []


class TestDisk:
    @pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="permissions of POSIX")
    def test_a_file_in_the_way_is_a_clear_line(self, house: House, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(InstallProblem, match="Cannot write"):
            Fetcher(tmp_path / "file" / "new", Sources()).get(house.pin("numpy"))

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
    def test_a_full_disk(self, house: House, tmp_path: Path) -> None:
        """/dev/full is a disk without space."""
        wheel = house.pin("numpy")
        (tmp_path / f"{wheel.file}.part").symlink_to("/dev/full")
        with pytest.raises(InstallProblem, match=r"The disk is full .*what was downloaded is kept"):
            Fetcher(tmp_path, Sources()).get(wheel)
