"""The drawing stands anywhere, at any size and a tilt: the portrait lands over it, and the painter can say where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from painter import Painter, face_strokes

PORTRAIT = "lines portrait (AI)"

DRAW = """
pen = QPen(QColor("black"), 0.014)
image = QImage(doc.width(), doc.height(), QImage.Format_ARGB32)
image.fill(Qt.transparent)
painter = QPainter(image)
painter.setRenderHint(QPainter.Antialiasing)
painter.setPen(pen)
painter.translate(x, y); painter.rotate(tilt); painter.scale(side / 2, side / 2)
for points in strokes:
    painter.drawPolyline(QPolygonF([QPointF(*p) for p in points]))
painter.end()
bits = image.constBits(); bits.setsize(image.sizeInBytes())
layer("lines").setPixelData(QByteArray(bytes(bits)), 0, 0, doc.width(), doc.height())
doc.refreshProjection()
"""


def draw(painter: Painter, x: float, y: float, side: float, tilt: float = 0) -> None:
    """A face whose canonical square is about that large, at once."""
    painter.run(DRAW, x=x, y=y, side=side, tilt=tilt, strokes=face_strokes())


def unfold(painter: Painter) -> None:
    """Open the section with the frame, and wait for its picture."""
    painter.run("app.action('dfd_edit_frame').trigger()")
    painter.session.wait_for("widget('dfd_frame_view').isVisible() and widget('dfd_frame_view').image is not None")
    painter.run("widget('dfd_scroll').ensureWidgetVisible(widget('dfd_frame_view'))")


@pytest.fixture
def placed(painter: Painter) -> Iterator[Painter]:
    """A large page with a small tilted face in its lower right part, and its portrait; the frame is shown."""
    painter.new(1800, 1200)
    draw(painter, 1300, 750, 500, 15)
    painter.generate()
    unfold(painter)
    yield painter
    painter.finish()
    painter.run("widget('dfd_section_place').setChecked(False)")


def shown(painter: Painter) -> list[float]:
    """x, y, side and tilt of the frame as shown."""
    return painter.get("list(widget('dfd_frame_view').frame)")


def middle(frame: list[float]) -> tuple[float, float]:
    return frame[0] + frame[2] / 2, frame[1] + frame[2] / 2


def screen(painter: Painter, expression: str) -> tuple[int, int]:
    """Screen position of a point of the frame's picture."""
    x, y = painter.run(f"""
v = widget('dfd_frame_view')
p = {expression}
result = position(v, round(p.x()), round(p.y()))
""")
    return x, y


def drag(painter: Painter, start: tuple[int, int], end: tuple[int, int]) -> None:
    """With the mouse, and wait for the portrait that follows."""
    steps = [
        part
        for i in range(1, 9)
        for part in ("mousemove", *(round(a + (b - a) * i / 8) for a, b in zip(start, end, strict=True)), "sleep", 0.03)
    ]
    painter.session.xdotool("mousemove", *start, "sleep", 0.1, "mousedown", 1, *steps, "sleep", 0.1, "mouseup", 1)
    painter.session.wait_for("not widget('dfd_frame_view').dragging")
    painter.finish()


def where(painter: Painter) -> tuple[float, float]:
    """Middle of the portrait on its layer."""
    x, y, width, height = painter.portrait(PORTRAIT)["bounds"]
    return x + width / 2, y + height / 2


def test_portrait_lands_over_a_drawing_anywhere(placed: Painter) -> None:
    """At its place, size and tilt, with a soft edge; the page around it stays."""
    frame = shown(placed)
    assert middle(frame) == pytest.approx((1300, 750), abs=25)
    assert frame[2] == pytest.approx(500, rel=0.2)
    assert frame[3] == pytest.approx(15, abs=4)
    assert where(placed) == pytest.approx(middle(frame), abs=3)
    alphas = placed.run(
        """
import math
n, (x, y, side, tilt) = layer("lines portrait (AI)"), frame
def alpha(u, v):
    a = math.radians(tilt); du, dv = u * side / 2, v * side / 2
    px = x + side / 2 + math.cos(a) * du - math.sin(a) * dv
    py = y + side / 2 + math.sin(a) * du + math.cos(a) * dv
    return bytes(n.pixelData(int(px), int(py), 1, 1))[3]
result = [alpha(*p) for p in ((0, 0), (0.85, 0), (0.95, 0), (0, -0.95), (0.995, 0.3), (1.05, 0))]
""",
        frame=frame,
    )
    assert alphas[:2] == [255, 255]
    assert 40 < alphas[2] < 220
    assert 40 < alphas[3] < 220
    assert alphas[4] < 20
    assert alphas[5] == 0


def test_frame_is_dragged_with_the_mouse(placed: Painter) -> None:
    """What is shown is what the portrait follows; no undo steps, and no stroke on the canvas."""
    frame, history = shown(placed), placed.get("history()")
    before, pixel = placed.get("checksums()"), 1800 / placed.get("widget('dfd_frame_view').picture_size().width()")
    x, y = screen(placed, "(v.corner(0) + v.corner(2)) / 2")
    drag(placed, (x, y), (x - 30, y - 12))
    moved = shown(placed)
    assert moved[2:] == frame[2:]
    there = (middle(frame)[0] - 30 * pixel, middle(frame)[1] - 12 * pixel)
    assert middle(moved) == pytest.approx(there, abs=pixel)
    assert where(placed) == pytest.approx(middle(moved), abs=3)
    assert placed.get("widget('dfd_frame').currentData()") == "hand"

    x, y = screen(placed, "v.corner(2)")
    drag(placed, (x, y), (x + 12, y + 16))
    assert shown(placed)[2] > frame[2] * 1.1
    assert placed.portrait(PORTRAIT)["bounds"][2] > frame[2] * 1.1

    x, y = screen(placed, "v.knob()")
    cx, cy = screen(placed, "(v.corner(0) + v.corner(2)) / 2")
    drag(placed, (x, y), (cx - 40, cy))
    assert shown(placed)[3] == pytest.approx(-90, abs=3)
    assert placed.get("history()") == history
    assert placed.get("checksums()") == before
    assert placed.get("tree()") == ["Background", "lines", PORTRAIT]


def test_escape_takes_a_drag_back(placed: Painter) -> None:
    frame = shown(placed)
    x, y = screen(placed, "(v.corner(0) + v.corner(2)) / 2")
    placed.session.xdotool("mousemove", x, y, "mousedown", 1, "mousemove", x - 20, y, "sleep", 0.2)
    placed.session.wait_for("widget('dfd_frame_view').dragging")
    placed.session.xdotool("key", "Escape", "sleep", 0.2, "mouseup", 1)
    assert shown(placed) == frame
    assert placed.get("controller().settings.frame") == "auto"


def test_another_button_does_not_disturb_a_drag(placed: Painter) -> None:
    """Such as a stylus' own: the frame goes on to follow the pointer."""
    frame, pixel = shown(placed), 1800 / placed.get("widget('dfd_frame_view').picture_size().width()")
    x, y = screen(placed, "(v.corner(0) + v.corner(2)) / 2")
    placed.session.xdotool("mousemove", x, y, "sleep", 0.1, "mousedown", 1, "mousemove", x - 10, y, "sleep", 0.1)
    placed.session.wait_for("widget('dfd_frame_view').dragging")
    placed.session.xdotool("mousedown", 3, "sleep", 0.1, "mousemove", x - 20, y, "sleep", 0.1, "mouseup", 3)
    placed.session.xdotool("mousemove", x - 30, y, "sleep", 0.1, "mouseup", 1)
    placed.session.wait_for("not widget('dfd_frame_view').dragging")
    placed.finish()
    assert shown(placed)[2:] == frame[2:]
    assert middle(shown(placed)) == pytest.approx((middle(frame)[0] - 30 * pixel, middle(frame)[1]), abs=pixel)


def test_numbers_and_reset(placed: Painter) -> None:
    """The keyboard does what the pointer does; one button finds the face again."""
    found, history = shown(placed), placed.get("history()")
    for name, value in (("x", 100), ("y", 60), ("side", 640), ("tilt", 0)):
        placed.run("w = widget(name); w.setFocus(); w.selectAll()", name=f"dfd_frame_{name}")
        placed.session.xdotool("type", str(value))
        placed.session.xdotool("key", "Tab")
        placed.session.wait_for("abs(widget(name).value() - value) < 0.1", name=f"dfd_frame_{name}", value=value)
    placed.session.wait_for("controller().settings.frame == (100, 60, 640, 0)")
    placed.finish()
    assert placed.get("widget('dfd_status_icon').isVisible()"), "nothing is drawn in that frame"
    placed.click("dfd_frame_reset")
    placed.finish()
    placed.session.wait_for("controller().settings.frame == 'auto' and controller().session.frame is not None")
    assert shown(placed) == pytest.approx(found, abs=2)
    assert where(placed) == pytest.approx(middle(found), abs=3)
    assert placed.get("history()") == history
    assert not placed.get("widget('dfd_frame_reset').isEnabled()")


def test_arrow_keys_move_it_and_not_the_layer(placed: Painter) -> None:
    frame = shown(placed)
    placed.run("widget('dfd_frame_view').setFocus()")
    placed.session.xdotool("key", "Right", "sleep", 0.3)
    placed.finish()
    placed.session.wait_for("isinstance(controller().settings.frame, tuple)")
    assert shown(placed)[0] == pytest.approx(frame[0] + frame[2] / 100, abs=0.1)
    assert shown(placed)[1:] == pytest.approx(frame[1:])


def test_selection_and_canvas(placed: Painter) -> None:
    """A selection counts, also when it is gone again; the whole canvas has no soft edge where it ends."""
    placed.run("""
selection = Selection(); selection.select(1000, 450, 600, 560, 255); doc.setSelection(selection)
box = widget("dfd_frame"); box.setCurrentIndex(box.findData("selection")); box.activated.emit(box.currentIndex())
""")
    placed.finish()
    placed.session.wait_for("list(widget('dfd_frame_view').frame) == [1000, 430, 600, 0]")
    assert where(placed) == pytest.approx((1300, 730), abs=2)
    placed.run("app.action('deselect').trigger()")
    placed.session.wait_for("doc.selection() is None")
    placed.generate()
    assert "is ready" in placed.get("status()")
    assert where(placed) == pytest.approx((1300, 730), abs=2)

    placed.run("""
box = widget("dfd_frame"); box.setCurrentIndex(box.findData("canvas")); box.activated.emit(box.currentIndex())
""")
    placed.finish()
    placed.session.wait_for("list(widget('dfd_frame_view').frame) == [300, 0, 1200, 0]")
    alpha = "bytes(layer('lines portrait (AI)').pixelData(x, y, 1, 1))[3]"
    assert placed.get(alpha, x=900, y=0) == placed.get(alpha, x=900, y=1199) == 255
    assert placed.get(alpha, x=302, y=600) < 30


def test_soft_edge_can_be_switched_off(placed: Painter) -> None:
    soft = placed.portrait(PORTRAIT)["crc"]
    placed.run("""
def written():
    n = layer("lines portrait (AI)")
    b = n.bounds()
    return zlib.crc32(bytes(n.pixelData(b.x(), b.y(), b.width(), b.height())))
""")
    placed.click("dfd_soft")
    placed.session.wait_for("written() != crc", crc=soft)
    assert not placed.get("controller().settings.soft")
    placed.click("dfd_soft")
    placed.session.wait_for("written() == crc", crc=soft)


def test_frame_by_hand_follows_when_the_image_is_scaled(placed: Painter) -> None:
    """Where the canvas gets another shape, the face is found again, and a line says so."""
    placed.run("controller().set_frame((1000.0, 450.0, 600.0, 0.0))")
    placed.finish()
    placed.run("layer('lines portrait (AI)').setName('before')")
    placed.run("doc.scaleImage(doc.width() // 2, doc.height() // 2, 72, 72, 'Bicubic'); doc.waitForDone()")
    assert "is ready" in placed.generate()
    assert placed.get("list(controller().settings.frame)") == pytest.approx([500, 225, 300, 0])
    assert shown(placed) == pytest.approx([500, 225, 300, 0])
    assert where(placed) == pytest.approx((650, 375), abs=2)
    placed.run("doc.resizeImage(0, 0, 900, 800); doc.waitForDone()")
    assert "another shape" in placed.generate()
    assert placed.get("[controller().settings.frame, widget('dfd_frame').currentData()]") == ["auto", "auto"]


def test_by_hand_begins_on_the_canvas_as_it_is_now(placed: Painter) -> None:
    """Where the face was found before the image was scaled, it is no more."""
    placed.run("doc.scaleImage(doc.width() // 2, doc.height() // 2, 72, 72, 'Bicubic'); doc.waitForDone()")
    placed.run("controller().look(); row = widget('dfd_frame').findData('hand')")
    placed.run("widget('dfd_frame').setCurrentIndex(row); widget('dfd_frame').activated.emit(row)")
    assert placed.get("list(controller().settings.frame)") == [150, 0, 600, 0]


def select_and_let_go(placed: Painter) -> None:
    """The selection is the frame, and gone again."""
    placed.run("""
selection = Selection(); selection.select(1000, 450, 600, 560, 255); doc.setSelection(selection)
controller().set_frame("selection")
""")
    placed.finish()
    placed.run("app.action('deselect').trigger()")
    placed.session.wait_for("doc.selection() is None")


def test_selection_follows_when_the_image_is_scaled(placed: Painter) -> None:
    """Also one that is gone by then."""
    select_and_let_go(placed)
    placed.run("layer('lines portrait (AI)').setName('before')")
    placed.run("doc.scaleImage(doc.width() // 2, doc.height() // 2, 72, 72, 'Bicubic'); doc.waitForDone()")
    assert "is ready" in placed.generate()
    assert where(placed) == pytest.approx((650, 365), abs=2)


def test_selection_counts_after_opening(placed: Painter, tmp_path: Path) -> None:
    """Also one that was gone before the document was saved."""
    select_and_let_go(placed)
    assert placed.get("doc.saveAs(path)", path=str(tmp_path / "page.kra"))
    placed.close_all()
    placed.open(tmp_path / "page.kra", "lines")
    assert "is ready" in placed.generate()
    assert where(placed) == pytest.approx((1300, 730), abs=2)


def test_frame_is_saved_and_opened(placed: Painter, tmp_path: Path) -> None:
    placed.run("controller().set_frame((900.5, 400.25, 700.0, 12.0))")
    placed.finish()
    placed.session.wait_for("b'900.5' in bytes(doc.annotation('krita_dfd/state'))")
    assert placed.get("doc.saveAs(path)", path=str(tmp_path / "page.kra"))
    placed.close_all()
    placed.open(tmp_path / "page.kra", "lines")
    placed.session.wait_for("list(widget('dfd_frame_view').frame) == [900.5, 400.25, 700.0, 12.0]")
    bounds = placed.portrait(PORTRAIT)["bounds"]
    placed.generate()
    assert placed.portrait(PORTRAIT)["bounds"] == bounds


def test_found_face_stays_where_it_is_after_opening(placed: Painter, tmp_path: Path) -> None:
    """Unless the document has another size by then."""
    frame = placed.get("controller().session.frame")
    placed.session.wait_for("doc.annotation('krita_dfd/place')")
    assert placed.get("doc.saveAs(path)", path=str(tmp_path / "page.kra"))
    placed.run("doc.scaleImage(doc.width() // 2, doc.height() // 2, 72, 72, 'Bicubic'); doc.waitForDone()")
    assert placed.get("doc.saveAs(path)", path=str(tmp_path / "half.kra"))
    placed.close_all()
    placed.open(tmp_path / "page.kra", "lines")
    assert placed.get("controller().session.frame") == frame
    placed.open(tmp_path / "half.kra", "lines")
    assert placed.get("controller().session.frame") is None


def test_without_a_document(painter: Painter) -> None:
    painter.run("app.action('dfd_edit_frame').trigger()")
    painter.session.wait_for("widget('dfd_frame_view').isVisible()")
    assert not painter.get("widget('dfd_frame_view').isEnabled()")
    assert painter.get("widget('dfd_frame_view').frame is None")
    painter.run("widget('dfd_section_place').setChecked(False)")
