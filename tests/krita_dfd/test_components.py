"""The docker's rows are the engine's components."""

from dfd_core.geometry import CANVAS, COMPONENTS, LEFT_EYE, NAMES, PARTS, RIGHT_EYE
from krita_dfd import components, settings


def test_same_names_and_order() -> None:
    assert components.NAMES == NAMES
    assert tuple(components.LABELS) == NAMES
    assert (LEFT_EYE.name, RIGHT_EYE.name) == components.EYES


def test_same_windows() -> None:
    assert components.CANVAS == CANVAS
    assert {part.name: (part.x, part.y, part.size) for part in COMPONENTS} == components.WINDOWS


def test_same_colours() -> None:
    assert settings.COLOURS == PARTS
