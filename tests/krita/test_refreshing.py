"""Putting a document together anew while strokes come and go: it never hangs Krita, and the canvas follows the pen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from painter import WAVE, Painter

SHOWN = "[zlib.crc32(bytes(n.pixelData(250, 250, 400, 400))) for n in (doc, layer('lines portrait (AI)'))]"
"""What the canvas shows of the portrait, and what its layer holds."""


@pytest.fixture
def drawn(painter: Painter) -> Iterator[Painter]:
    """A document with a face and a brush, and Krita's way to refresh as `refreshing`."""
    painter.new(900, 900)
    painter.take_brush()
    painter.face()
    painter.run("refreshing = sys.modules['krita_dfd.refreshing']")
    yield painter
    painter.run("controller().live.switch(False)")


def test_strokes_that_end_meanwhile(drawn: Painter) -> None:
    """Krita's own call, made like this, never returned after some twenty strokes."""
    drawn.run("""
refreshed = [0]
def tick():
    refreshed[0] += 1
    refreshing.refresh(doc)
timer = QTimer(); timer.timeout.connect(tick); timer.start(7)
""")
    try:
        for k in range(30):
            drawn.stroke([(-0.8 + (k * 0.37 + i * 0.61) % 1.6, -0.8 + (k * 0.53 + i * 0.83) % 1.6) for i in range(4)])
            drawn.get("refreshed[0]")
    finally:
        drawn.run("timer.stop()")
    assert drawn.get("refreshed[0]") > 100
    drawn.session.wait_for("not refreshing._waiting")


def test_the_canvas_follows_while_the_pen_is_down(drawn: Painter) -> None:
    """Not only the layer: what the painter sees."""
    drawn.run("controller().live.switch(True)")
    drawn.session.wait_for("'lines portrait (AI)' in tree() and controller().state == 'idle'", 60)
    drawn.session.wait_for("doc.activeNode().name() == 'lines' and not stroke_is_open(doc)")
    before = drawn.get(SHOWN)
    assert before[0] == before[1]
    drawn.stroke(WAVE, lift=False)
    drawn.session.wait_for(f"{SHOWN}[0] not in before and len(set({SHOWN})) == 1", 30, before=before)
    assert drawn.get("stroke_is_open(doc)")
    drawn.session.xdotool("mouseup", 1)
    drawn.session.wait_for("not stroke_is_open(doc)")


@pytest.fixture
def waiting(drawn: Painter) -> Painter:
    """Two refreshes were asked for in a stroke that may be ending, for all that is known."""
    drawn.stroke(WAVE, lift=False)
    drawn.session.wait_for("stroke_is_open(doc)")
    drawn.run("refreshing.pen.forget(); refreshing.refresh(doc); refreshing.refresh(doc)")
    return drawn


def test_another_stroke_is_waited_for(waiting: Painter) -> None:
    """The refresh comes after it, once."""
    waiting.session.xdotool("sleep", 0.3)
    assert waiting.get("len(refreshing._waiting)") == 1
    waiting.session.xdotool("mouseup", 1)
    waiting.session.wait_for("not refreshing._waiting and not stroke_is_open(doc)")


def test_a_document_that_is_closed_meanwhile(waiting: Painter) -> None:
    waiting.session.xdotool("mouseup", 1)
    waiting.close_all()
    waiting.session.wait_for("not refreshing._waiting")
    waiting.assert_calm()
