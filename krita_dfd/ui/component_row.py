"""One component in the docker: thumbnail, name, slider from my lines to a plausible face, value, lock toggle."""

from __future__ import annotations

from krita import Krita

from ..controller import Controller
from ..qt import QtCore, QtGui, QtWidgets, tr
from . import pictures
from .blend_slider import BlendSlider, words

SIDE = 34
"""Of a thumbnail, in logical pixels."""


class ComponentRow(QtCore.QObject):
    """The widgets of two lines of the grid."""

    THUMBNAIL, NAME, VALUE, LOCK, LINK = range(5)
    """Columns of the grid; the slider is below `NAME` and goes on to `LOCK`."""

    asked = QtCore.pyqtSignal(str)
    """The painter wants to see alternatives to the part of this name."""

    def __init__(self, name: str, label: str, grid: QtWidgets.QGridLayout, line: int, controller: Controller,
                 parent: QtWidgets.QWidget) -> None:  # fmt: skip
        super().__init__(parent)
        self._name, self._label = name, label
        self._picture: QtGui.QPixmap | None = None
        self.thumbnail = self._button(f"dfd_alternatives_{name}", parent)
        self.thumbnail.setIconSize(QtCore.QSize(SIDE, SIDE))
        self.thumbnail.setAccessibleName(tr("Alternatives: {part}").format(part=label))
        self.thumbnail.clicked.connect(lambda: self.asked.emit(name))
        self.lock = self._button(f"dfd_lock_{name}", parent)
        self.lock.setCheckable(True)
        self.lock.setAccessibleName(tr("Lock {part}").format(part=label))
        self.lock.toggled.connect(lambda on: controller.set_lock(name, on))
        self.slider = BlendSlider(f"dfd_blend_{name}", label, parent)
        self.slider.setMinimumWidth(40)
        self.slider.moved.connect(lambda value: controller.set_blend(name, value))
        caption = QtWidgets.QLabel(label, parent)
        caption.setObjectName(f"dfd_name_{name}")
        caption.setMinimumWidth(20)
        self.value = QtWidgets.QLabel(parent)
        self.value.setObjectName(f"dfd_value_{name}")
        self.value.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter)
        self.back = self._button(f"dfd_back_{name}", parent)
        self.back.setIcon(Krita.instance().icon("edit-undo"))
        text = tr("{part} is an alternative. Click to go back to my drawing").format(part=label)
        self.back.setAccessibleName(text)
        self.back.setToolTip(text)
        self.back.clicked.connect(lambda: controller.alternatives.take(name, 0))
        small = self.back.fontMetrics().height()
        for button in (self.lock, self.back):
            button.setIconSize(QtCore.QSize(small, small))
            button.setFixedSize(small + 4, small + 4)
        self.thumbnail.setFixedSize(SIDE + 4, SIDE + 4)
        grid.addWidget(self.thumbnail, line, self.THUMBNAIL, 2, 1)
        grid.addWidget(caption, line, self.NAME)
        grid.addWidget(self.value, line, self.VALUE)
        grid.addWidget(self.back, line, self.VALUE, QtCore.Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.lock, line, self.LOCK)
        grid.addWidget(self.slider, line + 1, self.NAME, 1, self.LOCK - self.NAME + 1)
        self.show_picture(None)

    def show_values(self, blend: float, locked: bool, taken: bool) -> None:
        """Show `blend` (0..1), the lock and whether it is an alternative, without telling the controller."""
        self.slider.show_value(blend)
        self.slider.setEnabled(not locked and not taken)
        self.lock.blockSignals(True)
        self.lock.setChecked(locked)
        self.lock.blockSignals(False)
        self.thumbnail.setEnabled(self._picture is not None and not locked)
        self.back.setVisible(taken)
        self.back.setEnabled(not locked)
        self.value.setVisible(not taken)
        self.value.setText(words(blend))
        self.lock.setIcon(Krita.instance().icon("layer-locked" if locked else "layer-unlocked"))
        tip = (
            tr("{part} is locked: it stays as in the last portrait. Click to unlock")
            if locked
            else tr("Lock {part}: keep it as in the last portrait while you go on drawing")
        )
        self.lock.setToolTip(tip.format(part=self._label))

    def show_picture(self, image: bytes | None) -> None:
        """Show this part of a portrait (512 x 512 RGB bytes); None when there is no portrait."""
        self._picture = None
        if image is not None:
            self._picture = pictures.part_of(image, self._name, SIDE, self.thumbnail)
        self.thumbnail.setIcon(pictures.with_arrow(self._picture, SIDE, self.thumbnail))
        tip = tr("{part}: choose from the nearest neighbours of what is drawn")
        if image is None:
            tip = tr("{part}: alternatives are here once there is a portrait")
        self.thumbnail.setToolTip(tip.format(part=self._label))

    @staticmethod
    def _button(name: str, parent: QtWidgets.QWidget) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton(parent)
        button.setObjectName(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        return button
