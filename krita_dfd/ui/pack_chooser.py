"""Which weights the portraits are made with: the pack that comes along, or one that the painter added from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from krita import Krita

from ..background import Task
from ..bundle import part
from ..controller import Controller
from ..library_job import Problem
from ..making import IDLE
from ..qt import QtCore, QtWidgets, tr

packs = part("packs")


class PackChooser(QtWidgets.QWidget):
    """A list of the packs and a button that adds one."""

    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""

    def __init__(self, controller: Controller, places: Any, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller, self._places = controller, places
        self._task = Task()
        self._task.succeeded.connect(self._added)
        self._task.failed.connect(self._show_problem)
        label = QtWidgets.QLabel(tr("Model"), self)
        self.list = QtWidgets.QComboBox(self)
        self.list.setObjectName("dfd_pack")
        self.list.setAccessibleName(tr("Model"))
        self.list.setToolTip(tr("Weights that portraits are made with"))
        self.list.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.list.setMinimumContentsLength(6)
        self.list.activated.connect(self._choose)
        self.add = QtWidgets.QToolButton(self)
        self.add.setObjectName("dfd_pack_add")
        self.add.setIcon(Krita.instance().icon("document-open"))
        self.add.setAccessibleName(tr("Add a model from a file"))
        self.add.setToolTip(tr("Add a model: a zip of what `dfd export` wrote, or the manifest.json in it"))
        self.add.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.add.clicked.connect(lambda: self._ask())
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.list, 1)
        row.addWidget(self.add)
        controller.maker.state_changed.connect(self._show_state)
        self.refresh()

    def refresh(self) -> None:
        """Show the packs that are there."""
        self._packs = packs.available(self._places)
        chosen = packs.chosen(self._places)
        if chosen and chosen not in [pack.folder for pack in self._packs]:
            self._packs.append(packs.Pack(chosen.name, chosen))  # from elsewhere, by the installer
        self.list.clear()
        for pack in self._packs:
            self.list.addItem(pack.name or tr("Default"))
        self.list.setCurrentIndex([pack.folder for pack in self._packs].index(chosen))

    def add_from(self, path: str) -> None:
        """Add the pack in the file `path` and choose it."""
        self.message.emit(tr("Checking the model…"), False)
        self._task.start(lambda _: packs.add(self._places, Path(path)))

    def _ask(self) -> None:
        kinds = tr("Models") + " (*.zip manifest.json)"
        path = QtWidgets.QFileDialog.getOpenFileName(self, tr("Add a model"), "", kinds)[0]
        if path:
            self.add_from(path)

    def _added(self, pack: Any) -> None:
        self._use(pack)
        self.refresh()

    def _show_problem(self, problem: str) -> None:
        self.message.emit(problem, True)

    def _choose(self, row: int) -> None:
        self._use(self._packs[row])

    def _use(self, pack: Any) -> None:
        try:
            packs.choose(self._places, pack)
        except Problem as problem:
            self.message.emit(str(problem), True)
            return
        self._controller.worker.forget()
        name = pack.name or tr("Default")
        self.message.emit(tr("The next portrait is made with the model “{name}”.").format(name=name), False)

    def _show_state(self, state: str, waits: bool) -> None:
        self.setEnabled(state == IDLE or not waits)
