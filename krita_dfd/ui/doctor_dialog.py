"""The check of the installation: every fault with what to do about it, a report to copy, repair and removal."""

from __future__ import annotations

import html
from typing import Any

from krita import Krita

from .. import last_error, removal
from ..background import Task
from ..bundle import part
from ..library_job import LibraryJob
from ..qt import QtCore, QtWidgets, sip, tr

doctor = part("doctor")
ORDER = (doctor.FAULT, doctor.NOTE, doctor.FINE)

_open: list[DoctorDialog] = []


def show(job: LibraryJob, parent: QtWidgets.QWidget) -> None:
    """Open the dialog, or the one that is open already."""
    if _open and sip.isdeleted(_open[0]):  # the window whose docker it belonged to was closed
        _open.clear()
    if not _open:
        _open.append(DoctorDialog(job, parent))
    _open[0].examine()
    _open[0].show()
    _open[0].raise_()


class DoctorDialog(QtWidgets.QDialog):
    """Not modal: painting goes on."""

    def __init__(self, job: LibraryJob, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._job = job
        self._report: Any = None
        self._task = Task(patience=60.0)
        self._task.succeeded.connect(self._show)
        self._task.failed.connect(self._show_problem)
        self.setObjectName("dfd_doctor")
        self.setWindowTitle(tr("DeepFaceDrawing: check"))
        self.resize(560, 440)
        self.view = QtWidgets.QTextBrowser(self)
        self.view.setObjectName("dfd_doctor_text")
        self.view.setOpenExternalLinks(True)
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addLayout(self._buttons())
        job.ended.connect(self._repaired)

    def _buttons(self) -> QtWidgets.QLayout:
        row = QtWidgets.QHBoxLayout()
        made = {}
        for name, text, tip, action in (
            ("copy", tr("Copy report"), tr("The report names no people and no folders"), self._copy),
            ("again", tr("Check again"), tr("Look at everything once more"), self.examine),
            ("repair", tr("Repair"), tr("Bring the libraries anew; choices and models stay"), self._repair),
            ("remove", tr("Uninstall…"), tr("Take DeepFaceDrawing out of Krita; your models stay"), self._remove),
        ):
            made[name] = QtWidgets.QPushButton(text, self)
            made[name].setObjectName(f"dfd_doctor_{name}")
            made[name].setToolTip(tip)
            made[name].setAutoDefault(False)
            made[name].clicked.connect(lambda _=False, action=action: action())
            row.addWidget(made[name])
        row.addStretch(1)
        self.copy, self.repair = made["copy"], made["repair"]
        close = QtWidgets.QPushButton(tr("Close"), self)
        close.setObjectName("dfd_doctor_close")
        close.setDefault(True)
        close.clicked.connect(lambda: self.close())
        row.addWidget(close)
        return row

    def examine(self) -> None:
        """Look at everything, in another thread."""
        if self._task.running:
            return
        self.view.setPlainText(tr("Checking every file and loading PyTorch…"))
        self.copy.setEnabled(False)
        host = {"Krita": Krita.instance().version(), "Qt": QtCore.qVersion()}
        error = last_error.get()

        def work(task: Task) -> Any:
            return doctor.examine(self._job.places, host, last_error=error, cancelled=task.cancelled)

        self._task.start(work)

    def _show(self, report: Any) -> None:
        self._report = report
        self.copy.setEnabled(True)
        self.view.setHtml(page(report))

    def _show_problem(self, problem: str) -> None:
        self.view.setPlainText(problem)

    def _copy(self) -> None:
        if self._report is not None:
            QtWidgets.QApplication.clipboard().setText(self._report.text())
            self.copy.setText(tr("Copied"))

    def _repair(self) -> None:
        self.view.setPlainText(tr("Bringing the libraries anew; the docker shows how far it is."))
        self._job.start(anew=True)

    def _repaired(self, problem: str) -> None:
        if self.isVisible():
            self.view.setPlainText(problem) if problem else self.examine()

    def _remove(self) -> None:
        text = removal.ask_and_remove(self._job, self)
        if text:
            self.view.setPlainText(text)


def page(report: Any) -> str:
    """The report for reading: what needs doing first."""
    found = sorted(report.findings, key=lambda finding: ORDER.index(finding.level))
    faults = len(report.faults)
    title = tr("{count} fault(s) found").format(count=faults) if faults else tr("No faults found")
    rows = []
    for finding in found:
        sign = {"fault": "✗", "note": "•", "fine": "✓"}[finding.level]
        text = html.escape(report.clean(finding.text)).replace("\n", "<br>")
        cure = f"<br><b>{tr('What to do')}:</b> {html.escape(report.clean(finding.cure))}" if finding.cure else ""
        rows.append(f"<tr><td>{sign}&nbsp;</td><td><b>{html.escape(finding.topic)}</b>: {text}{cure}</td></tr>")
    return f"<h3>{title}</h3><table cellspacing='4'>{''.join(rows)}</table>"
