"""What last went wrong in this Krita, for the report."""

from __future__ import annotations

LONGEST = 4000

_text = ""


def note(text: str) -> None:
    """Remember `text` instead of what was noted before; a line that a noted traceback ends with adds nothing."""
    global _text
    if text.strip() and text.strip() not in _text:
        _text = text.strip()[-LONGEST:]


def get() -> str:
    """The last error, or ""."""
    return _text
