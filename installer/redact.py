"""A report can be shown to anybody: user names, computer names and paths are taken out of it."""

from __future__ import annotations

import getpass
import os
import platform
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
_QUOTED = re.compile(r"([\"'“])((?:file:|\\\\\?\\|~|[A-Za-z]:)?[^\"'“”\n]*[/\\][^\"'“”\n]*)([\"'”])")
_BARE = re.compile(r"(?<![\w:/\\.<])(?:~|[A-Za-z]:|<\w+>)?(?:[/\\]+[^\s/\\:*?\"<>|,;()]+)+[/\\]?")


def redact(text: str, names: dict[str, str] | None = None, secrets: Iterable[str] = ()) -> str:
    """`text` without names of people, computers and folders.

    `names` maps folders to what they are called instead, such as "<libraries>"; of all other paths only the last part
    stays. `secrets` are further words to take out. Addresses keep their host.
    """
    for folder, called in sorted((names or {}).items(), key=lambda pair: -len(pair[0])):
        for spelled in {folder, folder.replace("\\", "\\\\"), folder.replace("\\", "/")}:
            if len(spelled) > 1:
                text = text.replace(spelled, called)
    kept: list[str] = []

    def keep(clean: str) -> str:
        kept.append(clean)
        return f"\0{len(kept) - 1}\0"

    text = _ADDRESS.sub(lambda match: keep(_host(match.group())), text)
    text = _QUOTED.sub(lambda match: match.group(1) + keep(_last(match.group(2))) + match.group(3), text)
    text = _BARE.sub(lambda match: _last(match.group()), text)
    text = re.sub("\0(\\d+)\0", lambda match: kept[int(match.group(1))], text)
    for word, instead in [*((word, "<user>") for word in _people()), *((word, "<secret>") for word in secrets)]:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", instead, text, flags=re.I)
    return text


def _last(path: str) -> str:
    name = re.split(r"[/\\]+", path.rstrip("/\\"))[-1]
    token = re.match(r"<\w+>", path)
    return f"{token.group()}/…/{name}" if token and name != token.group() else (f"…/{name}" if name != path else path)


def _host(address: str) -> str:
    scheme, rest = address.split("://", 1)
    return f"{scheme}://{rest.split('/')[0].rpartition('@')[2]}/…"


def _people() -> list[str]:
    """Words that tell who the user is and what the computer is called."""
    words = {Path.home().name, platform.node(), platform.node().split(".")[0], os.environ.get("USER", ""),
             os.environ.get("USERNAME", ""), os.environ.get("COMPUTERNAME", "")}  # fmt: skip
    with suppress(OSError, KeyError, ImportError):
        words.add(getpass.getuser())
    return sorted((word for word in words if len(word) > 2), key=len, reverse=True)
