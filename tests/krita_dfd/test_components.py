"""The docker's rows are the engine's components."""

from dfd_core.geometry import NAMES
from krita_dfd import components


def test_same_names_and_order() -> None:
    assert components.NAMES == NAMES
    assert tuple(components.LABELS) == NAMES
