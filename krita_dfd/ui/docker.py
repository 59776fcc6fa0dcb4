"""The docker's widgets. They show the controller's state and pass on what the painter does; no logic lives here."""

from __future__ import annotations

from typing import Any

from krita import DockWidget, Krita

from ..controller import Controller
from ..library_job import LibraryJob
from ..making import IDLE
from ..qt import QtCore, QtWidgets, mark, tr
from ..refreshing import pen
from ..strokes import later
from . import doctor_dialog
from .appearance_section import AppearanceSection
from .eliding import ElidedProgress
from .history_section import HistorySection
from .library_page import LibraryGate
from .output_section import OutputSection
from .pack_chooser import PackChooser
from .parts_section import PartsSection
from .place_section import PlaceSection
from .shadow_section import ShadowSection
from .source_row import SourceRow
from .status_line import StatusLine
from .wheel_guard import WheelGuard

STAGES = {
    "load": mark("Loading the model"),
    "read": mark("Reading the drawing"),
    "embed": mark("Looking at the parts"),
    "project": mark("Finding plausible faces"),
    "map": mark("Putting the parts together"),
    "synthesise": mark("Painting the portrait"),
    "done": mark("Painting the portrait"),
}


class Docker(DockWidget):
    """From source to status line, top to bottom; until the libraries are there, what brings them."""

    def __init__(self, controller: Controller, job: LibraryJob) -> None:
        super().__init__()
        self._controller, self._job = controller, job
        self.setWindowTitle(tr("DeepFaceDrawing"))
        body = QtWidgets.QWidget(self)
        layout = QtWidgets.QVBoxLayout(body)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(6)
        self.source = SourceRow(controller, body)
        layout.addWidget(self.source)
        layout.addLayout(self._buttons(body))
        self.status = StatusLine(body)
        layout.addWidget(self.status)
        layout.addWidget(PartsSection(controller, body))
        layout.addWidget(AppearanceSection(controller, body))
        layout.addWidget(PlaceSection(controller, body))
        layout.addWidget(ShadowSection(controller, body))
        layout.addWidget(HistorySection(controller, body))
        layout.addWidget(OutputSection(controller, body))
        self.packs = PackChooser(controller, job.places, body)
        layout.addWidget(self.packs)
        layout.addStretch(1)
        scroll = QtWidgets.QScrollArea(self)
        scroll.setObjectName("dfd_scroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self._gate = LibraryGate(body, job, scroll)
        scroll.setWidget(self._gate)
        self.setWidget(scroll)
        WheelGuard(scroll)
        for asked in (self.status.asked, self._gate.page.status.asked, controller.check_asked):
            asked.connect(self._check)
        self._connect()

    def canvasChanged(self, canvas: Any) -> None:
        """Krita calls this often, also when nothing is different."""
        if canvas is not None:  # None: in the middle of closing a view
            later(pen, pen.watch_canvas, 0)
        self._controller.look()

    def showEvent(self, event: Any) -> None:
        """Live and the shadow work while somebody can see a docker."""
        super().showEvent(event)
        self._controller.live.seen(True)
        self._controller.shadows.seen(True)

    def hideEvent(self, event: Any) -> None:
        """See `showEvent`."""
        super().hideEvent(event)
        self._controller.live.seen(False)
        self._controller.shadows.seen(False)

    def enterEvent(self, event: Any) -> None:
        """The painter is about to use the docker: load the engine, so that the first portrait does not wait for it."""
        super().enterEvent(event)
        if self._gate.is_open:
            self._controller.warm_up()

    def changeEvent(self, event: Any) -> None:
        """Another theme: draw Krita's icons again, in the new colours."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "cancel"):
            self.cancel.setIcon(Krita.instance().icon("dialog-cancel"))

    # ---- building

    def _buttons(self, parent: QtWidgets.QWidget) -> QtWidgets.QLayout:
        """Generate, which gives its place to the progress bar while it works, and cancel."""
        self.generate = QtWidgets.QPushButton(tr("&Generate"), parent)
        self.generate.setObjectName("dfd_generate")
        self.generate.setToolTip(tr("Make a portrait from the active drawing layer, on a layer directly above it"))
        self.generate.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.progress = ElidedProgress(parent)
        self.progress.setObjectName("dfd_progress")
        self.progress.setRange(0, 1000)
        self.progress.setToolTip(tr("How far the portrait is"))
        self.cancel = QtWidgets.QToolButton(parent)
        self.cancel.setObjectName("dfd_cancel")
        self.cancel.setIcon(Krita.instance().icon("dialog-cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.setToolTip(tr("Cancel: stop making the portrait; nothing is changed"))
        self.cancel.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        height = self.generate.sizeHint().height()
        self.progress.setFixedHeight(height)
        self.cancel.setFixedSize(height, height)
        self.live = QtWidgets.QToolButton(parent)
        self.live.setObjectName("dfd_live")
        self.live.setText(tr("&Live"))
        self.live.setCheckable(True)
        self.live.setToolTip(tr("Live: the portrait follows while you draw"))
        self.live.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.live.setFixedHeight(height)
        self._stack = QtWidgets.QStackedLayout()
        self._stack.addWidget(self.generate)
        self._stack.addWidget(self.progress)
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        row.addLayout(self._stack, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.live)
        return row

    # ---- showing

    def _check(self) -> None:
        doctor_dialog.show(self._job, self)

    def _connect(self) -> None:
        controller = self._controller
        self.generate.clicked.connect(lambda: controller.generate())
        self.cancel.clicked.connect(lambda: controller.cancel())
        self.live.setChecked(controller.live.on)
        self.live.toggled.connect(controller.live.switch)
        controller.live.changed.connect(self.live.setChecked)
        controller.maker.state_changed.connect(self._show_state)
        controller.maker.progressed.connect(self._show_progress)
        for show in (self.status.show_message, self._gate.page.show_message):
            controller.message.connect(show)
        self.packs.message.connect(self.status.show_message)
        self._show_state(controller.state, controller.maker.is_awaited)
        self.status.show_message(tr("Select the layer with your lines, then press Generate."), False)

    def _show_state(self, state: str, waits: bool) -> None:
        busy = state != IDLE and waits
        had_focus = self.generate.hasFocus() or self.cancel.hasFocus()
        self.progress.setValue(0)
        self.progress.setFormat("")
        self.generate.setEnabled(not busy)
        self.cancel.setVisible(busy)
        self._stack.setCurrentWidget(self.progress if busy else self.generate)
        if had_focus:
            (self.cancel if busy else self.generate).setFocus()

    def _show_progress(self, stage: str, fraction: float) -> None:
        if self._controller.state != IDLE:
            self.progress.setValue(round(1000 * fraction))
            self.progress.show_stage(tr(STAGES.get(stage, stage)))
