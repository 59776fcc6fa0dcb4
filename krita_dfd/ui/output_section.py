"""What portraits become: one layer or a group, in which colour space; keeping and saving them."""

from __future__ import annotations

from pathlib import Path

from ..controller import Controller
from ..qt import QtCore, QtWidgets, mark, tr
from ..settings import GROUP, LAYER, SIDES
from .section import Section

FORMS = {LAYER: mark("One layer"), GROUP: mark("Group: a layer for each part")}


class OutputSection(Section):
    """Keep; form; colour space; size and export."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("output", tr("Output"), parent)
        self._controller = controller
        focus = QtCore.Qt.FocusPolicy.StrongFocus
        self.keep = QtWidgets.QPushButton(tr("&Keep this portrait"), self.body)
        self.keep.setObjectName("dfd_keep")
        self.keep.setToolTip(tr("Leave this portrait's layer as it is: the next portrait gets a layer of its own"))
        self.form = QtWidgets.QComboBox(self.body)
        self.form.setObjectName("dfd_output")
        self.form.setAccessibleName(tr("What portraits become"))
        self.form.setToolTip(tr("One layer, or a group: the portrait and above it each part of the face with a mask"))
        for key, text in FORMS.items():
            self.form.addItem(tr(text), key)
        self.space = QtWidgets.QCheckBox(tr("Document's colour space"), self.body)
        self.space.setObjectName("dfd_native_space")
        self.space.setToolTip(tr("Portrait layers are in the document's colour space and depth instead of 8-bit sRGB"))
        self.side = QtWidgets.QComboBox(self.body)
        self.side.setObjectName("dfd_side")
        self.side.setAccessibleName(tr("Size of the saved portrait"))
        self.side.setToolTip(tr("Size of the saved portrait; on the canvas a portrait is as large as its drawing"))
        for side in SIDES:
            self.side.addItem(f"{side} px", side)
        self.export = QtWidgets.QPushButton(tr("Save as &PNG…"), self.body)
        self.export.setObjectName("dfd_export")
        self.export.setToolTip(tr("Save the last portrait as a picture"))
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.side)
        row.addWidget(self.export, 1)
        for widget in (self.keep, self.form, self.space, self.side, self.export):
            widget.setFocusPolicy(focus)
        for widget in (self.form, self.keep, self.export):
            widget.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        for widget in (self.keep, self.form, self.space):
            self.column.addWidget(widget)
        self.column.addLayout(row)
        self._connect()

    def _connect(self) -> None:
        controller = self._controller
        self.keep.clicked.connect(lambda: controller.output.keep())
        self.form.activated.connect(lambda row: controller.change(output=self.form.itemData(row)))
        self.space.toggled.connect(lambda on: controller.change(native_space=on))
        self.side.activated.connect(lambda row: controller.note(side=self.side.itemData(row)))
        self.export.clicked.connect(lambda: self._export())
        controller.settings_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        settings = self._controller.settings
        self.form.setCurrentIndex(self.form.findData(settings.output))
        self.side.setCurrentIndex(self.side.findData(settings.side))
        self.space.blockSignals(True)
        self.space.setChecked(settings.native_space)
        self.space.blockSignals(False)

    def _export(self) -> None:
        if not self._controller.output.can_export:
            self._controller.output.export("")
            return
        path, _ = QtWidgets.QFileDialog.getSaveFileName(self, tr("Save the portrait"), "portrait.png", "PNG (*.png)")
        if not path:
            return
        whole = path if path.lower().endswith(".png") else f"{path}.png"
        if whole == path or self._may_write(Path(whole)):
            self._controller.output.export(whole)

    def _may_write(self, path: Path) -> bool:
        """Ask before a file is replaced whose name the painter has not typed in full: the dialog did not see it."""
        if not path.exists():
            return True
        text = tr("{file} is there already. Replace it?").format(file=path.name)
        buttons = QtWidgets.QMessageBox.StandardButton
        answer = QtWidgets.QMessageBox.question(
            self, tr("Save the portrait"), text, buttons.Yes | buttons.No, buttons.No
        )
        return bool(answer == buttons.Yes)
