"""Remote control of a running Krita for this project's tools and tests. Never installed in a user's Krita.

Executes Python that comes over a Unix socket in Krita's main thread. One connection is one request: the client sends
JSON {"code", "values"} and closes its half; the answer is JSON {"result"} (what the code left in `result`) or
{"error"}.
"""

import contextlib
import json
import os
import socket
import sys
import traceback

from krita import Extension, Krita

if "PyQt5.QtCore" in sys.modules:  # as krita_dfd/qt.py has it
    from PyQt5.QtCore import QObject, QSocketNotifier, QTimer
else:
    from PyQt6.QtCore import QObject, QSocketNotifier, QTimer

SOCKET = os.environ.get("KRITA_REMOTE_SOCKET", "")


class Server(QObject):
    """Listens on `SOCKET`. All requests share one namespace, in which `app` is Krita."""

    def __init__(self, parent):
        super().__init__(parent)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(SOCKET)
        self._socket.listen(8)
        self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)
        self._namespace = {"__name__": "krita_remote_code", "app": Krita.instance()}
        package = type(self).__mro__[1].__module__.split(".")[0]
        for line in ("krita", f"{package}.QtCore", f"{package}.QtGui", f"{package}.QtWidgets"):
            exec(f"from {line} import *", self._namespace)

    def _accept(self, *_):
        connection, _ = self._socket.accept()
        request = b""
        while block := connection.recv(1 << 16):
            request += block
        # run outside the notifier's slot, so that the code may spin the event loop
        QTimer.singleShot(0, lambda: self._run(connection, json.loads(request)))

    def _run(self, connection, request):
        self._namespace.pop("result", None)
        self._namespace.update(request["values"])
        try:
            exec(compile(request["code"], "<remote>", "exec"), self._namespace)
            answer = {"result": self._namespace.get("result")}
        except BaseException:
            answer = {"error": traceback.format_exc()}
        with connection, contextlib.suppress(OSError):
            connection.sendall(json.dumps(answer, default=repr).encode())


class Remote(Extension):
    """Starts the server when the first window is there."""

    def setup(self):
        self._server = None
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.windowCreated.connect(lambda *_: QTimer.singleShot(0, self._start))

    def createActions(self, window):
        pass

    def _start(self):
        if self._server is None and SOCKET:
            self._server = Server(self)


Krita.instance().addExtension(Remote(Krita.instance()))
