"""From a wish for a portrait to the portrait on its layer. One at a time; the latest wish wins."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from . import frames, layers, placing, reading, references, tasks
from .qt import QtCore, tr
from .sessions import Session
from .settings import GROUP
from .strokes import later, stroke_is_open
from .worker import Job, Outcome, Worker

IDLE, WAITING, WORKING = "idle", "waiting", "working"

PRESSED, CHANGED, LIVE = "pressed", "changed", "live"
"""Why a portrait is made: the painter asked for it, a setting is different, the drawing is. The last two are quiet."""

PATIENCE = 1.0
"""Seconds. Work that a later wish has overtaken is cancelled, unless the painter has seen nothing new for so long."""


@dataclass(eq=False)
class _Request:
    """One portrait, from the wish to the finished layer."""

    session: Session
    source: str
    name: str
    why: str
    settling: reading.Settling
    picture: reading.Picture | None = None
    job: Job | None = None
    cancelled: bool = False
    overtaken: bool = False
    look: bytes = b""
    """The settings that it is made with, see `Settings.look`."""
    parts: bool = False
    """It is made for a group."""
    updates: bool = False
    """There was a portrait when the drawing was read: if the painter takes it away meanwhile, no other is added."""

    @property
    def document(self) -> Any:
        return self.session.document


class Maker(QtCore.QObject):
    """Makes portraits. Every method is for Krita's thread and returns at once."""

    state_changed = QtCore.pyqtSignal(str, bool)
    """`IDLE`, `WAITING` (for the pen) or `WORKING`; True when the painter asked for it or has to wait for it."""
    progressed = QtCore.pyqtSignal(str, float)
    """Stage name and fraction, 0..1."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""
    put_off = QtCore.pyqtSignal(object, str)
    """A portrait was ready while the pen was down, and showing it would have held that up: ask again later.

    The `Session` and the id of its drawing's layer.
    """
    made = QtCore.pyqtSignal(object, str)
    """The `Session` whose portrait is on its layer now, and why it was made."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.state = IDLE
        self.placer = placing.Placer()
        self._worker = worker
        self._request: _Request | None = None
        self._next: dict[Session, str] = {}
        """Why the next portrait of each document is wanted; the latest wish comes first."""
        self._delivered = 0.0

    def want(self, session: Session, why: str) -> None:
        """Make a portrait of the document's drawing as it is then; a quiet wish waits for its turn."""
        running = self._request
        if running is not None:
            if why == running.why == PRESSED and session is running.session:
                return
            before = self._next.pop(session, why)
            self._next[session] = before if before == PRESSED else why  # what is asked for is not forgotten
            if session is running.session:
                self._overtake(running)
            if why == PRESSED:
                self._set_state(self.state)
            return
        try:
            source = self._source(session, why)
        except layers.SourceProblem as problem:
            self.message.emit(str(problem), True)
            return
        if source is None:
            return
        settling = reading.Settling(source)
        self._request = _Request(session, layers.key(source), layers.title(source), why, settling)
        self._set_state(WAITING)
        self._read(self._request)

    @property
    def is_awaited(self) -> bool:
        """Whether the painter has asked for what is being made, or for what is next, or has to wait for it."""
        if self._request is None:
            return False
        asked = PRESSED in (self._request.why, *self._next.values())
        return asked or self._worker.engine is None

    def makes_first(self, session: Session) -> str:
        """Why the first portrait of a drawing in `session` is being made; "" when none is."""
        request = self._request
        return request.why if request is not None and request.session is session and not request.updates else ""

    def cancel(self) -> None:
        """Stop as soon as possible; the document stays as it is."""
        self._next.clear()
        self._stop()

    def _stop(self) -> None:
        if self._request is None:
            return
        self._request.cancelled = True
        if self._request.job is not None:
            self._request.job.cancelled.set()
        if self._request.why == PRESSED:
            self.message.emit(tr("Cancelling…"), False)

    def drop(self, why: str) -> None:
        """Make no portrait for this reason any more."""
        self._next = {session: other for session, other in self._next.items() if other != why}
        if self._request is not None and self._request.why == why:
            self._stop()

    # ---- one request

    @staticmethod
    def _source(session: Session, why: str) -> Any | None:
        if why == CHANGED:
            return layers.followed(session.document, session.settings.source, session.drawing)
        return layers.source_of(session.document, session.settings.source)

    def _overtake(self, running: _Request) -> None:
        if running.job is not None and running.why != PRESSED and time.monotonic() - self._delivered < PATIENCE:
            running.overtaken = True
            running.job.cancelled.set()

    def _read(self, request: _Request) -> None:
        source = self._still_wanted(request)
        if source is None:
            return
        plain = reading.is_plain(source) and references.is_at_hand(request.session)
        if stroke_is_open(request.document) and not (request.why == LIVE and plain):
            if request.why == PRESSED:
                self.message.emit(tr("Waiting until Krita has finished your stroke…"), False)
            later(self, lambda: self._read(request))
            return
        near = request.session.frame_now
        area = reading.area_with_pen(request.document, source, near) if request.why == LIVE else None
        picture = reading.read(request.document, source, area)
        if request.why != LIVE and not request.settling.done(picture):
            later(self, lambda: self._read(request), reading.SETTLE_MS)
            return
        if request.why != LIVE and picture.transparent:  # live, the worker looks: it takes long on large canvases
            self._end(tr("“{name}” is empty. Draw a face in lines on it.").format(name=request.name), True)
            return
        request.picture, request.look = picture, request.session.settings.look()
        request.parts = request.session.settings.output == GROUP
        request.updates = request.why != PRESSED and bool(layers.portraits_above(request.document, source))
        try:
            order = self._order(request, picture)
        except frames.FrameProblem as problem:
            self._end(str(problem), True)
            return
        request.job = Job(request.session.number, lambda engine, job: tasks.render(engine, job, order),
                          lambda outcome: self._finished(request, outcome), self.progressed.emit)  # fmt: skip
        if request.why == PRESSED:
            self.message.emit(tr("Making a portrait from “{name}”…").format(name=request.name), False)
        self._set_state(WORKING)
        self._worker.submit(request.job)

    @staticmethod
    def _order(request: _Request, picture: reading.Picture) -> tasks.Order:
        session, settings = request.session, request.session.settings
        moved = frames.keep_up(session)
        frame = frames.chosen(session)
        reference, problem = references.wanted(session, request.why == PRESSED)
        return tasks.Order(picture, dict(settings.blend), list(settings.locks), list(settings.taken),
                           settings.link_eyes, settings.seed, dict(settings.colours), frame, session.frame_now,
                           session.snapshot, settings.keep_colours, reference, settings.reference_strength,
                           " ".join(filter(None, (moved, problem))),
                           parts=request.parts, feather=settings.feather,
                           attributes=dict(settings.attributes))  # fmt: skip

    def _finished(self, request: _Request, outcome: Outcome) -> None:
        if request is not self._request:
            return
        if request.overtaken:
            self._end("", False)
        elif outcome.empty and request.why == LIVE:
            self._end(tr("Live is on: draw a face on “{name}”.").format(name=request.name), False)
        elif outcome.problem:
            self._end(outcome.problem, True)
        elif outcome.result is None:
            self._end(tr("Cancelled; nothing was changed.") if request.why == PRESSED else "", False)
        else:
            self._write(request, outcome)

    def _write(self, request: _Request, outcome: Outcome) -> None:
        self.placer.put(placing.Delivery(request.session, outcome.result, lambda: self._target(request),
                                         lambda portrait: self._written(request, outcome, portrait),
                                         lambda problem: self._end(problem, True)))  # fmt: skip

    def _target(self, request: _Request) -> Any | None:
        """The drawing layer, or None when its portrait cannot be written any more."""
        source = self._still_wanted(request)
        document = request.document
        if source is None or request.picture is None:
            return None
        if request.updates and not layers.portraits_above(document, source):
            self._end("", False)
            return None
        if request.why == LIVE and request.session.stalls and stroke_is_open(document):
            self.put_off.emit(request.session, request.source)
            self._end("", False)
            return None
        same_canvas = request.picture.canvas == (document.width(), document.height())
        if not same_canvas or request.parts != (request.session.settings.output == GROUP):  # meanwhile: draw again
            request.job, request.settling = None, reading.Settling(source)
            request.session.frame = request.session.frame if same_canvas else None
            self._set_state(WAITING)
            self._read(request)
            return None
        return source

    def _written(self, request: _Request, outcome: Outcome, portrait: Any) -> None:
        request.session.take(outcome.result, request.source, request.look)
        self._delivered = time.monotonic()
        text = tr("“{name}” is ready: {seconds:.1f} s on {device}.")
        text = text.format(name=layers.title(portrait), seconds=outcome.seconds, device=outcome.device.upper())
        self.made.emit(request.session, request.why)
        problem = outcome.result.problem
        self._end(problem or f"{text} {outcome.notice}".strip(), bool(problem))

    def _still_wanted(self, request: _Request) -> Any | None:
        """The drawing layer, or None when the request ended here: cancelled, document closed or layer deleted."""
        if request.cancelled:
            self._end(tr("Cancelled; nothing was changed.") if request.why == PRESSED else "", False)
        elif not request.session.is_open:
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
        if text:
            self.message.emit(text, problem)
        while self._next and self._request is None:
            session, why = self._next.popitem()
            if session.is_open:
                self.want(session, why)

    def _set_state(self, state: str) -> None:
        self.state = state
        self.state_changed.emit(state, self.is_awaited)
