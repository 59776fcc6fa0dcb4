"""DeepFaceDrawing docker for Krita. Holds no model code: that is `dfd_core`, found by `runtime`."""

import sys

try:
    from krita import Krita  # noqa: F401
except ImportError:  # outside Krita (unit tests, packaging): nothing to register
    pass
else:
    from . import texts
    from .qt import QtCore

    texts.use(QtCore.QLocale().name())  # Krita sets it to the language that the painter chose
    if sys.version_info >= (3, 10):  # noqa: UP036 - Krita 5.1 for Windows has Python 3.8
        from .removal import finish

        if not finish():
            from .plugin import register

            register()
    else:
        from .too_old import register

        register()
