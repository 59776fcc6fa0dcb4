"""The picture that a portrait takes its appearance from: a layer of the document, or a file."""

from __future__ import annotations

from typing import Any

from . import layers, reading
from .qt import tr
from .sessions import Session
from .settings import REFERENCE_FILE, REFERENCE_LAYER


def layer_of(session: Session) -> Any | None:
    """The layer that was chosen, or None when there is none or it is no longer there."""
    wanted = session.settings.reference
    if not wanted.startswith(REFERENCE_LAYER):
        return None
    return layers.find(session.document, wanted[len(REFERENCE_LAYER) :])


def is_at_hand(session: Session) -> bool:
    """True when `wanted` can be asked while a stroke is open."""
    node = layer_of(session)
    return node is None or _is_read(session) or reading.is_plain(node)


def wanted(session: Session, again: bool) -> tuple[reading.Picture | str | None, str]:
    """The layer's picture or the file's path, and a line for the painter when it cannot be had.

    A layer is read once, and `again` when the painter asks for a portrait: not for every line that is drawn.
    """
    setting = session.settings.reference
    if setting.startswith(REFERENCE_FILE):
        return setting[len(REFERENCE_FILE) :], ""
    if not setting:
        return None, ""
    node = layer_of(session)
    if node is None:
        return None, tr("The reference layer is no longer there: choose another reference, or none.")
    if again or not _is_read(session):
        session.reference = (setting, reading.read(session.document, node))
    assert session.reference is not None
    return session.reference[1], ""


def _is_read(session: Session) -> bool:
    return session.reference is not None and session.reference[0] == session.settings.reference
