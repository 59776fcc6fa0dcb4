"""Doubt in a drawing: what lies far from all faces is moved further towards them than its slider says.

A component that no face comes near, such as a cartoon's eyes, has a latent from which synthesis was never taught, so
with the usual blend it becomes debris. How far is far, the bank itself says: see `Manifold.usual`. The paper leaves the
amount to a slider alone (section 3.2).
"""

from __future__ import annotations

BELIEVED, DOUBTED = 2.0, 4.0
"""Strangeness up to which a drawing is believed, and from which on it is doubted altogether. Drawings of people who are
not in the bank, even rough ones, stay below the first in nine cases of ten."""

GREATEST = 5.0
"""What the blend of a component that is doubted altogether is multiplied by."""


def doubt(strangeness: float) -> float:
    """How much a component is doubted, 0..1, from its `Projection.strangeness`."""
    share = min(1.0, max(0.0, (strangeness - BELIEVED) / (DOUBTED - BELIEVED)))
    return share * share * (3 - 2 * share)


def doubted(blend: float, strangeness: float, explained: float = 0.0) -> float:
    """The blend that is used where the slider says `blend`, both 0..1: never less, and 0 ("my lines") stays 0.

    `explained` 0..1: how far a trait accounts for the strangeness. Few faces of a bank have a moustache; that one is
    drawn is no reason to doubt it.
    """
    return min(1.0, blend * (1 + (GREATEST - 1) * doubt(strangeness) * (1 - explained)))
