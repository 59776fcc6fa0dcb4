"""Live: the portrait follows the pen, the stroke is whole, and off means off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from painter import WAVE, Painter

CRC = "zlib.crc32(bytes(layer('lines portrait (AI)').pixelData(0, 0, doc.width(), doc.height())))"
PAINTED = "bytes(layer('lines').pixelData(0, 0, doc.width(), doc.height()))[3::4]"


@pytest.fixture
def live(painter: Painter) -> Iterator[Painter]:
    """A document with a face, a brush, Live switched on with the mouse, and the first portrait there."""
    painter.new(700, 700)
    painter.take_brush()
    painter.face()
    painter.click("dfd_live")
    painter.session.wait_for("'lines portrait (AI)' in tree() and controller().state == 'idle'", 60)
    painter.session.wait_for("doc.activeNode().name() == 'lines'")
    yield painter
    painter.run("controller().live.switch(False)")


def test_the_portrait_follows_the_pen(live: Painter) -> None:
    """It changes while the pen is down; afterwards there is one undo entry, the stroke's own."""
    history = live.get("history()")
    before = live.get(CRC)
    live.stroke(WAVE, lift=False)
    live.session.wait_for("stroke_is_open(doc)")
    live.session.wait_for(f"{CRC} != before", before=before)
    assert live.get("stroke_is_open(doc)")
    live.session.xdotool("mouseup", 1)
    live.session.wait_for("history()[-1] == 'Freehand Brush Stroke'")
    assert live.get("history()") == [*history, "Freehand Brush Stroke"]


def test_the_first_portrait_waits_for_the_pen(painter: Painter) -> None:
    """A new layer would cut the stroke, so it comes when the pen is up: one undo entry more than without Live."""
    painter.new(700, 700)
    painter.take_brush()
    history = painter.get("history()")
    painter.click("dfd_live")
    painter.stroke([(x * 0.6, y * 0.8) for x, y in ((0, -1), (0.7, -0.7), (1, 0), (0.7, 0.7), (0, 1))], lift=False)
    painter.session.wait_for("stroke_is_open(doc) and controller().maker.state != 'idle'", 60)
    assert painter.get("tree()") == ["Background", "lines"]
    painter.session.xdotool("mouseup", 1)
    painter.session.wait_for("'lines portrait (AI)' in tree()", 60)
    assert painter.get("history()") == [*history, "Freehand Brush Stroke", "Add Layer"]
    painter.click("dfd_live")


def test_where_showing_it_takes_long_the_portrait_waits_for_the_pen(live: Painter) -> None:
    """Also one that was begun before the pen came down; afterwards the portrait has the whole stroke."""
    before = live.get(CRC)
    live.run("controller().session.held_up = 1.0")
    live.stroke(WAVE, lift=False)
    live.session.wait_for("stroke_is_open(doc)")
    live.run("held = controller().session; looks = controller().live.looks; controller().maker.want(held, 'live')")
    live.session.wait_for("controller().live.looks > looks + 8 and controller().state == 'idle'")
    assert live.get("stroke_is_open(doc)")
    assert live.get(CRC) == before
    live.session.xdotool("mouseup", 1)
    live.session.wait_for(f"{CRC} != before", before=before)
    assert live.get("controller().session.held_up") < 1.0


def test_an_empty_layer_is_no_problem(painter: Painter) -> None:
    """Live says where to draw, without a warning, before the first line and after the last is erased."""
    line = "Live is on: draw a face on “lines”."
    painter.new(700, 700)
    painter.click("dfd_live")
    painter.session.wait_for("status() == line", 60, line=line)
    assert not painter.get("widget('dfd_status_icon').isVisible() or widget('dfd_status_check').isVisible()")
    assert painter.get("tree()") == ["Background", "lines"]
    painter.face()
    painter.session.wait_for("'lines portrait (AI)' in tree() and 'is ready' in status()", 60)
    painter.run("layer('lines').setPixelData(QByteArray(700 * 700 * 4, b'\\0'), 0, 0, 700, 700)")
    painter.session.wait_for("status() == line", line=line)
    assert not painter.get("widget('dfd_status_icon').isVisible()")
    painter.click("dfd_live")
    assert "is empty" in painter.generate()  # to press the button is to ask for a portrait
    assert painter.get("widget('dfd_status_icon').isVisible()")


def test_the_stroke_is_whole(live: Painter) -> None:
    """Every pixel that is painted without Live is painted with it.

    The pen is slow enough that Qt hands on every point: of a fast one the same stroke differs from itself by up to
    2 % of its pixels, without Live too; of this one by 0.4 %.
    """
    live.run("layer('lines').setPixelData(QByteArray(700 * 700 * 4, b'\\0'), 0, 0, 700, 700)")
    live.stroke(WAVE, pause=0.016)
    live.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    live.run(f"with_live = {PAINTED}")
    live.click("dfd_live")
    live.run("layer('lines').setPixelData(QByteArray(700 * 700 * 4, b'\\0'), 0, 0, 700, 700)")
    count = len(live.get("history()"))
    live.stroke(WAVE, pause=0.016)
    live.session.wait_for(f"len(history()) == {count + 1} and not stroke_is_open(doc)")
    with_live, without, missing = live.get(
        f"(lambda b: [sum(map(bool, with_live)), sum(map(bool, b)),"
        f" sum(1 for x, y in zip(with_live, b) if y > 200 and not x)])({PAINTED})"
    )
    assert with_live > 500
    assert abs(with_live - without) < 0.01 * without
    assert missing < 0.005 * without


def test_no_work_when_nothing_changes(live: Painter) -> None:
    """The drawing is looked at, and that is all."""
    looks = live.get("controller().live.looks")
    live.run("made = []; controller().maker.made.connect(made.append)")
    live.session.wait_for(f"controller().live.looks > {looks + 10}")
    assert live.get("len(made)") == 0
    live.run("controller().maker.made.disconnect(made.append)")


def test_off_and_hidden_mean_no_work(live: Painter) -> None:
    """Switched off, or with the docker hidden, the drawing is not even looked at."""
    before = live.get(CRC)
    live.run("docker().setVisible(False)")
    looks = live.get("controller().live.looks")
    live.stroke(WAVE)
    live.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    assert live.get("controller().live.looks") == looks
    live.run("docker().setVisible(True)")
    live.session.wait_for(f"{CRC} != before", before=before)

    live.click("dfd_live")
    assert not live.get("controller().live.on")
    live.session.wait_for("controller().state == 'idle'")
    looks, before = live.get("controller().live.looks"), live.get(CRC)
    live.stroke([(x, -y) for x, y in WAVE])
    live.session.wait_for("not stroke_is_open(doc)")
    live.session.xdotool("sleep", 0.5)
    assert live.get("controller().live.looks") == looks
    assert live.get(CRC) == before


def test_other_layers_are_left_alone(live: Painter) -> None:
    """Painting on a layer that is no drawing of ours makes no portrait of it."""
    live.run("doc.rootNode().addChildNode(doc.createNode('colours', 'paintlayer'), None)")
    live.session.wait_for("doc.activeNode().name() == 'colours'")
    tree, looks = live.get("tree()"), live.get("controller().live.looks")
    live.stroke(WAVE)
    live.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    live.session.xdotool("sleep", 0.5)
    assert live.get("tree()") == tree
    assert live.get("controller().live.looks") == looks


def test_the_layer_it_was_switched_on_for_may_have_a_portrait(live: Painter) -> None:
    """That is the one it follows then: the next layer is none of its business."""
    live.run("controller().live.switch(False); controller().live.switch(True)")
    looks = live.get("controller().live.looks")
    live.session.wait_for("controller().live.looks > looks", looks=looks)
    test_other_layers_are_left_alone(live)


def test_the_action(live: Painter) -> None:
    """Live can have a shortcut, and shows on the button."""
    live.run("app.action('dfd_live').trigger()")
    assert not live.get("widget('dfd_live').isChecked()")
    live.run("app.action('dfd_live').trigger()")
    assert live.get("widget('dfd_live').isChecked()")


def test_undo_past_the_portrait_can_be_redone(painter: Painter) -> None:
    """Once the portrait is undone, Live adds no other: that would end what can be redone."""
    painter.new(700, 700)
    painter.take_brush()
    painter.face()
    painter.stroke(WAVE)
    painter.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    painter.click("dfd_live")
    painter.session.wait_for("'lines portrait (AI)' in tree() and controller().state == 'idle'", 60)
    painter.session.wait_for("doc.activeNode().name() == 'lines'")
    painter.stroke([(x, -y) for x, y in WAVE])
    painter.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    history, lines = painter.get("history()"), painter.get(f"zlib.crc32({PAINTED})")
    cx, cy, _ = painter.canvas()
    for _ in range(3):  # the stroke, the portrait, the stroke before
        painter.session.xdotool("mousemove", cx, cy, "sleep", 0.1, "key", "ctrl+z", "sleep", 0.3)
    painter.session.wait_for("tree() == ['Background', 'lines'] and 'taken away' in status()")
    painter.session.xdotool("sleep", 1.0)
    assert painter.get("tree()") == ["Background", "lines"]
    for _ in range(3):
        painter.session.xdotool("key", "ctrl+shift+z", "sleep", 0.3)
    painter.session.wait_for("'lines portrait (AI)' in tree()")
    assert painter.get("history()") == history
    painter.session.wait_for(f"zlib.crc32({PAINTED}) == lines", lines=lines)
    before = painter.get(CRC)
    painter.stroke(WAVE)
    painter.session.wait_for(f"{CRC} != before", before=before)
    painter.click("dfd_live")


def test_other_documents_are_left_alone(live: Painter) -> None:
    """What is opened while Live is on gets no portrait until the painter asks for one."""
    live.new(500, 500)
    live.face()
    history = live.get("history()")
    live.session.wait_for("'leaves this layer alone' in status()")
    live.session.xdotool("sleep", 0.5)
    assert live.get("[tree(), history()]") == [["Background", "lines"], history]
    live.generate()
    before = live.get(CRC)
    live.take_brush()
    live.stroke(WAVE)
    live.session.wait_for(f"{CRC} != before", before=before)
