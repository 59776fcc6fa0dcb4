"""Work that takes long, outside Krita's thread: downloads, checks, copies. The engine has a thread of its own."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from . import last_error
from .bundle import part
from .qt import QtCore, tr

_running: set[Task] = set()


class Task(QtCore.QObject):
    """One piece of work at a time. Signals arrive in Krita's thread."""

    progressed = QtCore.pyqtSignal(str, float, str)
    """Stage, fraction 0..1 and what is being worked on; at most ten times a second."""
    succeeded = QtCore.pyqtSignal(object)
    """With what the work returned."""
    failed = QtCore.pyqtSignal(str)
    """With a line for the user; "" when it was cancelled."""

    def __init__(self, patience: float = 3.0) -> None:
        """Krita's quitting waits `patience` seconds for it: long for what imports torch, or Krita would crash."""
        super().__init__()
        self._patience = patience
        self.cancelled = threading.Event()
        self.running = False
        self._thread: threading.Thread | None = None
        self._last = 0.0
        self.succeeded.connect(self._end)
        self.failed.connect(self._end)

    def start(self, work: Callable[[Task], Any]) -> None:
        """Do `work(self)` unless something is being done; it should look at `cancelled` and may call `report`."""
        if self.running:
            return
        self.running = True
        self.cancelled.clear()
        self._thread = threading.Thread(target=self._run, args=(work,), name="krita_dfd task", daemon=True)
        _running.add(self)
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon."""
        self.cancelled.set()

    def stop(self) -> None:
        """Cancel, and wait a moment: what is written is whole or marked as unfinished in any case."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(self._patience)

    # ---- the work's thread

    def report(self, stage: str, done: int, total: int, what: str) -> None:
        """Pass progress on."""
        now = time.monotonic()
        if now - self._last > 0.1 or done >= total:
            self._last = now
            self.progressed.emit(stage, done / total if total else 0.0, what)

    def _run(self, work: Callable[[Task], Any]) -> None:
        errors = part("errors")
        try:
            result = work(self)
        except errors.Cancelled:
            self.failed.emit("")
        except errors.InstallProblem as problem:
            self.failed.emit(str(problem))
        except Exception as error:
            last_error.note("".join(traceback.format_exception(type(error), error, error.__traceback__)))
            self.failed.emit(tr("Unexpected error: {error}").format(error=error))
        else:
            self.succeeded.emit(result)

    def _end(self, *_: Any) -> None:
        self.running = False
        _running.discard(self)


def stop_all() -> None:
    """Krita is about to quit."""
    for task in list(_running):
        task.stop()
