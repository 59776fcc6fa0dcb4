"""Shadow guidance: on or off, and how strong."""

from __future__ import annotations

from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr
from .section import Section

STEPS = 100


class ShadowSection(Section):
    """A check box and a slider."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("shadow", tr("Shadow"), parent)
        self._controller = controller
        self.on = QtWidgets.QCheckBox(tr("Show plausible lines"), self.body)
        self.on.setObjectName("dfd_shadow")
        tip = tr(
            "Show plausible lines under the drawing, on a locked layer of its own; the average face while nothing is"
            " drawn. It is never read as part of the drawing, but it is saved and exported like any layer: switch it"
            " off before you export"
        )
        self.on.setToolTip(tip)
        self.on.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.strength = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, self.body)
        self.strength.setObjectName("dfd_shadow_strength")
        self.strength.setRange(1, STEPS)
        self.strength.setPageStep(10)
        self.strength.setMinimumWidth(40)
        self.strength.setAccessibleName(tr("Strength of the shadow"))
        self.strength.setToolTip(tr("How strong the shadow is"))
        self.strength.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.value = QtWidgets.QLabel(self.body)
        self.value.setObjectName("dfd_shadow_value")
        row = QtWidgets.QHBoxLayout()
        row.addWidget(QtWidgets.QLabel(tr("Strength"), self.body))
        row.addWidget(self.strength, 1)
        row.addWidget(self.value)
        self.column.addWidget(self.on)
        self.column.addLayout(row)
        self.on.toggled.connect(controller.shadows.switch)
        self.strength.valueChanged.connect(lambda value: controller.shadows.set_strength(value / STEPS))
        controller.settings_changed.connect(self._show_settings)
        self._show_settings()

    def _show_settings(self) -> None:
        settings = self._controller.settings
        for widget in (self.on, self.strength):
            widget.blockSignals(True)
        self.on.setChecked(settings.shadow)
        self.strength.setValue(round(settings.shadow_strength * STEPS))
        for widget in (self.on, self.strength):
            widget.blockSignals(False)
        self.value.setText(f"{self.strength.value()} %")
