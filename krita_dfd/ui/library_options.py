"""How the libraries are brought, where the button alone does not do: card, place, mirror, proxy, no network."""

from __future__ import annotations

from ..library_job import LibraryJob, Problem
from ..qt import QtCore, QtWidgets, mark, tr

VARIANTS = {"cpu": mark("Any processor"), "cuda": mark("NVIDIA (CUDA 13)")}


class LibraryOptions(QtWidgets.QWidget):
    """A button that folds the options out."""

    def __init__(self, job: LibraryJob, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._job = job
        self._fold = QtWidgets.QToolButton(self)
        self._fold.setObjectName("dfd_options")
        self._fold.setText(tr("Options"))
        self._fold.setToolTip(tr("Graphics card, place, folder of wheels, index and proxy"))
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setArrowType(QtCore.Qt.ArrowType.RightArrow)
        self._fold.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._body = QtWidgets.QWidget(self)
        self._body.setVisible(False)
        self._fold.toggled.connect(self._toggle)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._fold)
        layout.addWidget(self._body)
        self._form()

    def _form(self) -> None:
        form = QtWidgets.QFormLayout(self._body)
        form.setContentsMargins(8, 0, 0, 0)
        form.setRowWrapPolicy(QtWidgets.QFormLayout.RowWrapPolicy.WrapLongRows)
        self.variant = QtWidgets.QComboBox(self._body)
        self.variant.setObjectName("dfd_variant")
        self.variant.setAccessibleName(tr("Runs on"))
        tip = tr("Which build of PyTorch: the one for processors works everywhere, the one for NVIDIA cards is larger")
        self.variant.setToolTip(tip)
        for name in self._job.variants():
            self.variant.addItem(tr(VARIANTS.get(name, name)), name)
        self.variant.currentIndexChanged.connect(lambda _: self._job.choose(variant=self.variant.currentData()))
        self.variant.setMinimumContentsLength(10)
        form.addRow(tr("Runs on"), self.variant)
        for name, label, tip in (
            ("place", tr("Place"), tr("Folder for the libraries, such as one on another disk")),
            ("folder", tr("Wheels"), tr("Without a network: a folder with the wheels of the list")),
        ):
            button = QtWidgets.QPushButton(tr("Choose a folder…"), self._body)
            button.setObjectName(f"dfd_choose_{name}")
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, name=name, button=button: self._pick(name, button))
            form.addRow(label, button)
        for name, label, hint in (
            ("index", tr("Index"), "https://pypi.org/simple"),
            ("proxy", tr("Proxy"), tr("as the system says")),
        ):
            line = QtWidgets.QLineEdit(self._body)
            line.setObjectName(f"dfd_{name}")
            line.setAccessibleName(label)
            line.setPlaceholderText(hint)
            line.setToolTip(tr("Address of a package index") if name == "index" else tr("Such as http://host:8080"))
            line.editingFinished.connect(lambda name=name, line=line: self._job.choose(**{name: line.text().strip()}))
            form.addRow(label, line)

    def _toggle(self, open_: bool) -> None:
        self._body.setVisible(open_)
        self._fold.setArrowType(QtCore.Qt.ArrowType.DownArrow if open_ else QtCore.Qt.ArrowType.RightArrow)

    def _pick(self, name: str, button: QtWidgets.QPushButton) -> None:
        folder = QtWidgets.QFileDialog.getExistingDirectory(self, button.toolTip())
        if not folder:
            return
        try:
            if name == "place":
                self._job.move(folder)
            else:
                self._job.choose(folder=folder)
        except Problem as problem:
            self._job.ended.emit(str(problem))
            return
        button.setText(folder.replace("\\", "/").rpartition("/")[2])
        button.setToolTip(folder)
