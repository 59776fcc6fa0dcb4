"""Brings the libraries into this Krita. One object for all of Krita's windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import runtime
from .background import Task
from .bundle import part
from .qt import QtCore

libraries, wheels = part("libraries"), part("wheels")
Problem = part("errors").InstallProblem


class LibraryJob(QtCore.QObject):
    """What is missing, and how to get it. Methods are for Krita's thread and return at once."""

    changed = QtCore.pyqtSignal()
    """Work began or ended, or a choice was made."""
    progressed = QtCore.pyqtSignal(str, float, str)
    """Stage, fraction 0..1 of that stage, and what is being worked on."""
    ended = QtCore.pyqtSignal(str)
    """With the problem's line, "" after success or cancelling."""

    def __init__(self) -> None:
        super().__init__()
        self.places = part("places").Places(runtime.RESOURCES)
        there = libraries.installed(self.places)
        self.variant = there.variant if there else wheels.CPU
        self.folder = ""
        self.index = ""
        self.proxy = ""
        self._task = Task()
        self._task.progressed.connect(self.progressed)
        self._task.succeeded.connect(lambda _: self._end(""))
        self._task.failed.connect(self._end)

    @property
    def running(self) -> bool:
        """Whether the libraries are being brought."""
        return self._task.running

    @property
    def cancelling(self) -> bool:
        """Whether the work was told to stop and has not yet."""
        return self.running and self._task.cancelled.is_set()

    def presence(self) -> Any:
        """What of the libraries is there; see `installer.present`."""
        return runtime.presence()

    def variants(self) -> list[str]:
        """What can be chosen for this Python and computer."""
        return list(wheels.variants(wheels.tag()))

    def plan(self) -> Any:
        """The set of wheels that would be brought; raises `Problem` where there is none."""
        return wheels.choose(wheels.tag(), self.variant)

    def downloaded(self) -> int:
        """Bytes of the plan that are there from an earlier try."""
        there = 0
        for wheel in self.plan().wheels:
            for path in (self.places.downloads / wheel.file, self.places.downloads / f"{wheel.file}.part"):
                if path.is_file():
                    there += min(path.stat().st_size, wheel.size)
                    break
        return there

    def choose(self, **choices: str) -> None:
        """Set `variant`, `folder` (of wheels), `index` or `proxy`."""
        for name, value in choices.items():
            setattr(self, name, value)
        self.changed.emit()

    def move(self, folder: str) -> None:
        """Keep the libraries in `folder` from now on; "" is the usual place."""
        self.places.move(folder or None)
        self.changed.emit()

    def start(self, anew: bool = False) -> None:
        """Bring the libraries; `anew` replaces them even if they seem to be right."""
        if self.running:
            return
        try:
            plan = self.plan()
        except Problem as problem:
            self.ended.emit(str(problem))
            return
        folder = Path(self.folder) if self.folder else None
        sources = part("index").configured(self.index, folder, self.proxy)

        def work(task: Task) -> Any:
            return libraries.install(self.places, plan, sources, task.report, task.cancelled, anew)

        self._task.start(work)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; what was downloaded is kept."""
        self._task.cancel()
        self.changed.emit()

    def _end(self, problem: str) -> None:
        self.changed.emit()
        self.ended.emit(problem)
