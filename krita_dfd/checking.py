"""Is a portrait still what we wrote, or has the painter touched it?"""

from __future__ import annotations

import time
import zlib
from typing import Any

from . import layers, scratch, writing
from .qt import QtCore


class Check:
    """Looks at a portrait: touched means locked, converted, moved, scaled, painted on, or otherwise not in this form.

    A large portrait is read over several turns of the event loop, so that Krita stays responsive. Meanwhile the pen
    might come: so the active layer is read in one turn, and all that can be seen quickly is looked at again at the end.
    """

    STRIP = 1 << 19
    """Pixels that are read in one go: a millisecond or two with their checksum."""

    TURN = 0.008
    """Seconds after which the other strips wait for the next turn."""

    def __init__(self, document: Any, portrait: Any, form: writing.Form) -> None:
        self.key = layers.key(portrait)
        """Id of the portrait."""
        self._document = document
        self._portrait = portrait
        self._form = form
        self._noted = layers.written(document, portrait)
        self._pending = [(each.name, each.crc, strip) for each in self._noted for strip in self._cut(*each.area)]
        self._pending.reverse()
        self._crc = 0

    def go_on(self) -> bool | None:
        """True when it is as we wrote it, False when it was touched, None when there is more to read."""
        nodes = self._nodes()
        if nodes is None:
            return False
        begun, at_once = time.monotonic(), self._is_active(nodes)
        while self._pending:
            name, crc, (x, y, width, height, last) = self._pending.pop()
            self._crc = zlib.crc32(nodes[name].pixelData(x, y, width, height), self._crc)
            if last and self._crc != crc:
                return False
            self._crc = 0 if last else self._crc
            if self._pending and not at_once and time.monotonic() - begun > self.TURN:
                return None
        return True

    def _nodes(self) -> dict[str, Any] | None:
        """{id: layer or mask}, or None when something is not as it was, apart from the pixels."""
        kind = "grouplayer" if self._form.parts else "paintlayer"
        if self._portrait.type() != kind or layers.written(self._document, self._portrait) != self._noted:
            return None
        nodes = writing.own_nodes(self._portrait)
        if set(nodes) != {each.name for each in self._noted} or self._portrait.locked():
            return None
        return nodes if all(self._is_ours(nodes[each.name], *each.area) for each in self._noted) else None

    def _is_ours(self, node: Any, x: int, y: int, width: int, height: int) -> bool:
        if node.locked():
            return False
        if node.type() == "transparencymask":  # its bounds are those of its layer
            return True
        inside = QtCore.QRect(x, y, width, height).contains(node.bounds())
        return node.type() == "paintlayer" and writing.same_space(scratch.space_of(node), self._form.space) and inside

    def _is_active(self, nodes: dict[str, Any]) -> bool:
        active = layers.active(self._document)
        return active is not None and layers.key(active) in (*nodes, layers.key(self._portrait))

    def _cut(self, x: int, y: int, width: int, height: int) -> list[tuple[int, int, int, int, bool]]:
        """Strips (x, y, width, height, whether it is the last one) of an area."""
        rows = max(1, self.STRIP // max(1, width))
        tops = range(y, y + height, rows)
        return [(x, top, width, min(rows, y + height - top), top == tops[-1]) for top in tops]
