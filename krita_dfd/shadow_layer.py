"""The shadow's layer: locked, below the drawing, one "Add Layer" in the undo history when it is made, nothing later."""

from __future__ import annotations

import zlib
from typing import Any

from . import layers, scratch, writing
from .qt import QtCore, tr
from .refreshing import refresh
from .writing import Patch


def find(document: Any) -> Any | None:
    """The document's shadow, or None when there is none that can be written to.

    A layer that the painter unlocked, converted or painted on is theirs.
    """
    for key in reversed(layers.shadows(document)):
        node = layers.find(document, key)
        if node is not None and _is_ours(node) and layers.written(document, node):
            return node
    return None


def is_untouched(document: Any, node: Any) -> bool:
    """Whether the shadow has the pixels that we wrote; if not, it is given up to the painter."""
    (noted,) = layers.written(document, node)
    same = zlib.crc32(node.pixelData(*noted.area)) == noted.crc and QtCore.QRect(*noted.area).contains(node.bounds())
    if not same:
        layers.remember_written(document, node, [])
    return same


def _is_ours(node: Any) -> bool:
    return node.locked() and node.type() == "paintlayer" and scratch.is_srgb8(scratch.space_of(node))


def add(document: Any, source: Any, patch: Patch, strength: float, covered: bool, receiver: Any) -> None:
    """Put the shadow on a new layer below `source`; above it, and multiplied, where it could not be seen below.

    Only call this while no stroke is open. The active layer is restored a moment later; see `writing.add`.
    """
    node = writing.layer(patch, tr("DeepFaceDrawing shadow"), writing.Form())
    node.setLocked(True)
    node.setOpacity(_opacity(strength))
    below = layers.below(source)
    if covered or below is None:
        node.setBlendingMode("multiply")
        below = [source, *layers.portraits_above(document, source)][-1]
    active = layers.active(document)
    below.parentNode().addChildNode(node, below)
    layers.remember_shadow(document, node, source)
    layers.remember_written(document, node, [writing.written(layers.key(node), patch)])
    if active is not None:
        writing.restore_active(document, layers.key(active), layers.key(node), receiver)


def shows(document: Any, node: Any, patch: Patch) -> bool:
    """Whether this is what we last wrote to the shadow."""
    return layers.written(document, node) == [writing.written(layers.key(node), patch)]


def update(document: Any, node: Any, patch: Patch) -> None:
    """Replace the shadow. Safe while a stroke is open; not an undo step."""
    writing.replace(node, node.bounds(), patch)
    layers.remember_written(document, node, [writing.written(layers.key(node), patch)])
    refresh(document)


def show(document: Any, node: Any, visible: bool) -> None:
    """Show or hide the shadow. Not an undo step."""
    node.setVisible(visible)
    refresh(document)


def set_strength(document: Any, node: Any, strength: float) -> None:
    """Make the shadow fainter or stronger, 0..1. Not an undo step."""
    node.setOpacity(_opacity(strength))
    refresh(document)


def _opacity(strength: float) -> int:
    return round(255 * strength)
