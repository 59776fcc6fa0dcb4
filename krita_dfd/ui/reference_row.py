"""The picture that a portrait takes its appearance from, and how much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import layers, references
from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr
from ..settings import REFERENCE_FILE, REFERENCE_LAYER

STEPS = 100

KINDS = "*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif"

LONGEST = 30
"""Letters of a name on the button and in the menu."""


class ReferenceRow(QtWidgets.QWidget):
    """A button with a menu of layers, and the strength."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.choose = QtWidgets.QToolButton(self)
        self.choose.setObjectName("dfd_reference")
        self.choose.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.choose.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.choose.setToolTip(tr("Take skin, hair and light from a layer of this document or from a file"))
        self.menu = QtWidgets.QMenu(self.choose)
        self.menu.setObjectName("dfd_reference_menu")
        self.menu.aboutToShow.connect(self._fill)
        self.choose.setMenu(self.menu)
        self.strength = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, self)
        self.strength.setObjectName("dfd_reference_strength")
        self.strength.setRange(0, STEPS)
        self.strength.setPageStep(10)
        self.strength.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.strength.setAccessibleName(tr("Strength of the reference"))
        self.strength.valueChanged.connect(lambda value: controller.change(reference_strength=value / STEPS))
        caption = QtWidgets.QLabel(tr("Reference"), self)
        caption.setBuddy(self.choose)
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.choose, 0, 1)
        self.value = QtWidgets.QLabel(self)
        self.value.setObjectName("dfd_reference_value")
        grid.addWidget(self.value, 1, 0)
        grid.addWidget(self.strength, 1, 1)

    def refresh(self) -> None:
        """Show the settings of the active document."""
        settings = self._controller.settings
        name = self._name(settings.reference)
        self.choose.setText(name)
        self.choose.setAccessibleName(tr("Reference: {name}").format(name=name))
        self.strength.blockSignals(True)
        self.strength.setValue(round(settings.reference_strength * STEPS))
        self.strength.blockSignals(False)
        self.strength.setEnabled(bool(settings.reference))
        per_cent = round(settings.reference_strength * STEPS)
        self.value.setText(f"{per_cent} %")
        self.value.setEnabled(bool(settings.reference))
        self.strength.setToolTip(tr("How much of the reference: {value} %").format(value=per_cent))

    def _name(self, reference: str) -> str:
        if reference.startswith(REFERENCE_FILE):
            return _short(Path(reference[len(REFERENCE_FILE) :]).name)
        if not reference:
            return tr("None")
        node = references.layer_of(self._controller.session)
        return layers.title(node, LONGEST) if node is not None else tr("Layer is gone")

    # ---- menu

    def _fill(self) -> None:
        self._controller.look()
        self.menu.clear()
        session = self._controller.session
        self._add(tr("None"), "")
        active = layers.active(session.document) if session.document is not None else None
        if active is not None and active.type() in layers.WITH_PIXELS:
            self._add(tr("Active layer: {name}").format(name=layers.title(active, LONGEST)), _setting(active))
        found = _with_pixels(session.document) if session.document is not None else []
        if found:
            self.menu.addSeparator()
        for node in found:
            self._add(layers.title(node, LONGEST), _setting(node))
        self.menu.addSeparator()
        self.menu.addAction(tr("File…")).triggered.connect(lambda: self._ask())

    def _add(self, text: str, setting: str) -> None:
        action = self.menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(setting == self._controller.settings.reference)
        action.triggered.connect(lambda: self._controller.change(reference=setting))

    def _ask(self) -> None:
        dialog = QtWidgets.QFileDialog(self, tr("Reference"), "", f"{tr('Pictures')} ({KINDS})")
        dialog.setObjectName("dfd_reference_dialog")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._controller.change(reference=REFERENCE_FILE + path))
        dialog.open()


def _setting(node: Any) -> str:
    return REFERENCE_LAYER + layers.key(node)


def _with_pixels(document: Any) -> list[Any]:
    """Layers that can be a reference, top first, those in groups after their group."""
    found: list[Any] = []
    pending = layers.children(document.rootNode())
    while pending:
        node = pending.pop()
        if node.type() in layers.WITH_PIXELS:
            found.append(node)
        pending += layers.children(node)
    return found


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
