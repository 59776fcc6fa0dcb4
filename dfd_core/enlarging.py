"""Enlargement that looks again only where the portrait has changed.

An edit of one component changes the whole portrait a little, through its colours, and one place much. What the
enlargement network adds is fine detail, which a change of a few levels leaves as it was; so the detail is computed
again around the place that has changed, and the plain enlargement, which is cheap, everywhere. A portrait made so
differs from one made afresh by a few levels of 255 at some pixels; docs/performance.md has the measured figures. One
that comes back, as when another nose was tried, is what it was.
"""

from __future__ import annotations

from collections import deque

import torch
from torch.nn import functional as F

from dfd_core.networks.enlarge import REACH, Enlarge

PATCH = 4
NOTICED = 4 / 127.5
"""A patch of `PATCH` x `PATCH` pixels that has changed by no more than this (4 of 255 levels) on average since its
detail was computed keeps it."""

GRID = 32
"""What is looked at again has sides that are multiples of this, since a processor's library prepares for every size."""

MOST = 0.7
"""When more than this share of the portrait would be looked at again, all of it is."""


KEPT = 7
"""So many portraits that were looked at as a whole are known again: one, and six alternatives of a part of it."""


class Enlarging:
    """`Enlarge` with a memory of the last portrait; use it for one portrait that changes."""

    def __init__(self, network: Enlarge) -> None:
        self.network = network
        self._seen: torch.Tensor | None = None
        self._detail: torch.Tensor | None = None
        self._whole: deque[tuple[torch.Tensor, torch.Tensor]] = deque(maxlen=KEPT)

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        """(1, 3, S, S) -> (1, 3, 2 S, 2 S), both in about -1 .. 1."""
        return self.network.plain(picture) + self._details(picture)

    def _details(self, picture: torch.Tensor) -> torch.Tensor:
        if self._seen is None or self._detail is None or self._seen.shape != picture.shape:
            return self._all(picture)
        for seen, detail in self._whole:
            if torch.equal(seen, picture):
                self._seen, self._detail = seen.clone(), detail.clone()
                return self._detail
        changed = F.avg_pool2d((picture - self._seen).abs().amax(1), PATCH, ceil_mode=True)[0] > NOTICED
        spans = [span(changed.any(axis).nonzero()[:, 0].tolist(), picture.shape[-1]) for axis in (1, 0)]
        if spans[0] is None or spans[1] is None:
            return self._detail
        (top, bottom), (left, right) = spans[0], spans[1]
        side = picture.shape[-1]
        if (bottom - top) * (right - left) > MOST * side**2:
            return self._all(picture)
        part = self.network.detail(picture[:, :, top:bottom, left:right])
        # near an edge of the part that is no edge of the portrait, the network misses what lies beyond
        y, x, b, r = (inner(top), inner(left), side - inner(side - bottom), side - inner(side - right))
        self._detail[:, :, 2 * y : 2 * b, 2 * x : 2 * r] = part[
            :, :, 2 * (y - top) : 2 * (b - top), 2 * (x - left) : 2 * (r - left)
        ]
        self._seen[:, :, y:b, x:r] = picture[:, :, y:b, x:r]
        return self._detail

    def _all(self, picture: torch.Tensor) -> torch.Tensor:
        self._seen, self._detail = picture.clone(), self.network.detail(picture)
        self._whole.append((self._seen.clone(), self._detail.clone()))
        return self._detail


def span(changed: list[int], side: int) -> tuple[int, int] | None:
    """From where to where to look again, for the rows or columns of patches that have `changed`: their own detail and,
    since the network sees `REACH` pixels to each side, their neighbours', with all that those see."""
    if not changed:
        return None
    start, stop = max(0, changed[0] * PATCH - 2 * REACH), min(side, (changed[-1] + 1) * PATCH + 2 * REACH)
    length = min(side, -(-(stop - start) // GRID) * GRID)
    start = max(0, min(start, side - length))
    return start, start + length


def inner(edge: int) -> int:
    """The first pixel whose detail is right in a part that begins at `edge`, counted from the portrait's edge."""
    return edge + REACH if edge else 0
