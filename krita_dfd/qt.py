"""The one place that knows which Qt binding Krita brings: PyQt6 (Krita 6) or PyQt5 (Krita 5).

Krita's own module has loaded it by now. The other one may be installed, too, and would bring a second Qt with it.
Everything else imports from here and writes enums in their scoped form (`Qt.Orientation.Horizontal`), which both
accept.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .texts import mark, tr

if not TYPE_CHECKING and "PyQt5.QtCore" in sys.modules:
    from PyQt5 import QtCore, QtGui, QtWidgets, sip
else:
    from PyQt6 import QtCore, QtGui, QtWidgets, sip

__all__ = ["QtCore", "QtGui", "QtWidgets", "mark", "sip", "tr"]
