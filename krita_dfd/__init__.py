"""DeepFaceDrawing docker for Krita. Holds no model code: that is `dfd_core`, found by `runtime`."""

try:
    from krita import Krita  # noqa: F401
except ImportError:  # outside Krita (unit tests, packaging): nothing to register
    pass
else:
    from .plugin import register

    register()
