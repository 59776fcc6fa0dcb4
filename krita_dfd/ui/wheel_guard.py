"""The wheel scrolls the docker; it turns a control only once the painter has gone to it."""

from __future__ import annotations

from typing import Any

from ..qt import QtCore, QtWidgets

KINDS = (QtWidgets.QSlider, QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox)


class WheelGuard(QtCore.QObject):
    """Leaves the wheel over controls without the keyboard's focus to the scroll area around them."""

    def __init__(self, area: QtWidgets.QScrollArea) -> None:
        """For all controls that are in `area` by now."""
        super().__init__(area)
        for kind in KINDS:
            for control in area.findChildren(kind):
                if control.focusPolicy() == QtCore.Qt.FocusPolicy.WheelFocus:  # it would have the focus at once
                    control.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
                control.installEventFilter(self)

    def eventFilter(self, control: Any, event: Any) -> bool:
        """An ignored event goes on to the widgets around."""
        if event.type() == QtCore.QEvent.Type.Wheel and not control.hasFocus():
            event.ignore()
            return True
        return False
