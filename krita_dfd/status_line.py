"""The docker's last line: what goes on, or what went wrong and what to do."""

from __future__ import annotations

from .qt import QtCore, QtWidgets


class StatusLine(QtWidgets.QWidget):
    """An icon (problems only) and a text that wraps."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._icon = QtWidgets.QLabel(self)
        self._icon.setObjectName("dfd_status_icon")
        self._text = QtWidgets.QLabel(self)
        self._text.setObjectName("dfd_status")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)

    def show_message(self, text: str, problem: bool) -> None:
        """Show `text`, with a warning sign when it is about a problem."""
        self._text.setText(text)
        self._icon.setVisible(problem)
        if problem:
            size = self.fontMetrics().height()
            warning = self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
            self._icon.setPixmap(warning.pixmap(size, size))
