"""Downloads of pinned wheels: in blocks, with progress, cancelling, resuming and a check of the sha256.

A download grows in `<wheel>.part` and gets its name only when its hash is right. What is there when the network dies,
Krita is killed or the user cancels is where the next try goes on.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from . import __version__
from .errors import Cancelled, InstallProblem
from .index import Sources
from .places import cannot_write
from .wheels import Wheel

BLOCK = 1 << 18
TIMEOUT = 15.0
TRIES = 4
PAUSE = 1.0
"""Seconds before the second try at the same address; doubled for each further one."""

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
           "/etc/ssl/cert.pem")  # fmt: skip

Report = Callable[[int], None]
"""Called with the number of bytes of the wheel that are there."""


class Altered(Exception):
    """A file has not the sha256 of the list."""


class Fetcher:
    """Gets wheels into `folder`. Used from one thread; `cancelled` may be set from any."""

    def __init__(self, folder: Path, sources: Sources, cancelled: threading.Event | None = None) -> None:
        self._folder = folder
        self._sources = sources
        self._cancelled = cancelled or threading.Event()
        self._openers: dict[bool, urllib.request.OpenerDirector] = {}
        self._unread: list[str] = []
        """Why pages of an index could not be read."""

    def get(self, wheel: Wheel, report: Report = lambda _: None) -> Path:
        """The wheel's file, with the right hash; raises `InstallProblem` or `Cancelled`.

        A file from one of the user's folders is used where it lies.
        """
        there = self._folder / wheel.file
        notes: list[str] = []
        for path in [there, *self._sources.local(wheel)]:
            if path.is_file():
                if self._digest(path) == wheel.sha256:
                    report(path.stat().st_size)
                    return path
                notes.append(f"{path.name} in {path.parent.name} is altered or incomplete")
                if path == there:
                    path.unlink()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for address in self._sources.addresses(wheel, self._page):
                try:
                    return self._download(wheel, address, there, report)
                except Altered:
                    notes.append(f"what {_host(address)} sends is not what the list names")
                except (OSError, http.client.HTTPException) as error:
                    if _is_local(error):
                        raise
                    notes.append(f"{_host(address)}: {_reason(error)}")
        except OSError as error:
            raise InstallProblem(cannot_write(error, self._folder)) from None
        raise InstallProblem(self._explain(wheel, self._unread + notes))

    # ---- one wheel

    def _download(self, wheel: Wheel, address: str, there: Path, report: Report) -> Path:
        part = there.with_name(there.name + ".part")
        for attempt in range(TRIES):
            resumed = _size(part)
            try:
                if resumed < wheel.size:  # else all of it came, and the work ended before its hash was known
                    self._read(wheel, address, part, report)
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, urllib.error.HTTPError) and error.code == 416:
                    part.unlink(missing_ok=True)  # it is longer than what this server has
                if _is_final(error) or attempt == TRIES - 1:
                    raise
                if _size(part) == resumed:
                    self._pause(attempt)
                continue
            if self._digest(part) == wheel.sha256:
                report(wheel.size)
                os.replace(part, there)
                return there
            part.unlink()
            if not resumed:  # a resumed file may be a mixture: that gets another chance, a whole one does not
                raise Altered
        raise Altered

    def _read(self, wheel: Wheel, address: str, part: Path, report: Report) -> None:
        """Append what is missing of the file at `address`."""
        size = _size(part)
        headers = {"Range": f"bytes={size}-"} if size else {}
        with self._open(address, headers) as answer, part.open("ab") as file:
            if size and answer.status != 206:  # this server starts again
                file.truncate(0)
                size = 0
            expected = answer.headers.get("Content-Length")
            missing = int(expected) if expected and expected.isdigit() else None
            report(size)
            while block := answer.read(BLOCK):
                if self._cancelled.is_set():
                    raise Cancelled
                file.write(block)
                size += len(block)
                if missing is not None:
                    missing -= len(block)
                report(size)
        if missing:
            raise http.client.IncompleteRead(b"", missing)

    def _digest(self, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                if self._cancelled.is_set():
                    raise Cancelled
                digest.update(block)
        return digest.hexdigest()

    # ---- network

    def _page(self, address: str, accept: str) -> tuple[str, str, bytes]:
        """A page of an index; an empty one where there is none or it cannot be had, so that the next place is asked."""
        for attempt in range(TRIES):
            try:
                with self._open(address, {"Accept": accept}) as answer:
                    return answer.url, answer.headers.get("Content-Type", ""), answer.read()
            except (OSError, http.client.HTTPException) as error:
                if _is_local(error):
                    raise
                if isinstance(error, urllib.error.HTTPError) and error.code in (403, 404):  # it has not the project
                    break
                if _is_final(error) or attempt == TRIES - 1:
                    self._unread.append(f"{_host(address)}: {_reason(error)}")
                    break
                self._pause(attempt)
        return address, "text/html", b""

    def _pause(self, attempt: int) -> None:
        if self._cancelled.wait(PAUSE * 2**attempt):
            raise Cancelled

    def _open(self, address: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        request = urllib.request.Request(address, headers={"User-Agent": f"krita_dfd/{__version__}", **headers})
        secure = address.startswith("https:")
        if secure not in self._openers:
            self._openers[secure] = _opener(self._sources, secure)
        answer: http.client.HTTPResponse = self._openers[secure].open(request, timeout=TIMEOUT)
        return answer

    def _explain(self, wheel: Wheel, notes: list[str]) -> str:
        what = f"{wheel.project} {wheel.version}"
        if any("not what the list names" in note or "altered" in note for note in notes):
            why = "; ".join(dict.fromkeys(notes))
            return f"{what} was refused: {why}. Try another network, index or folder of wheels."
        if self._sources.offline:
            return f"{wheel.file} is not in the folder of wheels: put it there (docs/installing.md says how)."
        why = "; ".join(dict.fromkeys(notes)) or "no address"
        return (
            f"{what} could not be downloaded ({why}): check the network and the proxy, then press the button again; it "
            "goes on where it stopped. Without a network, choose a folder of wheels."
        )


def _opener(sources: Sources, secure: bool) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = []
    if sources.proxy:
        proxy = sources.proxy if "://" in sources.proxy else f"http://{sources.proxy}"
        handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
    return urllib.request.build_opener(*handlers, *([_https(sources)] if secure else []))


def _https(sources: Sources) -> urllib.request.BaseHandler:
    try:
        import ssl
    except ImportError:
        raise InstallProblem(
            "Krita's Python cannot open https addresses (it has no ssl): choose a folder of wheels."
        ) from None
    bundle = sources.certificates or os.environ.get("SSL_CERT_FILE") or ""
    context = ssl.create_default_context(cafile=bundle if os.path.isfile(bundle) else None)
    if not context.cert_store_stats()["x509_ca"]:  # the Python of an AppImage looks where no certificates are
        for candidate in BUNDLES:
            if os.path.isfile(candidate):
                context.load_verify_locations(candidate)
                break
    return urllib.request.HTTPSHandler(context=context)


def _is_local(error: Exception) -> bool:
    """Whether the disk, not the network, is what failed."""
    if isinstance(error, urllib.error.URLError):  # an HTTPError has a file name: the address
        return False
    return (isinstance(error, OSError) and error.filename is not None) or getattr(error, "errno", None) in (28, 122)


def _is_final(error: Exception) -> bool:
    """Whether the same address would fail in the same way if it were asked again."""
    refused = isinstance(error, urllib.error.HTTPError) and error.code < 500 and error.code not in (408, 416, 429)
    return refused or _is_local(error)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _host(address: str) -> str:
    return address.split("/")[2] if address.count("/") > 2 else address


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection broke off"
    cause = getattr(error, "reason", error)
    return str(cause).splitlines()[0] if str(cause).strip() else type(cause).__name__


def free(folder: Path) -> int:
    """Free bytes on the disk of `folder`, which need not exist."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
