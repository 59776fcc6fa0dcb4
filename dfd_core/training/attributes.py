"""Along which way latents differ between women and men, and how drawings tell which is meant.

The way is what a slider moves latents by: linear regression of a portrait's latents on who is in it (Shen et al. 2020,
"InterFaceGAN", find directions by linear classifiers), all else that the drawings show being equal: how much hair there
is, facial hair, skin tone, the mouth and the source of the photo. Without the rest, a woman would have long hair and a
man a beard. What a drawing tells is the opposite, a linear discriminant of all that women's and men's drawings differ
in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from dfd_core.attributes import Attribute, Attributes, Discriminant
from dfd_core.geometry import COMPONENTS, FEMININITY, NETWORKS
from dfd_core.training.data import SHORT, Prepared, is_man
from dfd_core.training.latents import Latents
from dfd_core.training.whiskers import mouth_shapes

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

DRAWN = ("clean", "rough", "hand")
"""What the styles' names begin with that `tells` is found in: lines that a hand may draw."""

STEADY, STEADY_FACE, STEADY_OWN = 5.0, 2.0, 1.0
"""Ridge of the discriminants of the whole, of the face and of each component, a latent's variance being about 1: what
women's and men's latents differ in on average counts more than what tells them apart best here. Drawings of other hands
are told better so."""

BEARDS = {"none": 0.0, "stubble": 0.4, "moustache": 0.6, "beard": 1.0}


def fit_attributes(data: Prepared, latents: Latents) -> Attributes:
    """See `dfd_core.attributes.Attribute`; none where too few women and men are known (`dfd prepare --seen`).

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
    others = [int(k) for k in data.train if portraits[k].get("looked_at") and not portraits[k].get("made_up")]
    return {FEMININITY: Attribute(found, **_says(data, latents, (women, others)))}


def _says(data: Prepared, latents: Latents, sides: tuple[list[int], list[int]]) -> dict[str, Any]:
    """What drawings of the people on both sides say: the `whole`, `face` and `own` of an `Attribute`."""
    styles = [k for k, style in enumerate(data.meta["styles"]) if style.startswith(DRAWN)]
    drawn = {part: [latents[part.name][torch.tensor(rows)][:, styles, 0].flatten(0, 1).double().cpu() for rows in sides]
             for part in COMPONENTS}  # fmt: skip
    both, each = {}, {}
    for network in NETWORKS:
        alike = [drawings for part, drawings in drawn.items() if part.network == network]
        both[network] = [torch.stack(side).sum(0) for side in zip(*alike, strict=True)]
        each[network] = [torch.cat(side) for side in zip(*alike, strict=True)]
    face = {network: both[network] for network in NETWORKS[:-1]}
    own = {network: _discriminant({network: drawings}, STEADY_OWN, even=True) for network, drawings in each.items()}
    return {"whole": _discriminant(both, STEADY), "face": _discriminant(face, STEADY_FACE), "own": own}


def _discriminant(drawn: Mapping[str, list[torch.Tensor]], ridge: float, even: bool = False) -> Discriminant:
    """Linear discriminant analysis of latents (N, D) by network, women's and men's, who count alike.

    `even`: those of the average woman and man are then 1 and -1; else they are nearer to 0, the less drawings tell.
    """
    x = torch.cat([torch.cat(sides) for sides in drawn.values()], 1)
    women, men = (len(side) for side in next(iter(drawn.values())))
    said = torch.cat([torch.ones(women), -torch.ones(men)]).double()[:, None]
    share = torch.cat([torch.full((women,), 0.5 / women), torch.full((men,), 0.5 / men)]).double()[:, None]
    middle = (share * x).sum(0)
    x = x - middle
    matrix = (share * x).T @ x + ridge * torch.eye(x.shape[1]).double()
    weights = torch.linalg.solve(matrix, (share * x).T @ said)[:, 0]
    if even:
        weights = weights / ((x @ weights)[:, None] * said * share).sum()
    parts = weights.float().split([sides[0].shape[1] for sides in drawn.values()])
    return Discriminant(dict(zip(drawn, parts, strict=True)), float(middle @ weights))


def _told(portraits: list[dict[str, Any]], feminine: np.ndarray) -> np.ndarray:
    """What is known of each portrait (N, F), of mean 0 and deviation 1: `feminine`, creases, then all else."""
    hair = np.array([p.get("hair") or 0.0 for p in portraits])
    creases = np.array([np.log((p.get("creases") or 0.0) + 0.004) for p in portraits])
    beard = np.array([BEARDS[p["facial_hair"]] for p in portraits])
    tone = np.array([40.0 if p.get("tone") is None else p["tone"] for p in portraits])
    width, gap, lift = mouth_shapes(np.array([p.get("mouth") or [[0.0, 0.0]] * 6 for p in portraits]))
    columns = [feminine, creases, hair, hair**2, np.minimum(hair, SHORT), beard, tone, width, gap, lift]
    sources = [p["source"] for p in portraits]
    columns += [np.array([float(s == source) for s in sources]) for source in sorted(set(sources))]
    told = np.stack(columns, 1)
    told = told - told.mean(0)
    return np.asarray(told / np.maximum(told.std(0), 1e-6))
