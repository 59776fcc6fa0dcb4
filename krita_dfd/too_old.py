"""The docker for a Krita whose Python is too old for PyTorch: it says so. Runs on Python 3.8."""

import sys
from typing import Any

from krita import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, Krita

from .qt import QtWidgets, tr


class TooOldDocker(DockWidget):
    """One text."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("DeepFaceDrawing"))
        text = tr("This Krita has Python {version}, and PyTorch needs 3.10 or newer. Update Krita to 5.2 or newer.")
        label = QtWidgets.QLabel(text.format(version="{}.{}".format(*sys.version_info[:2])), self)
        label.setObjectName("dfd_too_old")
        label.setWordWrap(True)
        label.setContentsMargins(8, 8, 8, 8)
        self.setWidget(label)

    def canvasChanged(self, canvas: Any) -> None:
        """Nothing depends on it."""


def register() -> None:
    """Add the docker to the running Krita."""
    right = DockWidgetFactoryBase.DockPosition.DockRight
    Krita.instance().addDockWidgetFactory(DockWidgetFactory("dfd_docker", right, TooOldDocker))
