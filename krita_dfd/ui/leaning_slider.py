"""A slider between two ends with the drawing's own in the middle."""

from __future__ import annotations

from typing import Any

from ..qt import QtCore, QtWidgets, tr

STEPS = 100
"""From the middle to an end."""

CLOSE = 6
"""The middle is taken from so near when it is dragged, for nobody hits it."""


class LeaningSlider(QtWidgets.QSlider):
    """Horizontal, for the mouse and the keyboard; a double click goes back to the middle."""

    moved = QtCore.pyqtSignal(float)
    """By the painter: -1 the left end, 0 as drawn, 1 the right end."""

    def __init__(self, name: str, ends: tuple[str, str], parent: QtWidgets.QWidget) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal, parent)
        self._ends = ends
        self._said = 0
        self.setObjectName(name)
        self.setRange(-STEPS, STEPS)
        self.setPageStep(10)
        self.setTickPosition(QtWidgets.QSlider.TickPosition.TicksBelow)
        self.setTickInterval(STEPS)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{ends[0]} / {ends[1]}")
        tip = tr(
            "Make the whole face more {left} or more {right}. In the middle it is as drawn; a double click goes there"
        )
        self.setToolTip(tip.format(left=ends[0].lower(), right=ends[1].lower()))
        self.valueChanged.connect(self._changed)
        self.sliderReleased.connect(lambda: self.show_value(self._said / STEPS))

    def show_value(self, value: float) -> None:
        """Show `value` (-1..1) without a signal."""
        self._said = round(value * STEPS)
        self.blockSignals(True)
        self.setValue(self._said)
        self.blockSignals(False)
        self._describe(value)

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Back to the middle."""
        if event.button() == QtCore.Qt.MouseButton.LeftButton:
            self.setValue(0)
        event.accept()

    def _changed(self, value: int) -> None:
        value = 0 if self.isSliderDown() and abs(value) < CLOSE else value
        self._describe(value / STEPS)
        if value != self._said:
            self._said = value
            self.moved.emit(value / STEPS)

    def _describe(self, value: float) -> None:
        end = self._ends[value > 0]
        self.setAccessibleDescription(f"{end} {abs(round(value * 100))} %" if value else tr("as drawn"))
