"""The docker fits a narrow column of Krita's window, whatever it shows, in every language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from krita_session import ROOT, KritaSession
from painter import Painter

ROOM = 200
"""Width for the docker's contents, in logical pixels: a docker of 220 less its scroll bar."""

WIDTHS = """
body = widget("dfd_generate").parentWidget()
result = {"the docker": body.minimumSizeHint().width()}
for section in body.findChildren(QWidget):
    if type(section).__name__.endswith("Section"):
        edges = body.layout().contentsMargins()
        inside = max(section.body.minimumSizeHint().width(), section.heading.minimumSizeHint().width())  # folded, too
        result[type(section).__name__] = inside + edges.left() + edges.right()
page = widget("dfd_install").parentWidget()
result["libraries"] = page.minimumSizeHint().width()
result["their options"] = page._options._body.minimumSizeHint().width()
"""


def assert_narrow(painter: Painter) -> None:
    """Nothing asks for more than `ROOM`."""
    widths = painter.run(WIDTHS)
    assert len(widths) == 3 + 6
    assert {name: width for name, width in widths.items() if width > ROOM} == {}


def test_whatever_it_shows(painter: Painter) -> None:
    """No document; a drawing with a long name; an alternative and a second portrait; at work; a problem."""
    assert_narrow(painter)
    painter.new(500, 500)
    painter.face()
    painter.run("lines.setName('lines of this morning')")
    painter.click("dfd_pin")
    painter.session.wait_for("'this morning' in widget('dfd_source').text()")
    assert_narrow(painter)
    painter.generate()
    painter.run("controller().alternatives.take('mouth', 1)")
    painter.session.wait_for("widget('dfd_back_mouth').isVisibleTo(docker())")
    painter.generate()
    assert_narrow(painter)
    painter.press_and_hold()
    assert_narrow(painter)
    painter.run("controller().cancel(); release()")
    painter.finish()
    painter.run("controller().message.emit('Something is not as it should be: do something about it.', True)")
    assert painter.get("widget('dfd_status_check').isVisible()")
    assert_narrow(painter)


@pytest.fixture
def chinese() -> Iterator[Painter]:
    """A Krita that was started in Traditional Chinese."""
    language = {"LANG": "zh_TW.UTF-8", "LC_ALL": "zh_TW.UTF-8"}
    with KritaSession(ROOT / "build" / "krita-test-profile-zh", environment=language) as session:
        yield Painter(session)


def test_in_chinese(chinese: Painter) -> None:
    chinese.new(500, 500)
    assert chinese.get("widget('dfd_generate').text()") == "產生(&G)"
    assert_narrow(chinese)
