"""What this computer must have before PyTorch can run on it, and what a report says about it."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

VC_LIBRARIES = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll")
VC_ADDRESS = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
OLDEST_MACOS = (14, 0)
OLDEST_GLIBC = (2, 28)


def lacking() -> str:
    """What PyTorch needs of the system and does not find, with the cure; "" when nothing is missing."""
    if sys.platform == "win32":
        return vc_runtime()
    if sys.platform == "darwin":
        return too_old("macOS", platform.mac_ver()[0], OLDEST_MACOS)
    name, version = platform.libc_ver()
    return too_old("glibc", version, OLDEST_GLIBC) if name == "glibc" else ""


def vc_runtime(load: Callable[[str], Any] | None = None) -> str:
    """The Microsoft runtime that torch's DLLs need."""
    load = load or getattr(ctypes, "WinDLL", ctypes.CDLL)
    assert load is not None
    missing = []
    for name in VC_LIBRARIES:
        try:
            load(name)
        except OSError:
            missing.append(name)
    if not missing:
        return ""
    return (
        f'The Microsoft Visual C++ runtime is missing ({", ".join(missing)}): install the "Visual C++ Redistributable '
        f'2015-2022, x64" from {VC_ADDRESS}, then start Krita again.'
    )


def too_old(what: str, version: str, oldest: tuple[int, int]) -> str:
    """A line about a system that is older than `oldest`, or ""."""
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    if not numbers or tuple(numbers) >= oldest[: len(numbers)]:
        return ""
    return f"PyTorch needs {what} {'.'.join(map(str, oldest))} or newer, and this is {version}: update the system."


def memory() -> tuple[int, int]:
    """Bytes of memory that are free and that are built in; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            rows = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in file}
        return rows.get("MemAvailable", 0), rows.get("MemTotal", 0)
    except OSError:
        pass
    try:
        return 0, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0, 0


def _windows_memory() -> tuple[int, int]:
    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "available", "page", "free_page", "virtual", "free_virtual", "extended")
        ]

    status = Status()
    status.length = ctypes.sizeof(Status)
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined]
        return 0, 0
    return status.available, status.total
