"""The history: what is kept, what is dropped first, what comes back from a document."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from typing import Any

import pytest

from krita_dfd import history
from krita_dfd.history import Entry, History
from krita_dfd.settings import Settings


def entry(number: int, size: int = 100) -> Entry:
    return Entry.of(number.to_bytes(2, "big") + os.urandom(size), settings=Settings(seed=number).look(),
                    thumbnail=b"picture", source="{id}", frame=(1.0, 2.0, 300.0, 4.0), canvas=(640, 480),
                    time=1000.0 + number)  # fmt: skip


def filled(count: int) -> History:
    result = History()
    for number in range(count):
        result.add(entry(number))
    return result


def numbers(result: History) -> list[int]:
    return [int.from_bytes(e.snapshot[:2], "big") for e in result.entries]


class TestEntries:
    def test_the_oldest_goes_first_but_not_a_pinned_one(self) -> None:
        result = filled(3)
        result.pin(result.entries[0], True)
        for number in range(3, history.MOST + 2):
            result.add(entry(number))
        assert numbers(result) == [0, *range(3, history.MOST + 2)]

    def test_a_and_b_stay(self) -> None:
        """What is being compared or mixed is not dropped by the portraits that this makes."""
        result = filled(history.MOST)
        a, b = result.entries[0], result.entries[1]
        result.choose(a)
        result.choose(b)
        for number in range(history.MOST, history.MOST + 5):
            result.add(entry(number), choose=False)
        assert (result.a, result.b) == (a, b)
        assert result.entries[:2] == [a, b]
        assert len(result.entries) == history.MOST

    def test_what_is_wanted_stays(self) -> None:
        """The one that is about to be shown again is not dropped for the portrait before."""
        result = filled(history.MOST)
        result.add(entry(history.MOST), wanted=result.entries[0])
        assert numbers(result) == [0, *range(2, history.MOST + 1)]

    def test_the_same_portrait_is_one_entry(self) -> None:
        result = filled(2)
        first = result.entries[0]
        again = Entry.of(first.snapshot, settings=first.settings, thumbnail=b"", source="", frame=first.frame,
                         canvas=first.canvas, time=5000.0)  # fmt: skip
        assert result.add(again) is first
        assert numbers(result) == [0, 1]
        assert result.shown is first

    def test_only_so_many_can_be_pinned(self) -> None:
        result = filled(history.MOST)
        assert [result.pin(e, True) for e in result.entries].count(True) == history.MOST_PINNED

    def test_removing(self) -> None:
        """Of A and B, the one that is left is B."""
        result = filled(3)
        assert (result.a, result.b) == tuple(result.entries[1:])
        result.remove(result.entries[2])
        assert (result.a, result.b, result.shown) == (None, result.entries[1], None)
        assert numbers(result) == [0, 1]


class TestSteps:
    def test_back_and_forward(self) -> None:
        result = filled(3)
        assert result.step(1) is None
        first = result.step(-1)
        assert first is result.entries[1]
        result.choose(first)
        assert result.step(1) is result.entries[2]
        result.choose(result.entries[0])
        assert result.step(-1) is None

    def test_back_from_what_is_no_entry(self) -> None:
        """After opening a document, or for a portrait that is none yet, back is to the newest entry."""
        result = filled(2)
        result.shown = None
        assert result.step(-1) is result.entries[-1]
        assert result.step(1) is None
        assert History().step(-1) is None


class TestBytes:
    def test_there_and_back(self) -> None:
        result = filled(4)
        result.pin(result.entries[1], True)
        again = History.from_bytes(result.to_bytes())
        for one, other in zip(result.entries, again.entries, strict=True):
            assert vars(one) == vars(other)
        assert again.shown is None

    def test_bounded(self) -> None:
        """Of large entries the pinned and then the newest ones are kept."""
        result = History()
        for number in range(10):
            result.add(entry(number, history.LARGEST // 4))
        result.pin(result.entries[0], True)
        data = result.to_bytes()
        assert len(data) <= history.LARGEST
        assert numbers(History.from_bytes(data)) == [0, 8, 9]

    def test_pinned_ones_are_all_kept(self) -> None:
        """Also with a look for each locked part, which makes an entry of 240 kB."""
        result = History()
        for number in range(history.MOST):
            result.pin(result.add(entry(number, 240_000)), number < history.MOST_PINNED)
        kept = numbers(History.from_bytes(result.to_bytes()))
        assert kept[: history.MOST_PINNED] == list(range(history.MOST_PINNED))

    @pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04nonsense"])
    def test_nonsense(self, data: bytes) -> None:
        assert History.from_bytes(data).entries == []

    def test_damaged(self) -> None:
        """A damaged entry is left out, the others are kept."""
        result = filled(3)
        result.entries[1].packed = b"damaged"
        assert len(History.from_bytes(result.to_bytes()).entries) == 2
        data = bytearray(filled(3).to_bytes())
        place = data.index(b'"frame"')
        data[place] ^= 1
        assert len(History.from_bytes(bytes(data)).entries) == 2

    def test_damaged_anywhere(self) -> None:
        """Whatever was changed, cut off or left out, there is a history, of entries that can be used."""
        data, dice = filled(3).to_bytes(), random.Random(1)
        for _ in range(4000):
            bad = bytearray(data)
            place = dice.randrange(len(bad))
            if dice.random() < 0.2:
                del bad[place:]
            elif dice.random() < 0.2:
                del bad[place : place + dice.randrange(1, 40)]
            else:
                for _ in range(dice.choice((1, 2, 5))):
                    bad[dice.randrange(len(bad))] = dice.randrange(256)
            for each in History.from_bytes(bytes(bad)).entries:
                assert each.snapshot is not None
                assert Settings.from_json(each.settings).seed >= 0

    @pytest.mark.parametrize(
        "values",
        [{"canvas": [float("inf"), 1]}, {"canvas": [10**400, 1]}, {"canvas": None}, {"frame": [10**400, 1, 9, 0]},
         {"frame": [1, 2, 0, 0]}, {"time": float("nan")}, {"time": 1e300}, {"time": -1}, {"frame": {}}],
        ids=range(9),
    )  # fmt: skip
    def test_numbers_that_cannot_be(self, values: dict[str, Any]) -> None:
        good = entry(1)
        about = {"source": "{id}", "frame": [1, 2, 300, 4], "canvas": [640, 480], "time": 1.0, "pinned": False}
        for given, count in ((about, 1), ({**about, **values}, 0)):
            memory = io.BytesIO()
            with zipfile.ZipFile(memory, "w") as file:
                for name, content in (("about.json", json.dumps(given).encode()), ("settings.json", good.settings),
                                      ("portrait.png", b""), ("snapshot.z", good.packed)):  # fmt: skip
                    file.writestr(f"0/{name}", content)
            assert len(History.from_bytes(memory.getvalue()).entries) == count


class TestLook:
    def test_what_comes_back_with_a_portrait(self) -> None:
        """The face's settings do; where it stands and what portraits become do not."""
        then = Settings(blend={"nose": 0.25}, locks=["mouth"], seed=3, frame="canvas", output="group")
        now = Settings(seed=9, frame="selection")
        now.take_look(then.look())
        assert (now.blend, now.locks, now.seed) == ({"nose": 0.25}, ["mouth"], 3)
        assert (now.frame, now.output) == ("selection", "layer")
