"""Every kind of layer and colour space can be a source; the painter's document and layers stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from painter import Painter

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "sample.kra"
PAINT, VECTOR = "sketch (paint)", "sketch (vector)"

PICTURE = """
reading = sys.modules["krita_dfd.reading"]
before = history()
picture = reading.read(doc, layer(name))
canvas = QImage(doc.width(), doc.height(), QImage.Format_ARGB32)
canvas.fill(Qt.transparent)
data = QImage(bytes(picture.data), picture.width, picture.height, picture.width * 4, QImage.Format_ARGB32)
pen = QPainter(canvas); pen.setCompositionMode(QPainter.CompositionMode_Source)
pen.drawImage(picture.x, picture.y, data); pen.end()
bits = canvas.constBits(); bits.setsize(canvas.sizeInBytes()); data = bytes(bits)
result = [history() == before, sum(255 - (255 * (255 - a) + v * a) // 255 for v, a in zip(data[1::4], data[3::4])),
          [255 - (255 * (255 - a) + v * a) // 255 for v, a in zip(data[1::4], data[3::4])]]
"""
"""Ink (0 = white paper .. 255 = black) of every pixel, as the plugin reads it."""

SPACES = [
    ("RGBA", "U16", "sRGB-elle-V2-g10.icc"),
    ("RGBA", "F32", "sRGB-elle-V2-g10.icc"),
    ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"),
    ("CMYKA", "U8", "Chemical proof"),
]


@pytest.fixture
def sample(painter: Painter, tmp_path: Path) -> Painter:
    """A copy of the shipped sample, open."""
    shutil.copy(SAMPLE, tmp_path / "sample.kra")
    painter.open(tmp_path / "sample.kra", PAINT)
    return painter


def check_one_portrait(painter: Painter, name: str, order: list[object]) -> None:
    """Generate; then everything but one new layer and one undo entry is as before."""
    before, history = painter.get("checksums()"), painter.get("history()")
    active = painter.get("doc.activeNode().name()")
    status = painter.generate()
    assert f"{name} portrait (AI)" in status
    assert painter.get("tree()") == order
    assert painter.get("history()") == [*history, "Add Layer"]
    assert painter.get("checksums()") == before
    painter.session.wait_for("doc.activeNode().name() == name", name=active)
    portrait = painter.portrait(f"{name} portrait (AI)")
    assert portrait["space"] == ["RGBA", "U8"]
    assert portrait["opaque"]
    assert portrait["spread"] > 5


def test_paint_layer(sample: Painter) -> None:
    check_one_portrait(sample, PAINT, ["paper", VECTOR, PAINT, f"{PAINT} portrait (AI)"])


def test_hidden_vector_layer(sample: Painter) -> None:
    sample.activate(VECTOR)
    check_one_portrait(sample, VECTOR, ["paper", VECTOR, f"{VECTOR} portrait (AI)", PAINT])


def copy_into_group(sample: Painter) -> None:
    """A group "face" above the paper with a copy of the paint layer in it, which becomes active."""
    sample.run("""
group = doc.createGroupLayer("face")
doc.rootNode().addChildNode(group, layer("paper"))
copy = layer("sketch (paint)").duplicate()
copy.setName("copy")
group.addChildNode(copy, None)
""")
    sample.session.wait_for("doc.activeNode().name() == 'copy'")


def test_group_layer(sample: Painter) -> None:
    """The portrait of a group is above the group, not in it."""
    copy_into_group(sample)
    sample.activate("face")
    check_one_portrait(sample, "face", ["paper", ["face", ["copy"]], "face portrait (AI)", VECTOR, PAINT])


def test_layer_inside_a_group(sample: Painter) -> None:
    copy_into_group(sample)
    check_one_portrait(sample, "copy", ["paper", ["face", ["copy", "copy portrait (AI)"]], VECTOR, PAINT])


def test_group_that_shows_a_portrait(sample: Painter) -> None:
    """A portrait is never taken for part of the drawing."""
    test_layer_inside_a_group(sample)
    sample.activate("face")
    before = sample.get("[tree(), history()]")
    assert "Hide the portrait" in sample.generate()
    assert sample.get("[tree(), history()]") == before
    sample.run("layer('copy portrait (AI)').setVisible(False); doc.waitForDone()")
    assert "face portrait (AI)" in sample.generate()
    assert sample.get("tree()[1:3]") == [["face", ["copy", "copy portrait (AI)"]], "face portrait (AI)"]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: "-".join(space[:2]))
@pytest.mark.parametrize("name", [PAINT, VECTOR])
def test_colour_space(sample: Painter, space: tuple[str, str, str], name: str) -> None:
    """The document's colour space stays, the plugin reads the same lines, and no hidden document asks to be saved."""
    unconverted, ink, pixels = sample.run(PICTURE, name=name)
    assert unconverted
    assert ink > 0
    assert sample.run("result = doc.setColorSpace(*space); doc.waitForDone()", space=space)
    assert sample.get("[doc.colorModel(), doc.colorDepth()]") == list(space[:2])
    sample.activate(name)
    order = ["paper", VECTOR, PAINT]
    order.insert(order.index(name) + 1, f"{name} portrait (AI)")
    check_one_portrait(sample, name, order)
    same_history, ink, converted = sample.run(PICTURE, name=name)
    assert same_history
    differences = sorted(abs(a - b) for a, b in zip(pixels, converted, strict=True))
    assert differences[len(differences) * 99 // 100] <= (40 if space[0] == "CMYKA" else 4)
    assert sum(differences) / sum(pixels) < 0.15
    sample.session.wait_for("not any(d.modified() for d in sys.modules['krita_dfd.scratch']._documents.values())")


def test_group_that_passes_through(sample: Painter) -> None:
    """Krita keeps no picture of such a group; it must not be called empty."""
    copy_into_group(sample)
    sample.run("layer('face').setPassThroughMode(True)")
    sample.activate("face")
    before = sample.get("[tree(), history()]")
    assert "Switch Pass Through off" in sample.generate()
    assert sample.get("[tree(), history()]") == before
    sample.run("layer('face').setPassThroughMode(False); doc.waitForDone()")
    assert "face portrait (AI)" in sample.generate()
