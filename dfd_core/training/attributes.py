"""Along which way latents differ between women and men: what a slider moves them by.

Linear regression of a portrait's latents on who is in it (Shen et al. 2020, "InterFaceGAN", find directions by linear
classifiers), all else that the drawings show being equal: how much hair there is, facial hair, skin tone, the mouth and
the source of the photo. Without the rest, a woman would have long hair and a man a beard.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from dfd_core.attributes import Attributes
from dfd_core.geometry import COMPONENTS, FEMININITY, NETWORKS
from dfd_core.training.data import SHORT, Prepared, is_man
from dfd_core.training.latents import Latents

STYLES = ("clean", "copy_fine", "rough_30", "rough_70", "hand_25", "hand_60")
"""Of which the latents' means are taken."""

REACH = 3.0
"""How many times half the difference between women and men a slider moves latents from its middle to its end.

Viewed: as far as faces stay faces."""

SHARE = {"remainder": 0.5}
"""What of that some networks' latents move: with all of it hair recedes on men and grows beside women's faces."""

FEWEST = 30
"""Women and men, at least, that must be known."""

RIDGE = 5.0
"""Keeps the regression steady where few portraits tell."""

BEARDS = {"none": 0.0, "stubble": 0.4, "moustache": 0.6, "beard": 1.0}


def fit_attributes(data: Prepared, latents: Latents) -> Attributes:
    """The direction, see `dfd_core.attributes`; none where too few women and men are known (`dfd prepare --seen`).

    `latents` are those of all drawings, by component.
    """
    portraits = data.meta["portraits"]
    women = [int(k) for k in data.train if portraits[k].get("made_up") and portraits[k].get("looked_at")]
    men = [int(k) for k in data.train if is_man(portraits[k])]
    styles = [k for k, style in enumerate(data.meta["styles"]) if style in STYLES]
    if min(len(women), len(men)) < FEWEST or not styles:
        return {}
    rows = [*women, *men]
    told = _told([portraits[k] for k in rows], np.repeat([1.0, -1.0], [len(women), len(men)]))
    inverse = np.linalg.inv(told.T @ told + RIDGE * np.eye(told.shape[1]))
    found = {}
    for network in NETWORKS:
        name = next(c.name for c in COMPONENTS if c.network == network)
        shown = latents[name][torch.tensor(rows)][:, styles, 0].float().mean(1).cpu().numpy()
        slope = (inverse @ told.T @ (shown - shown.mean(0)))[0]
        found[network] = torch.from_numpy(REACH * SHARE.get(network, 1.0) * slope).float()
    return {FEMININITY: found}


def _told(portraits: list[dict[str, Any]], feminine: np.ndarray) -> np.ndarray:
    """What is known of each portrait (N, F), of mean 0 and deviation 1: `feminine`, creases, then all else."""
    hair = np.array([p.get("hair") or 0.0 for p in portraits])
    creases = np.array([np.log((p.get("creases") or 0.0) + 0.004) for p in portraits])
    beard = np.array([BEARDS[p["facial_hair"]] for p in portraits])
    tone = np.array([40.0 if p.get("tone") is None else p["tone"] for p in portraits])
    points = np.array([p.get("mouth") or [[0.0, 0.0]] * 6 for p in portraits])
    width, gap = points[:, 1, 0] - points[:, 0, 0], points[:, 4, 1] - points[:, 3, 1]
    lift = (points[:, 3, 1] + points[:, 4, 1] - points[:, 0, 1] - points[:, 1, 1]) / 2
    columns = [feminine, creases, hair, hair**2, np.minimum(hair, SHORT), beard, tone, width, gap, lift]
    sources = [p["source"] for p in portraits]
    columns += [np.array([float(s == source) for s in sources]) for source in sorted(set(sources))]
    told = np.stack(columns, 1)
    told = told - told.mean(0)
    return np.asarray(told / np.maximum(told.std(0), 1e-6))
