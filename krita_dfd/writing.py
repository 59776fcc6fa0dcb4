"""The portrait on its layer: one "Add Layer" in the undo history for a new one, nothing for an update."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from . import layers, scratch
from .qt import QtCore, tr
from .strokes import later

_ACTIVE_POLL_MS = 10
_ACTIVE_POLLS = 300


@dataclass(frozen=True)
class Patch:
    """A portrait for the canvas: BGRA rows (8 bits, sRGB, straight alpha) with the top left corner at (x, y).

    `data` is a QByteArray, made in the worker thread, so that Krita's thread need not copy it; `crc` is its CRC-32.
    """

    data: Any
    x: int
    y: int
    width: int
    height: int
    crc: int


def is_as_written(document: Any, portrait: Any) -> bool:
    """True when the portrait's layer still is what we wrote: not locked, converted, scaled or painted on.

    Anything else is the painter's by now and must not be overwritten.
    """
    space = (portrait.colorModel(), portrait.colorDepth(), portrait.colorProfile())
    if portrait.locked() or portrait.type() != "paintlayer" or not scratch.is_srgb8(space):
        return False
    area = portrait.bounds()
    pixels = portrait.pixelData(area.x(), area.y(), area.width(), area.height())
    return zlib.crc32(pixels) == layers.checksum(document, portrait)


def update(document: Any, portrait: Any, patch: Patch) -> None:
    """Replace the picture on the portrait's layer. Safe while a stroke is open; not an undo step, but to be saved."""
    repaint(portrait, patch)
    layers.remember_checksum(document, portrait, patch.crc)
    document.refreshProjection()
    document.setModified(True)


def add(document: Any, source: Any, patch: Patch, receiver: Any) -> Any:
    """Put the portrait on a new layer directly above `source`; returns that layer. See `insert`."""
    portrait = scratch.document().createNode(tr("{name} portrait").format(name=source.name()), "paintlayer")
    paint(portrait, patch)
    insert(document, portrait, source, receiver)
    layers.remember(document, portrait, source)
    layers.remember_checksum(document, portrait, patch.crc)
    return portrait


def insert(document: Any, node: Any, below: Any, receiver: Any) -> None:
    """Add `node` directly above the layer `below`.

    Only call this while no stroke is open. The active layer is restored a moment later; `receiver` is the QObject whose
    life that waits for.
    """
    active = document.activeNode()
    below.parentNode().addChildNode(node, below)
    if active is not None:
        _restore(document, layers.key(active), layers.key(node), receiver, _ACTIVE_POLLS)


def repaint(node: Any, patch: Patch) -> None:
    """Have nothing but the patch on `node`."""
    old = node.bounds()
    if not QtCore.QRect(patch.x, patch.y, patch.width, patch.height).contains(old):
        blank = QtCore.QByteArray(old.width() * old.height() * 4, b"\0")
        node.setPixelData(blank, old.x(), old.y(), old.width(), old.height())
    paint(node, patch)


def paint(node: Any, patch: Patch) -> None:
    """Paint the patch on `node`."""
    if patch.width and patch.height:
        node.setPixelData(patch.data, patch.x, patch.y, patch.width, patch.height)


def _restore(document: Any, wanted: str, new: str, receiver: Any, polls: int) -> None:
    """Krita activates a new layer some time after adding it: wait for that, then activate the painter's layer again."""
    active = document.activeNode()
    if active is not None and layers.key(active) == new:
        node = layers.find(document, wanted)
        if node is not None:
            document.setActiveNode(node)
    elif polls and active is not None:
        later(receiver, lambda: _restore(document, wanted, new, receiver, polls - 1), _ACTIVE_POLL_MS)
