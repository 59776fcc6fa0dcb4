"""What was made with AI is marked as such: in the name of its layer, and in the document."""

from __future__ import annotations

import time
from typing import Any

from . import layers

ANNOTATION = "krita_dfd/ai"
"""Document annotation: plain text, a line for each layer: date, name, model, the layer's id."""

HEADING = "Layers made with DeepFaceDrawing (AI-generated):"


def note(document: Any, node: Any, model: str = "") -> None:
    """Note that `node` was made by `model`, or, without that, that it has another name now. No undo entry."""
    lines = bytes(document.annotation(ANNOTATION)).decode("utf-8", "replace").splitlines()[1:]
    key = layers.key(node)
    before = next((line.split("\t") for line in lines if line.endswith(key)), [])
    if len(before) == 4 and not model:
        model = before[2]
    date = before[0] if len(before) == 4 else time.strftime("%Y-%m-%d")
    lines = [line for line in lines if not line.endswith(key)]
    lines.append("\t".join((date, " ".join(node.name().split()), model, key)))
    text = "\n".join((HEADING, *lines)) + "\n"
    document.setAnnotation(ANNOTATION, "DeepFaceDrawing: which layers are AI-generated", text.encode())
