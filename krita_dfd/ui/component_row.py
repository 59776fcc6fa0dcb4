"""One component in the docker: name, lock toggle, slider from my lines to a plausible face, value."""

from __future__ import annotations

from krita import Krita

from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr

STEPS = 100


class ComponentRow(QtCore.QObject):
    """The widgets of one row of the grid."""

    LOCK, NAME, SLIDER, VALUE = range(4)
    """Columns of the grid."""

    def __init__(
        self,
        name: str,
        label: str,
        grid: QtWidgets.QGridLayout,
        line: int,
        controller: Controller,
        parent: QtWidgets.QWidget,
    ) -> None:
        super().__init__(parent)
        self._label = label
        self.lock = QtWidgets.QToolButton(parent)
        self.lock.setObjectName(f"dfd_lock_{name}")
        self.lock.setCheckable(True)
        self.lock.setAutoRaise(True)
        self.lock.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.lock.setAccessibleName(tr("Lock {part}").format(part=label))
        self.slider = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, parent)
        self.slider.setObjectName(f"dfd_blend_{name}")
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(40)
        self.slider.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.slider.setAccessibleName(label)
        tip = tr("{part}: left follows my lines, right draws them towards a plausible face")
        self.slider.setToolTip(tip.format(part=label))
        caption = QtWidgets.QLabel(label, parent)
        caption.setObjectName(f"dfd_name_{name}")
        self.value = QtWidgets.QLabel(parent)
        self.value.setObjectName(f"dfd_value_{name}")
        self.value.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter)
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance("100 %"))
        for column, widget in enumerate((self.lock, caption, self.slider, self.value)):
            grid.addWidget(widget, line, column)
        self.lock.toggled.connect(lambda on: controller.set_lock(name, on))
        self.slider.valueChanged.connect(lambda value: controller.set_blend(name, value / STEPS))

    def show_values(self, blend: float, locked: bool) -> None:
        """Show `blend` (0..1) and the lock without telling the controller."""
        for widget in (self.slider, self.lock):
            widget.blockSignals(True)
        self.slider.setValue(round(blend * STEPS))
        self.lock.setChecked(locked)
        for widget in (self.slider, self.lock):
            widget.blockSignals(False)
        self.slider.setEnabled(not locked)
        self.value.setText(f"{round(blend * STEPS)} %")
        self.lock.setIcon(Krita.instance().icon("layer-locked" if locked else "layer-unlocked"))
        tip = (
            tr("{part} is locked: it stays as in the last portrait. Click to unlock")
            if locked
            else tr("Lock {part}: keep it as in the last portrait while you go on drawing")
        )
        self.lock.setToolTip(tip.format(part=self._label))
