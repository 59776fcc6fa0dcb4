"""Small real wheels, a list that pins them, and a server on this computer that hands them out, well or badly."""

from __future__ import annotations

import base64
import errno
import hashlib
import http.server
import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from installer.wheels import Wheel, WheelSet, tag

FILES = {
    "torch": {"torch/__init__.py": b"__version__ = '2.13.0'\n", "torch/lib/big.bin": bytes(range(256)) * 4000,
              "torch/test/unused.bin": b"x" * 1000, "torch/bin/tool": b"#!/bin/sh\n"},
    "numpy": {"numpy/__init__.py": b"__version__ = '2.2.6'\n"},
    "safetensors": {"safetensors/__init__.py": b"__version__ = '0.8.0'\n",
                    "safetensors-0.8.0.data/purelib/safetensors/more.py": b"",
                    "safetensors-0.8.0.data/scripts/run": b""},
}  # fmt: skip
VERSIONS = {"torch": "2.13.0", "numpy": "2.2.6", "safetensors": "0.8.0"}


def build(name: str, files: dict[str, bytes], spoil: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A wheel. The content of the file `spoil` differs from RECORD; `extra` files are not in RECORD."""
    info = f"{name}-{VERSIONS.get(name, '1.0')}.dist-info"
    files = {**files, f"{info}/METADATA": f"Name: {name}\n".encode(), f"{info}/WHEEL": b"Wheel-Version: 1.0\n"}
    rows = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()] + [f"{info}/RECORD,,"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {**files, **(extra or {})}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o755 if path.endswith("tool") else 0o644) << 16
            archive.writestr(entry, b"altered" if path == spoil else data)
        archive.writestr(f"{info}/RECORD", "\n".join(rows) + "\n")
    return made.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@dataclass
class House:
    """Wheels by file name, and a server for them. What is set here changes what it does from then on."""

    wheels: dict[str, bytes]
    address: str = ""
    dies_after: int = 0
    """Bytes after which a connection breaks off; 0 = never."""
    deaths: int = 1 << 30
    """How many connections break off."""
    ranges: bool = True
    fails_with: int = 0
    fails_for: tuple[str, ...] = ("simple", "files")
    failures: int = 1 << 30
    """How many requests are refused."""
    altered: str = ""
    """The file that is sent with other bytes than the list names."""
    requests: list[str] = field(default_factory=list)
    held: threading.Event | None = None
    """Sending waits for this after the first block."""

    def pin(self, name: str) -> Wheel:
        file = next(file for file in self.wheels if file.startswith(f"{name}-"))
        data = self.wheels[file]
        unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist())
        return Wheel(
            file, hashlib.sha256(data).hexdigest(), len(data), unpacked, 40, f"{self.address}/files/{quote(file)}", ()
        )

    def chosen(self, wanted: str = "") -> WheelSet:
        return WheelSet(wanted or tag(), "cpu", tuple(self.pin(name) for name in FILES))

    def put(self, folder: Path) -> Path:
        """All wheels as files in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in self.wheels.items():
            (folder / file).write_bytes(data)
        return folder


def hold(patch: pytest.MonkeyPatch, folder: Path, file: Path) -> None:
    """Behave as Windows does while a program has `file` open, which is in `folder`."""

    def refusing(action: Callable[..., None], held: Path) -> Callable[..., None]:
        def act(path: str | Path, *others: object, **options: object) -> None:
            if Path(path) == held or (str(path) == held.name and "dir_fd" in options):
                raise PermissionError(errno.EACCES, "The file is being used by another process", str(path))
            action(path, *others, **options)

        return act

    patch.setattr(os, "rename", refusing(os.rename, folder))
    patch.setattr(os, "unlink", refusing(os.unlink, file))


@contextmanager
def serving(house: House) -> Iterator[House]:
    """Serve `house` on the loopback interface: pages of an index under /simple, files under /files."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Silent."""

        def do_GET(self) -> None:
            house.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
            kind, _, name = unquote(self.path).strip("/").partition("/")
            if house.fails_with and kind in house.fails_for and house.failures > 0:
                house.failures -= 1
                self.send_error(house.fails_with)
            elif kind == "simple":
                links = "".join(f'<a href="../../files/{quote(file)}#sha256=0">{file}</a>'
                                for file in house.wheels if file.startswith(f"{name.strip('/')}-"))  # fmt: skip
                self._send(200, links.encode(), "text/html")
            elif name in house.wheels:
                self._file(house.wheels[name] if name != house.altered else b"other" + house.wheels[name][5:])
            else:
                self.send_error(404)

        def _file(self, data: bytes) -> None:
            start = 0
            if house.ranges and (asked := self.headers.get("Range")):
                start = int(asked.split("=")[1].split("-")[0])
                if start >= len(data):
                    self.send_error(416)
                    return
            dies = house.dies_after if house.deaths > 0 else 0
            house.deaths -= 1 if dies else 0
            self._send(206 if start else 200, data[start:], "application/zip", dies)

        def _send(self, code: int, body: bytes, kind: str, dies_after: int = 0) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if dies_after and dies_after < len(body):
                self.wfile.write(body[:dies_after])
                self.close_connection = True
                return
            if house.held is not None and kind == "application/zip":
                self.wfile.write(body[:100])
                house.held.wait(20)
                body = body[100:]
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    house.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
