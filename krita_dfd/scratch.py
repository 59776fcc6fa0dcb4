"""Hidden 1 x 1 documents with an undo history of their own.

Krita records colour conversions in the undo history of the document where they happen, so they happen here. And a layer
created in an RGBA/8-bit document stays RGBA/8-bit when it is added to a 16-bit, gray or CMYK one.

Krita deletes such a document, which no window shows, when Python forgets it. That must happen before Krita quits: at
the end of Python it is too late, and Krita crashes.
"""

from __future__ import annotations

from typing import Any

from krita import Krita

SRGB = ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
"""Colour model, depth and profile of everything that goes to and comes from the engine."""

_SAME_PROFILES = ("sRGB built-in", "sRGB IEC61966-2.1", "sRGB IEC61966-2-1")

Space = tuple[str, str, str]

_documents: dict[Space, Any] = {}


def is_srgb8(space: Space) -> bool:
    """True when pixels in `space` can be used as they are."""
    return space == SRGB or (space[:2] == SRGB[:2] and space[2] in _SAME_PROFILES)


def document(space: Space = SRGB) -> Any:
    """The hidden document in `space`; made on first use, never marked as modified."""
    hidden = _documents.get(space)
    if hidden is None or hidden.rootNode() is None:
        hidden = Krita.instance().createDocument(1, 1, "krita_dfd scratch", *space, 72.0)
        hidden.setBatchmode(True)
        _documents[space] = hidden
    hidden.setModified(False)
    return hidden


def to_srgb8(data: Any, width: int, height: int, space: Space) -> Any:
    """Convert `width` x `height` pixels (a QByteArray) from `space` to 8-bit sRGB (BGRA)."""
    hidden = document(space)
    node = hidden.createNode("convert", "paintlayer")
    node.setPixelData(data, 0, 0, width, height)
    hidden.rootNode().addChildNode(node, None)
    node.setColorSpace(*SRGB)
    hidden.waitForDone()
    converted = node.pixelData(0, 0, width, height)
    node.remove()
    hidden.setModified(False)
    return converted


def forget() -> None:
    """Give the hidden documents up (when Krita quits)."""
    _documents.clear()
