"""A button that does something while it is held down."""

from __future__ import annotations

from typing import Any

from ..qt import QtCore, QtWidgets


class HoldButton(QtWidgets.QToolButton):
    """Says so when it is pressed and when it is no more.

    `released` is not enough: Qt does not emit it when the button has moved away from under the mouse meanwhile, as a
    longer status line does to it, or when it has lost the focus.
    """

    held = QtCore.pyqtSignal(bool)

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._is_held = False
        self.pressed.connect(lambda: self._hold(True))
        self.released.connect(lambda: self._hold(False))

    def mouseReleaseEvent(self, event: Any) -> None:
        """The mouse let go, wherever it is."""
        super().mouseReleaseEvent(event)
        self._hold(False)

    def focusOutEvent(self, event: Any) -> None:
        """Another widget or window has the keys: their release would be missed."""
        super().focusOutEvent(event)
        self._hold(False)

    def hideEvent(self, event: Any) -> None:
        """The docker was closed or folded."""
        super().hideEvent(event)
        self._hold(False)

    def _hold(self, on: bool) -> None:
        if on != self._is_held:
            self._is_held = on
            self.held.emit(on)
