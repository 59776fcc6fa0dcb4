"""Where the face stands: the frame on a picture of the canvas, its numbers, and the portrait's soft edge."""

from __future__ import annotations

from typing import Any

from .. import frame_moves, frames, thumbnail
from ..controller import Controller
from ..qt import QtCore, QtWidgets, tr
from ..settings import AUTO
from ..strokes import later, stroke_is_open
from .fields import show_value
from .frame_view import FrameView
from .section import Section

AGE_MS = 300
"""The picture is made again no sooner than this after the last one."""


class PlaceSection(Section):
    """Folded away until the painter asks for it: then it makes no pictures."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__("place", tr("Place of the face"), parent, is_open=False)
        self._controller = controller
        self._age = QtCore.QElapsedTimer()
        self.view = FrameView(self.body)
        self.column.addWidget(self.view)
        self.column.addLayout(self._fields())
        row = QtWidgets.QHBoxLayout()
        self.soft = QtWidgets.QCheckBox(tr("Soft edge"), self.body)
        self.soft.setObjectName("dfd_soft")
        self.soft.setToolTip(tr("The portrait fades out at its edge where there is canvas around it"))
        self.soft.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.soft.toggled.connect(lambda on: controller.change(soft=on))
        self.reset = QtWidgets.QPushButton(tr("Reset"), self.body)
        self.reset.setObjectName("dfd_frame_reset")
        self.reset.setToolTip(tr("Find the face in the drawing again"))
        self.reset.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.reset.clicked.connect(lambda: controller.set_frame(AUTO))
        row.addWidget(self.soft)
        row.addStretch(1)
        row.addWidget(self.reset)
        self.column.addLayout(row)
        self.view.changing.connect(self._show_numbers)
        self.view.changed.connect(self._set)
        self.view.entered.connect(self._look)
        controller.settings_changed.connect(self._show_settings)
        controller.maker.made.connect(self._show_settings)
        controller.explorer.shown.connect(self._show_settings)
        controller.frame_asked.connect(self.edit)
        self.heading.toggled.connect(lambda on: self._show_settings())
        self._show_settings()

    def edit(self) -> None:
        """Unfold, and give the frame the keyboard's focus."""
        self.heading.setChecked(True)
        self.view.setFocus()

    def showEvent(self, event: Any) -> None:
        """The docker was shown: the picture is old."""
        super().showEvent(event)
        self._show_settings()

    def _fields(self) -> QtWidgets.QLayout:
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        texts = {
            "x": (tr("X"), tr("Left edge of the frame, before it is turned, in pixels")),
            "y": (tr("Y"), tr("Upper edge of the frame, before it is turned, in pixels")),
            "side": (tr("Side"), tr("Side of the frame in pixels")),
            "tilt": (tr("Tilt"), tr("How far the frame is turned clockwise, in degrees")),
        }
        self.fields: dict[str, QtWidgets.QDoubleSpinBox] = {}
        for number, (name, (text, tip)) in enumerate(texts.items()):
            field = QtWidgets.QDoubleSpinBox(self.body)
            field.setObjectName(f"dfd_frame_{name}")
            field.setAccessibleName(text)
            field.setToolTip(tip)
            field.setRange(-100_000, 100_000)
            field.setDecimals(0)
            field.setKeyboardTracking(False)
            field.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
            field.setMinimumWidth(40)
            grid.addWidget(QtWidgets.QLabel(text, self.body), number // 2, number % 2 * 2)
            grid.addWidget(field, number // 2, number % 2 * 2 + 1)
            self.fields[name] = field
        self.fields["side"].setRange(frame_moves.LEAST_SIDE, 100_000)
        self.fields["tilt"].setRange(-180, 180)
        self.fields["tilt"].setDecimals(1)
        self.fields["tilt"].setSuffix("°")
        self.fields["tilt"].setWrapping(True)
        self._rounded = [field.value() for field in self.fields.values()]
        for field in self.fields.values():  # only now: a range can change a number
            field.valueChanged.connect(lambda value: self._set_numbers())
            field.editingFinished.connect(self._show_settings)  # typed, but as before: what came meanwhile holds
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    # ---- what the painter does

    def _set(self, frame: Any) -> None:
        self._controller.set_frame(tuple(frame))

    def _set_numbers(self) -> None:
        document = self._controller.session.document
        if document is None or self.view.dragging:
            return
        before = self.view.frame or self._rounded
        values = [field.value() for field in self.fields.values()]
        x, y, side, tilt = (  # what was not changed keeps its fraction
            old if value == rounded else value
            for old, rounded, value in zip(before, self._rounded, values, strict=True)
        )
        self._set(frame_moves.sensible((x, y, side, tilt), document.width(), document.height()))

    # ---- showing

    def _show_settings(self) -> None:
        session, settings = self._controller.session, self._controller.settings
        self.soft.blockSignals(True)
        self.soft.setChecked(settings.soft)
        self.soft.blockSignals(False)
        self.reset.setEnabled(settings.frame != AUTO)
        if not self.body.isVisible() or self.view.dragging:
            return
        document = session.document if session.is_open else None
        for widget in (*self.fields.values(), self.view):
            widget.setEnabled(document is not None)
        if document is None:
            self.view.show_image(None)
            self.view.show_frame(None, (1, 1))
            return
        frame = frames.shown(session, session.frame_now)
        self.view.show_frame(frame, (document.width(), document.height()))
        self._show_numbers(frame)
        self._look()

    def _show_numbers(self, frame: Any) -> None:
        for field, value in zip(self.fields.values(), frame, strict=True):
            show_value(field, value)
        self._rounded = [field.value() for field in self.fields.values()]

    def _look(self) -> None:
        """Make the picture again, unless it is new; a little later when the pen is down."""
        if self._age.isValid() and self._age.elapsed() < AGE_MS:
            return
        self._age.start()
        later(self, self._picture)

    def _picture(self) -> None:
        session = self._controller.session
        if not self.body.isVisible() or not session.is_open:
            return
        if stroke_is_open(session.document):
            later(self, self._picture, AGE_MS)
            return
        self.view.show_image(thumbnail.of(session.document, session.settings.source, self.view.picture_size()))
