"""Which layer is drawn from, and where the face stands."""

from __future__ import annotations

from krita import Krita

from .. import frames, layers
from ..controller import Controller
from ..qt import QtCore, QtWidgets, mark, tr
from ..settings import AUTO, CANVAS, SELECTION
from .eliding import ElidedLabel

FRAMES = {AUTO: mark("Find the face"), CANVAS: mark("Whole canvas"), SELECTION: mark("Selection")}
BY_HAND = "hand"


class SourceRow(QtWidgets.QWidget):
    """Pin toggle, the name of the layer, frame chooser."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.pin = QtWidgets.QToolButton(self)
        self.pin.setObjectName("dfd_pin")
        self.pin.setCheckable(True)
        self.pin.setAutoRaise(True)
        self.pin.setIcon(Krita.instance().icon("bookmarks"))
        self.pin.setAccessibleName(tr("Pin the drawing's layer"))
        self.pin.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.pin.toggled.connect(self._pin)
        self.name = ElidedLabel(self)
        self.name.setObjectName("dfd_source")
        self.frame = QtWidgets.QComboBox(self)
        self.frame.setObjectName("dfd_frame")
        self.frame.setAccessibleName(tr("Where the face stands"))
        self.frame.setToolTip(
            tr("Where the face stands: found in the drawing, the whole canvas, the selection, or by hand")
        )
        self.frame.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        for key, text in FRAMES.items():
            self.frame.addItem(tr(text), key)
        self.frame.addItem(tr("By hand"), BY_HAND)
        self.frame.activated.connect(self._choose)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.pin)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.frame)
        controller.settings_changed.connect(self.refresh)
        controller.maker.made.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings of the active document."""
        settings = self._controller.settings
        self.pin.blockSignals(True)
        self.pin.setChecked(bool(settings.source))
        self.pin.blockSignals(False)
        pinned = layers.find(self._controller.session.document, settings.source) if settings.source else None
        self.name.show_text(layers.title(pinned) if pinned is not None else tr("Active layer"))
        unpin = tr("Pinned: portraits are made from this layer, whichever is active. Click to unpin")
        self.pin.setToolTip(unpin if settings.source else tr("Pin the active layer: draw from it, whichever is active"))
        self.frame.setCurrentIndex(self.frame.findData(settings.frame if settings.frame in FRAMES else BY_HAND))

    def _choose(self, row: int) -> None:
        frame, session = self.frame.itemData(row), self._controller.session
        if frame != BY_HAND:
            self._controller.set_frame(frame)
        elif session.document is not None:
            self._controller.set_frame(frames.shown(session, session.frame_now))
            self._controller.frame_asked.emit()
        self.refresh()

    def _pin(self, on: bool) -> None:
        source = ""
        if on:
            try:
                self._controller.look()
                source = layers.key(layers.source_of(self._controller.session.document))
            except layers.SourceProblem as problem:
                self._controller.message.emit(str(problem), True)
        self._controller.change(source=source)
        self.refresh()
