"""What the painter set belongs to the document: it is saved with it and never mixes with another's."""

from __future__ import annotations

from pathlib import Path

from krita_probe import resident_mb
from painter import CLOSE_ALL, Painter, wait_until

LATENT = """
from dfd_core.snapshot import Snapshot
result = Snapshot.from_bytes(controller().session.snapshot).choices["mouth"].latent[0, :8].tolist()
"""


def two_documents(painter: Painter) -> None:
    """Documents `first` and `second` with a face each; the second is active."""
    for name, tilt in (("first", 0), ("second", 12)):
        painter.new(600, 600)
        painter.run(f"{name} = doc")
        painter.face(tilt=tilt)


def switch(painter: Painter, name: str) -> None:
    """Click on the other document's tab."""
    x, y = painter.run(f"""
doc = {name}
bar = app.activeWindow().qwindow().findChildren(QMdiArea)[0].findChildren(QTabBar)[0]
result = position(bar, *(lambda p: (p.x(), p.y()))(bar.tabRect(["first", "second"].index("{name}")).center()))
""")
    painter.session.click(x, y)
    painter.session.wait_for("controller().session.document == doc")


def test_documents_do_not_mix(painter: Painter) -> None:
    """Locks, sliders and locked parts are each document's own."""
    two_documents(painter)
    painter.generate()
    second = painter.run(LATENT)
    painter.click("dfd_lock_mouth")
    painter.run("widget('dfd_blend_nose').setValue(10)")
    painter.finish()

    switch(painter, "first")
    assert painter.get("controller().settings.locks") == []
    assert not painter.get("widget('dfd_lock_mouth').isChecked()")
    assert painter.get("widget('dfd_blend_nose').value()") != 10
    painter.generate()
    assert painter.run(LATENT) != second

    switch(painter, "second")
    assert painter.get("controller().settings.locks") == ["mouth"]
    assert painter.get("widget('dfd_lock_mouth').isChecked()")
    assert painter.get("widget('dfd_blend_nose').value()") == 10
    painter.run("layer('lines').setPixelData(QByteArray(600 * 600 * 4, b'\\0'), 0, 0, 600, 600)")
    painter.face(tilt=-8)
    painter.generate()
    assert painter.run(LATENT) == second


def test_settings_are_saved_with_the_document(painter: Painter, tmp_path: Path) -> None:
    """At once: who saves right away loses nothing. After opening, a locked part stays though its lines are new."""
    painter.new(600, 600)
    painter.face()
    painter.generate()
    painter.click("dfd_lock_mouth")
    painter.finish()
    mouth, history = painter.run(LATENT), painter.get("history()")
    path = str(tmp_path / "face.kra")
    assert painter.run("widget('dfd_blend_nose').setValue(10); result = doc.saveAs(path)", path=path)
    assert painter.get("history()") == history
    painter.finish()
    painter.close_all()

    painter.open(Path(path), "lines")
    assert painter.get("widget('dfd_lock_mouth').isChecked()")
    assert painter.get("widget('dfd_blend_nose').value()") == 10
    painter.run("layer('lines').setPixelData(QByteArray(600 * 600 * 4, b'\\0'), 0, 0, 600, 600)")
    painter.face(tilt=20)
    painter.generate()
    assert painter.run(LATENT) == mouth


def test_a_lock_is_saved_with_what_it_holds(painter: Painter) -> None:
    """At once, too."""
    painter.new(600, 600)
    painter.face()
    painter.run("controller().note(keep_colours=False)")
    painter.generate()
    assert not painter.get("len(bytes(doc.annotation('krita_dfd/snapshot')))")
    assert painter.run("""
controller().set_lock("mouth", True)
result = len(bytes(doc.annotation("krita_dfd/snapshot"))) > 1000
""")
    painter.finish()


def test_nothing_is_written_into_a_document_that_is_only_looked_at(painter: Painter) -> None:
    painter.new(600, 600)
    painter.run("doc.setModified(False)")
    painter.session.wait_for("controller().session.document == doc")
    painter.session.xdotool("sleep", 0.6)
    assert not painter.get("doc.modified()")
    assert painter.get("[t for t in doc.annotationTypes() if 'dfd' in t]") == []


def test_damaged_notes(painter: Painter) -> None:
    """Whatever a document says of itself, the docker shows it."""
    painter.new(300, 300)
    painter.run("""
import io, zipfile
memory = io.BytesIO()
with zipfile.ZipFile(memory, "w") as file:
    for name in "about.json", "settings.json", "portrait.png", "snapshot.z":
        file.writestr("0/" + name, b"{}")
unpackable = bytearray(memory.getvalue())
unpackable[unpackable.index(b"PK\\x01\\x02") + 10] = 9
sessions, layers = sys.modules["krita_dfd.sessions"], sys.modules["krita_dfd.layers"]
huge = b"9" * 400
for data in (b"[" * 100000, bytes(unpackable), b"[[" + huge + b", 1, 1, 1], [300, 300]]", b'{"seed": ' + huge + b"}"):
    for name in ("state", "place", "history", "portraits", "checksums"):
        doc.setAnnotation("krita_dfd/" + name, "", data)
    found = sessions.Session(doc)
    assert found.history.entries == [] and found.frame is None and found.settings.seed == 0
    assert layers.portraits(doc) == {} or data[:1] == b"{"
del found
""")


def test_closed_documents_are_forgotten(painter: Painter) -> None:
    """What the engine kept of a document goes with it."""
    two_documents(painter)
    painter.generate()
    switch(painter, "first")
    painter.generate()
    assert painter.get("len(controller().worker._faces)") >= 2
    painter.run("second.setModified(False); second.close()")
    painter.session.wait_for("len(controller().sessions._open) == 1")
    painter.session.wait_for("len([n for n in controller().worker._faces if n]) == 1")
    painter.close_all()
    alive = """
import gc
gc.collect()
kinds = [type(o).__name__ for o in gc.get_objects() if type(o).__module__.startswith("krita_dfd")]
result = {name: kinds.count(name) for name in ("Session", "History", "Entry", "Rendered", "Order", "Picture")}
"""
    nothing = {"Session": 1, "History": 1, "Entry": 0, "Rendered": 0, "Order": 0, "Picture": 0}  # of no document
    wait_until(lambda: painter.run(alive) == nothing, "what was kept of closed documents to go")


def test_pin(painter: Painter) -> None:
    """A pinned drawing is drawn from while another layer is active."""
    painter.new(600, 600)
    painter.face()
    painter.click("dfd_pin")
    painter.run("doc.rootNode().addChildNode(doc.createNode('colours', 'paintlayer'), None)")
    painter.session.wait_for("doc.activeNode().name() == 'colours'")
    assert "lines portrait (AI)" in painter.generate()
    assert painter.get("tree()") == ["Background", "lines", "lines portrait (AI)", "colours"]
    painter.run("layer('lines').remove()")
    painter.session.wait_for("'lines' not in tree()")
    assert "pinned layer is no longer there" in painter.generate()
    painter.click("dfd_pin")
    assert painter.get("widget('dfd_source').text()") == "Active layer"


def test_a_setting_brings_the_portrait_up_to_date(painter: Painter) -> None:
    """Moving a slider is enough; it is no undo step, and without a portrait nothing is made."""
    painter.new(600, 600)
    painter.face()
    painter.run("widget('dfd_blend_nose').setValue(90)")
    assert painter.get("controller().state") == "idle"
    painter.generate()
    before, history = painter.portrait("lines portrait (AI)"), painter.get("history()")
    painter.run("[widget('dfd_blend_mouth').setValue(v) for v in range(50, -1, -1)]")
    painter.finish()
    after = painter.portrait("lines portrait (AI)")
    assert after["id"] == before["id"]
    assert after["crc"] != before["crc"]
    assert painter.get("history()") == history


def test_memory_of_closed_documents_goes_back_to_the_system(painter: Painter) -> None:
    """The C library would keep a hundred MiB and more of what was freed."""
    painter.new(1200, 1200)
    painter.face()
    painter.generate()
    for _ in range(3):
        painter.run("controller().note(seed=controller().settings.seed + 1)")
        painter.generate()
    # In one go, so that a slow machine does not look at "before" when memory has already been given back.
    before = resident_mb(painter.session, CLOSE_ALL)
    wait_until(lambda: resident_mb(painter.session) < before - 20, "memory given back", 10)


def test_lists_of_documents_are_given_back(painter: Painter) -> None:
    """They are asked for many times a second; Krita's own lists would keep a wrapper of each forever."""
    painter.new(400, 400)
    owned = """
sip = sys.modules["krita_dfd.qt"].sip
found = sys.modules["krita_dfd.layers"].documents()
result = [doc in found, all(sip.ispyowned(each) for each in found)]
"""
    assert painter.run(owned) == [True, True]
