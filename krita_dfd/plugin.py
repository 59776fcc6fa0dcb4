"""Registers the docker and the actions with Krita, and stops the engine before Krita quits."""

from __future__ import annotations

from typing import Any

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from . import actions
from .background import stop_all
from .controller import Controller
from .library_job import LibraryJob
from .qt import QtCore
from .strokes import later
from .ui.docker import Docker

DOCKER_ID = "dfd_docker"

LOOK_MS = 100
"""After Krita has said that a view or document comes or goes, until the list of documents is right."""

controller = Controller()
library_job = LibraryJob()


class PortraitDocker(Docker):
    """The docker as Krita makes it: without arguments, one for each window."""

    def __init__(self) -> None:
        super().__init__(controller, library_job)


class PortraitExtension(Extension):
    """The docker's buttons as actions, for keyboard shortcuts."""

    def setup(self) -> None:
        """Called once, before the first window."""
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        for event in (notifier.viewClosed, notifier.imageClosed, notifier.viewCreated):
            event.connect(lambda *_: later(controller, controller.look, LOOK_MS))
        for leave in (controller.shut_down, stop_all):
            notifier.applicationClosing.connect(leave)
            QtCore.QCoreApplication.instance().aboutToQuit.connect(leave)

    def createActions(self, window: Any) -> None:
        """Called for every window."""
        actions.create(window, controller)


def register() -> None:
    """Add everything to the running Krita."""
    application = Krita.instance()
    application.addExtension(PortraitExtension(application))
    right = DockWidgetFactoryBase.DockPosition.DockRight
    application.addDockWidgetFactory(DockWidgetFactory(DOCKER_ID, right, PortraitDocker))
