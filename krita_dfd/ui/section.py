"""A part of the docker with a heading that folds it away."""

from __future__ import annotations

from krita import Krita

from ..qt import QtCore, QtWidgets

GROUP = "krita_dfd"
"""Where Krita's settings keep which sections are open."""


class Section(QtWidgets.QWidget):
    """A heading and, below it, `body`, which has the layout `column`."""

    def __init__(self, name: str, title: str, parent: QtWidgets.QWidget, is_open: bool = True) -> None:
        super().__init__(parent)
        self._name = name
        self.heading = QtWidgets.QToolButton(self)
        self.heading.setObjectName(f"dfd_section_{name}")
        self.heading.setText(title)
        self.heading.setToolTip(title)
        self.heading.setCheckable(True)
        self.heading.setAutoRaise(True)
        self.heading.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.heading.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.body = QtWidgets.QWidget(self)
        self.column = QtWidgets.QVBoxLayout(self.body)
        self.column.setContentsMargins(4, 0, 0, 2)
        self.column.setSpacing(4)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        kept = Krita.instance().readSetting(GROUP, f"section_{name}", "true" if is_open else "false")
        self.heading.toggled.connect(self._show)
        self.heading.setChecked(kept == "true")
        self._show(self.heading.isChecked())

    def _show(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        arrows = QtCore.Qt.ArrowType
        self.heading.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        Krita.instance().writeSetting(GROUP, f"section_{self._name}", "true" if is_open else "false")
