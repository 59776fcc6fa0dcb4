"""Kept results are used again, and never when they are stale."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from dfd_core.evaluation import faces, measure
from dfd_core.evaluation.cache import Arrays, Cache, array_digest, code_of


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Arrays:
        self.calls += 1
        return {"value": np.full(3, self.calls)}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


class TestCache:
    def test_the_same_inputs_are_computed_once(self, cache: Cache) -> None:
        make, array = Maker(), np.arange(6)
        first = cache.get("a", ["code", array], make)
        again = Cache(cache.folder).get("a", ["code", array.copy()], make)
        assert make.calls == 1
        assert first["value"].tolist() == again["value"].tolist() == [1, 1, 1]

    @pytest.mark.parametrize("other", [["code", np.arange(6) + 1], ["other", np.arange(6)], ["code"],
                                       ["code", np.arange(6).reshape(2, 3)], ["code", np.arange(6, dtype=np.int32)]],
                             ids=["values", "text", "fewer", "shape", "type"])  # fmt: skip
    def test_any_other_input_is_computed_again(self, cache: Cache, other: list[str | np.ndarray]) -> None:
        make = Maker()
        cache.get("a", ["code", np.arange(6)], make)
        assert cache.get("a", other, make)["value"][0] == 2

    def test_a_damaged_file_is_computed_again(self, cache: Cache) -> None:
        make = Maker()
        cache.get("a", ["x"], make)
        (file,) = cache.folder.glob("*.npz")
        file.write_bytes(file.read_bytes()[:-20])
        assert cache.get("a", ["x"], make)["value"][0] == 2
        assert cache.get("a", ["x"], make)["value"][0] == 2


class TestArrays:
    def test_digest_changes_with_values_type_and_shape(self) -> None:
        array = np.arange(24, dtype=np.uint8).reshape(4, 6)
        others = [array + 1, array.astype(np.int16), array.reshape(6, 4), array[:3], array[:, ::2]]
        assert len({array_digest(a) for a in [array, *others]}) == 6
        assert array_digest(array[:, ::2]) == array_digest(array[:, ::2].copy())


class TestCode:
    def test_of_measuring_has_its_own_module_and_that_of_the_faces(self) -> None:
        assert {measure, faces} <= set(measure.MODULES)

    def test_changes_with_any_source_file(self, tmp_path: Path) -> None:
        modules = []
        for name in ("a", "b"):
            path = tmp_path / f"{name}.py"
            path.write_text("x = 1\n", encoding="utf-8")
            modules.append(ModuleType(name))
            modules[-1].__file__ = str(path)
        before = code_of(modules)
        assert before == code_of(modules)
        (tmp_path / "b.py").write_text("x = 2\n", encoding="utf-8")
        assert before != code_of(modules)
