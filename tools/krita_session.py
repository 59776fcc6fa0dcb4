"""A real Krita with a private profile on a private X server, driven from outside.

Used by `tools/portrait_in_krita.py`, `tools/make_samples.py` and the tests in `tests/krita`. The painter's own Krita,
its settings and display are never touched: HOME and all XDG folders are inside `profile`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from installer import plugin  # noqa: E402

REMOTE = ROOT / "tools" / "krita_remote"
SCREEN = (1600, 1000)
"""Width and height of the X server's screen and of Krita's window, in pixels."""

_PASSED_ON = ("OMP_NUM_THREADS",)
"""Variables that Krita gets from us: on a busy computer, torch with as many threads as cores is very slow."""

_PROGRAMS = {"krita": "krita", "Xvfb": "xvfb", "xdotool": "xdotool"}


class KritaFailure(Exception):
    """Krita or its helpers did not do what they should; the message says what and where to look."""


def missing_programs() -> str:
    """One line that names what is not installed and the cure, or "" when all is there."""
    missing = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    if not missing:
        return ""
    return f"not installed: {', '.join(missing)}; run `make setup` (Debian: apt-get install {' '.join(missing)})"


def wait_until(condition: Callable[[], Any], what: str, timeout: float = 30.0, interval: float = 0.05) -> Any:
    """Poll until `condition()` is truthy and return that value; `KritaFailure` names `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise KritaFailure(f"timed out after {timeout:.0f} s waiting for {what}")
        time.sleep(interval)
    return value


class KritaSession:
    """One Krita process and its X server. Use as a context manager: both are gone afterwards, whatever happens."""

    def __init__(self, profile: Path, runtime: dict[str, Any] | None = None, plugin: bool = True,
                 environment: dict[str, str] | None = None) -> None:  # fmt: skip
        """`profile` is made when it does not exist; a kept one starts faster. `runtime` is the plugin's settings.

        Without `plugin` nothing of ours is put into the profile. `environment` is added to Krita's.
        """
        self.profile = profile.absolute()
        self._plugin = plugin
        self._extra = environment or {}
        paths = [str(ROOT), sysconfig.get_paths()["purelib"]]
        self.runtime = {"paths": paths, "weights": str(ROOT / "weights" / "default")} if runtime is None else runtime
        self.display = ""
        self.log = self.profile / "krita.log"
        self._cleanup = contextlib.ExitStack()
        self._krita: subprocess.Popen[bytes] | None = None

    # ---- life

    def __enter__(self) -> KritaSession:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, timeout: float = 120.0) -> None:
        """Start the X server and Krita; returns when Krita answers."""
        if problem := missing_programs():
            raise KritaFailure(problem)
        self._install()
        self._socket = str(Path(self._temporary_folder()) / "krita.sock")
        environment = self._environment()
        self.display = environment["DISPLAY"] = self._start_x(environment)
        log = self._cleanup.enter_context(self.log.open("wb"))
        self._krita = self._spawn(["krita", "--nosplash"], env=environment, stdout=log, stderr=log)
        wait_until(self._answers, "Krita's start", timeout)
        self.run("app.activeWindow().qwindow().setGeometry(0, 0, width, height)", width=SCREEN[0], height=SCREEN[1])

    def close(self) -> None:
        """End Krita and the X server, without saving anything."""
        self._cleanup.close()
        self._krita = None

    def quit(self, timeout: float = 60.0) -> int:
        """Quit as the menu does, discarding changes in open documents; returns Krita's exit code."""
        self.run("""
def leave():
    for document in app.documents():
        document.setModified(False)
    app.action("file_quit").trigger()
QTimer.singleShot(20, leave)
""")
        return self.exit_code(timeout)

    def exit_code(self, timeout: float = 60.0) -> int:
        """Wait until Krita has ended by itself."""
        assert self._krita is not None
        try:
            return self._krita.wait(timeout)
        except subprocess.TimeoutExpired:
            raise KritaFailure(f"Krita did not quit within {timeout:.0f} s; see {self.log}") from None

    def send_signal(self, number: int) -> None:
        """Send Krita a signal; nothing happens when it has ended."""
        if self._krita is not None:
            self._krita.send_signal(number)

    # ---- driving

    def run(self, code: str, timeout: float = 60.0, **values: Any) -> Any:
        """Run `code` in Krita's main thread with `values` as variables; returns what it leaves in `result`."""
        request = json.dumps({"code": code, "values": values}).encode()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            try:
                connection.connect(self._socket)
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            except OSError as error:
                raise KritaFailure(f"Krita does not answer ({error}); see {self.log}") from None
        if not answer:
            raise KritaFailure(f"Krita ended while running code; see {self.log}")
        reply = json.loads(answer)
        if "error" in reply:
            raise KritaFailure(f"in Krita: {reply['error']}")
        return reply["result"]

    def wait_for(self, expression: str, timeout: float = 30.0, **values: Any) -> Any:
        """Poll until the Python `expression`, evaluated in Krita, is truthy; returns its value."""
        return wait_until(lambda: self.run(f"result = {expression}", **values), expression, timeout)

    def xdotool(self, *arguments: object) -> None:
        """Mouse and keyboard, as a painter would."""
        command = ["xdotool", *map(str, arguments)]
        subprocess.run(command, env={**os.environ, "DISPLAY": self.display}, check=True, timeout=60)

    def click(self, x: int, y: int) -> None:
        """Left click at the screen position."""
        self.xdotool("mousemove", x, y, "sleep", 0.1, "click", 1)

    def screenshot(self, path: Path) -> Path:
        """The whole screen as PNG."""
        if not self.run(
            "result = QApplication.primaryScreen().grabWindow(0).save(path, 'PNG')", path=str(path.absolute())
        ):
            raise KritaFailure(f"the picture of the screen cannot be written to {path}")
        return path

    # ---- parts of start

    def _install(self) -> None:
        """Make the profile and put the plugins and the plugin's settings into it."""
        for name in ("home", "config", "cache"):
            (self.profile / name).mkdir(parents=True, exist_ok=True)
        lock = self._cleanup.enter_context((self.profile / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise KritaFailure(f"another Krita is using the profile {self.profile}; wait until it has ended") from None
        data = self.profile / "data" / "krita"
        if self._plugin:
            plugin.install(data, self.runtime, link=True)
        (data / "pykrita").mkdir(parents=True, exist_ok=True)
        _link(REMOTE, data / "pykrita" / REMOTE.name)
        _link(REMOTE / f"{REMOTE.name}.desktop", data / "pykrita" / f"{REMOTE.name}.desktop")
        settings = self.profile / "config" / "kritarc"
        if not settings.exists():
            ours = "enable_krita_dfd=true\n" if self._plugin else ""
            settings.write_text(f"[python]\n{ours}enable_krita_remote=true\n", "utf-8")

    def _temporary_folder(self) -> str:
        """Outside the profile, because the path of a Unix socket must be short."""
        return self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="krita-", ignore_cleanup_errors=True))

    def _environment(self) -> dict[str, str]:
        runtime = self._temporary_folder()
        return {
            "PATH": "/usr/bin:/bin",  # no other Python may steer the one in Krita
            "HOME": str(self.profile / "home"),
            "XDG_CONFIG_HOME": str(self.profile / "config"),
            "XDG_DATA_HOME": str(self.profile / "data"),
            "XDG_CACHE_HOME": str(self.profile / "cache"),
            "XDG_RUNTIME_DIR": runtime,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "KRITA_REMOTE_SOCKET": self._socket,
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            **self._extra,
        }

    def _start_x(self, environment: dict[str, str]) -> str:
        """Start an X server on a display number that it finds free; returns the display."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as answer, (self.profile / "xvfb.log").open("wb") as log:
            size = f"{SCREEN[0]}x{SCREEN[1]}x24"
            # without -noreset the server restarts when its last client leaves, which Krita's first probe of OpenGL is
            command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-noreset", "-nolisten", "tcp"]
            self._spawn(command, env=environment, stdout=log, stderr=log, pass_fds=(writing,))
            os.close(writing)
            number = answer.readline().strip().decode()  # ends with a newline once it accepts clients; empty if it died
        if not number:
            raise KritaFailure(f"Xvfb did not start; see {self.profile / 'xvfb.log'}")
        return f":{number}"

    def _spawn(self, command: Iterable[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a process that ends with this session, even when Python is killed."""
        guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        process = subprocess.Popen([*guard, *command], stdin=subprocess.DEVNULL, start_new_session=True, **options)
        self._cleanup.callback(_end, process)
        return process

    def _answers(self) -> bool:
        assert self._krita is not None
        if self._krita.poll() is not None:
            raise KritaFailure(f"Krita ended with code {self._krita.returncode} while starting; see {self.log}")
        if not os.path.exists(self._socket):
            if b"Could not import krita" in self.log.read_bytes():
                raise KritaFailure("Krita has no PyQt; run `make setup` (Debian: apt-get install python3-pyqt5)")
            return False
        with contextlib.suppress(KritaFailure):
            return self.run("result = app.activeWindow() is not None", timeout=5.0)
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _link(target: Path, link: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
