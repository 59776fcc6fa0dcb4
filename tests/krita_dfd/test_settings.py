"""What the painter set, as it comes back from a document: what makes no sense there is left out."""

from __future__ import annotations

import json

import pytest

from dfd_core import geometry
from krita_dfd.settings import ATTRIBUTES, AUTO, COLOURS, Settings

HUGE = b"9" * 400


def test_there_and_back() -> None:
    settings = Settings(blend={"nose": 0.5}, locks=["mouth"], seed=3, colours={"hair": (1, 2, 3)},
                        frame=(1.0, 2.0, 300.0, 4.0), frame_canvas=(640, 480), side=2048, between=3,
                        attributes={"femininity": -0.5})  # fmt: skip
    assert Settings.from_json(settings.to_json()) == settings


def test_frames_of_former_versions() -> None:
    """They did not note the document's size."""
    former = json.loads(Settings(frame=(1.0, 2.0, 300.0, 4.0)).to_json())
    del former["frame_canvas"]
    settings = Settings.from_json(json.dumps(former).encode())
    assert (settings.frame, settings.frame_canvas) == ((1, 2, 300, 4), None)


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"\xff\xfe", b"[" * 100_000, b'{"seed": ' + HUGE + b"}", b'{"seed": 1e999}',
     b'{"blend": {"nose": ' + HUGE + b"}}", b'{"frame": [1, 2, ' + HUGE + b", 0]}", b'{"frame_canvas": [0, 5]}',
     b'{"frame_canvas": [' + HUGE + b", 5]}", b'{"frame_canvas": 5}', b'{"frame": [0, 0, 1e300, 0]}',
     b'{"side": []}', b'{"between": 2.5}'],
    ids=range(14),
)  # fmt: skip
def test_what_makes_no_sense(text: bytes) -> None:
    assert Settings.from_json(text) == Settings()


def test_attributes_come_back_with_a_portraits_look() -> None:
    settings = Settings(seed=4)
    settings.take_look(Settings(attributes={"femininity": 0.25}).look())
    assert settings.attributes == {"femininity": 0.25}
    noted = b'{"attributes": {"femininity": -7, "beauty": 1}}'
    assert Settings.from_json(noted).attributes == {"femininity": -1}


def test_names_are_the_engines() -> None:
    assert (ATTRIBUTES, COLOURS) == (geometry.ATTRIBUTES, geometry.PARTS)


def test_numbers_are_whole_where_they_count() -> None:
    settings = Settings.from_json(b'{"between": 2.0, "side": 512.0}')
    assert [repr(settings.between), repr(settings.side), settings.frame] == ["2", "512", AUTO]
