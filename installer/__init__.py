"""Brings the plugin and its libraries into a Krita and takes them out again.

Runs inside Krita before anything else is there, so it is pure standard library and imports nothing of the project's.
Inside the installed plugin it is `krita_dfd.installer`, in a checkout `installer`: imports in it are relative.
"""

import re
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036 - a Krita with such a Python does not come here, a terminal may
    raise SystemExit("installer: run this with Python 3.10 or newer (it need not be Krita's own).")


def _version() -> str:
    """The project's version, from the one place that states it: `dfd_core/__init__.py`."""
    here = Path(__file__).resolve().parent.parent
    for place in (here / "lib" / "dfd_core", here / "dfd_core"):
        try:
            found = re.search(r'^__version__ = "(.+)"', (place / "__init__.py").read_text("utf-8"), re.M)
        except OSError:
            continue
        if found:
            return found.group(1)
    return "unknown"


__version__ = _version()
