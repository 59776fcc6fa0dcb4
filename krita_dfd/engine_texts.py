"""What the engine tells painters. It speaks English only, so its texts are named here to be translated."""

from __future__ import annotations

from .texts import mark

ENGINE = (
    mark("The layer is empty: draw a face on it first."),
    mark("The lines are too faint to read: draw darker, or raise the layer's contrast."),
    mark("The canvas is too small: it needs at least 32 x 32 pixels."),
    mark("There is no drawing inside the frame: move the frame over the face."),
    mark("The frame lies outside the canvas: move it back over the drawing."),
    mark("There is no portrait yet: make one first."),
    mark("There is no drawing yet: set one first."),
    mark("The reference is empty: choose another one."),
    mark("The stored portrait is damaged or of another version: make it again."),
    mark("The stored portrait was made with another model: make it again."),
)
"""As `dfd_core.errors.DfdError` has them. Rarer ones, such as those about a damaged model, stay English."""
