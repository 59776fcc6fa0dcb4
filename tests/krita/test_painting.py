"""A painter's session: draw with the mouse, press Generate, undo, go on, save."""

from __future__ import annotations

from pathlib import Path

import pytest
from painter import Painter


def test_draw_generate_undo(painter: Painter) -> None:
    """Strokes with the mouse become a portrait directly above them, as one undo step."""
    painter.new(900, 900)
    painter.take_brush()
    painter.draw_face()
    before, history = painter.get("checksums()"), painter.get("history()")
    drawn = painter.get("[lines.bounds().x(), lines.bounds().y(), lines.bounds().width(), lines.bounds().height()]")

    status = painter.generate()

    assert "lines portrait (AI)" in status
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.get("history()") == [*history, "Add Layer"]
    assert painter.get("checksums()") == before
    painter.session.wait_for("doc.activeNode().name() == 'lines'")
    portrait = painter.portrait("lines portrait (AI)")
    assert portrait["space"] == ["RGBA", "U8"]
    assert portrait["opaque"]
    assert portrait["spread"] > 5
    assert _overlap(portrait["bounds"], drawn) > 0.6

    cx, cy, _ = painter.canvas()
    painter.session.xdotool("mousemove", cx, cy, "sleep", 0.1, "key", "ctrl+z")
    painter.session.wait_for("tree() == ['Background', 'lines']")
    assert painter.get("checksums()") == before


def test_tilted_face(painter: Painter) -> None:
    """The portrait leans as its drawing does, is transparent beside it, and is known again when it is updated."""
    painter.new(800, 800)
    painter.face(tilt=24)
    painter.generate()
    first = painter.portrait("lines portrait (AI)")
    x, y, width, height = first["bounds"]
    alpha = "bytes(layer('lines portrait (AI)').pixelData(x, y, 1, 1))[3]"
    assert painter.get(alpha, x=x + 2, y=y + 2) == 0
    assert painter.get(alpha, x=x + width // 2, y=y + height // 2) == 255

    painter.run("widget('dfd_blend_mouth').setValue(0)")
    painter.generate()
    second = painter.portrait("lines portrait (AI)")
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert (second["id"], second["bounds"]) == (first["id"], first["bounds"])
    assert second["crc"] != first["crc"]


def test_generate_again(painter: Painter) -> None:
    """A second press updates the portrait without an undo step, also while the portrait itself is active."""
    painter.new(700, 700)
    painter.take_brush()
    painter.face()
    painter.generate()
    first, history = painter.portrait("lines portrait (AI)"), painter.get("history()")

    painter.stroke([(-0.5, -0.5), (0.0, -0.6), (0.5, -0.5)])
    painter.session.wait_for("history()[-1] == 'Freehand Brush Stroke'")
    painter.activate("lines portrait (AI)")
    painter.generate()

    second = painter.portrait("lines portrait (AI)")
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.get("history()") == [*history, "Freehand Brush Stroke"]
    assert second["id"] == first["id"]
    assert second["crc"] != first["crc"]
    assert painter.get("doc.activeNode().name()") == "lines portrait (AI)"

    painter.run("layer('lines portrait (AI)').remove()")
    painter.activate("lines")
    painter.generate()
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.portrait("lines portrait (AI)")["id"] != first["id"]


@pytest.mark.parametrize(
    "touch",
    [
        "",
        "layer('kept').setLocked(True)",
        "layer('kept').setColorSpace('GRAYA', 'U8', 'Gray-D50-elle-V2-srgbtrc.icc')",
        "doc.setColorSpace('RGBA', 'U16', 'sRGB-elle-V2-srgbtrc.icc')",
    ],
    ids=["painted", "locked", "layer_converted", "image_converted"],
)
def test_a_portrait_that_the_painter_touched_is_kept(painter: Painter, touch: str) -> None:
    """What was painted on, locked or converted is not overwritten: the next portrait gets a layer of its own."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    painter.generate()
    painter.run("layer('lines portrait (AI)').setName('kept')")
    if touch:
        painter.run(touch)
    else:
        painter.activate("kept")
        painter.stroke([(-0.5, -0.5), (0.0, -0.6), (0.5, -0.5)])
        painter.session.wait_for("history()[-1] == 'Freehand Brush Stroke'")
        painter.activate("lines")
    before = painter.portrait("kept")
    painter.generate()
    assert painter.get("tree()") == ["Background", "lines", "kept", "lines portrait (AI)"]
    assert painter.portrait("kept") == before


def test_an_updated_portrait_is_asked_to_be_saved(painter: Painter, tmp_path: Path) -> None:
    """An update is no undo step, but closing the document must not lose it."""
    painter.new(600, 600)
    painter.face()
    painter.generate()
    painter.run("controller().explorer.settle()")  # what is noted a moment later would be a change after saving
    assert painter.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    assert not painter.get("doc.modified()")
    painter.generate()
    assert painter.get("doc.modified()")


def test_image_scaled_while_working(painter: Painter) -> None:
    """The portrait lands over the drawing as it is then."""
    painter.new(600, 600)
    painter.face()
    painter.press_and_hold()
    painter.run("doc.scaleImage(900, 900, 72, 72, 'Bilinear')")
    painter.session.wait_for("doc.width() == 900")
    painter.run("release()")
    painter.finish()
    _, _, width, height = painter.portrait("lines portrait (AI)")["bounds"]
    assert width == height > 600  # the drawing of 600 pixels would not give so large a portrait


def test_save_and_open_again(painter: Painter, tmp_path: Path) -> None:
    """The portrait is in the saved file, and Krita still knows which drawing it belongs to."""
    painter.new(600, 600)
    painter.face()
    painter.generate()
    portrait = painter.portrait("lines portrait (AI)")
    path = tmp_path / "face.kra"
    assert painter.get("doc.saveAs(path)", path=str(path))
    painter.close_all()

    painter.open(path, "lines portrait (AI)")
    assert painter.portrait("lines portrait (AI)") == portrait
    history = painter.get("history()")
    painter.generate()
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.get("history()") == history


def test_pen_on_the_canvas(painter: Painter) -> None:
    """While a stroke is open nothing is written, and the stroke is not cut."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    painter.generate()
    painter.run("layer('lines portrait (AI)').remove(); hold()")
    painter.activate("lines")
    history = painter.get("history()")
    painter.press()
    painter.session.wait_for("controller().state == 'working'")

    painter.stroke([(-0.4 + i / 50, 0.8) for i in range(20)], lift=False)
    painter.session.wait_for("stroke_is_open(doc)")
    painter.run("release()")
    painter.session.wait_for("controller().worker._jobs.empty() and widget('dfd_progress').value() == 1000")
    assert painter.get("tree()") == ["Background", "lines"]
    painter.session.xdotool("mouseup", 1)

    painter.finish()
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)"]
    assert painter.get("history()") == [*history, "Freehand Brush Stroke", "Add Layer"]


def _overlap(a: list[int], b: list[int]) -> float:
    """Area shared by two rectangles (x, y, w, h), as a part of the second."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0) / (b[2] * b[3])
