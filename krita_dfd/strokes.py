"""The gate: is the painter's pen on the canvas?

While a stroke is open, changing the layer tree freezes Krita for a second and cuts the stroke, and can hang it. So
every structural change asks here first, and waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .qt import QtCore

RETRY_MS = 50


def stroke_is_open(document: Any) -> bool:
    """True while a stroke, or another job on the image, is running. Never blocks."""
    if document.tryBarrierLock():
        document.unlock()
        return False
    return True


def later(receiver: Any, action: Callable[[], None], milliseconds: int = RETRY_MS) -> None:
    """Call `action` in Krita's event loop after `milliseconds`, unless `receiver` (a QObject) is gone by then."""
    timer = QtCore.QTimer(receiver)
    timer.setSingleShot(True)
    timer.timeout.connect(action)
    timer.timeout.connect(timer.deleteLater)
    timer.start(milliseconds)
