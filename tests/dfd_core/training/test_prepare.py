"""`dfd prepare`: a folder of portraits becomes arrays, or one line says what is wrong with it."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from portraits import COUNT, write_index

from dfd_core.cli.main import main
from dfd_core.errors import DataError
from dfd_core.training.align import yaw
from dfd_core.training.data import Prepared
from dfd_core.training.prepare import STYLES, PrepareConfig, draw_styles, list_portraits, prepare, read_landmarks
from dfd_core.training.seen import Seen
from dfd_core.training.strokes import opening
from dfd_core.training.whiskers import mouth_points


@pytest.fixture
def folder(portraits_folder: Path, tmp_path: Path) -> Path:
    """A copy of the portraits that may be damaged."""
    return Path(shutil.copytree(portraits_folder, tmp_path / "portraits"))


def seen(facial_hair: str) -> Seen:
    return Seen(False, facial_hair, False, False)


def refused(folder: Path) -> str:
    """The message with which the folder is refused, one line."""
    with pytest.raises(DataError) as caught:
        prepare(folder, folder / "out", PrepareConfig(size=32), workers=1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestPrepared:
    def test_arrays_have_every_portrait_and_style(self, prepared: Path, portraits_folder: Path) -> None:
        drawings, photos = np.load(prepared / "drawings.npy"), np.load(prepared / "photos.npy")
        assert (drawings.shape, drawings.dtype) == ((COUNT, len(STYLES), 256, 256), np.uint8)
        assert (photos.shape, photos.dtype) == ((COUNT, 256, 256, 3), np.uint8)
        regions = np.load(prepared / "regions.npy")
        assert (regions.shape, regions.dtype) == ((COUNT, 3, 128, 128), np.uint8)
        mapped = np.array([(portraits_folder / "parsing" / f"p{k:02d}.png").is_file() for k in range(COUNT)])
        assert 0 < mapped.sum() < COUNT
        assert np.array_equal(regions.max((2, 3)) > 200, np.repeat(mapped[:, None], 3, 1))

    def test_every_drawing_is_ink_on_paper(self, prepared: Path) -> None:
        drawings = np.load(prepared / "drawings.npy")
        assert (np.median(drawings, (2, 3)) == 0).all()
        assert (drawings.max((2, 3)) > 100).all()
        assert ((drawings > 100).mean((2, 3)) < 0.35).all()

    def test_photos_are_those_of_the_folder_in_rgb(self, prepared: Path, portraits_folder: Path) -> None:
        for k in (0, 5):
            with Image.open(portraits_folder / "photos" / f"p{k:02d}.png") as picture:
                assert np.array_equal(np.load(prepared / "photos.npy")[k], np.array(picture.convert("RGB")))

    def test_meta_names_portraits_styles_and_options(self, prepared: Path, portraits_folder: Path) -> None:
        meta = json.loads((prepared / "meta.json").read_text())
        assert meta["styles"] == list(STYLES)
        assert meta["options"]["seed"] == 3
        assert [p["id"] for p in meta["portraits"]] == [f"p{k:02d}" for k in range(COUNT)]
        assert 0 <= meta["portraits"][0].pop("creases") < 0.2
        points = read_landmarks(portraits_folder / "landmarks.npz")["p00"]
        assert meta["portraits"][0].pop("yaw") == pytest.approx(yaw(points), abs=1e-3)
        assert meta["portraits"][0].pop("mouth") == mouth_points(points)
        assert meta["portraits"][0].pop("opening") == round(opening(points), 1)
        assert meta["portraits"][0] == {"id": "p00", "split": "val", "source": "south", "licence": "CC0",
                                        "tone": None, "hair": None, "glasses": None, "looked_at": False,
                                        "facial_hair": "none", "curly": False, "made_up": False}  # fmt: skip

    def test_depends_on_the_seed_only(self, prepared: Path, portraits_folder: Path) -> None:
        points = read_landmarks(portraits_folder / "landmarks.npz")
        photo = np.array(Image.fromarray(np.load(prepared / "photos.npy")[1]).resize((512, 512)))
        first, again, other = (draw_styles(photo, None, points["p01"], seed)[0] for seed in (1, 1, 2))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_command_says_how_many(self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_index(folder, "p00,train,,,,", "p01,train,,,,")
        out = tmp_path / "out"
        assert main(["prepare", str(folder), "-o", str(out), "--size", "64", "--workers", "1"]) == 0
        assert capsys.readouterr().out == f"{out}: 2 portraits\n"
        assert np.load(out / "photos.npy").shape == (2, 64, 64, 3)


class TestInterrupted:
    def test_folder_is_refused_until_it_is_finished(self, folder: Path, prepared: Path, tmp_path: Path) -> None:
        out = Path(shutil.copytree(prepared, tmp_path / "out"))
        photo = folder / "photos" / "p09.png"
        good = photo.read_bytes()
        photo.write_bytes(b"no picture")
        with pytest.raises(DataError, match="not a readable picture"):
            prepare(folder, out, PrepareConfig(), workers=1)
        with pytest.raises(DataError, match="run 'dfd prepare' first"):
            Prepared(out)
        photo.write_bytes(good)
        prepare(folder, out, PrepareConfig(), workers=1)
        assert len(Prepared(out).train) == COUNT - 1

    def test_folder_stays_when_there_is_nothing_to_prepare(self, prepared: Path, tmp_path: Path) -> None:
        out = Path(shutil.copytree(prepared, tmp_path / "out"))
        with pytest.raises(DataError, match="No portraits in"):
            prepare(tmp_path / "empty", out, PrepareConfig(), workers=1)
        assert len(Prepared(out).train) == COUNT - 1


class TestChoice:
    def ids(self, folder: Path, config: PrepareConfig | None = None) -> list[tuple[str, str]]:
        return [(p.id, p.split) for p in list_portraits(folder, config or PrepareConfig())]

    def test_without_an_index_some_are_held_out(self, folder: Path) -> None:
        (folder / "index.csv").unlink()
        chosen = self.ids(folder)
        assert len(chosen) == COUNT
        assert [split for _, split in chosen].count("val") == 1

    def test_index_decides(self, folder: Path) -> None:
        write_index(
            folder,
            "p01,train,,,1,0.9",  # looks aside
            "p02,train,,,0.2,0",  # cut off
            "p03,london,,,1,0",  # of a test set
            "p04,train,,,,",
            "p05,val,,,0.1,-0.9",  # validation takes all
            "p99,train,,,,",  # no photo
        )
        assert self.ids(folder) == [("p04", "train"), ("p05", "val")]

    def test_index_tells_who_wears_glasses(self, folder: Path) -> None:
        (folder / "index.csv").write_text("id,split,glasses\np01,train,1\np02,train,0\np03,val,\n", encoding="utf-8")
        assert [p.glasses for p in list_portraits(folder, PrepareConfig())] == [True, False, None]

    def test_only_id_and_split_are_needed(self, folder: Path) -> None:
        with (folder / "index.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["id", "split"], ["p03", "train"]])
        assert self.ids(folder) == [("p03", "train")]

    def test_those_of_a_list_are_not_trained_on(self, folder: Path) -> None:
        write_index(folder, "p00,train,,,,", "p01,train,,,,", "p02,val,,,,")
        config = PrepareConfig(left_out=("p01", "p02", "p98"))
        assert self.ids(folder, config) == [("p00", "train"), ("p02", "val")]

    def test_command_reads_the_lists(self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_index(folder, "p00,train,,,,", "p01,train,,,,", "p02,train,,,,")
        (tmp_path / "list.txt").write_text("# who\n\np01  # a child\n", encoding="utf-8")
        (tmp_path / "seen.csv").write_text("id,made_up,facial_hair,curly,pinned_up\np02,1,none,0,1\np98,0,beard,1,0\n")
        lists = ["--leave-out", str(tmp_path / "list.txt"), "--seen", str(tmp_path / "seen.csv")]
        options = [*lists, "--size", "32", "--workers", "1"]
        assert main(["prepare", str(folder), "-o", str(tmp_path / "out"), *options]) == 0
        meta = json.loads((tmp_path / "out" / "meta.json").read_text())
        assert [p["id"] for p in meta["portraits"]] == ["p00", "p02"]
        assert meta["options"]["left_out"] == ["p01"]
        assert [(p["made_up"], p["looked_at"]) for p in meta["portraits"]] == [(False, False), (True, True)]
        assert main(["prepare", str(folder), "-o", str(tmp_path / "out"), "--leave-out", str(tmp_path / "none")]) == 2
        assert "none is not a readable list" in capsys.readouterr().err

    def test_a_table_of_others_is_refused(self, folder: Path, tmp_path: Path) -> None:
        table = {"other": seen("none")}
        with pytest.raises(DataError, match="none of the portraits that somebody looked at"):
            prepare(folder, tmp_path / "out", PrepareConfig(size=32), 1, seen=table)

    def test_rough_and_hand_drawn_styles_mark_the_beard_that_somebody_saw(self, folder: Path) -> None:
        photo = np.asarray(Image.open(folder / "photos" / "p01.png").convert("RGB").resize((512, 512)))
        points = read_landmarks(folder / "landmarks.npz")["p01"]
        bearded, shaven = (
            np.stack([draw_styles(photo, None, points, seed, seen(kind))[0] for seed in range(3)]) > 100
            for kind in ("beard", "none")
        )
        left, right, top, bottom = (points[[61, 291, 17, 152], [0, 0, 1, 1]] / 2).astype(int)
        inked = [each[:, :, top + 4 : bottom - 4, left:right].sum((0, 2, 3)) for each in (bearded, shaven)]
        more = dict(zip(STYLES, (inked[0].astype(int) - inked[1].astype(int)).tolist(), strict=True))
        assert more["clean"] == more["copy_fine"] == 0
        assert all(more[name] > 0 for name in STYLES if name.startswith(("rough_", "hand_")))

    def test_portraits_without_landmarks_are_left_out(self, folder: Path, tmp_path: Path) -> None:
        with np.load(folder / "landmarks.npz") as file:
            ids, points = file["ids"], file["points"]
        np.savez(folder / "landmarks.npz", ids=ids[3:5], points=points[3:5])
        assert prepare(folder, tmp_path / "out", PrepareConfig(size=32), workers=1) == 2


class TestUnusableFolder:
    def test_no_photos(self, tmp_path: Path) -> None:
        assert "No portraits in" in refused(tmp_path)

    def test_no_landmarks(self, folder: Path) -> None:
        (folder / "landmarks.npz").unlink()
        assert "landmarks.npz is missing" in refused(folder)

    @pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04broken"])
    def test_damaged_landmarks(self, folder: Path, data: bytes) -> None:
        (folder / "landmarks.npz").write_bytes(data)
        assert "landmarks.npz is damaged" in refused(folder)

    def test_landmarks_without_ids(self, folder: Path) -> None:
        np.savez(folder / "landmarks.npz", points=np.zeros((2, 468, 2)))
        assert "lacks 'ids'" in refused(folder)

    @pytest.mark.parametrize("shape", [(2, 68, 2), (2, 468, 3), (3, 468, 2)])
    def test_other_landmarks(self, folder: Path, shape: tuple[int, ...]) -> None:
        np.savez(folder / "landmarks.npz", ids=np.array(["p00", "p01"]), points=np.zeros(shape))
        assert "must hold 468 points" in refused(folder)

    def test_landmarks_of_others(self, folder: Path) -> None:
        np.savez(folder / "landmarks.npz", ids=np.array(["q"]), points=np.zeros((1, 468, 2)))
        assert "landmarks of none of the portraits" in refused(folder)

    def test_index_without_columns(self, folder: Path) -> None:
        (folder / "index.csv").write_text("name,part\np00,train\n")
        assert "no column id and no column split" in refused(folder)

    def test_index_that_leaves_nobody(self, folder: Path) -> None:
        write_index(folder, "p00,train,,,,0.9")
        assert "leaves no portrait to train on" in refused(folder)

    @pytest.mark.parametrize(("left_out", "said"), [
        (("q1", "q2"), "has none of the portraits that are to be left out"),
        (tuple(f"p{k:02d}" for k in range(COUNT)), "check which ones are left out"),
    ])  # fmt: skip
    def test_list_of_others_or_of_all(self, folder: Path, left_out: tuple[str, ...], said: str) -> None:
        write_index(folder, "p00,train,,,,", "p01,train,,,,")
        with pytest.raises(DataError, match=said):
            list_portraits(folder, PrepareConfig(left_out=left_out))

    def test_index_with_words_for_numbers(self, folder: Path) -> None:
        write_index(folder, "p00,train,,,,", "p01,train,,,,left")
        assert "index.csv, line 3: could not convert string to float: 'left'" in refused(folder)

    def test_unreadable_photo(self, folder: Path) -> None:
        (folder / "photos" / "p03.png").write_bytes(b"no picture")
        assert "p03.png is not a readable picture" in refused(folder)

    def test_photo_that_is_not_square(self, folder: Path) -> None:
        Image.new("RGB", (256, 300)).save(folder / "photos" / "p01.png")
        assert "p01.png is not square" in refused(folder)

    def test_damaged_region_map(self, folder: Path) -> None:
        path = folder / "parsing" / "p02.png"
        path.write_bytes(path.read_bytes()[:40])
        assert f"{path} is not a readable parsing map: save it again, or remove it" in refused(folder)

    def test_region_map_of_another_size(self, folder: Path) -> None:
        Image.new("L", (256, 256)).save(folder / "parsing" / "p02.png")
        assert "p02.png must have 512 x 512 pixels" in refused(folder)

    @pytest.mark.parametrize("option", ["--size", "--workers"])
    def test_numbers_below_one(self, folder: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["prepare", str(folder), "-o", str(folder / "out"), option, "0"]) == 2
        assert "must be at least 1" in capsys.readouterr().err
