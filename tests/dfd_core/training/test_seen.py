"""The table of what somebody saw in the portraits."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfd_core.errors import DataError
from dfd_core.training.seen import Seen, read_seen

HEAD = "id,made_up,facial_hair,curly,pinned_up\n"
OURS = Path(__file__).parents[3] / "weights" / "seen.csv"


def table(folder: Path, text: str) -> Path:
    (folder / "seen.csv").write_text(text, encoding="utf-8")
    return folder / "seen.csv"


def test_rows_by_id(tmp_path: Path) -> None:
    found = read_seen(table(tmp_path, HEAD + "a,1,none,0,1\nb,0,beard,1,0\n"))
    assert found == {"a": Seen(True, "none", False, True), "b": Seen(False, "beard", True, False)}


@pytest.mark.parametrize(("text", "says"), [
    ("id,curly\na,0\n", "no column made_up and no column facial_hair and no column pinned_up"),
    (HEAD + "a,1,none,0,1\nb,0,goatee,0,0\n", "line 3: facial_hair must be one of none, stubble, moustache, beard"),
    (HEAD + "a,yes,none,0,1\n", "line 2"), (HEAD + "a,1,none\n", "line 2"),
])  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_seen(table(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a readable table"):
        read_seen(tmp_path / "none.csv")


def test_nobody_in_ours_has_a_beard_and_lashes() -> None:
    found = read_seen(OURS)
    assert len(found) > 2000
    assert not [name for name, seen in found.items() if seen.made_up and seen.facial_hair != "none"]
