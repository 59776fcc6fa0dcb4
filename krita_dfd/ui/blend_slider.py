"""A slider from my lines to a plausible face."""

from __future__ import annotations

from ..qt import QtCore, QtWidgets, tr

STEPS = 100


def words(blend: float) -> str:
    """`blend` (0..1) for the painter: in words at the ends, else in per cent."""
    per_cent = round(blend * 100)
    return {0: tr("my lines"), 100: tr("plausible")}.get(per_cent, f"{per_cent} %")


class BlendSlider(QtWidgets.QSlider):
    """Horizontal, for the mouse and the keyboard."""

    moved = QtCore.pyqtSignal(float)
    """By the painter; 0 is my lines, 1 the plausible face."""

    def __init__(self, name: str, label: str, parent: QtWidgets.QWidget) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal, parent)
        self._label = label
        self.setObjectName(name)
        self.setRange(0, STEPS)
        self.setPageStep(10)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)
        tip = tr("{part}: left follows my lines, right draws them towards a plausible face")
        self.setToolTip(tip.format(part=label))
        self.valueChanged.connect(lambda value: self.moved.emit(value / STEPS))

    def show_value(self, blend: float) -> None:
        """Show `blend` (0..1) without a signal."""
        self.blockSignals(True)
        self.setValue(round(blend * STEPS))
        self.blockSignals(False)
        self.setAccessibleDescription(words(blend))
