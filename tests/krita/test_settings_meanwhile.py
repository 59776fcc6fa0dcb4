"""Settings that change, and wishes that come, while a portrait is being made."""

from __future__ import annotations

import pytest
from painter import Painter

SEEDS = "[__import__('json').loads(e.settings)['seed'] for e in controller().session.history.entries]"


@pytest.fixture
def face(painter: Painter) -> Painter:
    """A document with a face and no portrait; the engine is there."""
    painter.run("controller().warm_up()")
    painter.session.wait_for("controller().worker.engine", 60)
    painter.new(600, 600)
    painter.face()
    return painter


def test_the_first_portrait_follows(face: Painter) -> None:
    """Who rolls the dice before it is there sees what was rolled; its entry says what it was made with."""
    face.press_and_hold()
    face.run("controller().change(seed=77)")
    face.run("release()")
    face.session.wait_for("len(tree()) == 3", 60)
    face.finish()
    face.session.wait_for(f"{SEEDS} == [0, 77]", 60)
    face.assert_calm()


def test_the_first_live_portrait_follows(face: Painter) -> None:
    face.run("hold()")
    face.click("dfd_live")
    face.session.wait_for("controller().state == 'working'")
    face.run("controller().change(seed=77)")
    face.run("release()")
    face.session.wait_for(f"{SEEDS} == [77]", 60)
    face.click("dfd_live")


def test_what_was_asked_for_is_made(face: Painter) -> None:
    """Though a setting changes while it waits behind another drawing's portrait."""
    face.generate()
    face.run("""
other = doc.createNode("other", "paintlayer")
doc.rootNode().addChildNode(other, None)
other.setPixelData(layer("lines").pixelData(0, 0, 600, 600), 0, 0, 600, 600)
hold(); controller().change(seed=1)
""")
    face.session.wait_for("controller().state == 'working'")
    face.activate("other")
    face.press()
    assert face.get("widget('dfd_cancel').isVisible()")
    face.run("controller().change(seed=2)")
    face.run("release()")
    face.session.wait_for("'other portrait (AI)' in tree()", 60)
    face.finish()
    face.session.wait_for(f"{SEEDS}[-1] == 2")
