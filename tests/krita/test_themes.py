"""Another theme while Krita runs: every icon can be seen on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from painter import Painter

CONTRASTS = """
def luminance(r, g, b):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r / 255, g / 255, b / 255)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear))

def contrast(button):
    image = button.icon().pixmap(button.iconSize()).toImage().convertToFormat(QImage.Format_RGBA8888)
    bits = image.constBits(); bits.setsize(image.sizeInBytes()); data = bytes(bits)
    solid = [luminance(*data[i:i + 3]) for i in range(0, len(data), 4) if data[i + 3] > 100]
    colour = button.palette().color(QPalette.Button)
    ours, behind = sum(solid) / len(solid) if solid else 0.0, luminance(colour.red(), colour.green(), colour.blue())
    return (max(ours, behind) + 0.05) / (min(ours, behind) + 0.05) if solid else 1.0

result = {b.objectName(): contrast(b) for b in docker().findChildren(QToolButton) if not b.icon().isNull()
          and b.objectName().startswith("dfd_") and not b.objectName().startswith(("dfd_alternatives", "dfd_colour"))}
"""


@pytest.fixture
def themed(painter: Painter) -> Iterator[Painter]:
    """Switches themes, and back afterwards."""
    painter.run("""
themes = {a.text().replace("&", ""): a for a in app.action("theme_menu").menu().actions()}
usual = [a for a in themes.values() if a.isChecked()][0]
""")
    yield painter
    painter.run("usual.trigger()")


def test_icons_can_be_seen(themed: Painter) -> None:
    """Krita's and ours, with a contrast as WCAG 2.1 wants it for what is not text."""
    themed.new(300, 300)
    backgrounds = set()
    for theme in ("Krita bright", "Krita dark", "Krita bright"):
        themed.run("themes[name].trigger()", name=theme)
        backgrounds.add(themed.get("widget('dfd_dice').palette().color(QPalette.Button).name()"))
        contrasts = themed.run(CONTRASTS)
        assert {"dfd_dice", "dfd_pin", "dfd_cancel", "dfd_link_eyes", "dfd_lock_nose", "dfd_back"} <= set(contrasts)
        assert {name: value for name, value in contrasts.items() if value < 3} == {}
    assert len(backgrounds) == 2
