"""The faces that are measured on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from dfd_core.errors import DataError
from dfd_core.evaluation.faces import LEVELS, enlarge, london_faces, prepared_faces, read_index, skin_tone
from dfd_core.training.data import Prepared


class TestSkinTone:
    @pytest.mark.parametrize(("angle", "name"), [("60", "very light"), ("41.1", "light"), ("41", "intermediate"),
                                                 ("10.5", "tan"), ("0", "brown"), ("-30", "dark"), ("-70", "dark"),
                                                 ("", "")])  # fmt: skip
    def test_follows_the_typology_angle(self, angle: str, name: str) -> None:
        assert skin_tone(angle) == name


class TestValidation:
    def test_faces_are_those_that_were_held_out(self, data: Prepared, faces_folder: Path) -> None:
        faces = prepared_faces(data, read_index(faces_folder))
        assert faces.ids == ["p00", "p01", "p02", "p03"]
        assert np.array_equal(faces.photos, data.photos[data.val])
        for level, style in LEVELS.items():
            assert np.array_equal(faces.ink[level], data.drawings[data.val, data.meta["styles"].index(style)])
        assert faces.groups == {"skin tone": ["very light", "light", "tan", "dark"]}

    def test_without_an_index_there_are_no_groups(self, data: Prepared) -> None:
        assert prepared_faces(data, read_index(None)).groups == {}

    def test_seeds_are_fixed_and_differ(self, data: Prepared) -> None:
        faces = prepared_faces(data, {})
        assert faces.seed(0) == 1378858781
        assert len({faces.seed(k) for k in range(4)} | {0}) == 5

    def test_levels_are_different_drawings(self, data: Prepared) -> None:
        ink = prepared_faces(data, {}).ink
        assert not np.array_equal(ink["clean"], ink["semantic"])
        assert not np.array_equal(ink["semantic"], ink["rough"])


class TestLondon:
    def test_faces_are_drawn_from_the_folder(self, faces_folder: Path, prepared_folder: Path) -> None:
        faces = london_faces(faces_folder)
        assert faces.ids == ["p04", "p05", "p06", "p07"]
        assert not set(faces.ids) & {p["id"] for p in Prepared(prepared_folder).meta["portraits"]}
        assert faces.people.tolist() == ["person2", "person2", "person3", "person3"]
        assert faces.groups["ethnicity"] == ["green", "blue", "green", "blue"]
        assert all(ink.shape == (4, 256, 256) and ink.max() > 200 for ink in faces.ink.values())

    def test_some_are_a_part_of_all(self, faces_folder: Path) -> None:
        assert london_faces(faces_folder, limit=2).ids == ["p04", "p06"]

    def test_damaged_region_map_is_named(self, faces_folder: Path, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(faces_folder, tmp_path / "faces"))
        (folder / "parsing" / "p04.png").write_bytes(b"")
        with pytest.raises(DataError, match=r"p04\.png is not a readable parsing map"):
            london_faces(folder)

    def test_without_any_it_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="leave out --london"):
            london_faces(tmp_path)


class TestEnlarge:
    def test_leaves_what_is_large_enough(self) -> None:
        large = np.zeros((512, 512, 3), np.uint8)
        assert enlarge(large) is large
        assert enlarge(large[::2, ::2]).shape == (512, 512, 3)
