"""Skin, hair and light: dice, colours, a reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from painter import Painter

PORTRAIT = "lines portrait (AI)"
BROWN = (110, 72, 54)


@pytest.fixture
def drawn(painter: Painter) -> Painter:
    """A document with a face and its portrait."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    painter.generate()
    painter.session.wait_for("doc.activeNode().name() == 'lines'")
    return painter


def settle(painter: Painter, done: str, **values: object) -> None:
    """Wait for `done`, and then for the portrait that follows."""
    painter.session.wait_for(done, **values)
    painter.finish()


def skin(painter: Painter) -> np.ndarray:
    """Mean colour of the cheeks of the portrait's layer."""
    x, y, side, _ = painter.get("list(controller().session.frame)")
    painter.run(
        """
node = layer(name)
result = []
for x, y in places:
    data = bytes(node.pixelData(x - 4, y - 4, 8, 8))
    result += [[data[i + 2], data[i + 1], data[i]] for i in range(0, 256, 4)]
cheeks = result
""",
        name=PORTRAIT,
        places=[[round(x + side * u), round(y + side * 0.58)] for u in (0.36, 0.64)],
    )
    return np.array(painter.get("cheeks"), float).mean(0)


def away(painter: Painter, colour: tuple[int, int, int] = BROWN) -> float:
    """How far the skin is from `colour`."""
    return float(np.linalg.norm(skin(painter) - colour))


class TestDice:
    def test_another_look_and_back_without_undo_entries(self, drawn: Painter) -> None:
        first, history, tree = drawn.portrait(PORTRAIT), drawn.get("history()"), drawn.get("tree()")
        drawn.click("dfd_dice")
        settle(drawn, "controller().settings.seed > 0")
        rolled, seed = drawn.portrait(PORTRAIT), drawn.get("controller().settings.seed")
        assert rolled["crc"] != first["crc"]
        assert drawn.get("widget('dfd_seed').value()") == seed
        drawn.click("dfd_average")
        settle(drawn, "controller().settings.seed == 0")
        assert drawn.portrait(PORTRAIT) == first

        drawn.run("widget('dfd_seed').setFocus(); widget('dfd_seed').selectAll()")
        drawn.session.xdotool("type", str(seed))
        drawn.session.xdotool("key", "Return")
        settle(drawn, "controller().settings.seed == seed", seed=seed)
        assert drawn.portrait(PORTRAIT) == rolled
        assert (drawn.get("history()"), drawn.get("tree()")) == (history, tree)

    def test_as_a_command(self, drawn: Painter) -> None:
        drawn.run("app.action('dfd_dice').trigger()")
        settle(drawn, "controller().settings.seed > 0")
        drawn.run("app.action('dfd_average').trigger()")
        settle(drawn, "controller().settings.seed == 0")


class TestColours:
    def choose(self, painter: Painter, part: str, number: int) -> None:
        """Take an entry of a swatch's menu with mouse and keyboard."""
        painter.click(f"dfd_colour_{part}")
        painter.session.wait_for("QApplication.activePopupWidget() is not None")
        painter.session.xdotool("key", *["Down"] * number, "Return")
        painter.session.wait_for("QApplication.activePopupWidget() is None")

    def test_krita_s_foreground_colour_becomes_the_skin(self, drawn: Painter) -> None:
        first, before = drawn.portrait(PORTRAIT), away(drawn)
        assert drawn.get("app.action('dfd_keep_colours').isChecked()")
        drawn.run(
            """
view = app.activeWindow().activeView()
view.setForeGroundColor(ManagedColor.fromQColor(QColor(*colour), view.canvas()))
""",
            colour=BROWN,
        )
        self.choose(drawn, "skin", 3)
        settle(drawn, "list(controller().settings.colours) == ['skin']")
        assert np.abs(np.array(drawn.get("controller().settings.colours['skin']")) - BROWN).max() <= 2
        assert away(drawn) < 0.5 * before
        self.choose(drawn, "skin", 1)
        settle(drawn, "controller().settings.colours == {}")
        assert drawn.portrait(PORTRAIT) == first

    def test_as_it_is_now_pins_the_colour(self, drawn: Painter) -> None:
        shown = drawn.get("controller().session.rendered.colours['hair']")
        self.choose(drawn, "hair", 2)
        settle(drawn, "'hair' in controller().settings.colours")
        assert drawn.get("controller().settings.colours['hair']") == shown

    def test_they_stay_while_lines_change(self, drawn: Painter) -> None:
        """Unless the painter wants them guessed."""
        colours = drawn.get("controller().session.rendered.colours")
        drawn.stroke([(-0.5, -0.5), (-0.2, -0.62), (0.2, -0.6), (0.5, -0.5)])
        drawn.stroke([(-0.2, 0.4), (0.0, 0.2), (0.2, 0.4)])
        drawn.session.wait_for("history()[-1] == 'Freehand Brush Stroke' and not stroke_is_open(doc)")
        drawn.generate()
        assert drawn.get("controller().session.rendered.colours") == colours
        drawn.click("dfd_keep_colours")
        settle(drawn, "not controller().settings.keep_colours")
        assert drawn.get("controller().session.rendered.colours") != colours

    @pytest.mark.parametrize("then", ["lines", "dice"])
    def test_they_stay_after_opening_again(self, drawn: Painter, tmp_path: Path, then: str) -> None:
        """Until the painter rolls the dice."""
        colours = drawn.get("controller().session.rendered.colours")
        drawn.stroke([(-0.5, -0.5), (-0.2, -0.62), (0.2, -0.6), (0.5, -0.5)])
        drawn.session.wait_for("not stroke_is_open(doc)")
        assert drawn.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
        drawn.close_all()
        drawn.open(tmp_path / "face.kra", "lines")
        if then == "dice":
            drawn.click("dfd_dice")
            settle(drawn, "controller().settings.seed > 0")
        else:
            drawn.generate()
        now = drawn.get("controller().session.rendered.colours")
        assert all(np.abs(np.array(now[part]) - colours[part]).max() <= 1 for part in colours) == (then == "lines")


def add_photo(painter: Painter, colour: tuple[int, int, int], name: str = "photo") -> None:
    """A layer below the drawing, all of one colour, hidden."""
    painter.run(
        """
photo = doc.createNode(name, "paintlayer")
photo.setPixelData(QByteArray(bytes([colour[2], colour[1], colour[0], 255]) * (doc.width() * doc.height())),
                   0, 0, doc.width(), doc.height())
photo.setVisible(False)
doc.rootNode().addChildNode(photo, layer("Background"))
""",
        name=name,
        colour=colour,
    )
    painter.session.wait_for("doc.activeNode().name() == name", name=name)


def take_layer(painter: Painter, text: str) -> None:
    """Choose the entry of the reference's menu that has `text`."""
    painter.run(
        """
menu = widget("dfd_reference").menu()
menu.aboutToShow.emit()
[action for action in menu.actions() if text in action.text()][0].trigger()
""",
        text=text,
    )


class TestReferenceLayer:
    @pytest.mark.parametrize("space", ["", "U16"])
    def test_brings_the_skin_nearer(self, drawn: Painter, space: str) -> None:
        """The layer that is active, also in another colour space; as much as its strength says."""
        add_photo(drawn, BROWN)
        if space:
            drawn.run("layer('photo').setColorSpace('RGBA', 'U16', 'sRGB-elle-V2-g10.icc')")
        before, first, history = away(drawn), drawn.portrait(PORTRAIT), drawn.get("history()")
        drawn.click("dfd_reference")
        drawn.session.wait_for("QApplication.activePopupWidget() is not None")
        drawn.session.xdotool("key", "Down", "Down", "Return")
        settle(drawn, "controller().settings.reference.startswith('layer:')")
        assert drawn.get("widget('dfd_reference').text()") == "photo"
        full = away(drawn)
        assert full < 0.6 * before

        drawn.run("app.activeWindow().qwindow().activateWindow(); widget('dfd_reference_strength').setFocus()")
        drawn.session.xdotool("key", "Home", *["Right"] * 50)
        settle(drawn, "controller().settings.reference_strength == 0.5")
        assert full < away(drawn) < before
        drawn.session.xdotool("key", "Home")
        settle(drawn, "controller().settings.reference_strength == 0")
        assert drawn.portrait(PORTRAIT) == first
        assert drawn.get("history()") == history

    def test_what_is_painted_on_it_counts_from_the_next_press_on(self, drawn: Painter) -> None:
        add_photo(drawn, BROWN)
        take_layer(drawn, "photo")
        settle(drawn, "controller().settings.reference")
        brown = away(drawn)
        drawn.activate("lines")
        drawn.run("""
data = QByteArray(bytes([200, 215, 240, 255]) * (doc.width() * doc.height()))
layer("photo").setPixelData(data, 0, 0, doc.width(), doc.height())
""")
        drawn.generate()
        assert away(drawn) > 1.5 * brown

    def test_that_was_deleted_is_told(self, drawn: Painter) -> None:
        add_photo(drawn, BROWN)
        take_layer(drawn, "photo")
        settle(drawn, "controller().settings.reference")
        drawn.activate("lines")
        drawn.run("layer('photo').remove()")
        drawn.session.wait_for("'photo' not in tree()")
        first = drawn.portrait(PORTRAIT)
        assert "no longer there" in drawn.generate()
        assert drawn.get("widget('dfd_status_icon').isVisible()")
        assert drawn.portrait(PORTRAIT)["crc"] != first["crc"]  # without it
        take_layer(drawn, "None")
        settle(drawn, "not controller().settings.reference")
        assert "is ready" in drawn.get("status()")

    def test_an_empty_one_is_told(self, drawn: Painter) -> None:
        drawn.run("doc.rootNode().addChildNode(doc.createNode('nothing', 'paintlayer'), None)")
        drawn.session.wait_for("doc.activeNode().name() == 'nothing'")
        take_layer(drawn, "Active layer")
        settle(drawn, "controller().settings.reference")
        assert "empty" in drawn.get("status()")


class TestReferenceFile:
    def picture(self, painter: Painter, path: Path) -> Path:
        painter.run(
            "image = QImage(300, 400, QImage.Format_RGB32); image.fill(QColor(*colour)); image.save(path)",
            colour=BROWN,
            path=str(path),
        )
        return path

    def test_is_chosen_in_a_dialog(self, drawn: Painter, tmp_path: Path) -> None:
        before, path = away(drawn), self.picture(drawn, tmp_path / "photo.png")
        take_layer(drawn, "File")
        drawn.session.wait_for("'QFileDialog' in dialogs()")
        drawn.session.xdotool("type", "--delay", "5", str(path))
        drawn.session.xdotool("key", "Return")
        settle(drawn, "controller().settings.reference.startswith('file:')")
        assert drawn.get("widget('dfd_reference').text()") == "photo.png"
        assert away(drawn) < 0.6 * before

    @pytest.mark.parametrize("damage", ["missing", "text", "short"])
    def test_a_bad_one_is_told_and_the_portrait_is_without_it(
        self, drawn: Painter, tmp_path: Path, damage: str
    ) -> None:
        first = drawn.portrait(PORTRAIT)
        path = self.picture(drawn, tmp_path / "photo.png")
        if damage == "missing":
            path.unlink()
        else:
            path.write_bytes(b"no picture" if damage == "text" else path.read_bytes()[:60])
        drawn.run("controller().change(reference='file:' + path)", path=str(path))
        settle(drawn, "'photo.png' in status()")
        assert "cannot be read" in drawn.get("status()")
        assert drawn.get("widget('dfd_status_icon').isVisible()")
        assert drawn.get("dialogs()") == []
        assert drawn.portrait(PORTRAIT) == first
