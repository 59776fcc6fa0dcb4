"""Layers on the way from one portrait to another: a group, added at once when all of them are painted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from . import ai_mark, layers, repainting, scratch, writing
from .conversion import Conversion
from .placing import form_of
from .qt import QtCore, tr
from .sessions import Session
from .strokes import RETRY_MS, later, stroke_is_open
from .worker import Job, Outcome, Worker


@dataclass(eq=False)
class _Series:
    session: Session
    drawing: str
    paintings: list[repainting.Painting]
    form: writing.Form
    nodes: list[Any] = field(default_factory=list)
    model: str = ""


class Between(QtCore.QObject):
    """Makes one series at a time. Every method is for Krita's thread and returns at once."""

    changed = QtCore.pyqtSignal(bool)
    """Whether a series is being made."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a series is being made."""
        return self._job is not None

    def add(self, session: Session, drawing: str, start: repainting.Painting, end: bytes, count: int) -> None:
        """Paint `count` portraits between `start` and the snapshot `end`, above the portraits of the layer `drawing`.

        They are hidden, so that the portrait below goes on to be seen.
        """
        if self.busy:
            return
        steps = [number / (count + 1) for number in range(1, count + 1)]
        paintings = [replace(start, second=end, amount=step, taken=None, parts=False) for step in steps]
        self._paint(_Series(session, drawing, paintings, writing.Form(space=form_of(session).space)))
        self.changed.emit(True)

    def cancel(self) -> None:
        """Give the series up; nothing is added."""
        if self._job is not None:
            self._job.cancelled.set()

    def _paint(self, series: _Series) -> None:
        number, count = len(series.nodes) + 1, len(series.paintings)
        painting, painted = series.paintings[number - 1], repainting.Painted()
        text = tr("Painting in-between portrait {number} of {count}…").format(number=number, count=count)
        self.message.emit(text, False)
        self._job = Job(series.session.number, lambda engine, job: repainting.paint(engine, painting, painted),
                        lambda outcome: self._painted(series, outcome))  # fmt: skip
        self._worker.submit(self._job)

    def _painted(self, series: _Series, outcome: Outcome) -> None:
        if outcome.result is None or outcome.job.cancelled.is_set():
            self._end(outcome.problem or tr("Cancelled; nothing was changed."), bool(outcome.problem))
            return
        series.model = outcome.result.model
        patch, space = outcome.result.patch, series.form.space
        if scratch.is_srgb8(space):
            self._take(series, patch)
        else:
            self._convert(series, Conversion(writing.Sheets(patch), space))

    def _convert(self, series: _Series, conversion: Conversion) -> None:
        session = series.session
        if not session.is_open or self._is_cancelled():
            self._add(series)
            return
        sheets = None if stroke_is_open(session.document) else conversion.go_on()
        if sheets is None:
            later(self, lambda: self._convert(series, conversion), 0 if conversion.begun else RETRY_MS)
        else:
            self._take(series, sheets.whole)

    def _take(self, series: _Series, patch: writing.Patch) -> None:
        percent = round(100 * series.paintings[len(series.nodes)].amount)
        name = tr("A to B {percent} % (AI)").format(percent=percent)
        series.nodes.append(writing.layer(patch, name, series.form))
        if len(series.nodes) < len(series.paintings):
            self._paint(series)
        else:
            self._add(series)

    def _add(self, series: _Series) -> None:
        session = series.session
        document = session.document
        source = layers.find(document, series.drawing) if session.is_open else None
        if source is None:
            self._end(tr("The drawing was deleted, so the in-between layers were dropped."), True)
        elif self._is_cancelled():
            self._end(tr("Cancelled; nothing was changed."), False)
        elif stroke_is_open(document):
            later(self, lambda: self._add(series))
        else:
            name = tr("{name} in-between portraits (AI)").format(name=source.name())
            group = writing.group(name, series.nodes, series.form)
            group.setVisible(False)
            writing.attach(document, source, group, self)
            ai_mark.note(document, group, series.model)
            text = tr("{count} in-between layers are in the hidden group “{name}”.")
            self._end(text.format(count=len(series.nodes), name=layers.title(group)), False)

    def _is_cancelled(self) -> bool:
        return self._job is not None and self._job.cancelled.is_set()

    def _end(self, text: str, problem: bool) -> None:
        self._job = None
        self.message.emit(text, problem)
        self.changed.emit(False)
