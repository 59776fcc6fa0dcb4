"""Has Krita put a document together anew, but only where that cannot hang it.

`Document.refreshProjection` waits for Krita's threads. When a stroke ends, they merge it into its layer in several
jobs, between which the layer stays locked; a refresh in the middle of them waits for the lock, and they for the
refresh, for ever. So nothing is refreshed while a stroke is open, but for one case: the pen is down in the only stroke
that there is. Such a stroke cannot end before Krita's thread, which is ours until we return, has seen the pen go up.
"""

from __future__ import annotations

from typing import Any

from krita import Krita

from . import layers
from .qt import QtCore, QtWidgets
from .strokes import later, stroke_is_open

CANVASES = ("KisOpenGLCanvas2", "KisQPainterCanvas")
"""Class names of the widgets that the pen draws on."""

_Kind = QtCore.QEvent.Type
_PRESSED = {_Kind.MouseButtonPress: "mouse", _Kind.TabletPress: "tablet"}
_LIFTED = {_Kind.MouseButtonRelease: "mouse", _Kind.TabletRelease: "tablet"}


class Pen(QtCore.QObject):
    """Knows whether the pen is down on a canvas whose image was idle when it came down. Changes no event."""

    def __init__(self) -> None:
        super().__init__()
        self._device = ""
        self._document: Any = None

    def watch_canvas(self) -> None:
        """Watch the active view's canvas, too. Call it when another view is active."""
        window = Krita.instance().activeWindow()
        area = window.qwindow().centralWidget().findChild(QtWidgets.QMdiArea) if window is not None else None
        view = area.activeSubWindow() if area is not None else None
        for widget in view.findChildren(QtWidgets.QWidget) if view is not None else ():
            if widget.metaObject().className() in CANVASES:
                widget.installEventFilter(self)

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """Called before Krita sees an event of a canvas."""
        kind = event.type()
        if kind in _PRESSED:
            self._press(_PRESSED[kind])
        elif kind in _LIFTED and _LIFTED[kind] == self._device:
            self.forget()
        return False

    def _press(self, device: str) -> None:
        if device == "mouse" and self._device == "tablet":
            return  # some systems tell of a pen as of a mouse once more
        document = Krita.instance().activeDocument()
        self._device = device
        self._document = document if document is not None and not stroke_is_open(document) else None

    def forget(self) -> None:
        """The pen is up, or may be."""
        self._device, self._document = "", None

    def draws_alone(self, document: Any) -> bool:
        """Whether the open stroke of `document` is one that goes on, and there is no other."""
        return self._document is not None and self._document == document


pen = Pen()
_waiting: list[Any] = []


def refresh(document: Any) -> None:
    """Put the document together anew, now or as soon as that is safe. Not an undo step."""
    if not stroke_is_open(document):
        pen.forget()
        document.refreshProjection()
    elif pen.draws_alone(document):
        document.refreshProjection()
    elif document not in _waiting:
        _waiting.append(document)
        later(pen, _again)


def _again() -> None:
    waiting = _waiting.copy()
    _waiting.clear()
    still_open = layers.documents()
    for document in waiting:
        if document in still_open:
            refresh(document)
