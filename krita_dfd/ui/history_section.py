"""The docker's history: earlier portraits, going back and forth, comparing and mixing two of them."""

from __future__ import annotations

from typing import Any

from krita import Krita

from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr
from ..settings import MOST_BETWEEN
from .fields import show_value
from .history_strip import HistoryStrip, add_components
from .hold_button import HoldButton
from .section import Section

STEPS = 100


class HistorySection(Section):
    """Strip; back, forward, compare, take over; from A to B; in-between layers."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("history", tr("History"), parent)
        self._controller = controller
        self.strip = HistoryStrip(controller, self.body)
        self.column.addWidget(self.strip)
        self.column.addLayout(self._buttons())
        self.column.addLayout(self._mixture())
        self.column.addLayout(self._layers())
        explorer = controller.explorer
        explorer.changed.connect(self._refresh)
        explorer.between.changed.connect(self._refresh)
        self._refresh()

    def changeEvent(self, event: Any) -> None:
        """Another theme: draw Krita's icons again, in the new colours."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "back"):
            self._show_icons()

    # ---- building

    def _buttons(self) -> QtWidgets.QLayout:
        explorer = self._controller.explorer
        self.back = self._tool("dfd_back", tr("Step back"), tr("Step back: show the portrait before this one"))
        self.forward = self._tool(
            "dfd_forward", tr("Step forward"), tr("Step forward: show the portrait after this one")
        )
        self._show_icons()
        self.back.clicked.connect(lambda: explorer.step(-1))
        self.forward.clicked.connect(lambda: explorer.step(1))
        tip = tr("Hold down to see A, the portrait chosen before B")
        self.compare = self._tool("dfd_compare", "", tip, HoldButton)
        self.compare.setText(tr("Compare"))
        self.compare.held.connect(lambda on: explorer.compare(on))
        self.take = self._tool("dfd_take", "", tr("Take a part of the face over from A, the portrait chosen before B"))
        self.take.setText(tr("From A"))
        self.take.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self.take.setMenu(QtWidgets.QMenu(self.take))
        self.take.menu().aboutToShow.connect(self._fill_menu)
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        for button in (self.back, self.forward, self.compare, self.take):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _mixture(self) -> QtWidgets.QLayout:
        self.mix = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, self.body)
        self.mix.setObjectName("dfd_mix")
        self.mix.setRange(0, STEPS)
        self.mix.setPageStep(10)
        self.mix.setMinimumWidth(40)
        self.mix.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.mix.setAccessibleName(tr("From A to B"))
        self.mix.setToolTip(tr("From A to B: the portrait between the two that were chosen last"))
        self.mix.valueChanged.connect(lambda value: self._controller.explorer.mix(value / STEPS))
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(QtWidgets.QLabel(tr("A"), self.body))
        row.addWidget(self.mix, 1)
        row.addWidget(QtWidgets.QLabel(tr("B"), self.body))
        return row

    def _layers(self) -> QtWidgets.QLayout:
        self.count = QtWidgets.QSpinBox(self.body)
        self.count.setObjectName("dfd_between_count")
        self.count.setRange(1, MOST_BETWEEN)
        self.count.setAccessibleName(tr("How many in-between layers"))
        self.count.setToolTip(tr("How many in-between layers"))
        self.count.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.count.valueChanged.connect(lambda value: self._controller.note(between=value))
        self.between = self._tool("dfd_between", "", tr("Add layers with portraits on the way from A to B, in a group"))
        self.between.setText(tr("In-between layers"))
        self.between.clicked.connect(lambda: self._controller.explorer.add_between(self.count.value()))
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.count)
        row.addWidget(self.between)
        row.addStretch(1)
        return row

    def _tool(self, name: str, label: str, tip: str, kind: Any = QtWidgets.QToolButton) -> Any:
        button = kind(self.body)
        button.setObjectName(name)
        button.setAccessibleName(label)
        button.setToolTip(tip)
        button.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        return button

    # ---- showing

    def _show_icons(self) -> None:
        self.back.setIcon(Krita.instance().icon("edit-undo"))
        self.forward.setIcon(Krita.instance().icon("edit-redo"))

    def _refresh(self, *_: Any) -> None:
        explorer = self._controller.explorer
        history = explorer.history
        both = history.a is not None and history.b is not None
        self.back.setEnabled(history.step(-1) is not None)
        self.forward.setEnabled(history.step(1) is not None)
        for widget in (self.compare, self.mix):
            widget.setEnabled(both)
        self.take.setEnabled(history.a is not None)
        self.between.setEnabled(both and not explorer.between.busy)
        self.mix.blockSignals(True)
        self.mix.setValue(round(explorer.amount * STEPS))
        self.mix.blockSignals(False)
        show_value(self.count, self._controller.settings.between)

    def _fill_menu(self) -> None:
        menu = self.take.menu()
        menu.clear()
        entry = self._controller.explorer.history.a
        if entry is not None:
            add_components(menu, self._controller.explorer, entry)
