"""Taking everything of ours out of Krita from within. What is in use goes when Krita starts the next time."""

from __future__ import annotations

from pathlib import Path

from krita import Krita

from .bundle import part
from .library_job import LibraryJob
from .qt import QtWidgets, tr
from .runtime import RESOURCES


def ask_and_remove(job: LibraryJob, parent: QtWidgets.QWidget) -> str:
    """Remove the plugin and the libraries if the user says yes; returns what to tell, or "" when nothing was done."""
    text = tr("Remove the DeepFaceDrawing plugin and its libraries? Your documents stay as they are, and so do models "
              "that you added.")  # fmt: skip
    buttons = QtWidgets.QMessageBox.StandardButton
    answer = QtWidgets.QMessageBox.question(parent, tr("Uninstall"), text, buttons.Yes | buttons.No, buttons.No)
    if answer != buttons.Yes:
        return ""
    if job.running:
        return tr("Stop the installation first.")
    Krita.instance().writeSetting("python", "enable_krita_dfd", "false")
    return remove(RESOURCES)


def remove(resources: Path) -> str:
    """Remove now, or note that it has to be done at Krita's next start; returns what to tell."""
    try:
        part("plugin").uninstall(resources)
    except part("errors").InstallProblem:
        part("plugin").remove_at_start(resources)
        Krita.instance().writeSetting("python", "enable_krita_dfd", "true")
        return tr("Krita is using the libraries: they are removed when Krita starts the next time.")
    return tr("Removed. Start Krita again to close this docker.")


def finish(resources: Path = RESOURCES) -> bool:
    """At Krita's start: do what could not be done before. True when the plugin is gone now."""
    if not part("plugin").removed_at_start(resources):
        return False
    Krita.instance().writeSetting("python", "enable_krita_dfd", "false")
    return True
