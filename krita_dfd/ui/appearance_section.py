"""Skin, hair and light: seed, colours, whether they stay put, and a reference."""

from __future__ import annotations

from typing import Any

from ..controller import Controller
from ..qt import QtCore, QtWidgets, mark, tr
from . import pictures
from .colour_button import ColourButton
from .fields import show_value
from .reference_row import ReferenceRow
from .section import Section

LABELS = {"skin": mark("Skin"), "hair": mark("Hair"), "background": mark("Background")}


class AppearanceSection(Section):
    """What a drawing of lines does not say."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("appearance", tr("Appearance"), parent)
        self._controller = controller
        self.column.addLayout(self._seed_row())
        colours = QtWidgets.QHBoxLayout()
        colours.setSpacing(2)
        self.colours = {part: ColourButton(part, tr(label), controller, self.body) for part, label in LABELS.items()}
        for button in self.colours.values():
            colours.addWidget(button)
        self.column.addLayout(colours)
        self.keep = QtWidgets.QCheckBox(tr("Keep while I draw"), self.body)
        self.keep.setObjectName("dfd_keep_colours")
        self.keep.setToolTip(tr("Skin, hair and light stay as in the last portrait while lines change. "
                                "Switch it off and on again to have them guessed anew"))  # fmt: skip
        self.keep.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.keep.toggled.connect(lambda on: controller.change(keep_colours=on))
        self.column.addWidget(self.keep)
        self.reference = ReferenceRow(controller, self.body)
        self.column.addWidget(self.reference)
        controller.settings_changed.connect(self.refresh)
        controller.maker.made.connect(self.refresh)
        controller.explorer.shown.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings of the active document, and the colours of its portrait."""
        settings, rendered = self._controller.settings, self._controller.session.rendered
        show_value(self.seed, settings.seed)
        self.keep.blockSignals(True)
        self.keep.setChecked(settings.keep_colours)
        self.keep.blockSignals(False)
        for part, button in self.colours.items():
            shown = rendered.colours.get(part) if rendered is not None else None
            button.show_colour(settings.colours.get(part), shown)
        self.reference.refresh()

    def changeEvent(self, event: Any) -> None:
        """Another theme: draw what we draw ourselves again."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "reference"):
            self._draw_die()
            self.refresh()

    def _seed_row(self) -> QtWidgets.QLayout:
        self.dice = QtWidgets.QToolButton(self.body)
        self.dice.setObjectName("dfd_dice")
        self.dice.setAccessibleName(tr("Roll the dice"))
        self.dice.setToolTip(tr("Another skin, hair and light by chance. Locked parts keep their features"))
        self.dice.clicked.connect(lambda: self._controller.roll())
        self.seed = QtWidgets.QSpinBox(self.body)
        self.seed.setObjectName("dfd_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setSpecialValueText(tr("likeliest"))
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setToolTip(tr("The seed: the same number gives the same look. 0 is the likeliest"))
        self.seed.setKeyboardTracking(False)
        self.seed.setMinimumWidth(50)
        self.seed.valueChanged.connect(lambda value: self._controller.change(seed=value))
        self.seed.editingFinished.connect(self.refresh)  # typed, but the same as before: what came meanwhile holds
        self.average = QtWidgets.QPushButton(tr("Average"), self.body)
        self.average.setObjectName("dfd_average")
        self.average.setToolTip(tr("The likeliest skin, hair and light: no seed, no colours, no reference"))
        self.average.clicked.connect(lambda: self._controller.average())
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        for widget, stretch in ((self.dice, 0), (self.seed, 1), (self.average, 0)):
            widget.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
            row.addWidget(widget, stretch)
        self._draw_die()
        return row

    def _draw_die(self) -> None:
        side = self.dice.fontMetrics().height()
        self.dice.setIconSize(QtCore.QSize(side, side))
        self.dice.setIcon(pictures.die(side, self.dice))
