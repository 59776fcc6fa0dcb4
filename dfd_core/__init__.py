"""DeepFaceDrawing (Chen et al., SIGGRAPH 2020, arXiv 2006.01047): a rough line drawing of a face becomes a portrait.

`Engine` is the only door; everything behind it can be read in the order of the data: `lineart`, `embedding`,
`manifold`, `synthesis`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dfd_core.errors import Cancelled, DataError, DfdError, DrawingError, PackError

if TYPE_CHECKING:
    from dfd_core.engine import Engine
    from dfd_core.frame import Frame
    from dfd_core.portrait import Portrait

__version__ = "0.3.0.dev0"
__all__ = ["Cancelled", "DataError", "DfdError", "DrawingError", "Engine", "Frame", "PackError", "Portrait"]

_LATE = {"Engine": "dfd_core.engine", "Portrait": "dfd_core.portrait", "Frame": "dfd_core.frame"}


def __getattr__(name: str) -> Any:
    """Import torch only when something that needs it is asked for."""
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'dfd_core' has no attribute '{name}'")
