"""Exact nearest neighbours: a plain scan of a small bank, a pruned one of a large bank.

Latents fill few of their dimensions: of ours, an eighth of the principal axes holds 94 % of the variance. A row's
coordinates along the leading axes, with the length of what they leave out as one more coordinate, are a shorter row;
distances between shorter rows are never greater than those between the rows themselves. So the shorter rows are scanned
first, and only rows that they cannot rule out are looked at in full (a lower-bound filter, as in Agrawal et al. 1993).
The result is that of the plain scan; what is saved is memory traffic, which is what a scan costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

LARGE = 8192
"""From this many rows on, a bank is worth an index; a smaller one is scanned faster than one looks it up."""

SAMPLE = 2048
"""Rows from which the principal axes are found; any axes give the right neighbours."""

EXPLAINED = 0.93
"""Share of the variance that the leading axes must hold. With less, a quicker scan leaves more rows to look at in full,
which lie anywhere in memory; on banks like our latents 0.97 and 0.9 both took a fifth longer."""

STEP = 16
"""Shorter rows have a multiple of this many numbers, and at most a quarter of the row's."""

SLACK = 1e-5
"""Rounding of squared distances in single precision, as a share of the greatest."""


@dataclass(frozen=True)
class Shorter:
    """`rows` (M, m) stand for a bank's rows (M, D): `middle` (D,), orthonormal `axes` (D, m - 1).

    `squares` (M,) are their squared lengths, `greatest` () the greatest of them.
    """

    middle: torch.Tensor
    axes: torch.Tensor
    rows: torch.Tensor
    squares: torch.Tensor
    greatest: torch.Tensor

    def to(self, device: torch.device) -> Shorter:
        """The same on another device."""
        parts = (self.middle, self.axes, self.rows, self.squares, self.greatest)
        return Shorter(*(part.to(device) for part in parts))


def shorter(bank: torch.Tensor) -> Shorter | None:
    """The index of a `bank` (M, D), or None when it is small or its variance is in too many dimensions."""
    if len(bank) < LARGE:
        return None
    sample = bank[:: -(-len(bank) // SAMPLE)].float()
    middle = sample.mean(0)
    variances, axes = torch.linalg.eigh((sample - middle).T.cpu() @ (sample - middle).cpu())
    held = variances.flip(0).cumsum(0) / variances.sum()
    for width in range(STEP, bank.shape[1] // 4 + 1, STEP):
        if held[width - 2] >= EXPLAINED:
            leading = axes.flip(1)[:, : width - 1].to(bank.device).contiguous()
            rows = torch.cat([_shorten(part.float(), middle, leading) for part in bank.split(LARGE)])
            squares = rows.square().sum(1)
            return Shorter(middle, leading, rows, squares, squares.max())
    return None


def _shorten(rows: torch.Tensor, middle: torch.Tensor, axes: torch.Tensor) -> torch.Tensor:
    centred = rows - middle
    along = centred @ axes
    rest = (centred.square().sum(1) - along.square().sum(1)).clamp_min(0).sqrt()
    return torch.cat([along, rest[:, None]], 1)


def scan(rows: torch.Tensor, squares: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
    """Squared distances (B, M) of `latents` (B, D) to `rows` (M, D), less the latents' own squares.

    `squares` (M,) are the rows' squared lengths.
    """
    return torch.addmm(squares, latents, rows.T, alpha=-2)


def pruned(bank: torch.Tensor, index: Shorter, latent: torch.Tensor, k: int,
           without: torch.Tensor | None = None) -> torch.Tensor:  # fmt: skip
    """The `k` rows of `bank` (M, D) nearest to `latent` (D,), nearest first: (k,); `without` (M,) rows are left out."""
    short = _shorten(latent[None], index.middle, index.axes)
    own = short.square().sum()
    bound = scan(index.rows, index.squares, short)[0]
    if without is not None:
        bound = bound.masked_fill(without, torch.inf)
    close = bound.topk(k, largest=False).indices
    reach = (bank.index_select(0, close).float() - latent).square().sum(1).max()
    reach = reach + SLACK * (reach + own + index.greatest)
    close = (bound <= reach - own).nonzero()[:, 0]
    distance = (bank.index_select(0, close).float() - latent).square().sum(1)
    return close[distance.topk(k, largest=False).indices]
