"""Hidden 1 x 1 documents with an undo history of their own.

Krita records colour conversions in the undo history of the document where they happen, so they happen here. And a layer
created in an RGBA/8-bit document stays RGBA/8-bit when it is added to a 16-bit, gray or CMYK one.

Krita deletes such a document, which no window shows, when Python forgets it. That must happen before Krita quits: at
the end of Python it is too late, and Krita crashes. And it must happen now and then: the undo history of a hidden
document keeps all pixels that ever went through it.
"""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from krita import Krita

from . import layers
from .qt import QtCore, tr
from .strokes import stroke_is_open

SRGB = ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
"""Colour model, depth and profile of everything that goes to and comes from the engine."""

_SAME_PROFILES = ("sRGB built-in", "sRGB IEC61966-2.1", "sRGB IEC61966-2-1")

Space = tuple[str, str, str]

_WITH_MASK = ("mask", "", "")

_TEMPLATE: dict[str, str | bytes] = {
    "mimetype": "application/x-krita",
    "maindoc.xml": """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>
<DOC xmlns="http://www.calligra.org/DTD/krita" editor="Krita" syntaxVersion="2.0">
 <IMAGE mime="application/x-kra" name="krita_dfd scratch" width="1" height="1" x-res="72" y-res="72"
        colorspacename="RGBA" profile="sRGB-elle-V2-srgbtrc.icc">
  <layers>
   <layer name="group" nodetype="grouplayer" filename="group" compositeop="normal" opacity="255" visible="1"
          x="0" y="0">
    <masks><mask name="mask" nodetype="transparencymask" filename="mask" visible="1" x="0" y="0"/></masks>
   </layer>
  </layers>
 </IMAGE>
</DOC>""",
    "krita_dfd scratch/layers/mask.pixelselection": "VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 1\nDATA 0\n",
    "krita_dfd scratch/layers/mask.pixelselection.defaultpixel": b"\0",
}
"""The least that Krita reads as a document with a mask."""

CALM_MS = 500
"""So long after a change, Krita has marked its document as modified for the last time."""

MOST_KEPT = 32 << 20
"""Bytes in the undo history of a hidden document, above which it is given up as soon as it is calm."""

_documents: dict[Space, Any] = {}
_kept: Counter[Space] = Counter()
_used = 0.0
"""When one was used last."""


class ScratchProblem(Exception):
    """Krita cannot make something for us; the message tells the painter what to do."""


def space_of(thing: Any) -> Space:
    """Colour model, depth and profile of a layer or document."""
    return (thing.colorModel(), thing.colorDepth(), thing.colorProfile())


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
    return _converted(data, width, height, space, SRGB)


def from_srgb8(data: Any, width: int, height: int, space: Space) -> Any:
    """Convert `width` x `height` pixels (a QByteArray) from 8-bit sRGB (BGRA) to `space`."""
    return _converted(data, width, height, SRGB, space)


def _converted(data: Any, width: int, height: int, space: Space, wanted: Space) -> Any:
    hidden = document(space)
    node = hidden.createNode("convert", "paintlayer")
    node.setPixelData(data, 0, 0, width, height)
    hidden.rootNode().addChildNode(node, None)
    node.setColorSpace(*wanted)
    hidden.waitForDone()
    converted = node.pixelData(0, 0, width, height)
    node.remove()
    keeps(space, 2 * len(data) + len(converted))
    tidy()
    return converted


def keeps(space: Space, size: int) -> None:
    """About `size` bytes of pixels went through the hidden document in `space`, whose undo history keeps them."""
    _kept[space] += size


def transparency_mask(name: str) -> Any:
    """A new transparency mask that hides everything; it belongs to no layer yet.

    Krita 5.1's own new masks have no pixels until its user interface gives them some, and crash it when they are saved;
    one that was read from a file is whole. Raises `ScratchProblem` when that file cannot be written or read.
    """
    hidden = _documents.get(_WITH_MASK)
    if hidden is None or hidden.rootNode() is None:
        hidden = _documents[_WITH_MASK] = _open_template()
    mask = layers.children(layers.children(hidden.rootNode())[0])[0].duplicate()
    mask.setName(name)
    return mask


def tidy() -> None:
    """Mark no hidden document as modified: Krita would save it by itself, and offer that file after its next start.

    Now, and once more when Krita has done all that it does a little later; then, those that keep much are given up.
    """
    global _used
    _used = time.monotonic()
    _tidy()
    QtCore.QTimer.singleShot(CALM_MS, _calm)


def _tidy() -> None:
    for hidden in _documents.values():
        hidden.setModified(False)


def _calm() -> None:
    """Nothing was done for a while: Krita crashes when a document goes away in whose image something still runs."""
    _tidy()
    if time.monotonic() - _used < 0.9 * CALM_MS / 1000:
        return  # another timer is on its way
    active = Krita.instance().activeDocument()
    for space in [space for space, size in _kept.items() if size > MOST_KEPT]:
        busy = [hidden for hidden in (active, _documents.get(space)) if hidden is not None and stroke_is_open(hidden)]
        if busy:
            QtCore.QTimer.singleShot(CALM_MS, _calm)
            return
        _documents.pop(space, None)
        del _kept[space]


def forget() -> None:
    """Give the hidden documents up (when Krita quits)."""
    _documents.clear()
    _kept.clear()


def _open_template() -> Any:
    """A hidden document with an empty mask on an empty group."""
    hidden = None
    try:
        with tempfile.TemporaryDirectory(prefix="krita_dfd-") as folder:
            path = Path(folder) / "mask.kra"
            with zipfile.ZipFile(path, "w") as file:
                for name, content in _TEMPLATE.items():
                    file.writestr(name, content)
            application = Krita.instance()
            batch = application.batchmode()
            application.setBatchmode(True)  # a problem must not open a dialog
            hidden = application.openDocument(str(path))
            application.setBatchmode(batch)
    except OSError:
        hidden = None
    if hidden is None:
        text = tr("Krita cannot make masks. Is the disk of {folder} full? Until then, choose “One layer” under Output.")
        raise ScratchProblem(text.format(folder=tempfile.gettempdir()))
    hidden.setBatchmode(True)
    hidden.setModified(False)
    return hidden
