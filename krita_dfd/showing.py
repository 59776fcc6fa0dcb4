"""Portraits that are kept as numbers come back to their layer here. The latest wish wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import layers, repainting
from .placing import Delivery, Placer
from .qt import QtCore, tr
from .sessions import Session
from .worker import Job, Outcome, Worker


@dataclass(eq=False)
class Wish:
    """A portrait to paint above the layer `drawing`. `text` tells the painter that it is there.

    `look` are the settings that come with it, see `Settings.look`.
    """

    session: Session
    drawing: str
    painting: repainting.Painting
    text: str = ""
    look: bytes = b""


class Shower(QtCore.QObject):
    """Paints one wish at a time. Every method is for Krita's thread and returns at once."""

    shown = QtCore.pyqtSignal(object)
    """The `Wish` whose portrait is on its layer now; its session has taken it over unless it was only a look."""
    dropped = QtCore.pyqtSignal(object)
    """The `Wish` whose portrait will not be there."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""

    def __init__(self, worker: Worker, placer: Placer) -> None:
        super().__init__()
        self._worker = worker
        self._placer = placer
        self._painted = repainting.Painted()
        self._next: Wish | None = None
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a wish is on its way."""
        return self._job is not None

    @property
    def has_next(self) -> bool:
        """Whether another wish waits behind the one that is being painted."""
        return self._next is not None

    def ask(self, wish: Wish) -> None:
        """Paint `wish` after the one that is being painted, instead of any that waits."""
        self._next = wish
        if self._job is None:
            self._begin()

    def cancel(self) -> None:
        """Paint no more; the portrait stays as it is."""
        self._next = None
        if self._job is not None:
            self._job.cancelled.set()

    def _begin(self) -> None:
        wish, self._next, self._job = self._next, None, None
        if wish is None:
            return
        self._job = Job(wish.session.number, lambda engine, job: repainting.paint(engine, wish.painting, self._painted),
                        lambda outcome: self._finished(wish, outcome))  # fmt: skip
        self._worker.submit(self._job)

    def _finished(self, wish: Wish, outcome: Outcome) -> None:
        if outcome.problem:
            self.message.emit(outcome.problem, True)
        if outcome.result is None:
            self._drop(wish)
            return
        self._placer.put(Delivery(wish.session, outcome.result, lambda: self._target(wish),
                                  lambda portrait: self._written(wish, outcome),
                                  lambda problem: self._failed(wish, problem),
                                  look=wish.painting.taken is None))  # fmt: skip

    def _target(self, wish: Wish) -> Any | None:
        session = wish.session
        source = layers.find(session.document, wish.drawing) if session.is_open else None
        cancelled = self._job is not None and self._job.cancelled.is_set()
        if source is not None and not cancelled and session.size == wish.painting.canvas:
            return source
        if source is None and session.is_open:
            self.message.emit(tr("The drawing of this portrait was deleted. Undo until it is back."), True)
        self._drop(wish)
        return None

    def _failed(self, wish: Wish, problem: str) -> None:
        self.message.emit(problem, True)
        self._drop(wish)

    def _drop(self, wish: Wish) -> None:
        self.dropped.emit(wish)
        self._begin()

    def _written(self, wish: Wish, outcome: Outcome) -> None:
        if wish.painting.taken is not None:
            wish.session.take(outcome.result, wish.drawing, wish.look)
        if wish.text:
            self.message.emit(wish.text, False)
        self.shown.emit(wish)
        self._begin()
