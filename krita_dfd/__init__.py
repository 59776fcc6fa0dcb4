"""DeepFaceDrawing docker for Krita. Holds no model code: that is `dfd_core`, found by `runtime`."""

try:
    import krita  # noqa: F401
except ModuleNotFoundError:  # outside Krita (unit tests, packaging): nothing to register
    pass
else:
    from .plugin import register

    register()
