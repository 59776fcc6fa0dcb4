"""A page that holds more than a face, seen by the default pack's placement network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drawings import face
from PIL import Image, ImageDraw

from dfd_core import face_search
from dfd_core.frame import Frame
from dfd_core.lineart import normalise
from dfd_core.networks.placement import Placement
from dfd_core.pack import default_folder, load_pack

Drawing = Callable[[ImageDraw.ImageDraw], None]


@pytest.fixture(scope="module")
def network() -> Placement:
    placement = load_pack(default_folder()).placement
    assert placement is not None
    return placement


def page(*more: Drawing) -> np.ndarray:
    """A page (1200, 1000) with a face of 400 pixels in its upper part, and more."""
    found = Image.new("L", (1000, 1200), 255)
    found.paste(Image.fromarray(face(400)), (300, 100))
    for draw in more:
        draw(ImageDraw.Draw(found))
    return np.array(found)


def shoulders(pen: ImageDraw.ImageDraw) -> None:
    pen.line((440, 490, 420, 560, 150, 640, 80, 1150), fill=0, width=5)
    pen.line((560, 490, 580, 560, 850, 640, 920, 1150), fill=0, width=5)


def border(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((20, 20, 980, 1180), outline=0, width=4)


def notes(pen: ImageDraw.ImageDraw) -> None:
    for row in range(6):
        pen.line((150, 800 + 40 * row, 850 - 37 * (row % 3), 800 + 40 * row), fill=0, width=3)


def smaller_face(pen: ImageDraw.ImageDraw) -> None:
    pen.bitmap((700, 850), Image.fromarray(255 - face(220)), fill=0)


@pytest.mark.parametrize("more", [shoulders, border, notes, smaller_face])
def test_the_face_is_found(network: Placement, more: Drawing) -> None:
    alone = normalise(page(), placement=network).frame
    found = normalise(page(more), placement=network).frame
    assert found.middle == pytest.approx(alone.middle, abs=0.04 * alone.side)
    assert found.side == pytest.approx(alone.side, rel=0.06)
    assert found.tilt == 0


def test_a_face_alone_is_not_looked_for(network: Placement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_search, "search", lambda *_: pytest.fail("it was"))
    normalise(page(), placement=network)


def test_where_the_face_was_it_is_when_more_is_drawn(network: Placement, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not looked for again with every line."""
    near = normalise(page(), placement=network).frame
    monkeypatch.setattr(face_search, "search", lambda *_: pytest.fail("it was looked for"))
    for more in (shoulders, border, notes):
        assert normalise(page(more), placement=network, near=near).frame == near


def test_a_face_is_steady_and_a_page_is_not(network: Placement) -> None:
    ink = 1 - page(shoulders) / np.float32(255)
    face_there, page_there = Frame.about(500, 304, 415), Frame.about(500, 600, 1000)
    steady, unsteady = face_search.spreads(ink, network, [face_there, page_there])
    assert steady < face_search.STEADY < unsteady


def test_nothing_is_found_where_no_face_is(network: Placement) -> None:
    empty = Image.new("L", (1000, 1200), 255)
    notes(ImageDraw.Draw(empty))
    ink = 1 - np.array(empty) / np.float32(255)
    assert face_search.search(ink, network, (150, 850, 800, 1000), 1.0) is None
