"""Texts that end in an ellipsis where there is too little room for them: dockers may be narrow."""

from __future__ import annotations

from typing import Any

from ..qt import QtCore, QtGui, QtWidgets


def elided(text: str, widget: QtWidgets.QWidget, room: int) -> str:
    """`text` in the font of `widget`, no wider than `room`, in logical pixels."""
    return widget.fontMetrics().elidedText(text, QtCore.Qt.TextElideMode.ElideRight, room)


class ElidedLabel(QtWidgets.QLabel):
    """A line of text that never asks for room. `text()` and the tooltip have all of it."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)
        self.setTextFormat(QtCore.Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        """Show `text`, in full in the tooltip."""
        self.setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: Any) -> None:
        """As much of the text as there is room for."""
        place = self.contentsRect()
        option = QtGui.QTextOption(QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignVCenter)
        option.setWrapMode(QtGui.QTextOption.WrapMode.NoWrap)
        text = elided(self.text(), self, place.width())
        QtGui.QPainter(self).drawText(QtCore.QRectF(place), text, option)


class ElidedProgress(QtWidgets.QProgressBar):
    """A progress bar whose text is never cut off at both ends."""

    MARGIN = 8
    """Left and right of the text together, in logical pixels."""

    def show_stage(self, text: str) -> None:
        """Show `text`, which may hold "%p", in the bar."""
        self.setFormat(elided(text, self, self.width() - self.MARGIN))
