"""Numbers that the painter can type while portraits come and go."""

from __future__ import annotations

from typing import Any


def show_value(field: Any, value: float) -> None:
    """Show `value` in a spin box without a signal, unless the painter is typing another one."""
    if _is_being_typed(field):
        return
    field.blockSignals(True)
    field.setValue(value)
    field.blockSignals(False)


def _is_being_typed(field: Any) -> bool:
    """Whether there is text in the field that does not count yet."""
    typed = field.hasFocus() and field.lineEdit().isModified()
    return bool(typed and field.cleanText() != field.textFromValue(field.value()))
