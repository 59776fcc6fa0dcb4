"""The one thread in which the engine lives. Results come back to Krita's thread by queued signals."""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import last_error, runtime
from .memory import give_back
from .qt import QtCore, tr

LOADING = "load"
"""Stage before the engine's own: importing the libraries and reading the weights."""


@dataclass(frozen=True)
class Job:
    """Something to do with the engine of one document.

    `work(engine, job)` and `progress(stage, fraction)` are called in the worker's thread, `done(outcome)` in Krita's.
    `face` is the session's number; 0 for what belongs to no document.
    """

    face: int
    work: Callable[[Any, Job], Any]
    done: Callable[[Outcome], None]
    progress: Callable[[str, float], None] = lambda stage, fraction: None
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `result`, or `problem` (a line for the painter), or neither when it was cancelled.

    `empty`: the problem is that nothing is drawn yet. `seconds` and `device` say how it was made, `notice` what the
    engine had to change by itself.
    """

    job: Job
    result: Any = None
    problem: str = ""
    empty: bool = False
    seconds: float = 0.0
    device: str = ""
    notice: str = ""


SETTLED = 2000
"""So many milliseconds after a document was closed, Krita has freed what it had of it."""


class Worker(QtCore.QObject):
    """Runs jobs one after the other. `submit`, `drop`, `forget` and `stop` are for Krita's thread."""

    engine_ready = QtCore.pyqtSignal(object)
    """After loading: {component: default blend}."""
    _finished = QtCore.pyqtSignal(object)
    """An `Outcome`; comes once for every job."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[Job | Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._faces: dict[int, Any] = {}
        self._running: Job | None = None
        self._stopping = False
        self.engine: Any = None
        self._finished.connect(self._deliver)

    def submit(self, job: Job) -> None:
        """Queue a job."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._loop, name="krita_dfd engine", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def drop(self, face: int) -> None:
        """The document was closed: give back what its engine holds, after the jobs before, and what Krita has freed."""
        self._jobs.put(lambda: self._faces.pop(face, None))
        QtCore.QTimer.singleShot(SETTLED, lambda: self._jobs.put(give_back))

    def forget(self) -> None:
        """Load the engine again for the next job: another weight pack was chosen."""
        self._jobs.put(self._forget)

    def stop(self, timeout: float = 60.0) -> None:
        """Cancel what runs and wait, at most `timeout` seconds, until the thread has ended."""
        if self._thread is None:
            return
        self._stopping = True
        self._jobs.put(None)
        while self._thread.is_alive() and timeout > 0:
            if self._running is not None:
                self._running.cancelled.set()
            self._thread.join(0.1)
            timeout -= 0.1
        self._thread = None

    def _deliver(self, outcome: Outcome) -> None:
        outcome.job.done(outcome)

    # ---- worker thread

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._stopping:
                continue
            if isinstance(job, Job):
                self._running = job
                self._finished.emit(self._outcome(job))
                self._running = None
            else:
                job()
        self._forget()

    def _forget(self) -> None:
        """Give the engine's memory back, a GPU's too."""
        engine, self.engine = self.engine, None
        self._faces.clear()
        if engine is not None:
            engine.close()

    def _outcome(self, job: Job) -> Outcome:
        started = time.monotonic()
        try:
            engine = self._engine_of(job)
            result = None if job.cancelled.is_set() else job.work(engine, job)
        except runtime.RuntimeProblem as error:
            return Outcome(job, problem=str(error))
        except Exception as error:
            return Outcome(job, problem=self._explain(error), empty=_is_of(error, "EmptyDrawing"))
        seconds = time.monotonic() - started
        return Outcome(job, result, seconds=seconds, device=engine.device, notice=engine.notice)

    def _engine_of(self, job: Job) -> Any:
        """The document's engine; all share the networks."""
        if self.engine is None:
            self._load(job)
        if job.face not in self._faces:
            self._faces[job.face] = self.engine.sibling()
        return self._faces[job.face]

    def _load(self, job: Job) -> None:
        job.progress(LOADING, 0.0)
        settings = runtime.config()
        core = runtime.load_core(settings)
        if job.cancelled.is_set():
            raise core.Cancelled
        job.progress(LOADING, 0.5)
        self.engine = core.Engine(weights=runtime.weights(settings, core), threads="spare")
        self.engine_ready.emit(dict(self.engine.blend))

    @staticmethod
    def _explain(error: Exception) -> str:
        """The line for the painter; "" when the job was cancelled."""
        if _is_of(error, "Cancelled"):
            return ""
        if _is_of(error, "DfdError"):
            return tr(str(error))
        traceback.print_exception(type(error), error, error.__traceback__)
        last_error.note("".join(traceback.format_exception(type(error), error, error.__traceback__)))
        if isinstance(error, MemoryError):
            return tr("Not enough memory. Close other programs or documents, then try again.")
        text = tr("Unexpected error: {error}. The details are in Krita's log.")
        return text.format(error=runtime.first_line(error))


def _is_of(error: Exception, kind: str) -> bool:
    """Whether it is an error of that name in `dfd_core.errors`, which may not be there yet."""
    errors = sys.modules.get("dfd_core.errors")
    return errors is not None and isinstance(error, getattr(errors, kind, ()))
