"""The docker's fields and sliders change when the painter means them, and only then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from painter import Painter


@pytest.fixture
def busy(painter: Painter) -> Iterator[Painter]:
    """A document with a face and its portrait; another portrait is being made, until `release()`."""
    painter.new(500, 500)
    painter.face()
    painter.generate()
    painter.run("app.action('dfd_edit_frame').trigger()")
    painter.session.wait_for("widget('dfd_frame_view').isVisible()")
    painter.press_and_hold()
    yield painter
    painter.run("release(); widget('dfd_section_place').setChecked(False)")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dfd_seed", "controller().settings.seed"),
        ("dfd_frame_x", "int(controller().settings.frame[0]) if controller().settings.frame != 'auto' else None"),
        ("dfd_between_count", "controller().settings.between"),
    ],
)
def test_a_portrait_that_comes_does_not_disturb_typing(busy: Painter, name: str, value: str) -> None:
    """What is half typed stays and counts once it is complete; a number that was not touched is shown anew."""
    first, second = ("1", "2") if name != "dfd_between_count" else ("", "2")
    busy.run("w = widget(name); widget('dfd_scroll').ensureWidgetVisible(w)", name=name)
    busy.run("app.activeWindow().qwindow().activateWindow(); w.setFocus(); w.selectAll()")
    busy.session.xdotool("key", "BackSpace", *([first] if first else []))
    busy.session.wait_for("w.cleanText() == first", first=first)
    busy.run("release()")
    busy.finish()
    busy.session.xdotool("key", second)
    busy.session.wait_for("w.cleanText() == whole", whole=first + second)
    busy.session.xdotool("key", "Return")
    busy.session.wait_for(f"{value} == whole", whole=int(first + second))
    busy.finish()
    if name == "dfd_seed":
        busy.run("controller().note(seed=34)")
        assert busy.get("w.hasFocus() and w.value()") == 34


WHEEL = [
    "dfd_frame",
    "dfd_blend_mouth",
    "dfd_seed",
    "dfd_reference_strength",
    "dfd_shadow_strength",
    "dfd_between_count",
    "dfd_output",
    "dfd_pack",
]


def test_the_wheel_scrolls_the_docker(painter: Painter) -> None:
    """Over a control it changes nothing, unless the painter has gone to it before."""
    painter.new(300, 300)
    painter.run("""
def value(w): return w.currentIndex() if isinstance(w, QComboBox) else w.value()
bar = widget("dfd_scroll").verticalScrollBar()
widget("dfd_section_place").setChecked(True)
docker().setFocus()
""")
    assert painter.session.wait_for("bar.maximum()") > 100
    for name in WHEEL:
        painter.run("w = widget(name); bar.setValue(0); widget('dfd_scroll').ensureWidgetVisible(w)", name=name)
        before, place = painter.get("[value(w), bar.value()]")
        button = 5 if place < painter.get("bar.maximum()") else 4
        painter.session.xdotool("mousemove", *painter.get("position(w)"), "sleep", 0.1, "click", button)
        painter.session.wait_for("bar.value() != place", place=place)
        assert (name, painter.get("value(w)")) == (name, before)
    assert painter.get("controller().settings") == painter.get("type(controller().settings)()")

    painter.run("w = widget('dfd_blend_mouth'); widget('dfd_scroll').ensureWidgetVisible(w); w.setFocus()")
    before, place = painter.get("[value(w), bar.value()]")
    painter.session.xdotool("mousemove", *painter.get("position(w)"), "sleep", 0.1, "click", 4)
    painter.session.wait_for("value(w) != before", before=before)
    assert painter.get("bar.value()") == place
    painter.run("widget('dfd_section_place').setChecked(False)")
