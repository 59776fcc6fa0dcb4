"""Portraits go to their layers here, one after the other, each over as many turns of the event loop as it takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import ai_mark, layers, scratch, writing
from .checking import Check
from .conversion import Conversion
from .qt import QtCore, tr
from .sessions import Session
from .settings import GROUP
from .strokes import later, stroke_is_open
from .tasks import Rendered


@dataclass(eq=False)
class Delivery:
    """A portrait on its way. `source()` is asked at every turn for the drawing's layer; None calls the delivery off.

    `done(portrait)` is called with the layer when it is written, `failed(text)` with a line for the painter when Krita
    cannot make it; neither when it was called off. A `look` only goes to a layer that is there and ours.
    """

    session: Session
    rendered: Rendered
    source: Callable[[], Any | None]
    done: Callable[[Any], None]
    failed: Callable[[str], None]
    look: bool = False

    @property
    def document(self) -> Any:
        return self.session.document


class Placer(QtCore.QObject):
    """Writes deliveries. Updates are safe while a stroke is open; new layers and conversions wait for its end."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Delivery] = deque()
        self._busy = False

    def put(self, delivery: Delivery) -> None:
        """Write it when those before are written."""
        self._waiting.append(delivery)
        if not self._busy:
            self._next()

    def _next(self) -> None:
        self._busy = bool(self._waiting)
        if self._waiting:
            self._begin(self._waiting.popleft())

    def _end(self, delivery: Delivery, portrait: Any | None) -> None:
        if portrait is not None:
            delivery.done(portrait)
        self._next()

    def _begin(self, delivery: Delivery) -> None:
        if delivery.source() is None:
            self._end(delivery, None)
            return
        form = form_of(delivery.session)
        sheets = writing.Sheets(delivery.rendered.patch, delivery.rendered.parts)
        if scratch.is_srgb8(form.space):
            self._look(delivery, form, sheets)
        else:
            self._convert(delivery, form, Conversion(sheets, form.space))

    def _convert(self, delivery: Delivery, form: writing.Form, conversion: Conversion) -> None:
        if delivery.source() is None:
            self._end(delivery, None)
            return
        sheets = None if stroke_is_open(delivery.document) else conversion.go_on()
        if sheets is None:
            later(self, lambda: self._convert(delivery, form, conversion), 0 if conversion.begun else 50)
        else:
            self._look(delivery, form, sheets)

    def _look(self, delivery: Delivery, form: writing.Form, sheets: writing.Sheets, check: Check | None = None) -> None:
        source = delivery.source()
        if source is None:
            self._end(delivery, None)
            return
        document = delivery.document
        portrait = layers.portrait_above(document, source)
        if portrait is None or not writing.fits(document, portrait, sheets):
            self._add(delivery, form, sheets)
            return
        if check is None or check.key != layers.key(portrait):  # the one below, when the painter took that away
            check = Check(document, portrait, form)
        untouched = check.go_on()
        if untouched is None:
            later(self, lambda: self._look(delivery, form, sheets, check), 0)
        elif untouched:
            begun = time.monotonic()
            writing.update(document, portrait, sheets)
            delivery.session.held_up = time.monotonic() - begun
            self._end(delivery, portrait)
        else:
            self._add(delivery, form, sheets)

    def _add(self, delivery: Delivery, form: writing.Form, sheets: writing.Sheets) -> None:
        source = delivery.source()
        if source is None:
            self._end(delivery, None)
        elif delivery.look:
            delivery.failed(tr("There is no portrait that could show it: it was kept, painted on or deleted."))
            self._end(delivery, None)
        elif stroke_is_open(delivery.document):
            later(self, lambda: self._add(delivery, form, sheets))
        else:
            name = tr("{name} portrait (AI)").format(name=source.name())
            try:
                portrait = writing.add(delivery.document, source, sheets, name, form, self)
            except scratch.ScratchProblem as problem:
                delivery.failed(str(problem))
                self._end(delivery, None)
                return
            ai_mark.note(delivery.document, portrait, delivery.rendered.model)
            self._end(delivery, portrait)


def form_of(session: Session) -> writing.Form:
    """What portraits are in this document, as the painter chose it."""
    document, settings = session.document, session.settings
    space = scratch.SRGB
    if settings.native_space:
        space = scratch.space_of(document)
    return writing.Form(settings.output == GROUP, space)
