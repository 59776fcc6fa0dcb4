"""What happens between pressing Generate and the portrait on its layer. One object for all of Krita's windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from krita import Krita

from . import components, layers, reading, scratch, writing
from .qt import QtCore, tr
from .strokes import later, stroke_is_open
from .worker import Job, Outcome, Worker

IDLE, WAITING, WORKING = "idle", "waiting", "working"


@dataclass
class _Request:
    """One press of Generate, from the gate to the finished layer."""

    document: Any
    source: str
    name: str
    settling: reading.Settling
    job: Job | None = None
    cancelled: bool = False


class Controller(QtCore.QObject):
    """The docker's model. Every method is for Krita's thread and returns at once."""

    state_changed = QtCore.pyqtSignal(str)
    """`IDLE`, `WAITING` (for the pen) or `WORKING`."""
    progressed = QtCore.pyqtSignal(str, float)
    """Stage name and fraction, 0..1."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""
    settings_changed = QtCore.pyqtSignal()
    """A slider value or lock is different now."""

    def __init__(self) -> None:
        super().__init__()
        self.state = IDLE
        self.blend = dict.fromkeys(components.NAMES, components.DEFAULT_BLEND)
        self.locks = dict.fromkeys(components.NAMES, False)
        self._chosen: set[str] = set()
        self._request: _Request | None = None
        self.worker = Worker()
        self.worker.progressed.connect(self.progressed)
        self.worker.engine_ready.connect(self._on_engine_ready)
        self.worker.finished.connect(self._on_finished)

    # ---- settings

    def set_blend(self, name: str, value: float) -> None:
        """How far component `name` is drawn from my lines (0) to a plausible face (1)."""
        self._chosen.add(name)
        self.blend[name] = value
        self.settings_changed.emit()

    def set_lock(self, name: str, locked: bool) -> None:
        """Whether component `name` stays as it was in the last portrait."""
        self.locks[name] = locked
        self.settings_changed.emit()

    def _on_engine_ready(self, defaults: dict[str, float]) -> None:
        self.blend.update({name: value for name, value in defaults.items() if name not in self._chosen})
        self.settings_changed.emit()

    # ---- generate

    def generate(self) -> None:
        """Make a portrait from the active drawing, unless one is being made."""
        if self._request is not None:
            return
        try:
            document = Krita.instance().activeDocument()
            source = layers.source_of(document)
        except layers.SourceProblem as problem:
            self.message.emit(str(problem), True)
            return
        self._request = _Request(document, layers.key(source), layers.title(source), reading.Settling(source))
        self._set_state(WAITING)
        self._read(self._request)

    def cancel(self) -> None:
        """Stop as soon as possible; the document stays as it is."""
        if self._request is None:
            return
        self._request.cancelled = True
        if self._request.job is not None:
            self._request.job.cancelled.set()
        self.message.emit(tr("Cancelling…"), False)

    def shut_down(self) -> None:
        """Krita is about to quit: a torch thread that is still running then would crash it."""
        if self._request is not None:
            self._request.cancelled = True
        self.worker.stop()
        scratch.forget()

    def _read(self, request: _Request) -> None:
        source = self._still_wanted(request)
        if source is None:
            return
        if stroke_is_open(request.document):
            self.message.emit(tr("Waiting until Krita has finished your stroke…"), False)
            later(self, lambda: self._read(request))
            return
        picture = reading.read(request.document, source)
        if not request.settling.done(picture):
            later(self, lambda: self._read(request), reading.SETTLE_MS)
            return
        if picture.transparent:
            self._end(tr("“{name}” is empty. Draw a face in lines on it.").format(name=request.name), True)
            return
        blend = {name: value for name, value in self.blend.items() if name in self._chosen}
        request.job = Job(picture, blend, dict(self.locks))
        self.message.emit(tr("Making a portrait from “{name}”…").format(name=request.name), False)
        self._set_state(WORKING)
        self.worker.submit(request.job)

    def _on_finished(self, outcome: Outcome) -> None:
        request = self._request
        if request is None or request.job is not outcome.job:
            return
        if outcome.problem:
            self._end(outcome.problem, True)
        elif outcome.patch is None:
            self._end(tr("Cancelled; nothing was changed."), False)
        else:
            self._write(request, outcome)

    def _write(self, request: _Request, outcome: Outcome) -> None:
        source = self._still_wanted(request)
        if source is None or outcome.patch is None:
            return
        document = request.document
        if request.job is not None and request.job.picture.canvas != (document.width(), document.height()):
            request.job, request.settling = None, reading.Settling(source)  # scaled or cropped meanwhile: draw again
            self._set_state(WAITING)
            self._read(request)
            return
        portrait = layers.portrait_above(document, source)
        if portrait is not None and writing.is_as_written(document, portrait):
            writing.update(document, portrait, outcome.patch)
        elif stroke_is_open(document):
            later(self, lambda: self._write(request, outcome))
            return
        else:
            portrait = writing.add(document, source, outcome.patch, self)
        text = tr("“{name}” is ready: {seconds:.1f} s on {device}.")
        text = text.format(name=layers.title(portrait), seconds=outcome.seconds, device=outcome.device.upper())
        self._end(f"{text} {outcome.notice}".strip(), False)

    def _still_wanted(self, request: _Request) -> Any | None:
        """The drawing layer, or None when the request ended here: cancelled, document closed or layer deleted."""
        if request.cancelled:
            self._end(tr("Cancelled; nothing was changed."), False)
        elif request.document not in Krita.instance().documents():
            self._end(tr("The document was closed, so the portrait was dropped."), True)
        elif (source := layers.find(request.document, request.source)) is None:
            self._end(tr("“{name}” was deleted, so the portrait was dropped.").format(name=request.name), True)
        else:
            return source
        return None

    # ---- state

    def _end(self, text: str, problem: bool) -> None:
        self._request = None
        self._set_state(IDLE)
        self.message.emit(text, problem)

    def _set_state(self, state: str) -> None:
        self.state = state
        self.state_changed.emit(state)
