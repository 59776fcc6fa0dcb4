"""Finding layers, and remembering which portrait belongs to which drawing."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from krita import Krita

from .qt import sip, tr

ANNOTATION = "krita_dfd/portraits"
"""Document annotation (kept in the .kra): JSON object {portrait layer id: drawing layer id}."""

CHECKSUMS = "krita_dfd/checksums"
"""Document annotation: JSON object {layer id: what we wrote, a `Written` for each of its layers and masks}."""


class Written(NamedTuple):
    """What we wrote to a layer or mask: its id, the pixels' CRC-32 and rectangle, and the part of the face it is for.

    No part: the whole portrait; older documents note none.
    """

    name: str
    crc: int
    x: int
    y: int
    width: int
    height: int
    part: str = ""

    @property
    def area(self) -> tuple[int, int, int, int]:
        """The rectangle: x, y, width, height."""
        return self[2:6]


SHADOWS = "krita_dfd/shadows"
"""Document annotation: JSON object {shadow layer id: drawing layer id}."""

WITH_PIXELS = ("paintlayer", "vectorlayer", "grouplayer", "filelayer", "clonelayer")


class SourceProblem(Exception):
    """There is nothing to draw from; the message tells the painter what to do."""


def documents() -> list[Any]:
    """All open documents. Gives the wrappers back to Python, which Krita's lists would leak."""
    found = Krita.instance().documents()
    for document in found:
        sip.transferback(document)
    return found


def key(node: Any) -> str:
    """The layer's id, the same after saving and opening again."""
    return node.uniqueId().toString()


def children(node: Any) -> list[Any]:
    """Child layers, bottom first. Gives the wrappers back to Python, which Krita's lists would leak."""
    nodes = node.childNodes()
    for child in nodes:
        sip.transferback(child)
    return nodes


def active(document: Any) -> Any | None:
    """The active layer: that of the view that the painter is in, for each view of a document has its own.

    Krita's `Document.activeNode` is that of the first view, and of use where the painter is in another document, or has
    more than one layer selected.
    """
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    if view is not None and view.document() == document:
        selected = view.selectedNodes()
        for node in selected:
            sip.transferback(node)
        if len(selected) == 1:
            return selected[0]
    return document.activeNode()


def find(document: Any, wanted: str) -> Any | None:
    """The layer with the id `wanted`, anywhere in the document, or None (also when the document is closed)."""
    pending = [document.rootNode()]
    while pending:
        node = pending.pop()
        if node is None:
            continue
        for child in children(node):
            if key(child) == wanted:
                return child
            pending.append(child)
    return None


def below(node: Any) -> Any | None:
    """The layer directly below `node` in the same group, or None."""
    parent = node.parentNode()
    siblings = children(parent) if parent is not None else []
    keys = [key(sibling) for sibling in siblings]
    position = keys.index(key(node)) if key(node) in keys else 0
    return siblings[position - 1] if position else None


def title(node: Any, longest: int = 40) -> str:
    """The layer's name in one line that fits the docker."""
    name = " ".join(node.name().split())
    return name if len(name) <= longest else name[: longest - 1] + "…"


def portraits(document: Any) -> dict[str, str]:
    """{portrait layer id: drawing layer id} of this document."""
    return _noted(document, ANNOTATION)


def remember(document: Any, portrait: Any, source: Any) -> None:
    """Note in the document that `portrait` was made from `source`. No undo entry."""
    _note(document, ANNOTATION, "DeepFaceDrawing: portrait layers and their drawings", key(portrait), key(source))


def written(document: Any, portrait: Any) -> list[Written]:
    """What we last wrote to `portrait`, in the order of its layers; [] when it is not ours to update."""
    noted = _noted(document, CHECKSUMS).get(key(portrait))
    if not isinstance(noted, list):
        return []
    return [Written(*each) for each in noted if isinstance(each, list) and _is_written(*each)]


def _is_written(name: Any = None, *values: Any) -> bool:
    numbers, part = values[:5], values[5:]
    right = isinstance(name, str) and len(numbers) == 5 and all(type(number) is int for number in numbers)
    return right and len(part) <= 1 and all(isinstance(each, str) for each in part)


def remember_written(document: Any, portrait: Any, values: list[Written]) -> None:
    """Note in the document what we wrote to `portrait`; [] gives it up to the painter. No undo entry."""
    _note(document, CHECKSUMS, "DeepFaceDrawing: checksums of portrait layers", key(portrait), values)


def shadows(document: Any) -> dict[str, str]:
    """{shadow layer id: drawing layer id} of this document, oldest first."""
    return _noted(document, SHADOWS)


def remember_shadow(document: Any, shadow: Any, source: Any) -> None:
    """Note in the document that `shadow` guides the pen on `source`. No undo entry."""
    _note(document, SHADOWS, "DeepFaceDrawing: shadow layers and their drawings", key(shadow), key(source))


def _noted(document: Any, annotation: str) -> dict[str, Any]:
    try:
        pairs = json.loads(bytes(document.annotation(annotation)) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return pairs if isinstance(pairs, dict) else {}


def _note(document: Any, annotation: str, description: str, name: str, value: Any) -> None:
    text = json.dumps({**_noted(document, annotation), name: value}).encode()
    document.setAnnotation(annotation, description, text)


def _shows(ours: dict[str, str], group: Any) -> bool:
    """True when a visible layer of `ours` is somewhere in `group`, so that it would be read as part of the drawing."""
    pending = [group]
    while pending:
        for child in children(pending.pop()):
            if child.visible():
                if key(child) in ours:
                    return True
                pending.append(child)
    return False


def portraits_above(document: Any, source: Any) -> list[Any]:
    """The portraits made from `source` that stand above it in its group, bottom first; kept ones, too.

    Others may stand between: Krita puts a new layer directly above the active one.
    """
    parent = source.parentNode()
    siblings = children(parent) if parent is not None else []
    keys = [key(sibling) for sibling in siblings]
    ours = portraits(document)
    first = keys.index(key(source)) + 1 if key(source) in keys else len(keys)
    return [sibling for sibling in siblings[first:] if ours.get(key(sibling)) == key(source)]


def portrait_above(document: Any, source: Any) -> Any | None:
    """The portrait made from `source` that follows it, or None: the topmost above it that was not given up."""
    noted = _noted(document, CHECKSUMS)
    for portrait in reversed(portraits_above(document, source)):
        if noted.get(key(portrait)):
            return portrait
    return None


def drawing_of(document: Any, node: Any) -> str | None:
    """The id of the drawing when `node` is one of its portraits, or a layer or mask in one; else None."""
    ours = portraits(document)
    while node is not None:
        if key(node) in ours:
            return ours[key(node)]
        node = node.parentNode()
    return None


def source_of(document: Any | None, pinned: str = "") -> Any:
    """The layer to draw from: the `pinned` one, else the active one, or the drawing that an active portrait is of."""
    if document is None:
        raise SourceProblem(tr("No document is open. Create or open one and draw a face in lines."))
    node = find(document, pinned) if pinned else active(document)
    if pinned and node is None:
        raise SourceProblem(tr("The pinned layer is no longer there. Unpin it, or undo until it is back."))
    if node is None:
        raise SourceProblem(tr("No layer is active. Select the layer with your drawing."))
    owner = drawing_of(document, node) or shadows(document).get(key(node))
    if owner is not None:
        node = find(document, owner)
        if node is None:
            raise SourceProblem(tr("This portrait's drawing is no longer there. Select the layer with your drawing."))
    if node.type().endswith("mask"):
        raise SourceProblem(tr("A mask holds no lines. Select the layer it belongs to."))
    if node.type() not in WITH_PIXELS:
        raise SourceProblem(tr("This kind of layer holds no lines. Select a paint, vector or group layer."))
    if node.type() == "grouplayer" and _passes_through(node):
        raise SourceProblem(tr("A group that passes through has no picture of its own. Switch Pass Through off."))
    if _shows(portraits(document), node):
        raise SourceProblem(tr("This group shows a portrait. Hide the portrait, or select only the drawing."))
    if _shows(shadows(document), node):
        raise SourceProblem(tr("This group shows the shadow. Switch the shadow off, or select only the drawing."))
    return node


def _passes_through(group: Any) -> bool:
    """True when Krita composites the group's layers with those below it; its own projection is empty then."""
    return bool(getattr(group, "passThroughMode", bool)())


def followed(document: Any | None, pinned: str, last: str) -> Any | None:
    """The drawing whose portrait follows the settings: that of `source_of`, else the `last` one drawn from.

    The painter may be on another layer, such as the reference. None when there is no portrait to change.
    """
    try:
        candidates = [source_of(document, pinned)]
    except SourceProblem:
        candidates = []
    if document is not None and last:
        candidates.append(find(document, last))
    return next((node for node in candidates if node is not None and portraits_above(document, node)), None)
