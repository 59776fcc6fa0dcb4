"""Alternatives to what is drawn, in Krita's thread: shown one after the other, taken, given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import alternative_tasks, components
from .qt import QtCore, tr
from .sessions import STATE, Session
from .settings import Settings
from .worker import Job, Outcome

if TYPE_CHECKING:
    from .controller import Controller


class Alternatives(QtCore.QObject):
    """Every method returns at once; the worker does the work, between portraits."""

    previewed = QtCore.pyqtSignal(object)
    """An `alternative_tasks.Preview` of the part that is shown; None when there is no portrait to change."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._job: Job | None = None

    def parts(self, part: str) -> list[str]:
        """What changes with `part`: both eyes while they are linked, but for a locked one."""
        settings = self._controller.settings
        linked = part in components.EYES and settings.link_eyes
        others = [eye for eye in components.EYES if linked and eye != part and eye not in settings.locks]
        return [part, *others]

    def show(self, part: str) -> None:
        """Begin to paint previews, the drawing first; they come by `previewed`."""
        self.hide()
        self._next(self._controller.session, self.parts(part), 0)

    def hide(self) -> None:
        """No more previews."""
        if self._job is not None:
            self._job.cancelled.set()
            self._job = None

    def take(self, part: str, number: int) -> None:
        """Use an alternative instead of the drawing; 0 goes back to it."""
        parts = self.parts(part)
        self._do(parts, lambda engine: alternative_tasks.take(engine, parts, number))

    def step(self, part: str, by: int) -> None:
        """Use the next alternative, or (-1) the one before."""
        if part in self._controller.settings.locks:
            text = tr("{part} is locked: unlock it to try alternatives.")
            self._controller.message.emit(text.format(part=tr(components.LABELS[part])), True)
            return
        parts = self.parts(part)
        self._do(parts, lambda engine: alternative_tasks.step(engine, parts, by))

    # ---- details

    def _next(self, session: Session, parts: list[str], number: int) -> None:
        def done(outcome: Outcome) -> None:
            if outcome.job is not self._job or (outcome.result is None and number):
                return
            self.previewed.emit(outcome.result)
            if outcome.result is not None and number < alternative_tasks.COUNT:
                self._next(session, parts, number + 1)

        self._job = Job(session.number, lambda engine, job: alternative_tasks.preview(engine, parts, number), done)
        self._controller.worker.submit(self._job)

    def _do(self, parts: list[str], work: Callable[[Any], int | None]) -> None:
        session = self._controller.session
        added = add(session.settings, parts)  # at once, for portraits that are asked for until it is done

        def done(outcome: Outcome) -> None:
            if outcome.result is None:
                take_out(self._controller, session, added)
                text = outcome.problem or tr("There is nothing to choose from yet: make a portrait first.")
                self._controller.message.emit(text, True)
                return
            taken = _with(session.settings.taken, parts, outcome.result > 0)
            if session is self._controller.session:
                self._controller.change(taken=taken)
            else:
                session.settings.taken = taken
                session.keep(STATE)

        self._controller.worker.submit(Job(session.number, lambda engine, job: work(engine), done))


def add(settings: Settings, parts: list[str]) -> list[str]:
    """Note that `parts` are taken; returns those that were not before."""
    added = [name for name in parts if name not in settings.taken]
    settings.taken = _with(settings.taken, added, True)
    return added


def take_out(controller: Controller, session: Session, parts: list[str]) -> None:
    """The parts could not be taken: they show the drawing, as they did."""
    session.settings.taken = _with(session.settings.taken, parts, False)
    session.keep(STATE)
    if session is controller.session:
        controller.settings_changed.emit()


def _with(taken: list[str], parts: list[str], on: bool) -> list[str]:
    return [name for name in components.NAMES if (on if name in parts else name in taken)]
