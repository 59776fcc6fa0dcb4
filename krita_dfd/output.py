"""What becomes of a portrait: kept as it is, or saved as a picture. Knows no widgets."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import ai_mark, exporting, layers
from .qt import QtCore, tr
from .sessions import Session
from .strokes import later, stroke_is_open
from .worker import Job, Outcome

if TYPE_CHECKING:
    from .controller import Controller


class Output(QtCore.QObject):
    """Every method is for Krita's thread and returns at once."""

    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller

    def keep(self) -> None:
        """Leave the portrait as it is, under a name of its own: the next one gets a new layer. No undo entry."""
        self._controller.look()
        self._keep(self._controller.session)

    def _keep(self, session: Session) -> None:
        document = session.document
        try:
            source = layers.source_of(document, session.settings.source)
        except layers.SourceProblem as problem:
            self.message.emit(str(problem), True)
            return
        portrait = layers.portrait_above(document, source)
        if portrait is None:
            self.message.emit(tr("There is no portrait to keep. Press Generate first."), True)
            return
        if stroke_is_open(document):
            later(self, lambda: self._keep_if_open(session))  # another name would end the stroke
            return
        self._controller.explorer.settle()
        portrait.setName(_free_name(document, source))
        layers.remember_written(document, portrait, [])
        ai_mark.note(document, portrait)
        document.setModified(True)
        text = tr("“{name}” is kept. The next portrait gets a layer of its own.")
        self.message.emit(text.format(name=layers.title(portrait)), False)

    def _keep_if_open(self, session: Session) -> None:
        if session.is_open:
            self._keep(session)

    @property
    def can_export(self) -> bool:
        """Whether there is a portrait to save."""
        session = self._controller.session
        return bool(session.snapshot or session.history.entries)

    def export(self, path: str) -> None:
        """Save the last portrait as a PNG with the side that the painter chose."""
        session = self._controller.session
        if not self.can_export:
            self.message.emit(tr("There is no portrait to save. Press Generate first."), True)
            return
        image = session.rendered.image if session.rendered is not None else b""
        snapshot = session.snapshot or session.history.entries[-1].snapshot
        side, target = session.settings.side, Path(path)

        def done(outcome: Outcome) -> None:
            text = tr("Saved: {file}").format(file=target.name)
            self.message.emit(outcome.problem or text, bool(outcome.problem))

        def work(engine: Any, job: Job) -> bool:
            exporting.save(engine, image, snapshot, side, target)
            return True

        self._controller.worker.submit(Job(session.number, work, done))


def _free_name(document: Any, source: Any) -> str:
    """The first "… portrait 1 (AI)" that no layer beside the drawing has."""
    taken = {sibling.name() for sibling in layers.children(source.parentNode())}
    names = (tr("{name} portrait {number} (AI)").format(name=source.name(), number=n) for n in itertools.count(1))
    return next(name for name in names if name not in taken)
