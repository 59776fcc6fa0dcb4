"""The parts of the face: a slider for all of them, a row for each, and the link between the eyes."""

from __future__ import annotations

from typing import Any

from krita import Krita

from .. import components
from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr
from ..settings import FEMININITY
from .alternatives_popup import AlternativesPopup
from .blend_slider import BlendSlider
from .component_row import ComponentRow
from .leaning_slider import LeaningSlider
from .section import Section

HEAD = 2
"""Lines of the grid above the first part."""


class PartsSection(Section):
    """Shows the active document's settings, and the parts of its last portrait."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("parts", tr("Parts of the face"), parent)
        self._controller = controller
        self._shown: Any = None
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(2)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(ComponentRow.NAME, 1)
        self.column.addLayout(grid)
        self._add_whole(grid)
        self.rows = {
            name: ComponentRow(name, tr(label), grid, HEAD + 2 * number, controller, self.body)
            for number, (name, label) in enumerate(components.LABELS.items())
        }
        self._add_link(grid)
        self._add_leaning()
        for row in self.rows.values():
            row.asked.connect(self._open)
        controller.settings_changed.connect(self.refresh)
        controller.maker.made.connect(self.refresh)
        controller.explorer.shown.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings of the active document, and the parts of its portrait."""
        controller, settings = self._controller, self._controller.settings
        rendered = controller.session.rendered
        if rendered is not self._shown:
            self._shown = rendered
            for row in self.rows.values():
                row.show_picture(rendered.image if rendered is not None else None)
        for name, row in self.rows.items():
            row.show_values(controller.blend[name], name in settings.locks, name in settings.taken)
        free = controller.free_parts()
        for slider in (self.whole, self.leaning):
            slider.setEnabled(bool(free))
        if free:
            self.whole.show_value(sum(controller.blend[name] for name in free) / len(free))
        self.leaning.show_value(settings.attributes.get(FEMININITY, 0.0))
        self.link.blockSignals(True)
        self.link.setChecked(settings.link_eyes)
        self.link.blockSignals(False)
        self.link.setIcon(Krita.instance().icon("chain-icon" if settings.link_eyes else "chain-broken-icon"))

    def changeEvent(self, event: Any) -> None:
        """Another theme, or another screen: draw what we draw ourselves again."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "leaning"):
            self._shown = None
            for row in self.rows.values():
                row.show_picture(None)
                row.back.setIcon(Krita.instance().icon("edit-undo"))
            self.refresh()

    def _add_whole(self, grid: QtWidgets.QGridLayout) -> None:
        """The slider that moves all parts which show the drawing, and what its ends, and those below, mean."""
        caption = QtWidgets.QLabel(tr("Whole face"), self.body)
        caption.setObjectName("dfd_name_whole")
        self.whole = BlendSlider("dfd_whole", tr("Whole face"), self.body)
        self.whole.moved.connect(self._controller.set_whole_blend)
        caption.setBuddy(self.whole)
        top = QtWidgets.QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(caption)
        top.addWidget(self.whole, 1)
        grid.addLayout(top, 0, 0, 1, ComponentRow.LINK + 1)
        ends = QtWidgets.QHBoxLayout()
        for text, name in ((tr("my lines"), "dfd_low_end"), (tr("plausible face"), "dfd_high_end")):
            label = QtWidgets.QLabel(text, self.body)
            label.setObjectName(name)
            ends.addWidget(label)
            if name == "dfd_low_end":
                ends.addStretch(1)
        grid.addLayout(ends, 1, ComponentRow.NAME, 1, ComponentRow.LINK)

    def _add_link(self, grid: QtWidgets.QGridLayout) -> None:
        """The toggle beside both eyes' rows."""
        self.link = QtWidgets.QToolButton(self.body)
        self.link.setObjectName("dfd_link_eyes")
        self.link.setCheckable(True)
        self.link.setAutoRaise(True)
        side = self.link.fontMetrics().height()
        self.link.setFixedWidth(side + 2)
        self.link.setIconSize(QtCore.QSize(side, 2 * side))  # Krita's chain is narrow
        self.link.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.link.setAccessibleName(tr("Link the eyes"))
        self.link.setToolTip(tr("Link the eyes: make one eye of both drawn eyes and show it on both sides"))
        self.link.toggled.connect(lambda on: self._controller.change(link_eyes=on))
        lines = [HEAD + 2 * components.NAMES.index(eye) for eye in components.EYES]
        grid.addWidget(self.link, lines[0], ComponentRow.LINK, lines[1] - lines[0] + 2, 1)

    def _add_leaning(self) -> None:
        """The slider between masculine and feminine, below the parts, for it moves all of them."""
        ends = tr("Masculine"), tr("Feminine")
        self.leaning = LeaningSlider("dfd_femininity", ends, self.body)
        self.leaning.moved.connect(lambda value: self._controller.set_attribute(FEMININITY, value))
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(6)
        for widget, stretch in ((QtWidgets.QLabel(ends[0], self.body), 0), (self.leaning, 1),
                                (QtWidgets.QLabel(ends[1], self.body), 0)):  # fmt: skip
            row.addWidget(widget, stretch)
        self.column.addLayout(row)

    def _open(self, part: str) -> None:
        popup = AlternativesPopup(part, self._controller, self.rows[part].thumbnail)
        popup.open()
