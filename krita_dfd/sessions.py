"""One `Session` for each open document: what the docker knows of it. Documents never share anything."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

from krita import Krita

from . import layers
from .history import History
from .qt import QtCore
from .settings import FrameNumbers, Settings

STATE = "krita_dfd/state"
"""Document annotation: the docker's settings."""

SNAPSHOT = "krita_dfd/snapshot"
"""Document annotation: the last portrait as numbers, which locks and taken alternatives need after opening again."""

PLACE = "krita_dfd/place"
"""Document annotation: where the last portrait stands, so that it stays there when its drawing is touched up."""

STALL = 0.12
"""Seconds that Krita may be held up while the pen is down."""

HISTORY = "krita_dfd/history"
"""Document annotation: the portraits to come back to, at most `history.LARGEST` bytes."""

_numbers = itertools.count(1)


class Session(QtCore.QObject):
    """A document's settings, and its last portrait. `number` is its own for as long as Krita runs."""

    def __init__(self, document: Any | None) -> None:
        super().__init__()
        self.document = document
        self.number = next(_numbers)
        self.settings = Settings.from_json(self.note(STATE))
        self.snapshot = self.note(SNAPSHOT)
        """Of the last portrait; see `dfd_core.snapshot`. b"" when there is none."""
        self.look = b""
        """The settings that the last portrait was made with, see `Settings.look`."""
        self.frame: FrameNumbers | None = None
        """Where the last portrait stands."""
        self.canvas: tuple[int, int] | None = None
        """The document's size then."""
        self.drawing = ""
        """Id of the layer that the last portrait was drawn from."""
        self._stand(self.note(PLACE))
        self.rendered: Any | None = None
        """The last portrait, `tasks.Rendered`, since the document was opened."""
        self.held_up = 0.0
        """Seconds that showing the last portrait held Krita up: it puts the whole canvas together."""
        self.reference: tuple[str, Any] | None = None
        """The setting `reference` and the `reading.Picture` of that layer, once it was read."""
        self.history = History.from_bytes(self.note(HISTORY))

    @property
    def is_open(self) -> bool:
        """False when the document was closed."""
        return self.document is not None and self.document in layers.documents()

    @property
    def stalls(self) -> bool:
        """Whether showing a portrait would hold up the pen."""
        return self.held_up > STALL

    @property
    def size(self) -> tuple[int, int]:
        """Of the document, in pixels."""
        return (self.document.width(), self.document.height())

    @property
    def frame_now(self) -> FrameNumbers | None:
        """Where the last portrait stands, unless the document has another size by now."""
        return self.frame if self.canvas == self.size else None

    def take(self, rendered: Any, drawing: str, look: bytes) -> None:
        """`rendered` (`tasks.Rendered`), made from the layer `drawing` with settings `look`, is the last portrait."""
        self.rendered, self.frame, self.snapshot, self.look = rendered, rendered.frame, rendered.snapshot, look
        self.canvas, self.drawing = self.size, drawing
        if self.is_open:
            place = json.dumps([self.frame, self.canvas, self.drawing]).encode()
            self.document.setAnnotation(PLACE, "DeepFaceDrawing: where the last portrait stands", place)
        settings = self.settings
        if rendered.lost:
            settings.taken = [name for name in settings.taken if name not in rendered.lost]
            self.keep(STATE)
            made = Settings.from_json(look)
            made.taken = [name for name in made.taken if name not in rendered.lost]
            self.look = made.look()
        if self._holds or self.note(SNAPSHOT):
            self.keep(SNAPSHOT)

    @property
    def _holds(self) -> bool:
        """Whether the settings hold on to something of the last portrait, which then belongs into the document."""
        return bool(self.settings.locks or self.settings.taken or self.settings.keep_colours)

    def note(self, annotation: str) -> bytes:
        """What the document says under `annotation`; b"" when nothing."""
        return bytes(self.document.annotation(annotation)) if self.document is not None else b""

    def keep(self, annotation: str) -> None:
        """Write `STATE`, `SNAPSHOT` or `HISTORY` into the document. No undo entry; safe while a stroke is open.

        With the settings goes what they hold on to, unless it is there. At once, since Krita tells nobody that it is
        about to save: milliseconds for the longest history.
        """
        if not self.is_open:
            return
        if annotation == STATE:
            self.document.setAnnotation(STATE, "DeepFaceDrawing: settings", self.settings.to_json())
            if self.snapshot and self._holds and not self.note(SNAPSHOT):
                self.keep(SNAPSHOT)
        elif annotation == SNAPSHOT:
            self.document.setAnnotation(SNAPSHOT, "DeepFaceDrawing: the last portrait", self.snapshot)
        else:
            self.document.setAnnotation(HISTORY, "DeepFaceDrawing: portraits to come back to", self.history.to_bytes())

    def _stand(self, place: bytes) -> None:
        """Take what `PLACE` says, unless the document has another size by now or it makes no sense."""
        try:
            (x, y, side, tilt), canvas, *drawing = json.loads(place or b"null")
            numbers = (float(x), float(y), float(side), float(tilt))
        except (TypeError, ValueError, OverflowError, RecursionError):
            return
        if canvas == list(self.size) and all(map(math.isfinite, numbers)) and numbers[2] >= 1:
            self.frame, self.canvas = numbers, self.size
            self.drawing = str(drawing[0]) if drawing else ""


class Sessions:
    """Finds the session of a document; documents have no name of their own in Krita, so they are compared."""

    def __init__(self) -> None:
        self._none = Session(None)
        self._open: list[Session] = []

    def of(self, document: Any | None) -> Session:
        """The session of `document`, made at first sight. For None, one that belongs to no document."""
        if document is None:
            return self._none
        for session in self._open:
            if session.document == document:
                return session
        session = Session(document)
        self._open.append(session)
        return session

    def current(self) -> Session:
        """The session of the active document."""
        return self.of(Krita.instance().activeDocument())

    def take_closed(self) -> list[Session]:
        """Forget and return the sessions whose documents were closed."""
        documents = layers.documents()
        gone = [session for session in self._open if session.document not in documents]
        self._open = [session for session in self._open if session not in gone]
        return gone
