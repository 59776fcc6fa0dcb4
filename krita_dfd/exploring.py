"""What the painter does with the history: go back, compare, mix, take a part over. Knows no widgets."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import alternatives, layers, repainting, thumbnail
from .between import Between
from .history import Entry, History
from .making import CHANGED, IDLE, LIVE, PRESSED
from .qt import QtCore, tr
from .sessions import HISTORY, STATE, Session
from .settings import GROUP, Settings
from .showing import Shower, Wish
from .standing import Standing
from .worker import Job, Outcome

if TYPE_CHECKING:
    from .controller import Controller

REST_MS = 1500
"""A portrait that the painter did not ask for becomes an entry when none has followed it for so long."""

THUMBNAIL = 128
"""Side of an entry's picture, in pixels: sharp in the docker on a screen at 200 %."""


class Explorer(QtCore.QObject):
    """Every method is for Krita's thread and returns at once."""

    changed = QtCore.pyqtSignal()
    """Entries, marks, or what is shown may be different, or another document is active."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""
    shown = QtCore.pyqtSignal()
    """An earlier portrait, or a mixture, is the last portrait of its document now."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._fresh: Session | None = None
        self._mixed = False
        self._before: Standing | None = None
        self.comparing = False
        self.amount = 1.0
        """How far the portrait is on the way from A (0) to B (1)."""
        self._shower = Shower(controller.worker, controller.maker.placer)
        self.between = Between(controller.worker)
        self._rest = QtCore.QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rest)
        controller.maker.made.connect(self._on_made)
        controller.settings_changed.connect(self.changed)
        self._shower.shown.connect(self._on_shown)
        self._shower.dropped.connect(self._on_dropped)
        for part in (self._shower, self.between):
            part.message.connect(self.message)

    @property
    def history(self) -> History:
        """Of the active document. Read only."""
        return self._controller.session.history

    @property
    def busy(self) -> bool:
        """Whether something of this is being painted."""
        return self._shower.busy or self.between.busy

    def cancel(self) -> None:
        """Stop painting."""
        self._shower.cancel()
        self.between.cancel()

    # ---- entries

    def _on_made(self, session: Session, why: str) -> None:
        if session is self._controller.session:
            if self.comparing:
                self._shower.cancel()  # it would come over the new portrait
            self.comparing, self._mixed, self.amount = False, False, 1.0
        session.history.shown = None
        self._note(session, at_once=why == PRESSED)

    def _on_shown(self, wish: Wish) -> None:
        if wish.painting.taken is not None:
            if self._before is not None:
                self._before = replace(self._before, look=wish.look) if self._shower.has_next else None
            if self._mixed:
                self._note(wish.session, at_once=False)
            self.shown.emit()
        self.changed.emit()

    def _on_dropped(self, wish: Wish) -> None:
        before = self._before
        if wish.painting.taken is None or self._shower.has_next or before is None or before.session is not wish.session:
            return
        self._before, self._mixed, self.amount = None, False, 1.0
        before.bring_back()
        self._controller.settings_changed.emit()

    def _note(self, session: Session, at_once: bool) -> None:
        if self._fresh is not session:
            self.settle()
        self._fresh = session
        self._rest.start(REST_MS)
        if at_once:
            self.settle()

    def _on_rest(self) -> None:
        if self._controller.maker.state != IDLE or self._shower.busy:
            self._rest.start(REST_MS)  # the next portrait is on its way, only slowly
        else:
            self.settle()

    def settle(self, wanted: Entry | None = None) -> None:
        """Keep the last portrait as an entry, if there is none for it yet. The entry `wanted` is not dropped for it."""
        self._rest.stop()
        session, self._fresh = self._fresh, None
        if session is None or not session.is_open or session.rendered is None:
            return
        small = thumbnail.of_portrait(session.rendered.image, THUMBNAIL)
        entry = Entry.of(session.snapshot, settings=session.look, source=session.drawing, thumbnail=small,
                         frame=session.rendered.frame, canvas=session.size, time=time.time())  # fmt: skip
        session.history.add(entry, choose=not self._mixed, wanted=wanted)
        session.keep(HISTORY)
        self.changed.emit()

    def leave(self) -> None:
        """Another document is about to be the active one."""
        self.compare(False)
        self.settle()
        self._mixed, self.amount = False, 1.0

    def pin(self, entry: Entry, on: bool) -> None:
        """A pinned entry is not dropped when there are too many."""
        if not self.history.pin(entry, on):
            self.message.emit(tr("No more can be pinned: unpin another portrait first."), True)
        self._keep()

    def remove(self, entry: Entry) -> None:
        """Take `entry` out of the history. Its portrait stays where it is."""
        if self._has(entry):
            self.history.remove(entry)
            self._keep()

    def _has(self, entry: Entry) -> bool:
        """False for one that was dropped while its menu was open."""
        if entry in self.history.entries:
            return True
        self.message.emit(tr("This portrait is not in the history any more."), True)
        return False

    def _keep(self) -> None:
        self._controller.session.keep(HISTORY)
        self.changed.emit()

    # ---- showing

    def show(self, entry: Entry) -> None:
        """Bring an entry's settings and portrait back; what is drawn next goes on from there."""
        self.settle(wanted=entry)
        history = self.history
        if not self._has(entry):
            return
        self._mixed, self.comparing, self.amount = False, False, 1.0
        number, count = history.entries.index(entry) + 1, len(history.entries)
        text = tr("Portrait {number} of {count} is shown.").format(number=number, count=count)
        if self._go_on_from(entry, entry.snapshot, text=text):
            history.choose(entry)
            self.changed.emit()

    def step(self, by: int) -> None:
        """Show the entry before (-1) or after (1) the one that is shown."""
        self.settle()
        entry = self.history.step(by)
        if entry is not None:
            self.show(entry)
        else:
            text = tr("There is no earlier portrait.") if by < 0 else tr("There is no later portrait.")
            self.message.emit(text, False)

    def compare(self, on: bool) -> None:
        """While on, the portrait's layer shows A; or B, while A is what is shown else."""
        if on == self.comparing:
            return
        self.settle()
        history = self.history
        other = history.b if history.shown is history.a else history.a
        if on and not (self._both() and self._is_of(other, self._controller.session.drawing)):
            return
        self.comparing = on
        if other is not None:
            self._ask(other, other.snapshot if on else self._controller.session.snapshot)
        self.changed.emit()

    def mix(self, amount: float) -> None:
        """Show the portrait between A (0) and B (1); what is drawn next goes on from there."""
        if not self._mixed:
            self.settle()
        history = self.history
        if not self._both() or history.a is None or history.b is None:
            return
        near = history.b if amount >= 0.5 else history.a
        if self._go_on_from(near, history.a.snapshot, history.b.snapshot, amount):
            self._mixed, self.comparing, self.amount = True, False, amount
            history.shown = {0.0: history.a, 1.0: history.b}.get(amount)
            self.changed.emit()

    def add_between(self, count: int) -> None:
        """Add a group with `count` portraits on the way from A to B, as layers."""
        self.settle()
        history, session = self.history, self._controller.session
        if not self._both() or history.a is None or history.b is None:
            return
        drawing = self._drawing(history.b)
        painting = self._painting(drawing, history.b, history.a.snapshot)
        if drawing and painting is not None:
            self.between.add(session, drawing, painting, history.b.snapshot, count)

    def take_component(self, entry: Entry, name: str) -> None:
        """Use component `name` of `entry` in the portrait of the drawing."""
        self.settle()
        session, snapshot = self._controller.session, entry.snapshot
        last, before = session.snapshot, list(session.settings.taken)
        added = alternatives.add(session.settings, [name])

        def done(outcome: Outcome) -> None:
            if outcome.result is None:
                alternatives.take_out(self._controller, session, added)
                self.message.emit(outcome.problem, True)
            elif session is self._controller.session:
                self._controller.change(locks=[n for n in session.settings.locks if n != name])

        job = Job(session.number, lambda engine, job: repainting.take_component(engine, name, snapshot, last, before),
                  done)  # fmt: skip
        self._controller.worker.submit(job)

    # ---- painting

    def _both(self) -> bool:
        if self.history.a is None or self.history.b is None:
            self.message.emit(tr("Choose two portraits of the history first, one after the other."), False)
            return False
        return self._is_of(self.history.a, self._drawing(self.history.b))

    def _is_of(self, entry: Entry | None, drawing: str) -> bool:
        """Whether `entry` would be painted above the layer `drawing`; each drawing has a portrait of its own."""
        gone = layers.find(self._controller.session.document, drawing) is None
        if entry is None or gone or self._drawing(entry) == drawing:
            return True
        self.message.emit(tr("These are portraits of two drawings. Choose two of the same drawing."), True)
        return False

    def _go_on_from(self, entry: Entry, first: bytes, second: bytes = b"", amount: float = 0.0, text: str = "") -> bool:
        """Paint a portrait and take the settings of `entry`; False when that cannot be."""
        session, taken = self._controller.session, Settings.from_json(entry.settings).taken
        before = self._before if self._shower.busy and self._before is not None else Standing.of(session)
        if not self._ask(entry, first, second, amount, tuple(taken), text):
            return False
        session.settings.take_look(entry.settings)
        session.keep(STATE)
        self._before = replace(before, taken=session.settings.look())
        for why in (CHANGED, LIVE):
            self._controller.maker.drop(why)
        self._controller.settings_changed.emit()
        return True

    def _ask(self, entry: Entry, first: bytes, second: bytes = b"", amount: float = 0.0,
             taken: tuple[str, ...] | None = None, text: str = "") -> bool:  # fmt: skip
        drawing = self._drawing(entry)
        painting = self._painting(drawing, entry, first, second, amount, taken)
        if not drawing or painting is None:
            return False
        self._shower.ask(Wish(self._controller.session, drawing, painting, text, entry.settings))
        return True

    def _drawing(self, entry: Entry) -> str:
        """The id of the layer to paint above: the entry's own or, when that is gone, the one to draw from now."""
        session = self._controller.session
        if layers.find(session.document, entry.source) is not None:
            return entry.source
        try:
            return layers.key(layers.source_of(session.document, session.settings.source))
        except layers.SourceProblem as problem:
            self.message.emit(str(problem), True)
            return ""

    def _painting(self, drawing: str, entry: Entry, *values: Any) -> repainting.Painting | None:
        """Where the portrait of `drawing` stands now, or stood then."""
        session = self._controller.session
        frame = session.frame_now if session.drawing == drawing else None
        if frame is None and entry.canvas == session.size:
            frame = entry.frame
        if frame is None:
            self.message.emit(tr("The document has another size by now. Press Generate once, then choose again."), True)
            return None
        first, *more = values
        painting = repainting.Painting(first, frame, session.size, *more)
        return replace(painting, parts=session.settings.output == GROUP, feather=session.settings.feather)
