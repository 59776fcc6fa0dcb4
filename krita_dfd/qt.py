"""The one place that knows which Qt binding Krita brings: PyQt6 (Krita 6) or PyQt5 (Krita 5).

Everything else imports from here and writes enums in their scoped form (`Qt.Orientation.Horizontal`), which both
accept.
"""

from __future__ import annotations

try:
    from PyQt6 import QtCore, QtGui, QtWidgets, sip
except ImportError:
    from PyQt5 import QtCore, QtGui, QtWidgets, sip

from .texts import mark, tr

__all__ = ["QtCore", "QtGui", "QtWidgets", "mark", "sip", "tr"]
