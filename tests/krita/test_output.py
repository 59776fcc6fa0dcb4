"""What portraits become: kept ones, groups with masks, other colour spaces, marks, files."""

from __future__ import annotations

from pathlib import Path

import pytest
from krita_session import KritaFailure
from painter import Painter, wait_until
from PIL import Image

PORTRAIT = "lines portrait (AI)"
PARTS = ["Face and hair", "Left eye", "Right eye", "Nose", "Mouth"]

SPACES = [
    ("RGBA", "U16", "sRGB-elle-V2-g10.icc"),
    ("RGBA", "F32", "sRGB-elle-V2-g10.icc"),
    ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"),
    ("CMYKA", "U8", "Chemical proof"),
]

CHANGE = """
controller().note(seed=controller().settings.seed + 1)
"""
"""So that the next portrait looks different."""


@pytest.fixture
def face(painter: Painter) -> Painter:
    """A document with a face."""
    painter.new(600, 600)
    painter.take_brush()
    painter.face()
    return painter


def composite(painter: Painter, name: str = PORTRAIT) -> list[int]:
    """Some of what the portrait shows, BGRA."""
    return painter.run(
        """
doc.waitForDone()
data = bytes(layer(name).projectionPixelData(0, 0, doc.width(), doc.height()))
result = [v for p in range(0, len(data) // 4, 97) for v in data[4 * p:4 * p + 4]]
""",
        name=name,
    )


def difference(one: list[int], other: list[int]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def wait_for_another(painter: Painter, before: list[int]) -> None:
    """Wait until the canvas shows another portrait than `before`; a failure says what the docker says."""
    try:
        wait_until(lambda: difference(composite(painter), before) > 20, "the new portrait on the canvas")
    except KritaFailure as failure:
        said = painter.get("[status(), controller().state, controller().settings.seed, doc.activeNode().name()]")
        raise KritaFailure(f"{failure}; the docker says {said}") from None


def in_parts(painter: Painter) -> None:
    """Choose the group in the docker."""
    painter.run("box = widget('dfd_output'); box.setCurrentIndex(1); box.activated.emit(1)")


def test_keep(face: Painter) -> None:
    """The portrait gets a name of its own and stays as it is; the next one gets a layer, which can be kept as well."""
    face.click("dfd_keep")
    face.session.wait_for("'no portrait to keep' in status()")
    face.generate()
    history, first = face.get("history()"), face.portrait(PORTRAIT)
    face.click("dfd_keep")
    face.session.wait_for("tree() == ['Background', 'lines', 'lines portrait 1 (AI)']")
    assert face.get("history()") == history
    face.run(CHANGE)
    face.generate()
    assert face.get("tree()") == ["Background", "lines", "lines portrait 1 (AI)", PORTRAIT]
    assert face.portrait("lines portrait 1 (AI)") == first
    assert face.get("history()") == [*history, "Add Layer"]
    face.run(CHANGE)
    face.generate()
    assert face.portrait("lines portrait 1 (AI)") == first
    assert face.get("history()") == [*history, "Add Layer"]
    face.run("app.action('dfd_keep').trigger()")
    assert face.get("tree()") == ["Background", "lines", "lines portrait 1 (AI)", "lines portrait 2 (AI)"]


def test_marked_as_ai(face: Painter, tmp_path: Path) -> None:
    """The document says in plain words which layers are AI-generated, also after saving and opening it again."""
    face.generate()
    face.click("dfd_keep")
    face.session.wait_for("'is kept' in status()")
    face.generate()
    assert face.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    face.close_all()
    face.open(tmp_path / "face.kra", "lines")
    heading, *lines = face.get("bytes(doc.annotation('krita_dfd/ai')).decode()").splitlines()
    assert "AI-generated" in heading
    assert [line.split("\t")[1] for line in lines] == ["lines portrait 1 (AI)", PORTRAIT]
    assert all("DeepFaceDrawing" in line for line in lines)


def test_group(face: Painter, tmp_path: Path) -> None:
    """Each part is on a layer with a mask, as one undo step; together they look like the portrait on one layer.

    The group is updated in place, also after saving and opening.
    """
    face.generate()
    one, before = composite(face), face.get("history()")
    face.run("layer('lines portrait (AI)').setName('one')")
    in_parts(face)
    face.session.wait_for("len(tree()) == 4", 60)
    face.finish()
    assert face.get("tree()") == ["Background", "lines", "one", [PORTRAIT, PARTS]]
    assert face.get("history()") == [*before, "Add Layer"]
    masks = "[[m.type() for m in layer(name).childNodes()] for name in parts]"
    assert face.get(masks, parts=PARTS) == [[], *[["transparencymask"]] * 4]
    assert difference(composite(face), one) <= 1
    mask = """
n = layer(name); m = n.childNodes()[0]; b = n.bounds()
data = bytes(m.pixelData(b.x(), b.y(), b.width(), b.height()))
result = [data[0], data[b.width() * (b.height() // 2) + b.width() // 2], b.width()]
"""
    for name in PARTS[1:]:
        corner, middle, width = face.run(mask, name=name)
        assert (corner, middle) == (0, 255)
        assert width < 300
    face.session.wait_for("not any(d.modified() for d in sys.modules['krita_dfd.scratch']._documents.values())")

    face.run(CHANGE)
    face.generate()
    assert face.get("history()") == [*before, "Add Layer"]
    wait_for_another(face, one)
    assert face.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    changed = composite(face)
    face.close_all()
    face.open(tmp_path / "face.kra", "lines")
    before = face.get("history()")
    assert difference(composite(face), changed) == 0
    assert face.get("controller().settings.seed") == 1
    face.run(CHANGE)
    face.activate("Nose")
    face.press()
    face.finish()
    assert face.get("history()") == before
    assert face.get("tree()") == ["Background", "lines", "one", [PORTRAIT, PARTS]]
    wait_for_another(face, changed)


@pytest.mark.parametrize(
    "touch",
    [
        "layer('Nose').setLocked(True)",
        "layer('Mouth').remove()",
        "layer('Nose').childNodes()[0].setPixelData(QByteArray(b'\\xff' * 400), *BOX)",
        "layer('Left eye').setPixelData(QByteArray(b'\\xff' * 1600), *BOX)",
    ],
    ids=["locked", "removed", "mask_painted", "painted"],
)
def test_a_group_that_the_painter_touched_is_kept(face: Painter, touch: str) -> None:
    in_parts(face)
    face.generate()
    face.run("""
b = layer("Nose").bounds(); BOX = [b.x() + 5, b.y() + 5, 20, 20]
if "Left eye" in touch: b = layer("Left eye").bounds(); BOX = [b.x() + 5, b.y() + 5, 20, 20]
exec(touch)
layer("lines portrait (AI)").setName("kept")
""", touch=touch)  # fmt: skip
    before = face.run(
        "result = [zlib.crc32(bytes(n.pixelData(0, 0, 600, 600))) for n in nodes(layer('kept'))], tree()[2]"
    )
    face.run(CHANGE)
    face.generate()
    assert face.get("tree()")[3] == [PORTRAIT, PARTS]
    after = face.run(
        "result = [zlib.crc32(bytes(n.pixelData(0, 0, 600, 600))) for n in nodes(layer('kept'))], tree()[2]"
    )
    assert after == before


@pytest.mark.parametrize("space", SPACES, ids=lambda space: "-".join(space[:2]))
def test_in_the_documents_colour_space(face: Painter, space: tuple[str, str, str]) -> None:
    """A portrait in the document's space looks like the one in 8-bit sRGB, and is updated in place."""
    assert face.run("result = doc.setColorSpace(*space); doc.waitForDone()", space=space)
    face.generate()
    assert face.portrait(PORTRAIT)["space"] == ["RGBA", "U8"]
    thumbnail = """
image = layer(name).projectionPixelData(0, 0, 0, 0)
image = doc.thumbnail(64, 64)
result = [image.pixelColor(x, y).getRgb() for x in range(12, 52, 4) for y in range(12, 52, 4)]
"""
    face.run("doc.waitForDone()")
    plain = face.run(thumbnail, name=PORTRAIT)
    history = face.get("history()")
    face.run("widget('dfd_native_space').click()")
    face.session.wait_for("len(tree()) == 4", 60)
    face.finish()
    facts = "n = doc.rootNode().childNodes()[3]; result = [*space_of(n), n.uniqueId().toString()]"
    face.run("def space_of(n): return [n.colorModel(), n.colorDepth(), n.colorProfile()]")
    *got, name = face.run(facts)
    assert tuple(got) == space
    assert face.get("history()") == [*history, "Add Layer"]
    face.run("doc.refreshProjection(); doc.waitForDone()")
    native = face.run(thumbnail, name=PORTRAIT)
    apart = [abs(p - q) for one, other in zip(plain, native, strict=True) for p, q in zip(one, other, strict=True)]
    assert sum(apart) / len(apart) < 3

    face.run(CHANGE)
    face.generate()
    assert face.get("history()") == [*history, "Add Layer"]
    assert face.run(facts)[3] == name
    face.run("doc.refreshProjection(); doc.waitForDone()")
    assert face.run(thumbnail, name=PORTRAIT) != native


def test_group_in_another_space(face: Painter) -> None:
    """Both together: a group in a 16-bit document, updated in place."""
    face.run("doc.setColorSpace('RGBA', 'U16', 'sRGB-elle-V2-g10.icc'); doc.waitForDone()")
    face.run("controller().note(output='group', native_space=True)")
    face.generate()
    history = face.get("history()")
    depths = "{n.colorDepth() for n in nodes(layer('lines portrait (AI)')) if n.type() == 'paintlayer'} == {'U16'}"
    assert face.get(depths)
    face.run(CHANGE)
    face.generate()
    assert face.get("history()") == history
    assert len(face.get("tree()")) == 3


def test_no_room_for_masks(face: Painter) -> None:
    """A line says what to do; with room again, the group is made."""
    face.run("""
import tempfile
sys.modules["krita_dfd.scratch"]._documents.pop(("mask", "", ""), None)
folder, tempfile.tempdir = tempfile.gettempdir(), "/nowhere"
""")
    in_parts(face)
    assert "cannot make masks" in face.generate()
    assert face.get("tree()") == ["Background", "lines"]
    face.run("tempfile.tempdir = folder")
    face.generate()
    assert face.get("tree()") == ["Background", "lines", [PORTRAIT, PARTS]]


def test_save_as_a_picture(face: Painter, tmp_path: Path) -> None:
    """In the size that the painter chose, marked as AI-generated; also right after opening the document."""
    face.run("controller().output.export(path)", path=str(tmp_path / "none.png"))
    assert "no portrait" in face.get("status()")
    face.generate()
    face.run("box = widget('dfd_side'); row = box.findData(2048); box.setCurrentIndex(row); box.activated.emit(row)")
    face.run("controller().output.export(path)", path=str(tmp_path / "large.png"))
    face.session.wait_for("'Saved' in status()")
    picture = Image.open(tmp_path / "large.png")
    assert picture.size == (2048, 2048)
    assert "AI-generated" in picture.text["Comment"]
    assert face.get("doc.saveAs(path)", path=str(tmp_path / "face.kra"))
    face.close_all()
    face.open(tmp_path / "face.kra", "lines")
    face.run("controller().message.emit('', False)")
    face.run("controller().note(side=512); controller().output.export(path)", path=str(tmp_path / "again.png"))
    face.session.wait_for("'Saved' in status()")
    again = Image.open(tmp_path / "again.png")
    assert again.size == (512, 512)
    small = picture.resize((512, 512), Image.Resampling.BOX)
    pairs = zip(small.tobytes()[::97], again.convert("RGB").tobytes()[::97], strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (512 * 512 * 3 / 97) < 3
    face.run("controller().output.export('/nowhere/at/all.png')")
    face.session.wait_for("'cannot be written' in status()")


def test_a_picture_is_not_replaced_unasked(face: Painter, tmp_path: Path) -> None:
    """Also when the name was typed without ".png"."""
    there = tmp_path / "anna.png"
    there.write_bytes(b"the painter's")
    face.generate()
    face.run("""
def open_now(kind):
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
""")
    for answer in ("No", "Yes"):
        face.click("dfd_export")
        face.session.wait_for("open_now(QFileDialog)")
        face.run(
            """
dialog = open_now(QFileDialog)[0]
dialog.findChild(QLineEdit, "fileNameEdit").setText(path)
dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.Save).click()
""",
            path=str(tmp_path / "anna"),
        )
        face.session.wait_for("open_now(QMessageBox)")
        assert "anna.png" in face.get("open_now(QMessageBox)[0].text()")
        assert there.read_bytes() == b"the painter's"
        face.run("open_now(QMessageBox)[0].button(getattr(QMessageBox, answer)).click()", answer=answer)
        face.session.wait_for("not open_now(QMessageBox)")
        assert "Saved" not in face.get("status()") or answer == "Yes"
    face.session.wait_for("'Saved: anna.png' in status()")
    assert Image.open(there).format == "PNG"


def test_a_large_portrait_is_checked_in_turns(face: Painter) -> None:
    """Large pixels are read strip by strip; at the active layer, where the pen may be, in one go."""
    face.generate()
    counts = """
writing, checking = sys.modules["krita_dfd.writing"], sys.modules["krita_dfd.checking"]
class Small(checking.Check):
    STRIP, TURN = 1 << 12, 0.0
check, turns = Small(doc, layer("lines portrait (AI)"), writing.Form()), 1
if touch: layer("lines portrait (AI)").setPixelData(QByteArray(b"\\x7f" * 4), 300, 300, 1, 1)
while (verdict := check.go_on()) is None: turns += 1
result = [verdict, turns]
"""
    verdict, turns = face.run(counts, touch=False)
    assert (verdict, turns > 10) == (True, True)
    face.activate(PORTRAIT)
    assert face.run(counts, touch=False) == [True, 1]
    assert face.run(counts, touch=True) == [False, 1]
