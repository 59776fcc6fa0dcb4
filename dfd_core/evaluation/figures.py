"""From measurements to the figures of the tables."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dfd_core.evaluation.faces import Faces
from dfd_core.evaluation.measure import Compared, Seen
from dfd_core.evaluation.statistics import Estimate, distances, found_first, kid, mean_interval

Row = dict[str, Any]

NEAREST = 0.01  # share of unseen people who are nearer to a training face than the limit of privacy
FEW = 5  # people in a group below which it is shown but not judged


def known_mean(values: np.ndarray) -> float:
    """Mean of `values` (n,) without its NaNs; NaN if there is nothing else."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def high_end(values: np.ndarray) -> float:
    """95th percentile of `values` (n,) without its NaNs; NaN if there is nothing else."""
    known = values[np.isfinite(values)]
    return float(np.quantile(known, 0.95)) if len(known) else math.nan


@dataclass(frozen=True)
class Yardstick:
    """What real photos give: `seen` of all faces of the set, identities `trained` (m, 128) of the training portraits,
    and the limits that follow: a real eye pair's 95th percentiles, and the nearness to training faces of the
    nearest 1 % of unseen people.
    """

    faces: Faces
    seen: Seen
    trained: np.ndarray

    @property
    def eye_colour(self) -> float:
        """95th percentile of the real colour differences between eyes."""
        return high_end(self.seen.eye_colour)

    @property
    def eye_shape(self) -> float:
        """95th percentile of the real shape differences between eyes."""
        return high_end(self.seen.eye_shape)

    @property
    def privacy(self) -> float:
        """Identity distance that 1 % of the real people have to their nearest training face."""
        return float(np.quantile(nearest_trained(self.seen, self.trained), NEAREST))


def nearest_trained(seen: Seen, trained: np.ndarray) -> np.ndarray:
    """Identity distance to the nearest training portrait: (n,)."""
    return distances(seen.identity, trained).min(1)


def put(row: Row, name: str, estimate: Estimate) -> None:
    """Put a figure and its interval into a row."""
    row[name] = round(estimate.value, 4)
    row[f"{name}_interval"] = [round(estimate.low, 4), round(estimate.high, 4)]


def identity_errors(seen: Seen, yardstick: Yardstick, chosen: np.ndarray) -> np.ndarray:
    """Identity distance of each picture to the photo of the drawn person: (n,)."""
    return np.linalg.norm(seen.identity - yardstick.seen.identity[chosen], axis=1)


def picture_figures(seen: Seen, yardstick: Yardstick) -> Row:
    """What needs neither the drawn person nor the drawing: eyes, privacy, and whether a face is found."""
    row: Row = {"found": round(float(seen.found.mean()), 4)}
    for name, limit in (("eye_colour", yardstick.eye_colour), ("eye_shape", yardstick.eye_shape)):
        values = getattr(seen, name)
        row[f"{name}_95"] = round(high_end(values), 4)
        row[f"{name}_beyond"] = round(known_mean(np.where(np.isfinite(values), values > limit, np.nan)), 4)
    near = nearest_trained(seen, yardstick.trained)
    row["trained_distance"] = round(float(near.mean()), 4)
    row["copies"] = round(float((near < yardstick.privacy).mean()), 4)
    return row


def method_figures(seen: Seen, compared: Compared, yardstick: Yardstick, chosen: np.ndarray) -> Row:
    """One row of the tables: the pictures `seen` were drawn after the faces `chosen` (n,) of the yardstick's set."""
    row: Row = {"n": len(chosen)}
    put(row, "kid", kid(seen.features, yardstick.seen.features))
    put(row, "kid_face", kid(seen.face_features, yardstick.seen.face_features))
    put(row, "identity", mean_interval(identity_errors(seen, yardstick, chosen)))
    people = yardstick.faces.people
    put(row, "rank1", mean_interval(found_first(seen.identity, yardstick.seen.identity, people[chosen], people)))
    for name in ("landmark", "vgg", "recall", "precision"):
        put(row, name, mean_interval(getattr(compared, name)))
    return row | picture_figures(seen, yardstick)


def group_figures(kind: str, groups: Iterable[str], identity: np.ndarray, landmark: np.ndarray) -> list[Row]:
    """Errors by group, and their ratio to the mean over all faces.

    `groups` names each face's group, "" for unknown; `identity` and `landmark` (n,) are errors of each face, their mean
    over the levels of roughness.
    """
    names = np.array(list(groups))
    rows = []
    for name in sorted(set(names) - {""}):
        inside = names == name
        row: Row = {"kind": kind, "group": str(name), "n": int(inside.sum()), "judged": bool(inside.sum() >= FEW)}
        for measure, errors in (("identity", identity), ("landmark", landmark)):
            mean = known_mean(errors[inside])
            row[measure] = round(mean, 4)
            row[f"{measure}_ratio"] = round(mean / known_mean(errors), 4)
        rows.append(row)
    return rows
