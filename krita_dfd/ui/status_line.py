"""The line below Generate: what goes on, or what went wrong and what to do."""

from __future__ import annotations

from .. import last_error
from ..qt import QtCore, QtWidgets, tr


class StatusLine(QtWidgets.QWidget):
    """An icon and a way to the check (problems only), and a text that wraps."""

    asked = QtCore.pyqtSignal()
    """The painter wants to know more about a problem."""

    def __init__(self, parent: QtWidgets.QWidget, name: str = "dfd_status") -> None:
        super().__init__(parent)
        self._icon = QtWidgets.QLabel(self)
        self._icon.setObjectName(f"{name}_icon")
        self._text = QtWidgets.QLabel(self)
        self._text.setObjectName(name)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QtWidgets.QToolButton(self)
        self._more.setObjectName(f"{name}_check")
        self._more.setText(tr("Check…"))
        self._more.setToolTip(tr("Check the installation: what is wrong, what to do, and a report to copy"))
        self._more.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._more.clicked.connect(lambda: self.asked.emit())
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._more, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        self.show_message("", False)

    def show_message(self, text: str, problem: bool) -> None:
        """Show `text`, with a warning sign when it is about a problem."""
        self._text.setText(text)
        self._icon.setVisible(problem)
        self._more.setVisible(problem)
        if problem:
            last_error.note(text)
            size = self.fontMetrics().height()
            warning = self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
            self._icon.setPixmap(warning.pixmap(size, size))
