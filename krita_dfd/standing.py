"""How things stand before an earlier portrait is shown: what holds again when it cannot be painted."""

from __future__ import annotations

from dataclasses import dataclass

from .history import Entry
from .sessions import STATE, Session
from .settings import LOOK, Settings


@dataclass(frozen=True)
class Standing:
    """The settings that a portrait follows from, and the history's marks, of one document.

    `taken` are the settings that were taken over since.
    """

    session: Session
    look: bytes
    marks: tuple[Entry | None, ...]
    taken: bytes = b""

    @classmethod
    def of(cls, session: Session) -> Standing:
        """As it is now."""
        history = session.history
        return cls(session, session.settings.look(), (history.shown, history.a, history.b))

    def bring_back(self) -> None:
        """As it was then, but for what the painter has changed or removed meanwhile."""
        session, history = self.session, self.session.history
        then, since = Settings.from_json(self.look), Settings.from_json(self.taken)
        for name in LOOK:
            if getattr(session.settings, name) == getattr(since, name):
                setattr(session.settings, name, getattr(then, name))
        session.keep(STATE)
        marks = (mark if mark in history.entries else None for mark in self.marks)
        history.shown, history.a, history.b = marks
