"""Which layer a portrait is written to: only one that is ours, and that has what the portrait has."""

from __future__ import annotations

import pytest
from painter import Painter

PORTRAIT = "lines portrait (AI)"

CHANGE = """
controller().note(seed=controller().settings.seed + 1)
"""
"""So that the next portrait looks different."""


@pytest.fixture
def face(painter: Painter) -> Painter:
    """A document with a face."""
    painter.new(600, 600)
    painter.face()
    return painter


def test_an_older_portrait_does_not_stand_in_for_the_one_that_is_checked(face: Painter) -> None:
    """The newer one goes away while it is read: what the painter did to the older one stays."""
    face.generate()
    face.run("layer(NAME).setName('older'); layer('older').setPixelData(QByteArray(b'\\xaa' * 1600), 300, 300, 20, 20)"
             .replace("NAME", repr(PORTRAIT)))  # fmt: skip
    face.run(CHANGE)
    face.generate()
    assert face.get("tree()") == ["Background", "lines", "older", PORTRAIT]
    older = face.portrait("older")["crc"]
    face.run("""
Check = sys.modules["krita_dfd.checking"].Check
usual, turns, go_on = (Check.STRIP, Check.TURN), [], Check.go_on
Check.STRIP, Check.TURN = 1 << 12, -1.0
def removing(check):
    verdict = go_on(check)
    turns.append(verdict)
    if len(turns) == 5:
        layer("lines portrait (AI)").remove()
    return verdict
Check.go_on = removing
""")
    face.run(CHANGE)
    face.generate()
    face.run("(Check.STRIP, Check.TURN), Check.go_on = usual, go_on")
    assert face.get("turns[:5]") == [None] * 5
    assert face.get("tree()") == ["Background", "lines", "older", PORTRAIT]
    assert face.portrait("older")["crc"] == older


class TestGroups:
    @pytest.fixture
    def half(self, face: Painter) -> Painter:
        """A group for a face whose left eye lies outside the canvas."""
        face.run("controller().note(output='group'); controller().set_frame((-300.0, 0.0, 600.0, 0.0))")
        face.generate()
        assert face.get("tree()[2:]") == [[PORTRAIT, ["Face and hair", "Right eye", "Nose", "Mouth"]]]
        return face

    def test_other_parts_get_a_group_of_their_own(self, half: Painter) -> None:
        """As many as before, but the other eye."""
        before = half.get("[n.uniqueId().toString() for n in nodes(doc.rootNode())]")
        half.run("controller().note(frame=(300.0, 0.0, 600.0, 0.0))")
        half.generate()
        first, second = half.get("tree()")[2:]
        assert first == [PORTRAIT, ["Face and hair", "Right eye", "Nose", "Mouth"]]
        assert second == [PORTRAIT, ["Face and hair", "Left eye", "Nose", "Mouth"]]
        assert set(before) < set(half.get("[n.uniqueId().toString() for n in nodes(doc.rootNode())]"))

    def test_the_former_versions_groups_are_updated(self, half: Painter) -> None:
        """Their notes do not say which part is where."""
        half.run("""
import json
noted = json.loads(bytes(doc.annotation("krita_dfd/checksums")))
noted = {portrait: [each[:6] for each in written] for portrait, written in noted.items()}
doc.setAnnotation("krita_dfd/checksums", "", json.dumps(noted).encode())
""")
        before, pixels = half.get("[tree(), history()]"), half.portrait("Nose")["crc"]
        for _ in range(2):
            half.run(CHANGE)
            half.generate()
            assert half.get("[tree(), history()]") == before
            assert half.portrait("Nose")["crc"] != pixels
            pixels = half.portrait("Nose")["crc"]


def test_a_layer_between_them_keeps_nothing_apart(face: Painter) -> None:
    """Krita puts a new layer directly above the active one, which is the drawing."""
    face.generate()
    face.run("""
doc.rootNode().addChildNode(doc.createNode("ink", "paintlayer"), layer("lines"))
""")
    face.session.wait_for("doc.activeNode().name() == 'ink'")
    face.activate("lines")
    before, history = face.portrait(PORTRAIT), face.get("history()")
    face.run("controller().change(seed=5)")
    face.session.wait_for("controller().session.rendered is not None and controller().state == 'idle'")
    face.generate()
    assert face.get("tree()") == ["Background", "lines", "ink", PORTRAIT]
    assert face.get("history()") == history
    assert face.portrait(PORTRAIT)["id"] == before["id"]
    assert face.portrait(PORTRAIT)["crc"] != before["crc"]
