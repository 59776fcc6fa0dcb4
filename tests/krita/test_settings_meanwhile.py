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


def test_a_group_chosen_meanwhile_is_one_group(face: Painter) -> None:
    history = face.get("history()")
    face.press_and_hold()
    face.run("controller().change(output='group')")
    face.run("release()")
    face.session.wait_for("len(tree()) == 3", 60)
    face.finish()
    assert [len(each[1]) if isinstance(each, list) else each for each in face.get("tree()")] == [
        "Background", "lines", 5]  # fmt: skip
    assert face.get("history()") == [*history, "Add Layer"]


def test_what_was_asked_for_outlives_live(face: Painter) -> None:
    """Generate is pressed while Live makes a portrait, and Live is switched off before that is there."""
    face.run("hold(); controller().live.switch(True)")
    face.session.wait_for("controller().state == 'working'")
    face.press()
    face.run("controller().live.switch(False); release()")
    face.session.wait_for("len(tree()) == 3", 60)
    assert "is ready" in face.finish()


def test_another_document_does_not_take_its_turn(face: Painter) -> None:
    """Both documents' wishes wait for the portrait that is being made, and both are fulfilled."""
    face.generate()
    face.run("first = doc")
    face.new(600, 600)
    face.face()
    face.generate()
    face.run("hold(); controller().change(seed=3)")
    face.session.wait_for("controller().state == 'working'")
    face.run("controller().change(seed=4)")
    face.run("second, doc = doc, first; show(doc)")
    face.session.wait_for("controller().look() is None and controller().session.document == doc")
    face.run("controller().change(seed=5); release()")
    face.session.wait_for(f"{SEEDS} == [0, 5]", 60)
    face.run("doc = second; show(doc)")
    face.session.wait_for("controller().look() is None and controller().session.document == doc")
    face.session.wait_for(f"{SEEDS}[-1] == 4", 60)
