"""A portrait on its layer: one "Add Layer" in the undo history for a new one, nothing for an update.

A portrait is a paint layer, or a group of them: the whole portrait, and above it each part of the face with a
transparency mask. Both are made in a hidden document and added at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import components, layers, scratch
from .qt import QtCore, tr
from .refreshing import refresh
from .strokes import later

PIXEL = 4
"""Bytes of a pixel with 8 bits a channel: enough to know about how much the undo history of a hidden document keeps."""

_ACTIVE_POLL_MS = 10
_ACTIVE_POLLS = 300


@dataclass(frozen=True)
class Patch:
    """Pixels for the canvas: rows of a layer or a mask with the top left corner at (x, y).

    `data` is a QByteArray, made in the worker thread, so that Krita's thread need not copy it; `crc` is its CRC-32.
    From the engine come BGRA rows (8 bits, sRGB, straight alpha); see `scratch` for other colour spaces.
    """

    data: Any
    x: int
    y: int
    width: int
    height: int
    crc: int


@dataclass(frozen=True)
class Part:
    """A component's own layer: its picture, and the mask (8 bits) that shows it."""

    name: str
    picture: Patch
    mask: Patch


@dataclass(frozen=True)
class Form:
    """What portraits are in a document: layers in the colour `space`, one or, with `parts`, a group of them."""

    parts: bool = False
    space: scratch.Space = scratch.SRGB


@dataclass(frozen=True)
class Sheets:
    """A portrait to write: the whole of it, and its parts (none: a single layer)."""

    whole: Patch
    parts: tuple[Part, ...] = ()

    def patches(self) -> list[Patch]:
        """In the order of the layers and masks, bottom first."""
        return [self.whole, *(patch for part in self.parts for patch in (part.picture, part.mask))]

    def names(self) -> list[str]:
        """The part that each of `patches` is for; "" for the whole."""
        return ["", *(part.name for part in self.parts for _ in (part.picture, part.mask))]


def update(document: Any, portrait: Any, sheets: Sheets) -> None:
    """Replace what is on the portrait's layers. Safe while a stroke is open; not an undo step, but to be saved."""
    nodes = own_nodes(portrait)
    noted, now = layers.written(document, portrait), []
    for old, patch, part in zip(noted, sheets.patches(), sheets.names(), strict=True):
        replace(nodes[old.name], QtCore.QRect(*old.area), patch)
        now.append(written(old.name, patch, part))
    layers.remember_written(document, portrait, now)
    refresh(document)
    document.setModified(True)


def fits(document: Any, portrait: Any, sheets: Sheets) -> bool:
    """True when `sheets` can go to the layers that the portrait has: one for each part, and no others.

    Where parts were not noted, as many will do.
    """
    noted, wanted = [each.part for each in layers.written(document, portrait)], sheets.names()
    return noted == wanted or (not any(noted) and len(noted) == len(wanted))


def add(document: Any, source: Any, sheets: Sheets, name: str, form: Form, receiver: Any) -> Any:
    """Put the portrait on a new layer or group above `source` and its other portraits; returns that.

    Only call this while no stroke is open. The active layer is restored a moment later; `receiver` is the QObject whose
    life that waits for.
    """
    if form.parts:
        portrait, noted = _group(sheets, name, form)
    else:
        portrait = layer(sheets.whole, name, form)
        noted = [written(layers.key(portrait), sheets.whole)]
    attach(document, source, portrait, receiver)
    layers.remember_written(document, portrait, noted)
    return portrait


def attach(document: Any, source: Any, portrait: Any, receiver: Any) -> None:
    """Add a layer or group of ours above `source` and its other portraits; see `add`."""
    active = layers.active(document)
    others = layers.portraits_above(document, source)
    source.parentNode().addChildNode(portrait, others[-1] if others else source)
    layers.remember(document, portrait, source)
    scratch.tidy()
    if portrait.type() == "grouplayer":
        refresh(document)  # Krita does not put together by itself what came along in the group
    if active is not None:
        restore_active(document, layers.key(active), layers.key(portrait), receiver)


def layer(patch: Patch, name: str, form: Form) -> Any:
    """A new paint layer that is in no document yet."""
    node = scratch.document(form.space).createNode(name, "paintlayer")
    _paint(node, patch)
    return node


def group(name: str, children: list[Any], form: Form) -> Any:
    """A new group, which is in no document yet, of new layers, bottom first."""
    node = scratch.document(form.space).createNode(name, "grouplayer")
    for child in children:
        node.addChildNode(child, None)
        scratch.keeps(form.space, child.bounds().width() * child.bounds().height() * PIXEL)
    return node


def same_space(space: scratch.Space, wanted: scratch.Space) -> bool:
    """Whether pixels in `wanted` can go to a layer in `space` as they are."""
    return space == wanted or (scratch.is_srgb8(space) and scratch.is_srgb8(wanted))


def own_nodes(portrait: Any) -> dict[str, Any]:
    """{id: layer or mask} of the portrait: itself, or all that is in its group."""
    if portrait.type() != "grouplayer":
        return {layers.key(portrait): portrait}
    pending, found = [portrait], {}
    while pending:
        for child in layers.children(pending.pop()):
            found[layers.key(child)] = child
            pending.append(child)
    return found


def _group(sheets: Sheets, name: str, form: Form) -> tuple[Any, list[layers.Written]]:
    base = layer(sheets.whole, tr(components.LABELS["remainder"]), form)
    children, noted = [base], [written(layers.key(base), sheets.whole)]
    for part in sheets.parts:
        node = layer(part.picture, tr(components.LABELS[part.name]), form)
        mask = scratch.transparency_mask(tr("Shape"))
        _paint(mask, part.mask)
        node.addChildNode(mask, None)
        children.append(node)
        noted.append(written(layers.key(node), part.picture, part.name))
        noted.append(written(layers.key(mask), part.mask, part.name))
    return group(name, children, form), noted


def written(name: str, patch: Patch, part: str = "") -> layers.Written:
    """What the document notes of `patch` on the layer or mask with the id `name`."""
    return layers.Written(name, patch.crc, patch.x, patch.y, patch.width, patch.height, part)


def replace(node: Any, old: QtCore.QRect, patch: Patch) -> None:
    """Have nothing but the patch on `node`, which has pixels in the rectangle `old` at most."""
    if not QtCore.QRect(patch.x, patch.y, patch.width, patch.height).contains(old):
        size = len(patch.data) // max(1, patch.width * patch.height)
        blank = QtCore.QByteArray(old.width() * old.height() * size, b"\0")
        node.setPixelData(blank, old.x(), old.y(), old.width(), old.height())
    _paint(node, patch)


def _paint(node: Any, patch: Patch) -> None:
    if patch.width and patch.height:
        node.setPixelData(patch.data, patch.x, patch.y, patch.width, patch.height)


def restore_active(document: Any, wanted: str, new: str, receiver: Any, polls: int = _ACTIVE_POLLS) -> None:
    """Krita activates a new layer some time after adding it: wait for that, then activate the painter's layer again."""
    active = layers.active(document)
    if active is not None and layers.key(active) == new:
        node = layers.find(document, wanted)
        if node is not None:
            document.setActiveNode(node)
    elif polls and active is not None:
        later(receiver, lambda: restore_active(document, wanted, new, receiver, polls - 1), _ACTIVE_POLL_MS)
