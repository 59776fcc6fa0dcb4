"""The parts of the face: locks, sliders, alternatives, linked eyes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from painter import Painter

from krita_dfd.components import NAMES, WINDOWS

MOUTH = slice(344, 424), slice(216, 296)
"""The middle of the mouth's window."""


@pytest.fixture
def drawn(painter: Painter) -> Iterator[Painter]:
    """A document with a face and its portrait."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    painter.generate()
    yield painter
    painter.session.xdotool("key", "Escape")


def latent(painter: Painter, part: str) -> np.ndarray:
    """The latent of a part in the last portrait."""
    code = "controller().worker._faces[controller().session.number].latent(part)[0].tolist()"
    return np.array(painter.get(code, part=part))


def image(painter: Painter) -> np.ndarray:
    """The last portrait, 512 x 512 RGB."""
    code = "__import__('base64').b64encode(controller().session.rendered.image).decode()"
    return np.frombuffer(base64.b64decode(painter.get(code)), np.uint8).reshape(512, 512, 3).astype(float)


def detail(one: np.ndarray, other: np.ndarray) -> float:
    """How much the mouths of two portraits differ in what is finer than 8 pixels."""
    blocks = (one - other)[MOUTH].reshape(10, 8, 10, 8, 3)
    return float(np.abs(blocks - blocks.mean((1, 3), keepdims=True)).mean())


def settle(painter: Painter, done: str, **values: object) -> None:
    """Wait for `done`, and then for the portrait that follows."""
    painter.session.wait_for(done, **values)
    for _ in range(2):  # what is taken reaches the engine first, then a portrait is asked for
        painter.session.wait_for("controller().worker._jobs.empty() and controller().worker._running is None")
        painter.finish()


def settings(painter: Painter, name: str) -> object:
    return painter.get("getattr(controller().settings, name)", name=name)


def change_everything_else(painter: Painter) -> None:
    """Other lines, other sliders, another appearance."""
    painter.stroke([(-0.5, -0.5), (-0.2, -0.62), (0.2, -0.6), (0.5, -0.5)])
    painter.stroke([(-0.55, 0.3), (-0.4, 0.5), (0.0, 0.62), (0.4, 0.5), (0.55, 0.3)])
    painter.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
    painter.run("for name in ('left_eye', 'nose', 'remainder'): widget('dfd_blend_' + name).setValue(100)")
    painter.run("controller().change(seed=7)")
    painter.generate()


class TestLock:
    def test_a_locked_mouth_survives_everything_saving_included(self, drawn: Painter, tmp_path: Path) -> None:
        """Its latent bit by bit, its look but for the tone around it; after opening again as exactly as it is kept."""
        mouth, eye, before = latent(drawn, "mouth"), latent(drawn, "left_eye"), image(drawn)
        drawn.click("dfd_lock_mouth")
        settle(drawn, "'mouth' in controller().settings.locks")
        change_everything_else(drawn)
        assert np.array_equal(latent(drawn, "mouth"), mouth)
        assert not np.array_equal(latent(drawn, "left_eye"), eye)
        locked = image(drawn)
        assert np.abs(locked - before)[MOUTH].mean() > 5  # the tone has followed
        assert detail(locked, before) < 1.5

        path = tmp_path / "face.kra"
        assert drawn.get("doc.saveAs(path)", path=str(path))
        drawn.close_all()
        drawn.open(path, "lines")
        drawn.session.wait_for("controller().settings.locks == ['mouth']")
        drawn.generate()
        assert np.abs(latent(drawn, "mouth") - mouth).max() < 1e-3 * np.abs(mouth).max()
        assert detail(image(drawn), before) < 1.5

    def test_it_has_no_alternatives_meanwhile(self, drawn: Painter) -> None:
        drawn.click("dfd_lock_nose")
        settle(drawn, "'nose' in controller().settings.locks")
        assert not drawn.get("widget('dfd_alternatives_nose').isEnabled() or widget('dfd_blend_nose').isEnabled()")
        drawn.run("app.action('dfd_next_nose').trigger()")
        assert "unlock it" in drawn.get("status()")
        assert settings(drawn, "taken") == []


def cell(number: int) -> str:
    """Python for one alternative of the open popup."""
    popup = "[w for w in QApplication.topLevelWidgets() if w.objectName() == 'dfd_alternatives' and w.isVisible()]"
    return f"{popup}[0].findChild(QWidget, 'dfd_alternative_{number}')"


class TestAlternatives:
    def open(self, painter: Painter, part: str) -> None:
        painter.click(f"dfd_alternatives_{part}")
        painter.session.wait_for(f"{cell(6)}.isEnabled()")

    def click(self, painter: Painter, number: int) -> None:
        painter.session.click(*painter.get(f"position({cell(number)})"))

    def test_one_click_takes_one_and_one_goes_back(self, drawn: Painter) -> None:
        nose, first, history = latent(drawn, "nose"), drawn.portrait("lines portrait (AI)"), drawn.get("history()")
        self.open(drawn, "nose")
        assert drawn.get(f"{cell(0)}.isChecked()")
        self.click(drawn, 3)
        settle(drawn, "controller().settings.taken == ['nose']")
        third = latent(drawn, "nose")
        assert np.abs(third - nose).max() > 0.05
        assert drawn.portrait("lines portrait (AI)")["crc"] != first["crc"]
        self.click(drawn, 5)
        drawn.session.wait_for("controller().worker._jobs.empty()")
        settle(drawn, f"{cell(5)}.isChecked()")
        assert np.abs(latent(drawn, "nose") - third).max() > 0.05
        drawn.session.xdotool("key", "Escape")
        drawn.session.wait_for("QApplication.activePopupWidget() is None")

        drawn.click("dfd_back_nose")
        settle(drawn, "controller().settings.taken == []")
        assert np.array_equal(latent(drawn, "nose"), nose)
        assert drawn.portrait("lines portrait (AI)") == first
        assert drawn.get("history()") == history
        assert drawn.get("tree()") == ["Background", "lines", "lines portrait (AI)"]

    def test_with_the_keyboard(self, drawn: Painter) -> None:
        """Tab to the button, Space; arrows take; Escape ends where it began."""
        drawn.run("app.activeWindow().qwindow().activateWindow(); widget('dfd_alternatives_mouth').setFocus()")
        drawn.session.wait_for("widget('dfd_alternatives_mouth').hasFocus()")
        drawn.session.xdotool("key", "space")
        drawn.session.wait_for(f"{cell(6)}.isEnabled()")
        drawn.session.xdotool("key", "Right")
        settle(drawn, f"{cell(1)}.isChecked() and controller().settings.taken == ['mouth']")
        drawn.session.xdotool("key", "Left")
        settle(drawn, f"{cell(0)}.isChecked() and controller().settings.taken == []")
        drawn.session.xdotool("key", "Escape")
        drawn.session.wait_for("widget('dfd_alternatives_mouth').hasFocus()")

    def test_it_is_kept_in_the_document(self, drawn: Painter, tmp_path: Path) -> None:
        """And can be given back there, before any new portrait."""
        drawn.run("controller().alternatives.take('mouth', 2)")
        settle(drawn, "controller().settings.taken == ['mouth'] and controller().worker._jobs.empty()")
        taken, path = latent(drawn, "mouth"), tmp_path / "face.kra"
        assert drawn.get("doc.saveAs(path)", path=str(path))
        drawn.close_all()
        drawn.open(path, "lines")
        drawn.session.wait_for("controller().settings.taken == ['mouth']")
        drawn.generate()
        assert np.abs(latent(drawn, "mouth") - taken).max() < 1e-3 * np.abs(taken).max()
        drawn.close_all()
        drawn.open(path, "lines")
        drawn.click("dfd_back_mouth")
        settle(drawn, "controller().settings.taken == []")
        assert np.abs(latent(drawn, "mouth") - taken).max() > 0.05

    def test_commands_go_round(self, drawn: Painter) -> None:
        """Six alternatives, then the drawing again."""
        first, seen = latent(drawn, "nose"), []
        for number in range(1, 8):
            drawn.run("app.action('dfd_next_nose').trigger()")
            drawn.session.wait_for("controller().worker._jobs.empty()")
            taken = "['nose']" if number < 7 else "[]"
            settle(drawn, f"controller().settings.taken == {taken}")
            seen.append(latent(drawn, "nose"))
        assert np.array_equal(seen[-1], first)
        assert len({tuple(one) for one in seen}) == 7

    def test_before_the_first_portrait(self, painter: Painter) -> None:
        painter.new(300, 300)
        assert not painter.get("widget('dfd_alternatives_nose').isEnabled()")
        painter.run("app.action('dfd_next_nose').trigger()")
        painter.session.wait_for("'make a portrait first' in status()")
        assert settings(painter, "taken") == []

    def test_a_choice_that_failed_leaves_the_part_alone(self, drawn: Painter, tmp_path: Path) -> None:
        """Pressed twice in a document that was just opened, where there is nothing to choose from yet."""
        path = tmp_path / "face.kra"
        assert drawn.get("doc.saveAs(path)", path=str(path))
        drawn.close_all()
        drawn.open(path, "lines")
        drawn.run("for _ in range(2): app.action('dfd_next_nose').trigger()")
        settle(drawn, "'…' not in status() and controller().worker.engine is not None")
        assert "make a portrait first" in drawn.get("status()")
        assert settings(drawn, "taken") == []
        assert drawn.get("widget('dfd_blend_nose').isEnabled()")


def test_linked_eyes(drawn: Painter) -> None:
    """One eye on both sides, its alternatives too."""
    assert not np.array_equal(latent(drawn, "left_eye"), latent(drawn, "right_eye"))
    drawn.click("dfd_link_eyes")
    settle(drawn, "controller().settings.link_eyes")
    assert np.array_equal(latent(drawn, "left_eye"), latent(drawn, "right_eye"))
    assert drawn.get("app.action('dfd_link_eyes').isChecked()")
    drawn.run("app.action('dfd_next_right_eye').trigger()")
    settle(drawn, "controller().settings.taken == ['left_eye', 'right_eye'] and controller().worker._jobs.empty()")
    assert np.array_equal(latent(drawn, "left_eye"), latent(drawn, "right_eye"))


def test_whole_face_with_the_keyboard(drawn: Painter) -> None:
    """All parts that show the drawing move; a locked one stays."""
    drawn.click("dfd_lock_mouth")
    settle(drawn, "'mouth' in controller().settings.locks")
    before = drawn.get("controller().blend")
    drawn.run("app.activeWindow().qwindow().activateWindow(); widget('dfd_whole').setFocus()")
    drawn.session.xdotool("key", "Home")
    settle(drawn, "widget('dfd_whole').value() == 0")
    drawn.session.xdotool("key", *["Right"] * 11)
    settle(drawn, "widget('dfd_whole').value() == 11")
    blend = drawn.get("controller().blend")
    assert {name: blend[name] for name in NAMES if name != "mouth"} == dict.fromkeys(set(NAMES) - {"mouth"}, 0.11)
    assert blend["mouth"] == before["mouth"]
    assert drawn.get("widget('dfd_value_nose').text()") == "11 %"


def test_more_feminine_and_back(drawn: Painter) -> None:
    """By the keyboard; a double click brings back the portrait that was there, to the bit, without undo entries."""
    first, before, history = image(drawn), latent(drawn, "nose"), drawn.get("history()")
    drawn.run("app.activeWindow().qwindow().activateWindow(); widget('dfd_femininity').setFocus()")
    drawn.session.xdotool("key", "End")
    settle(drawn, "controller().settings.attributes == {'femininity': 1.0}")
    assert not np.array_equal(latent(drawn, "nose"), before)
    assert np.abs(image(drawn) - first).mean() > 2
    assert drawn.get("widget('dfd_femininity').accessibleDescription()") == "Feminine 100 %"
    drawn.click("dfd_femininity")
    drawn.session.xdotool("click", "--repeat", "2", "--delay", "60", "1")
    settle(drawn, "controller().settings.attributes == {}")
    assert np.array_equal(image(drawn), first)
    assert drawn.get("history()") == history


def test_the_middle_is_taken_from_near_and_asked_for_once(drawn: Painter) -> None:
    """Dragged about it, the portrait is not made again; a model that knows no such thing says so."""
    said = """
from types import SimpleNamespace
slider, said = widget("dfd_femininity"), []
slider.moved.connect(said.append)
slider.setSliderDown(True)
for value in (3, -2, 5, 20, 4):
    slider.setValue(value)
slider.setSliderDown(False)
slider.moved.disconnect(said.append)
result = said
"""
    assert drawn.run(said) == [0.2, 0]
    settle(drawn, "controller().settings.attributes == {}")
    code = "__import__('krita_dfd.tasks', fromlist=['x']).set_attributes(engine, {'femininity': 0.5})"
    drawn.run("engine = __import__('types').SimpleNamespace(pack=__import__('types').SimpleNamespace(attributes={}))")
    assert "choose another model" in drawn.get(code)


def test_thumbnails_show_the_portrait(painter: Painter) -> None:
    """Each button has its part of the portrait, and nothing in a document without one."""
    code = """
def mean(name):
    button = widget(f"dfd_alternatives_{name}")
    image = button.icon().pixmap(button.iconSize()).toImage().convertToFormat(QImage.Format_RGBA8888)
    bits = image.constBits(); bits.setsize(image.sizeInBytes()); data = bytes(bits)
    return [sum(data[channel::4]) / (len(data) // 4) for channel in range(4)]
"""
    painter.run(code)
    painter.new(600, 600)
    assert painter.get("mean('nose')")[3] < 100
    painter.face()
    painter.generate()
    whole = image(painter)
    for name, (x, y, side) in WINDOWS.items():
        expected = whole[y : y + side, x : x + side].mean((0, 1))
        shown = np.array(painter.get("mean(name)", name=name)[:3])
        assert np.abs(shown - expected).max() < 15, name  # a corner has an arrow
    painter.new(300, 300)
    painter.session.wait_for("mean('nose')[3] < 100")
