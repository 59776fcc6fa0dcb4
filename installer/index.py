"""Where wheels are looked for: a folder of wheels, the package index that is configured, the address in the list.

Every wheel's sha256 is pinned, so it does not matter which of these it comes from. pip itself is not needed; its
configuration (files and PIP_ variables) is honoured, so that this works behind a company's mirror.
"""

from __future__ import annotations

import configparser
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse
from urllib.request import url2pathname

from .wheels import Wheel

PYPI = "https://pypi.org/simple"
JSON = "application/vnd.pypi.simple.v1+json"
ACCEPT = f"{JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True)
class Sources:
    """Places to look in, in this order: `folders`, `indexes`, and the list's own addresses unless `offline`."""

    folders: tuple[Path, ...] = ()
    indexes: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    offline: bool = False
    proxy: str = ""
    certificates: str = ""
    _links: dict[str, list[str]] = field(default_factory=dict, compare=False)

    def local(self, wheel: Wheel) -> Iterator[Path]:
        """Files on this computer with the wheel's name."""
        for folder in self.folders:
            if (path := folder / wheel.file).is_file():
                yield path

    def addresses(self, wheel: Wheel, get: Callable[[str, str], tuple[str, str, bytes]]) -> Iterator[str]:
        """Addresses to download the wheel from, best first. `get(url, accept)` returns (final url, type, body)."""
        if self.offline:
            return
        seen = set()
        for page in [f"{index.rstrip('/')}/{wheel.project}/" for index in self.indexes] + list(self.pages):
            if page not in self._links:
                self._links[page] = links(*get(page, ACCEPT))
            for link in self._links[page]:
                if unquote(urlparse(link).path).rpartition("/")[2] == wheel.file and link not in seen:
                    seen.add(link)
                    yield link
        if wheel.url not in seen:
            yield wheel.url


def links(address: str, kind: str, body: bytes) -> list[str]:
    """The addresses of all files on a page of an index, JSON or HTML, without fragments."""
    if "json" in kind:
        found = [str(entry.get("url", "")) for entry in json.loads(body).get("files", [])]
    else:
        reader = _Links()
        reader.feed(body.decode("utf-8", "replace"))
        found, address = reader.found, urljoin(address, reader.base)
    return [urldefrag(urljoin(address, link)).url for link in found]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)
        elif tag == "base" and href:
            self.base = href


def configured(index: str = "", folder: Path | None = None, proxy: str = "", offline: bool = False) -> Sources:
    """Sources from what the user chose here and, for what was not chosen, from pip's configuration.

    An index that the user or pip's configuration names comes before the addresses of the list. PyPI itself is not asked
    for its pages, since the list has its addresses.
    """
    pip = pip_settings()
    indexes = [index or pip.get("index-url", "")] + ([] if index else pip.get("extra-index-url", "").split())
    near, far = [folder] if folder else [], []
    for place in pip.get("find-links", "").split():
        if (local := _local(place)) is None:
            far.append(place)
        elif local.is_dir():
            near.append(local)
    remote = []
    for address in (entry for entry in indexes if entry and entry.rstrip("/") != PYPI):
        if (local := _local(address)) is None:
            remote.append(address)
        else:
            near.append(local)
    return Sources(tuple(near), tuple(remote), () if index else tuple(far), offline or bool(pip.get("no-index")),
                   proxy or pip.get("proxy", ""), pip.get("cert", ""))  # fmt: skip


def _local(place: str) -> Path | None:
    """The folder that a path or file: address names, or None for an address on the network."""
    parts = urlparse(place)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(place) if len(parts.scheme) < 2 else None  # a single letter is a drive


def pip_settings() -> dict[str, str]:
    """pip's settings: files first, then PIP_ variables, which win."""
    settings: dict[str, str] = {}
    for path in _pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
        for section in ("global", "install", "download"):
            if parser.has_section(section):
                settings.update({name.replace("_", "-"): value for name, value in parser.items(section)})
    for name, value in os.environ.items():
        if name.startswith("PIP_") and value and name != "PIP_CONFIG_FILE":
            settings[name[4:].lower().replace("_", "-")] = value
    if settings.get("no-index", "").lower() in ("0", "false", "no", "off"):
        del settings["no-index"]
    return settings


def _pip_files() -> list[Path]:
    home = Path.home()
    chosen = os.environ.get("PIP_CONFIG_FILE", "")
    if chosen == os.devnull:
        return []
    if sys.platform == "win32":
        files = [Path(os.environ.get("PROGRAMDATA", "C:\\ProgramData")) / "pip" / "pip.ini", home / "pip" / "pip.ini",
                 Path(os.environ.get("APPDATA", home)) / "pip" / "pip.ini"]  # fmt: skip
    else:
        shared = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        files = [*(Path(folder) / "pip" / "pip.conf" for folder in shared.split(":")), Path("/etc/pip.conf")]
        if sys.platform == "darwin":
            files += [home / "Library" / "Application Support" / "pip" / "pip.conf"]
        files += [
            home / ".pip" / "pip.conf",
            Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf",
        ]
    return files + ([Path(chosen)] if chosen else [])
