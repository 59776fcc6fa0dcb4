"""Errors that the user can act on.

Every message is one line that says what is wrong and what to do about it. The command line and the docker show the
message as it is; anything that is not a `DfdError` is a defect of ours.
"""


class DfdError(Exception):
    """Base of all errors whose message is meant for the user."""


class DrawingError(DfdError):
    """The drawing cannot be used (empty, one flat colour, wrong shape or type)."""


class EmptyDrawing(DrawingError):
    """Nothing is drawn, or too little to be a face."""


class PackError(DfdError):
    """The weight pack is missing, incomplete, altered or made for another version."""


class DataError(DfdError):
    """The training data cannot be used."""


class Cancelled(Exception):
    """`Engine.render` was told to stop. Not an error: nothing changed, and the engine can be used again."""
