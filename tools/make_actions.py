"""Writes `krita_dfd/krita_dfd.action`, which tells Krita's shortcut settings what commands there are."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from krita_dfd.commands import COMMANDS, Command  # noqa: E402

TARGET = ROOT / "krita_dfd" / "krita_dfd.action"

_ACTION = """\
    <Action name="{name}">
      <icon></icon>
      <text>{text}</text>
      <whatsThis></whatsThis>
      <toolTip>{tooltip}</toolTip>
      <iconText></iconText>
      <activationFlags>10000</activationFlags>
      <activationConditions>0</activationConditions>
      <shortcut></shortcut>
      <isCheckable>{checkable}</isCheckable>
      <statusTip></statusTip>
    </Action>
"""


def _entry(command: Command) -> str:
    return _ACTION.format(name=command.name, text=escape(command.text), tooltip=escape(command.tooltip),
                          checkable=str(command.checkable).lower())  # fmt: skip


def content() -> str:
    """The whole file."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ActionCollection version="2" name="Scripts">\n'
        '  <Actions category="Scripts">\n    <text>DeepFaceDrawing</text>\n'
        + "".join(map(_entry, COMMANDS))
        + "  </Actions>\n</ActionCollection>\n"
    )


if __name__ == "__main__":
    TARGET.write_text(content(), "utf-8")
