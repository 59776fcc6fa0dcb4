"""Balanced sampling: groups of people that the portraits hold few of are seen more often.

Groups are made of skin tone (individual typology angle, in the usual six classes of Chardon et al. 1991), of how much
hair there is, of facial hair, curly hair, made-up eyes and lips (`traced.look_up`), and of how creased the skin is; a
portrait is drawn with a probability proportional to its group's size to the power of -1/2, which lies between "as they
come" and "all groups alike". Creased faces are drawn less often than that: outlines do not say how old someone is, most
open portraits are of officials past fifty, and most drawings are not. Faces that are turned are drawn more often: few
photos are taken so, and many drawings are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

TONES = (-30.0, 10.0, 28.0, 41.0, 55.0)
"""Borders of the classes of skin tone in degrees, from dark to very light."""

HAIR = (0.04, 0.12, 0.22)
"""Borders of the classes of hair, as shares of the picture."""

CREASES = (0.012, 0.045)
"""Borders between smooth, creased and deeply creased faces, see `photocopy.creases`."""

OFTEN, MADE_UP_OFTEN = (2.0, 1.0, 0.4), (2.0, 1.0, 1.0)
"""How much more often than by the size of their groups those are drawn, and those of them with made-up eyes and lips:
of deeply creased faces few are women's, and an old woman's drawing became a man."""

MOUSTACHED = 2.0
"""So are those with a moustache alone; there are 38, and it was taken for lips."""

SHORT_HAIRED = 1.6
"""So are those with made-up eyes and lips and no long hair: outlines of short hair are nearly all of men."""

TURNED, TURNS = 0.25, 2.0
"""From this `align.yaw` on a face is turned, and drawn so many times as often."""


def group(portrait: dict[str, Any]) -> tuple[int, int, int, str, bool, bool]:
    """Classes of skin tone and hair, -1 where not known, and of creases; facial hair, curly, made up?"""
    tone, hair, creases = (portrait.get(name) for name in ("tone", "hair", "creases"))
    return (-1 if tone is None else int(np.searchsorted(TONES, tone)),
            -1 if hair is None else int(np.searchsorted(HAIR, hair)),
            1 if creases is None else int(np.searchsorted(CREASES, creases)),
            portrait.get("facial_hair") or "none", bool(portrait.get("curly")),
            bool(portrait.get("made_up")))  # fmt: skip


def sampling_weights(portraits: Sequence[dict[str, Any]]) -> np.ndarray:
    """Probability of each portrait (N,), summing to 1; `portraits` are entries of a prepared set's meta.json."""
    groups = [group(portrait) for portrait in portraits]
    sizes = Counter(groups)
    weights = np.array([sizes[g] ** -0.5 * (MADE_UP_OFTEN if g[5] else OFTEN)[g[2]] for g in groups])
    weights[[g[3] == "moustache" for g in groups]] *= MOUSTACHED
    weights[[g[5] and g[1] < len(HAIR) for g in groups]] *= SHORT_HAIRED
    weights[[(p.get("yaw") or 0) > TURNED for p in portraits]] *= TURNS
    return weights / weights.sum()
