"""The nearest neighbours of a part, each as this face would look with it; one click takes one or goes back."""

from __future__ import annotations

from typing import Any

from .. import components
from ..alternative_tasks import COUNT
from ..controller import Controller
from ..qt import QtCore, QtGui, QtWidgets, tr
from . import pictures

SIDE = 72
"""Of a preview, in logical pixels."""

COLUMNS = 4


class AlternativesPopup(QtWidgets.QFrame):
    """Stays open while the painter tries one after the other; Escape or a click elsewhere closes it."""

    def __init__(self, part: str, controller: Controller, button: QtWidgets.QToolButton) -> None:
        """Below `button`, which has the focus again afterwards."""
        super().__init__(button, QtCore.Qt.WindowType.Popup)
        self._part, self._button, self._alternatives = part, button, controller.alternatives
        self.setObjectName("dfd_alternatives")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setAccessibleName(tr("Alternatives: {part}").format(part=tr(components.LABELS[part])))
        self._note = QtWidgets.QLabel(self)
        self._note.setObjectName("dfd_alternatives_note")
        self._note.setWordWrap(True)
        self._note.setText(tr("{part}: click one to take it").format(part=tr(components.LABELS[part])))
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(6, 6, 6, 6)
        grid.setSpacing(2)
        grid.addWidget(self._note, 0, 0, 1, COLUMNS)
        self._group = QtWidgets.QButtonGroup(self)
        self._cells = [self._cell(number) for number in range(COUNT + 1)]
        for number, cell in enumerate(self._cells):
            grid.addWidget(cell, 1 + number // COLUMNS, number % COLUMNS)
        self._alternatives.previewed.connect(self._show)

    def open(self) -> None:
        """Show it, empty, and have it filled."""
        self.adjustSize()
        corner = self._button.mapToGlobal(QtCore.QPoint(0, self._button.height()))
        screen = self._button.screen().availableGeometry()
        x = max(screen.left(), min(corner.x(), screen.right() - self.width()))
        above = corner.y() - self._button.height() - self.height()
        y = corner.y() if corner.y() + self.height() <= screen.bottom() else above
        self.move(x, max(screen.top(), y))
        self.show()
        self._cells[0].setFocus()
        self._alternatives.show(self._part)

    def closeEvent(self, event: Any) -> None:
        """Paint no more."""
        self._alternatives.hide()
        self._button.setFocus()
        super().closeEvent(event)

    def _cell(self, number: int) -> QtWidgets.QToolButton:
        cell = QtWidgets.QToolButton(self)
        cell.setObjectName(f"dfd_alternative_{number}")
        cell.setCheckable(True)
        cell.setAutoRaise(True)
        cell.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        cell.setIconSize(QtCore.QSize(SIDE, SIDE))
        cell.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        cell.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        cell.setText(tr("My drawing") if number == 0 else f"{number}")
        blank = QtGui.QPixmap(SIDE, SIDE)
        blank.fill(QtCore.Qt.GlobalColor.transparent)
        cell.setIcon(QtGui.QIcon(blank))
        cell.setToolTip(tr("Go back to what is drawn") if number == 0 else tr("Take this one instead of the drawing"))
        if number:
            cell.setAccessibleName(tr("Alternative {number}").format(number=number))
        cell.setEnabled(number == 0)
        cell.clicked.connect(lambda: self._alternatives.take(self._part, number))
        self._group.addButton(cell, number)
        return cell

    def _show(self, preview: Any) -> None:
        if preview is None:
            self._note.setText(tr("There is nothing to choose from yet: make a portrait first."))
            return
        cell = self._cells[preview.number]
        cell.setIcon(QtGui.QIcon(pictures.square(preview.image, preview.side, SIDE, cell)))
        cell.setEnabled(True)
        if preview.taken:
            cell.setChecked(True)
