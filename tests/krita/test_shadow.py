"""The shadow: plausible lines under the drawing, while the painter wants them."""

from __future__ import annotations

from pathlib import Path

import pytest
from painter import Painter

SHADOW = "DeepFaceDrawing shadow"
ON = ["Background", SHADOW, "lines"]

VISIBLE = "zlib.crc32(bytes((doc.waitForDone(), doc.pixelData(0, 0, doc.width(), doc.height()))[1]))"
"""Checksum of what the canvas shows."""

ALPHA = "bytes(layer(name).pixelData(x, y, 1, 1))[3]"


def switch_on(painter: Painter) -> None:
    """Click the shadow's box and wait until its layer is there and the drawing active again."""
    active = painter.get("doc.activeNode().name()")
    painter.click("dfd_shadow")
    painter.session.wait_for(f"{SHADOW!r} in [n.name() for n in nodes(doc.rootNode())]", 60)
    rest(painter)
    painter.session.wait_for("doc.activeNode().name() == name", name=active)


def rest(painter: Painter) -> None:
    """Wait until the shadow has caught up."""
    painter.run("import time; calm_since = time.monotonic()")
    painter.run("""
def calm():
    global calm_since
    if controller().shadows._job is not None or stroke_is_open(doc):
        calm_since = time.monotonic()
    return time.monotonic() - calm_since > 0.6
""")
    painter.session.wait_for("calm()", 60)


def test_blank_canvas_shows_where_to_begin(painter: Painter) -> None:
    """The average face and the windows of its parts, on a locked layer below the drawing, as one undo step."""
    painter.new(1000, 700)
    history, before = painter.get("history()"), painter.get("checksums()")
    switch_on(painter)
    assert painter.get("tree()") == ON
    assert painter.get("history()") == [*history, "Add Layer"]
    assert painter.get("checksums()") == before
    assert painter.get("layer(name).locked()", name=SHADOW)
    bounds = painter.portrait(SHADOW)["bounds"]
    assert abs(bounds[0] - 150) < 40
    assert abs(bounds[0] + bounds[2] - 850) < 40
    bottom_of_the_mouth = (500, round((288 + 192 - 1.5) / 512 * 700))
    assert painter.get(ALPHA, name=SHADOW, x=bottom_of_the_mouth[0], y=bottom_of_the_mouth[1]) > 60
    blue = painter.get("list(bytes(doc.pixelData(x, y, 1, 1)))", x=bottom_of_the_mouth[0], y=bottom_of_the_mouth[1])
    assert blue[0] > blue[1] > blue[2]
    assert painter.get("widget('dfd_frame').currentData()") == "canvas"
    assert "switch it off" in painter.get("status()")


def test_follows_the_drawing_without_undo_steps(painter: Painter) -> None:
    painter.new(700, 700)
    painter.take_brush()
    switch_on(painter)
    blank, history = painter.portrait(SHADOW)["crc"], painter.get("history()")
    painter.draw_face()
    rest(painter)
    assert painter.portrait(SHADOW)["crc"] != blank
    assert set(painter.get("history()")[len(history) :]) == {"Freehand Brush Stroke"}
    assert painter.get("tree()") == ON
    drawn = painter.portrait(SHADOW)["crc"]
    painter.stroke([(-0.2 + i / 50, 0.42) for i in range(21)])
    rest(painter)
    assert painter.portrait(SHADOW)["crc"] != drawn


def test_off_leaves_no_visible_trace(painter: Painter) -> None:
    painter.new(600, 600)
    painter.face()
    before, layers = painter.get(VISIBLE), painter.get("checksums()")
    switch_on(painter)
    assert painter.get(VISIBLE) != before
    history = painter.get("history()")
    painter.click("dfd_shadow")
    painter.session.wait_for("not controller().settings.shadow")
    assert painter.get(VISIBLE) == before
    assert painter.get("checksums()") == layers
    painter.click("dfd_shadow")
    rest(painter)
    assert painter.get(VISIBLE) != before
    assert painter.get("[tree(), history()]") == [ON, history]


def test_strength_changes_what_shows_and_nothing_else(painter: Painter) -> None:
    painter.new(600, 600)
    painter.face()
    switch_on(painter)
    before, history = painter.get(VISIBLE), painter.get("history()")
    painter.run("widget('dfd_shadow_strength').setFocus(); widget('dfd_shadow_strength').setValue(80)")
    painter.session.xdotool("key", "Right")
    painter.session.wait_for("layer(name).opacity() == round(0.81 * 255)", name=SHADOW)
    assert painter.get(VISIBLE) != before
    assert painter.get("history()") == history


def test_is_never_part_of_the_drawing(painter: Painter) -> None:
    """The portrait is the same with and without it, and a group that shows it is refused."""
    painter.new(600, 600)
    painter.face()
    painter.run("widget('dfd_shadow_strength').setValue(100)")
    painter.generate()
    without = painter.portrait("lines portrait (AI)")
    switch_on(painter)
    painter.generate()
    assert painter.portrait("lines portrait (AI)")["crc"] == without["crc"]
    painter.run("layer('lines portrait (AI)').remove()")
    painter.activate(SHADOW)
    painter.generate()
    assert painter.get("tree()") == [*ON, "lines portrait (AI)"]

    painter.run("""
layer("lines portrait (AI)").remove()
group = doc.createGroupLayer("face")
doc.rootNode().addChildNode(group, layer("lines"))
for name in ("DeepFaceDrawing shadow", "lines"):
    node = layer(name)
    node.remove()
    group.addChildNode(node, None)
""")
    painter.activate("face")
    before = painter.get("[tree(), history()]")
    assert "Switch the shadow off" in painter.generate()
    assert painter.get("[tree(), history()]") == before


def test_opening_again_changes_nothing(painter: Painter, tmp_path: Path) -> None:
    """The shadow is found to be what it was: Krita has nothing to save."""
    painter.new(600, 600)
    painter.face()
    painter.run("controller().note(attributes={'femininity': 1.0})")
    switch_on(painter)
    painter.run("doc.setBatchmode(True); doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    painter.close_all()
    painter.open(tmp_path / "face.kra", "lines")
    painter.session.wait_for("controller().settings.shadow")
    rest(painter)
    assert painter.get("controller().shadows._watches")
    assert not painter.get("doc.modified()")


def test_is_saved_and_followed_after_opening_again(painter: Painter, tmp_path: Path) -> None:
    painter.new(600, 600)
    painter.face()
    switch_on(painter)
    painter.session.wait_for("b'shadow\": true' in bytes(doc.annotation('krita_dfd/state'))")
    assert painter.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    painter.close_all()
    painter.open(tmp_path / "face.kra", "lines")
    rest(painter)
    assert painter.get("tree()") == ON
    assert painter.get("widget('dfd_shadow').isChecked()")
    before = painter.portrait(SHADOW)["crc"]
    painter.face(tilt=30)
    rest(painter)
    assert painter.portrait(SHADOW)["crc"] != before
    assert painter.get("tree()") == ON


def test_follows_when_the_image_is_scaled(painter: Painter) -> None:
    """Krita changes its pixels then, not the painter."""
    painter.new(600, 600)
    painter.face()
    switch_on(painter)
    painter.run("doc.scaleImage(300, 300, 72, 72, 'Bicubic'); doc.waitForDone()")
    rest(painter)
    assert painter.get("tree()") == ON
    assert painter.get("widget('dfd_shadow').isChecked()")
    bounds = painter.portrait(SHADOW)["bounds"]
    assert bounds[0] + bounds[2] <= 300
    assert painter.get("controller().shadows._sizes[controller().session.number]") == [300, 300]


def test_undo_takes_it_away(painter: Painter) -> None:
    """As the painter asked for it with one step, one step back removes it; then the box is off."""
    painter.new(600, 600)
    switch_on(painter)
    cx, cy, _ = painter.canvas()
    painter.session.xdotool("mousemove", cx, cy, "sleep", 0.1, "key", "ctrl+z")
    painter.session.wait_for("tree() == ['Background', 'lines'] and not controller().settings.shadow")
    assert not painter.get("widget('dfd_shadow').isChecked()")
    switch_on(painter)
    assert painter.get("tree()") == ON


@pytest.mark.parametrize("deed", ["setVisible(False)", "setLocked(False)"], ids=["hidden", "unlocked"])
def test_what_the_painter_does_to_its_layer_counts(painter: Painter, deed: str) -> None:
    painter.new(600, 600)
    switch_on(painter)
    painter.run(f"layer({SHADOW!r}).{deed}")
    painter.session.wait_for("not widget('dfd_shadow').isChecked()")


def test_what_the_painter_put_on_its_layer_stays(painter: Painter) -> None:
    """Unlocked, painted on and locked again while the docker was hidden: the layer is theirs, the shadow off."""
    painter.new(600, 600)
    painter.face()
    switch_on(painter)
    painter.run("docker().setVisible(False)")
    painter.run(f"""
shadow = layer({SHADOW!r})
shadow.setLocked(False)
shadow.setPixelData(QByteArray(b"\\x10\\x20\\xf0\\xff" * 400), 20, 20, 20, 20)
shadow.setLocked(True)
docker().setVisible(True)
""")
    painted = painter.portrait(SHADOW)["crc"]
    painter.face(tilt=20)
    painter.session.wait_for("not widget('dfd_shadow').isChecked() and 'painted on' in status()")
    assert painter.portrait(SHADOW)["crc"] == painted
    painter.run("widget('dfd_shadow').click()")
    painter.session.wait_for(f"[n.name() for n in nodes(doc.rootNode())].count({SHADOW!r}) == 2", 60)
    rest(painter)
    assert painter.portrait(SHADOW)["crc"] == painted


def test_over_a_drawing_on_opaque_paper(painter: Painter) -> None:
    """Below a scanned drawing it could not be seen."""
    painter.new(600, 600)
    painter.face()
    painter.run("layer('lines').mergeDown(); doc.waitForDone()")
    painter.session.wait_for("len(tree()) == 1")
    name = painter.get("tree()[0]")
    painter.activate(name)
    before = painter.get(VISIBLE)
    switch_on(painter)
    assert painter.get("tree()") == [name, SHADOW]
    assert painter.get("layer(name).blendingMode()", name=SHADOW) == "multiply"
    assert painter.get(VISIBLE) != before
    painter.generate()
    assert painter.get("tree()") == [name, f"{name} portrait (AI)", SHADOW]


def test_first_one_since_krita_began(painter: Painter) -> None:
    """Krita handles events while the first hidden document is made: the shadow must not take itself for deleted."""
    painter.run("sys.modules['krita_dfd.scratch'].forget()")
    painter.new(600, 600)
    switch_on(painter)
    assert painter.get("widget('dfd_shadow').isChecked()")
    assert painter.get("[tree(), controller().settings.shadow]") == [ON, True]


def test_nothing_to_follow(painter: Painter) -> None:
    painter.click("dfd_shadow")
    painter.session.wait_for("'No document is open' in status()")
    assert not painter.get("widget('dfd_shadow').isChecked()")


def test_command(painter: Painter) -> None:
    painter.new(600, 600)
    painter.run("app.action('dfd_shadow').trigger()")
    painter.session.wait_for("len(tree()) == 3", 60)
    assert painter.get("app.action('dfd_shadow').isChecked()")
    painter.run("app.action('dfd_shadow').trigger()")
    painter.session.wait_for("not layer(name).visible()", name=SHADOW)
