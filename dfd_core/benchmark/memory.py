"""Memory of this process in bytes; 0 where the system does not say."""

from __future__ import annotations

import sys


def peak_memory() -> int:
    """The greatest resident memory so far."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def resident_memory() -> int:
    """Resident memory now."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
        import resource
    except (OSError, ImportError):
        return 0
    return pages * resource.getpagesize()
