"""The docker's first page while libraries are missing: one button that brings them, and what it will do."""

from __future__ import annotations

from krita import Krita

from ..library_job import LibraryJob, Problem
from ..qt import QtCore, QtWidgets, mark, tr
from .eliding import ElidedProgress
from .library_options import LibraryOptions
from .status_line import StatusLine

STAGES = {"download": mark("Downloading"), "unpack": mark("Unpacking"), "check": mark("Checking")}
SHARES = {"download": (0.0, 0.7), "unpack": (0.7, 1.0), "check": (0.0, 1.0)}
LOOK_AGAIN_MS = 3000


class LibraryPage(QtWidgets.QWidget):
    """Size, place, button, progress, cancel, options and a line for problems."""

    def __init__(self, job: LibraryJob, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._job = job
        self._text = QtWidgets.QLabel(self)
        self._text.setObjectName("dfd_library_text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place = QtWidgets.QLabel(self)
        self._place.setObjectName("dfd_library_place")
        self._place.setWordWrap(True)
        self._options = LibraryOptions(job, self)
        self.status = StatusLine(self, "dfd_library_status")
        self.status.setVisible(False)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(6)
        layout.addLayout(self._buttons())  # first, since Krita may give the docker little height
        layout.addWidget(self.status)
        layout.addWidget(self._text)
        layout.addWidget(self._place)
        layout.addWidget(self._options)
        layout.addStretch(1)
        job.changed.connect(self.refresh)
        job.progressed.connect(self._show_progress)
        job.ended.connect(self._show_end)
        self.refresh()

    def _buttons(self) -> QtWidgets.QLayout:
        self.install = QtWidgets.QPushButton(self)
        self.install.setObjectName("dfd_install")
        self.install.setToolTip(tr("Download PyTorch and what it needs. You can go on painting meanwhile"))
        self.install.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.install.clicked.connect(lambda: self._start())
        self.progress = ElidedProgress(self)
        self.progress.setObjectName("dfd_install_progress")
        self.progress.setRange(0, 1000)
        self.cancel = QtWidgets.QToolButton(self)
        self.cancel.setObjectName("dfd_install_cancel")
        self.cancel.setIcon(Krita.instance().icon("dialog-cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop. What was downloaded is kept, and the next try goes on from there"))
        self.cancel.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.cancel.clicked.connect(lambda: self._job.cancel())
        height = self.install.sizeHint().height()
        self.progress.setFixedHeight(height)
        self.cancel.setFixedSize(height, height)
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.install, 1)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel)
        return row

    # ---- showing

    def refresh(self) -> None:
        """Say what is missing, how large it is and where it goes."""
        running = self._job.running
        self.install.setVisible(not running)
        self.progress.setVisible(running)
        self.cancel.setVisible(running)
        self.cancel.setEnabled(not self._job.cancelling)
        self._options.setEnabled(not running)
        if running:
            if self._job.cancelling:
                self.progress.setFormat(tr("Stopping…"))
            return
        presence = self._job.presence()
        try:
            plan, there = self._job.plan(), self._job.downloaded()
        except Problem as problem:
            self._explain(str(problem))
            return
        if presence.state == "too old":
            self._explain(presence.text)
            return
        left = max(0, plan.size - there)
        self.install.setEnabled(True)
        self.install.setText(
            tr("&Continue ({size} left)").format(size=size(left)) if there
            else tr("&Install PyTorch ({size})").format(size=size(plan.size))
        )  # fmt: skip
        self._text.setText(
            tr("DeepFaceDrawing needs PyTorch, which does not come with Krita. It is downloaded once ({size}) and "
               "takes {space} on your disk. Everything then runs on your own computer.")
            .format(size=size(plan.size), space=size(plan.unpacked))
        )  # fmt: skip
        self._place.setText(tr("Place: {folder}").format(folder=breakable(str(self._job.places.libraries))))
        self._place.setToolTip(str(self._job.places.libraries))

    def _explain(self, text: str) -> None:
        self._text.setText(text)
        self._place.clear()
        self.install.setText(tr("&Install PyTorch"))
        self.install.setEnabled(False)

    def _start(self) -> None:
        self.progress.setValue(0)
        self.progress.setFormat(tr("Starting…"))
        self.show_message("", False)
        self._job.start()

    def _show_progress(self, stage: str, fraction: float, what: str) -> None:
        if self._job.cancelling:
            return
        low, high = SHARES.get(stage, (0.0, 1.0))
        self.progress.setValue(round(1000 * (low + (high - low) * min(1.0, fraction))))
        name = what.split(" ")[0]
        self.progress.show_stage(f"%p % · {tr(STAGES.get(stage, stage))} {name}")

    def _show_end(self, problem: str) -> None:
        self.show_message(problem, bool(problem))

    def show_message(self, text: str, problem: bool) -> None:
        """A line for the painter; "" takes it away."""
        self.status.setVisible(bool(text))
        self.status.show_message(text, problem)


class LibraryGate(QtWidgets.QWidget):
    """Shows `body` when the libraries are there, and the page until then. Lies in the scroll area `parent`."""

    def __init__(self, body: QtWidgets.QWidget, job: LibraryJob, parent: QtWidgets.QScrollArea) -> None:
        super().__init__(parent)
        self._body, self._job, self._scroll = body, job, parent
        self.page = LibraryPage(job, self)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        layout.addWidget(body)
        self._timer = QtCore.QTimer(self)  # another Krita or the installer may bring them, too
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.look)
        job.changed.connect(self.look)
        self.look()

    @property
    def is_open(self) -> bool:
        """Whether the libraries are there."""
        return self._body.isVisibleTo(self)

    def look(self) -> None:
        """Show what fits."""
        ready = self._job.presence().state == "ready" and not self._job.running
        if ready == self.page.isVisibleTo(self):
            self._scroll.verticalScrollBar().setValue(0)
        self.page.setVisible(not ready)
        self._body.setVisible(ready)
        if ready:
            self._timer.stop()
        else:
            self._timer.start()


def size(count: float) -> str:
    """Bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def breakable(path: str) -> str:
    """A path that a label can wrap after its slashes."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
