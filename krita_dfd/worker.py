"""The one thread in which the engine lives. Results come back to Krita's thread by queued signals."""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from . import last_error, runtime
from .qt import QtCore
from .reading import Picture
from .writing import Patch

LOADING = "load"
"""Stage before the engine's own: importing the libraries and reading the weights."""


@dataclass(frozen=True)
class Job:
    """One portrait to make. `blend` holds only what the painter set; values 0 (my lines) to 1 (plausible face)."""

    picture: Picture
    blend: dict[str, float]
    locks: dict[str, bool]
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `patch`, or `problem` (a line for the painter), or neither when it was cancelled.

    `seconds` and `device` say how the portrait was made, `notice` what the engine had to change by itself.
    """

    job: Job
    patch: Patch | None = None
    problem: str = ""
    seconds: float = 0.0
    device: str = ""
    notice: str = ""


class Worker(QtCore.QObject):
    """Runs jobs one after the other. `submit` and `stop` are for Krita's thread."""

    progressed = QtCore.pyqtSignal(str, float)
    """Stage and fraction 0..1 of that stage's end in the whole."""
    engine_ready = QtCore.pyqtSignal(object)
    """After loading: {component: default blend}."""
    finished = QtCore.pyqtSignal(object)
    """An `Outcome`; comes once for every job."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._current: Job | None = None
        self.engine: Any = None

    def submit(self, job: Job) -> None:
        """Queue a job."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="krita_dfd engine", daemon=True)
            self._thread.start()
        self._current = job
        self._jobs.put(job)

    def forget(self) -> None:
        """Load the engine again for the next job: another weight pack was chosen."""
        self.engine = None

    def stop(self, timeout: float = 60.0) -> None:
        """Cancel what runs and wait, at most `timeout` seconds, until the thread has ended."""
        if self._thread is None:
            return
        if self._current is not None:
            self._current.cancelled.set()
        self._jobs.put(None)
        self._thread.join(timeout)
        self._thread = None

    # ---- worker thread

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            self.finished.emit(self._outcome(job))
        self.engine = None

    def _outcome(self, job: Job) -> Outcome:
        started = time.monotonic()
        try:
            engine = self._loaded(job)
            patch = None if job.cancelled.is_set() else self._render(engine, job)
        except runtime.RuntimeProblem as error:
            return Outcome(job, problem=str(error))
        except Exception as error:
            return Outcome(job, problem=self._explain(error))
        return Outcome(job, patch, "", time.monotonic() - started, engine.device, engine.notice)

    def _loaded(self, job: Job) -> Any:
        if self.engine is None:
            self.progressed.emit(LOADING, 0.0)
            settings = runtime.config()
            core = runtime.load_core(settings)
            if job.cancelled.is_set():
                raise core.Cancelled
            self.progressed.emit(LOADING, 0.5)
            self.engine = core.Engine(weights=runtime.weights(settings, core), threads="spare")
            self.engine_ready.emit(dict(self.engine.blend))
        return self.engine

    def _render(self, engine: Any, job: Job) -> Patch:
        from . import pixels  # numpy is known to be there only now

        picture = job.picture
        rgba = pixels.decode(picture.data, picture.width, picture.height)
        engine.set_sketch(rgba, origin=(picture.x, picture.y), canvas=picture.canvas)
        for name, value in job.blend.items():
            engine.set_blend(name, value)
        for name, locked in job.locks.items():
            engine.set_lock(name, locked)
        portrait = engine.render(progress=self.progressed.emit, cancelled=job.cancelled.is_set)
        rgba, x, y = portrait.placed()
        return Patch(QtCore.QByteArray(pixels.encode(rgba)), int(x), int(y), int(rgba.shape[1]), int(rgba.shape[0]))

    @staticmethod
    def _explain(error: Exception) -> str:
        """The line for the painter; "" when the job was cancelled."""
        errors = sys.modules.get("dfd_core.errors")
        if errors is not None and isinstance(error, errors.Cancelled):
            return ""
        if errors is not None and isinstance(error, errors.DfdError):
            return str(error)
        traceback.print_exception(type(error), error, error.__traceback__)
        last_error.note("".join(traceback.format_exception(type(error), error, error.__traceback__)))
        if isinstance(error, MemoryError):
            return "Not enough memory. Close other programs or documents, then try again."
        return f"Unexpected error: {runtime.first_line(error)}. The details are in Krita's log."
