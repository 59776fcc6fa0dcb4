"""What PyPI and the wheels say, for `pin_wheels.py`; of a wheel only its directory and METADATA are fetched."""

from __future__ import annotations

import io
import json
import sys
import urllib.request
import zipfile
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename

sys.path.append(str(Path(__file__).resolve().parent.parent))

from installer.wheels import unused


class Ranged(io.RawIOBase):
    """A file on a server, of which only what is read is fetched."""

    def __init__(self, url: str, size: int) -> None:
        self.url, self.size, self.position = url, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = (0, self.position, self.size)[whence] + offset
        return self.position

    def tell(self) -> int:
        return self.position

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.size - self.position)
        if count <= 0:
            return 0
        span = f"bytes={self.position}-{self.position + count - 1}"
        with urllib.request.urlopen(urllib.request.Request(self.url, headers={"Range": span}), timeout=60) as answer:
            data = answer.read()
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


class Index:
    """PyPI's JSON answers, and what the wheels say of themselves; each asked for once."""

    def __init__(self) -> None:
        self._files: dict[str, list[dict[str, Any]]] = {}
        self._wheels: dict[str, dict[str, Any]] = {}

    def files(self, project: str) -> list[dict[str, Any]]:
        if project not in self._files:
            request = urllib.request.Request(f"https://pypi.org/simple/{project}/",
                                             headers={"Accept": "application/vnd.pypi.simple.v1+json"})  # fmt: skip
            with urllib.request.urlopen(request, timeout=60) as answer:
                self._files[project] = json.load(answer)["files"]
        return self._files[project]

    def wheel(self, project: str, version: str, python: str, tags: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
        """File name and pin of the wheel that fits best."""
        best: tuple[int, dict[str, Any]] | None = None
        for entry in self.files(project):
            if not entry["filename"].endswith(".whl"):
                continue
            try:
                _, found, _, wheel_tags = parse_wheel_filename(entry["filename"])
            except ValueError:
                continue
            if str(found) != version:
                continue
            for tag in wheel_tags:
                if (fit := rank(tag.interpreter, tag.abi, tag.platform, python, tags)) is not None and (
                    best is None or fit < best[0]
                ):
                    best = (fit, entry)
        if best is None:
            raise SystemExit(f"no wheel of {project} {version} for Python {python} on {tags[0]}")
        return best[1]["filename"], self.pin(best[1])

    def pin(self, entry: dict[str, Any]) -> dict[str, Any]:
        name = entry["filename"]
        if name not in self._wheels:
            facts = inside(io.BufferedReader(Ranged(entry["url"], entry["size"]), 1 << 18))
            self._wheels[name] = {"sha256": entry["hashes"]["sha256"], "size": entry["size"], **facts,
                                  "url": entry["url"]}  # fmt: skip
        return self._wheels[name]


def rank(interpreter: str, abi: str, system: str, python: str, tags: tuple[str, ...]) -> int | None:
    """How well a wheel's tag fits, 0 is best; None when it does not."""
    own = "cp" + python.replace(".", "")
    if system == "any":
        return 90 if abi == "none" and interpreter in ("py3", "py2.py3") else None
    if system not in tags:
        return None
    if (interpreter, abi) == (own, own):
        return tags.index(system)
    stable = abi == "abi3" and interpreter.startswith("cp3") and int(interpreter[3:]) <= int(python.split(".")[1])
    return 10 + tags.index(system) if stable or (interpreter == "py3" and abi == "none") else None


def inside(file: Any) -> dict[str, Any]:
    """Unpacked size, longest path and requirements of a wheel."""
    with zipfile.ZipFile(file) as wheel:
        kept = [entry for entry in wheel.infolist() if not unused(entry.filename)]
        metadata = next(
            name for name in wheel.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1
        )
        requires = BytesHeaderParser().parsebytes(wheel.read(metadata)).get_all("Requires-Dist") or []
    opened = [entry.filename for entry in kept if ".dist-info/" not in entry.filename]
    return {
        "unpacked": sum(entry.file_size for entry in kept),
        "longest": max(map(len, opened), default=0),
        "requires": requires,
    }
