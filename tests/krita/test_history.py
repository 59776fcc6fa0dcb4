"""Earlier portraits: bring them back, compare them, mix them, take a part over."""

from __future__ import annotations

from pathlib import Path

import pytest
from painter import Painter

PORTRAIT = "lines portrait (AI)"

LATENTS = """
from dfd_core.snapshot import Snapshot
choices = Snapshot.from_bytes(eval(numbers)).choices
result = {name: choice.latent[0].tolist() for name, choice in choices.items()}
"""
"""{component: latent} of a portrait that is kept as numbers."""


@pytest.fixture
def two(painter: Painter) -> Painter:
    """A document with a face and two portraits of it in the history; the second one is shown."""
    return _two_portraits(painter, "mouth")


def _two_portraits(painter: Painter, plausible: str) -> Painter:
    """The same; a component is as the lines have it in the first portrait and plausible in the second."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    painter.generate()
    painter.run(f"controller().note(seed=7, blend={{'{plausible}': 1.0}})")
    painter.generate()
    painter.session.wait_for("widget('dfd_history').count() == 2")
    return painter


def rest(painter: Painter) -> str:
    """Wait until nothing is being painted; returns the status line."""
    painter.session.wait_for("not controller().explorer.busy and controller().state == 'idle'", 60)
    return painter.get("status()")


def click_entry(painter: Painter, row: int) -> None:
    """Click a thumbnail with the mouse."""
    painter.run("widget('dfd_scroll').ensureWidgetVisible(widget('dfd_history'))")
    x, y = painter.run(
        """
strip = widget("dfd_history")
strip.scrollToItem(strip.item(row))
middle = strip.visualItemRect(strip.item(row)).center()
result = position(strip.viewport(), middle.x(), middle.y())
""",
        row=row,
    )
    painter.session.click(x, y)
    painter.session.wait_for("controller().session.history.shown is controller().session.history.entries[row]", row=row)
    rest(painter)


def picture(painter: Painter, other: str = "") -> float:
    """Mean difference (0..255) between the portrait layer and a layer `other`, or what `note` kept."""
    return painter.run(
        """
def pixels(n): return bytes(n.pixelData(0, 0, doc.width(), doc.height()))
before = kept[other]
now = pixels(layer("lines portrait (AI)"))
result = sum(abs(a - b) for a, b in zip(before[::41], now[::41])) / len(before[::41])
""",
        other=other,
    )


def note(painter: Painter, name: str) -> None:
    """Remember how the portrait looks now."""
    painter.run(
        """
globals().setdefault("kept", {})
kept[name] = bytes(layer("lines portrait (AI)").pixelData(0, 0, doc.width(), doc.height()))
""",
        name=name,
    )


def test_back_to_an_earlier_portrait(two: Painter) -> None:
    """A click brings settings and portrait back in place, without an undo step; drawing goes on from there."""
    note(two, "second")
    before = two.get("[tree(), history(), checksums()]")
    portrait = two.portrait(PORTRAIT)
    click_entry(two, 0)
    assert "Portrait 1 of 2" in two.get("status()")
    assert two.get("[controller().settings.seed, controller().settings.blend]") == [0, {}]
    assert two.get("widget('dfd_blend_mouth').value()") == 20
    assert two.get("[tree(), history(), checksums()]") == before
    assert two.portrait(PORTRAIT)["id"] == portrait["id"]
    assert picture(two, "second") > 3
    assert two.get("doc.activeNode().name()") == "lines"

    two.run("app.action('dfd_forward').trigger()")
    rest(two)
    assert picture(two, "second") < 0.5  # stored in half precision
    assert two.get("controller().settings.seed") == 7
    two.run("app.action('dfd_forward').trigger()")
    assert "no later portrait" in two.get("status()")
    two.run("app.action('dfd_back').trigger()")
    rest(two)
    assert two.get("controller().settings.seed") == 0
    assert two.get("len(controller().session.history.entries)") == 2


def test_drawing_goes_on_with_the_sliders_that_came_back(painter: Painter) -> None:
    """Also those that were not touched then: they are where they usually are. The drawn eye is not strange."""
    two = _two_portraits(painter, "left_eye")
    eye = "Snapshot.from_bytes(controller().session.snapshot).choices['left_eye'].blend"
    blend = f"from dfd_core.snapshot import Snapshot; result = {eye}"
    assert two.run(blend) == 1
    click_entry(two, 0)
    first = two.run(blend)
    two.generate()
    assert two.run(blend) == pytest.approx(first)
    assert first == pytest.approx(0.2)


def test_each_drawing_has_its_own_portrait(two: Painter) -> None:
    """Entries of two drawings are not mixed or compared; each comes back where it stood."""
    two.run("""
other = doc.createNode("other", "paintlayer")
doc.rootNode().addChildNode(other, None)
face = layer("lines").pixelData(0, 0, 600, 600)
small = QImage(face, 600, 600, QImage.Format_ARGB32).scaled(300, 300)
bits = small.constBits(); bits.setsize(small.sizeInBytes())
other.setPixelData(QByteArray(bytes(bits)), 290, 290, 300, 300)
doc.refreshProjection()
""")
    two.activate("other")
    two.generate()
    first, second = two.portrait(PORTRAIT), two.portrait("other portrait (AI)")
    assert second["bounds"][0] > 200 > first["bounds"][0]
    two.run("controller().explorer.compare(True)")
    assert "two drawings" in two.get("status()")
    two.run("controller().explorer.compare(False); controller().explorer.mix(0.5)")
    rest(two)
    assert "two drawings" in two.get("status()")
    assert (two.portrait(PORTRAIT), two.portrait("other portrait (AI)")) == (first, second)

    click_entry(two, 0)
    assert two.portrait(PORTRAIT)["bounds"] == first["bounds"]
    assert two.portrait("other portrait (AI)") == second


def test_a_new_portrait_wins_over_a_comparison(two: Painter) -> None:
    two.run("hold(); controller().change(seed=9)")
    two.session.wait_for("controller().state == 'working'")
    two.run("controller().explorer.compare(True)")
    two.run("release()")
    rest(two)
    two.run("controller().explorer.compare(False)")
    rest(two)
    note(two, "shown")
    two.run("controller().explorer.settle()")
    click_entry(two, 2)
    assert picture(two, "shown") < 0.5
    assert two.get("controller().settings.seed") == 9


def test_the_docker_shows_the_portrait_that_came_back(two: Painter) -> None:
    """Its parts and colours, not those of the one before."""
    two.run("""
def parts():
    names = "left_eye", "right_eye", "nose", "mouth", "remainder"
    icons = [widget(f"dfd_alternatives_{name}").icon().pixmap(34, 34).toImage() for name in names]
    return [zlib.crc32(i.constBits().asstring(i.sizeInBytes())) for i in icons]
""")
    second, hair = two.get("parts()"), two.get("controller().session.rendered.colours['hair']")
    click_entry(two, 0)
    assert all(one != other for one, other in zip(two.get("parts()"), second, strict=True))
    shown = two.get("controller().session.rendered.colours['hair']")
    assert shown != hair
    two.run("[a for a in widget('dfd_colour_hair').menu().actions() if a.text() == 'As it is now'][0].trigger()")
    assert two.get("controller().settings.colours['hair']") == shown
    rest(two)


def test_a_portrait_that_is_clicked_is_not_dropped(two: Painter) -> None:
    """The history is full, and the portrait on the layer is not in it yet."""
    two.run("""
import dataclasses
exploring, entries = sys.modules["krita_dfd.exploring"], controller().session.history.entries
entries[1:1] = [dataclasses.replace(entries[0], settings=entries[0].settings + b" " * n) for n in range(1, 23)]
real, exploring.REST_MS = exploring.REST_MS, 600_000
controller().explorer.changed.emit()
controller().session.history.choose(entries[20])
widget("dfd_blend_nose").setValue(100)
""")
    two.session.wait_for("controller().explorer._fresh is not None", 60)
    rest(two)
    assert two.get("len(entries)") == 24
    two.run("clicked, dropped = entries[:2]")
    click_entry(two, 0)
    assert "Portrait 1 of 24" in two.get("status()")
    assert two.get("[entries[0] is clicked, dropped in entries]") == [True, False]
    two.run("controller().explorer.show(dropped); exploring.REST_MS = real")
    assert "not in the history any more" in two.get("status()")


def test_dice_after_going_back(two: Painter) -> None:
    """An earlier portrait keeps its colours while lines change, but not when another look is asked for."""
    click_entry(two, 0)
    note(two, "first")
    two.click("dfd_dice")
    two.session.wait_for("controller().settings.seed not in (0, 7)")
    rest(two)
    assert picture(two, "first") > 3


def test_the_keyboard_reaches_it(two: Painter) -> None:
    two.run("app.activeWindow().qwindow().activateWindow(); widget('dfd_history').setFocus()")
    two.session.xdotool("key", "Left", "sleep", 0.2, "key", "Return")
    two.session.wait_for("controller().settings.seed == 0")
    rest(two)
    two.run("doc.setActiveNode(layer('lines'))")


def test_compare(two: Painter) -> None:
    """While the button is held down the layer shows A; afterwards it is as before. Nothing else changes."""
    note(two, "second")
    state = two.get("[controller().settings.seed, history(), len(controller().session.history.entries)]")
    two.run("widget('dfd_scroll').ensureWidgetVisible(widget('dfd_compare'))")
    x, y = two.get("position(widget('dfd_compare'))")
    two.session.xdotool("mousemove", x, y, "sleep", 0.1, "mousedown", 1)
    two.session.wait_for("controller().explorer.comparing")
    rest(two)
    assert picture(two, "second") > 3
    assert two.get("app.action('dfd_compare').isChecked()")
    two.session.xdotool("mouseup", 1)
    two.session.wait_for("not controller().explorer.comparing")
    rest(two)
    assert picture(two, "second") < 0.5
    assert two.get("[controller().settings.seed, history(), len(controller().session.history.entries)]") == state


def test_compare_needs_a_portrait_of_ours(two: Painter) -> None:
    """A look adds no layer: where the portrait was kept, the status line says why there is nothing to see."""
    two.click("dfd_keep")
    before = two.get("[tree(), history()]")
    two.run("widget('dfd_scroll').ensureWidgetVisible(widget('dfd_compare'))")
    x, y = two.get("position(widget('dfd_compare'))")
    two.session.xdotool("mousemove", x, y, "sleep", 0.1, "mousedown", 1)
    two.session.wait_for("controller().explorer.comparing")
    assert "no portrait that could show it" in rest(two)
    two.session.xdotool("mouseup", 1)
    two.session.wait_for("not controller().explorer.comparing")
    rest(two)
    assert two.get("[tree(), history()]") == before


def test_mix(two: Painter) -> None:
    """The slider goes from A to B in place; where it comes to rest is an entry; locks hold on to it."""
    note(two, "second")
    history = two.get("history()")
    for value in (80, 60, 50):
        two.run("widget('dfd_mix').setValue(value)", value=value)
    rest(two)
    note(two, "mixed")
    to_second = picture(two, "second")
    two.session.wait_for("widget('dfd_history').count() == 3")
    two.run("widget('dfd_mix').setValue(0)")
    rest(two)
    note(two, "first")
    assert picture(two, "mixed") > 0.3 * to_second > 0.5
    two.run("widget('dfd_mix').setValue(50)")
    rest(two)
    assert picture(two, "mixed") < 0.1
    assert two.get("history()") == history
    two.run("controller().set_lock('mouth', True)")
    mixed = two.run(LATENTS, numbers="controller().session.snapshot")
    rest(two)
    two.generate()
    now = two.run(LATENTS, numbers="controller().session.snapshot")
    assert now["mouth"] == pytest.approx(mixed["mouth"], abs=0.01)
    second = two.run(LATENTS, numbers="controller().session.history.entries[1].snapshot")
    assert now["mouth"] != pytest.approx(second["mouth"], abs=0.01)


def test_in_between_layers(two: Painter) -> None:
    """A hidden group above the portrait, as one undo step; the portrait goes on to be updated below it."""
    before = two.get("history()")
    two.run("widget('dfd_between_count').setValue(2)")
    two.click("dfd_between")
    two.session.wait_for("len(tree()) == 4", 60)
    group = ["lines in-between portraits (AI)", ["A to B 33 % (AI)", "A to B 67 % (AI)"]]
    assert two.get("tree()") == ["Background", "lines", PORTRAIT, group]
    assert two.get("history()") == [*before, "Add Layer"]
    assert not two.get("layer('lines in-between portraits (AI)').visible()")
    crcs = {two.portrait(name)["crc"] for name in (PORTRAIT, *group[1])}
    assert len(crcs) == 3
    assert "in-between portraits (AI)" in two.get("bytes(doc.annotation('krita_dfd/ai')).decode()")
    two.session.wait_for("not any(d.modified() for d in sys.modules['krita_dfd.scratch']._documents.values())")
    two.session.wait_for("doc.activeNode().name() == 'lines'")
    two.generate()
    assert two.get("history()") == [*before, "Add Layer"]


def test_in_between_layers_in_the_documents_colour_space(two: Painter) -> None:
    two.run("doc.setColorSpace('RGBA', 'U16', 'sRGB-elle-V2-g10.icc'); doc.waitForDone()")
    two.run("controller().note(native_space=True); widget('dfd_between_count').setValue(1)")
    two.click("dfd_between")
    two.session.wait_for("len(tree()) == 4", 60)
    assert two.get("[layer('A to B 50 % (AI)').colorDepth(), tree()[3][0]]") == [
        "U16",
        "lines in-between portraits (AI)",
    ]
    assert two.portrait("A to B 50 % (AI)")["bounds"] == two.portrait(PORTRAIT)["bounds"]


def test_in_between_layers_are_cancelled(two: Painter) -> None:
    """The portrait that is being painted is the last one, and nothing is added."""
    before = two.get("[tree(), history()]")
    two.run("""
repainting = sys.modules["krita_dfd.repainting"]
gate, painted, real_paint = threading.Event(), [], repainting.paint
def paint(*values):
    painted.append(1)
    gate.wait(30)
    return real_paint(*values)
repainting.paint = paint
widget("dfd_between_count").setValue(3)
""")
    two.click("dfd_between")
    two.session.wait_for("painted")
    two.run("controller().cancel(); gate.set()")
    status = rest(two)
    two.run("repainting.paint = real_paint")
    assert two.get("len(painted)") == 1
    assert "Cancelled" in status
    assert two.get("[tree(), history()]") == before


def test_removing_what_was_dropped_already(two: Painter) -> None:
    """While its menu was open."""
    two.run("""
explorer = controller().explorer
entry = explorer.history.entries[0]
explorer.history.remove(entry)
explorer.remove(entry)
""")
    assert "not in the history any more" in two.get("status()")
    assert two.get("len(explorer.history.entries)") == 1


def test_take_a_part_over(two: Painter) -> None:
    """The nose of an entry comes into the portrait of the drawing, also when it was locked; the rest of it stays."""
    two.run("controller().note(blend={'nose': 0.0, 'mouth': 1.0})")
    two.generate()
    two.session.wait_for("widget('dfd_history').count() == 3")
    own = two.run(LATENTS, numbers="controller().session.snapshot")
    two.run("controller().note(locks=['nose'])")
    two.run("controller().explorer.take_component(controller().session.history.entries[1], 'nose')")
    two.session.wait_for("controller().settings.taken == ['nose']")
    two.session.wait_for("widget('dfd_history').count() == 4", 60)
    entry = two.run(LATENTS, numbers="controller().session.history.entries[1].snapshot")
    now = two.run(LATENTS, numbers="controller().session.snapshot")
    assert now == {**own, "nose": entry["nose"]}
    assert own["nose"] != entry["nose"]
    assert two.get("controller().settings.locks") == []


def test_one_entry_when_things_come_to_rest(two: Painter) -> None:
    """Not one for each portrait on the way."""
    for value in (20, 40, 60):
        two.run("widget('dfd_blend_nose').setValue(value)", value=value)
    two.session.wait_for("widget('dfd_history').count() == 3", 60)
    assert two.get("controller().state") == "idle"
    assert '"nose": 0.6' in two.get("controller().session.history.entries[2].settings.decode()")


def test_kept_in_the_document(two: Painter, tmp_path: Path) -> None:
    """Saved, opened again: the entries are there, and one can be brought back at once."""
    click_entry(two, 0)
    note(two, "first")
    two.run("controller().explorer.pin(controller().explorer.history.entries[1], True)")
    path = tmp_path / "face.kra"
    assert two.get("doc.saveAs(path)", path=str(path))
    two.close_all()
    two.open(path, "lines")
    two.session.wait_for("widget('dfd_history').count() == 2")
    assert two.get("[e.pinned for e in controller().session.history.entries]") == [False, True]
    click_entry(two, 1)
    assert two.get("controller().settings.seed") == 7
    assert picture(two, "first") > 3
    history = two.get("history()")
    click_entry(two, 0)
    assert picture(two, "first") < 0.5
    assert two.get("history()") == history
    assert two.get("tree()") == ["Background", "lines", PORTRAIT]


def test_history_while_the_pen_is_down(two: Painter) -> None:
    """Bringing a portrait back neither cuts a stroke nor waits for it."""
    before = two.get("history()")
    note(two, "second")
    two.stroke([(-0.4 + i / 50, 0.8) for i in range(20)], lift=False)
    two.session.wait_for("stroke_is_open(doc)")
    two.run("controller().explorer.step(-1)")
    rest(two)
    assert picture(two, "second") > 3
    two.session.xdotool("mouseup", 1)
    two.session.wait_for("history()[-1] == 'Freehand Brush Stroke'")
    assert two.get("history()") == [*before, "Freehand Brush Stroke"]
