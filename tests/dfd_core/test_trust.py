"""Where lines are trusted, and how far."""

from __future__ import annotations

import torch

from dfd_core.geometry import COMPONENTS, MOUTH, NAMES, REMAINDER
from dfd_core.trust import PAINTED, trust_map, trusted_lines, window_slices


def test_every_component_is_painted_once() -> None:
    assert sorted(part.name for part in PAINTED) == sorted(NAMES)
    assert PAINTED[0] is REMAINDER


def test_is_what_blend_leaves() -> None:
    trust = trust_map({part.name: torch.tensor([0.0, 0.25, 1.0]) for part in COMPONENTS})
    assert trust.shape == (3, 1, 256, 256)
    assert [t.unique().tolist() for t in trust] == [[1.0], [0.75], [0.0]]


def test_a_window_has_its_own() -> None:
    blend = {part.name: torch.tensor([1.0]) for part in COMPONENTS}
    trust = trust_map({**blend, MOUTH.name: torch.tensor([0.5])})
    rows, columns = window_slices(MOUTH)
    assert trust[0, 0, rows.stop - 1, columns].eq(0.5).all()  # where no other window lies over it
    trust[:, :, rows, columns] = 0
    assert not trust.any()


def test_lines_fade_with_trust() -> None:
    ink = torch.rand(1, 1, 256, 256)
    seen = trusted_lines(ink, torch.full_like(ink, 0.5))
    assert torch.equal(seen[:, :1], ink / 2)
    assert seen[:, 1:].eq(0.5).all()
