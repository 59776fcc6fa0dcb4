"""Manifold projection: a latent becomes a blend of its nearest plausible neighbours (paper, section 3.2).

The K nearest samples of the bank are found, the barycentric weights that best rebuild the latent from them are
solved for (locally linear embedding, Roweis & Saul 2000; paper, equation 1), and the latent is moved towards the
rebuilt one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch.nn import functional as F

from dfd_core.geometry import NEIGHBOURS
from dfd_core.nearest import pruned, scan, shorter


def barycentric_weights(latents: torch.Tensor, neighbours: torch.Tensor, regularisation: float = 1e-3) -> torch.Tensor:
    """Weights (B, K), each row summing to 1, that minimise |f - sum_k w_k f_k|^2 (paper, equation 1).

    `latents` (B, D), `neighbours` (B, K, D). The local Gram matrix is regularised by `regularisation` times its trace,
    as scikit-learn's locally linear embedding does, so that coincident neighbours do no harm.
    """
    offsets = neighbours - latents[:, None]
    offsets = (offsets.cpu() if offsets.device.type == "mps" else offsets).double()  # Apple's GPU has no double
    gram = offsets @ offsets.transpose(1, 2)
    diagonal = gram.diagonal(dim1=1, dim2=2)
    trace = diagonal.sum(1, keepdim=True)
    diagonal += regularisation * torch.where(trace > 0, trace, 1.0)
    solved, _ = torch.linalg.solve_ex(gram, gram.new_ones(gram.shape[:2]))  # the ridge makes it regular
    return (solved / solved.sum(1, keepdim=True)).to(latents.dtype).to(latents.device)


SAMPLED, USUAL = 256, 0.9
"""Of so many rows the distance to what their neighbours rebuild is measured, and this share of them is usual."""


@dataclass(frozen=True)
class Projection:
    """Result of a projection: `latents` (B, D), `indices` (B, K) rows of the bank, `weights` (B, K).

    `strangeness` (B,) is how far each latent was moved: 1 is as far as a plausible one may be from its neighbours.
    """

    latents: torch.Tensor
    indices: torch.Tensor
    weights: torch.Tensor
    strangeness: torch.Tensor

    def to(self, device: torch.device) -> Projection:
        """The same on another device."""
        return Projection(*(part.to(device) for part in (self.latents, self.indices, self.weights, self.strangeness)))


class Manifold:
    """The bank of one network's plausible latents.

    `bank` (M, D) float; `person` (M,) int: rows of one number belong together and can be excluded together. Without it
    each row is a person of its own.
    A large bank stays as it is given, in half precision and mapped from its file if it came so; see `nearest.py`.
    """

    def __init__(self, bank: torch.Tensor, person: torch.Tensor | None = None, k: int = NEIGHBOURS) -> None:
        if bank.ndim != 2 or len(bank) < k:
            raise ValueError(f"a bank needs at least {k} rows of latents, got shape {tuple(bank.shape)}")
        self._index = shorter(bank)
        self.bank = bank if self._index is not None else bank.float()
        self.person = person if person is not None else torch.arange(len(bank), device=bank.device)
        self.k = k
        self._squares = self.bank.square().sum(1) if self._index is None else None

    def to(self, device: torch.device) -> None:
        """Move the bank."""
        self.bank = self.bank.to(device)
        self.person = self.person.to(device)
        self._squares = self._squares.to(device) if self._squares is not None else None
        self._index = self._index.to(device) if self._index is not None else None

    @property
    def scanned(self) -> int:
        """Bytes that are read to find neighbours."""
        rows = self.bank if self._index is None else self._index.rows
        return rows.numel() * rows.element_size()

    def rows(self, indices: torch.Tensor) -> torch.Tensor:
        """Rows of the bank (..., D) in single precision."""
        return F.embedding(indices, self.bank).float()

    def nearest(self, latents: torch.Tensor, without: torch.Tensor | None = None) -> torch.Tensor:
        """Indices (B, K) of the nearest rows, nearest first; `without` (B,) leaves out that person's rows."""
        own = self.person[None] == without[:, None] if without is not None else None
        if self._index is not None:
            each = [None] * len(latents) if own is None else own
            return torch.stack(
                [pruned(self.bank, self._index, one, self.k, mine) for one, mine in zip(latents, each, strict=True)]
            )
        assert self._squares is not None
        distance = scan(self.bank, self._squares, latents)
        if own is not None:
            distance = distance.masked_fill(own, torch.inf)
        return distance.topk(self.k, largest=False).indices

    def project(self, latents: torch.Tensor, without: torch.Tensor | None = None) -> Projection:
        """Project latents (B, D); see `Projection`."""
        projected, indices, weights = self._rebuilt(latents, without)
        return Projection(projected, indices, weights, moved(latents, projected) / self.usual)

    def _rebuilt(self, latents: torch.Tensor, without: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
        """What the neighbours of latents (B, D) make of them (B, D), the neighbours' rows (B, K) and weights (B, K)."""
        indices = self.nearest(latents, without)
        neighbours = self.rows(indices)
        weights = barycentric_weights(latents, neighbours)
        return (weights[:, :, None] * neighbours).sum(1), indices, weights

    @cached_property
    def usual(self) -> float:
        """How far the bank's own rows are moved, as a share of their length, when their person is left out.

        The bound below which nine of ten are.
        """
        chosen = torch.linspace(0, len(self.bank) - 1, min(SAMPLED, len(self.bank)), device=self.bank.device).long()
        rows = self.rows(chosen)
        return max(1e-6, float(moved(rows, self._rebuilt(rows, self.person[chosen])[0]).quantile(USUAL)))


def moved(latents: torch.Tensor, projected: torch.Tensor) -> torch.Tensor:
    """How far latents (B, D) were moved, (B,), as a share of their length."""
    return (projected - latents).norm(dim=1) / latents.norm(dim=1).clamp_min(1e-6)


def blend(latents: torch.Tensor, projected: torch.Tensor, amount: float | torch.Tensor) -> torch.Tensor:
    """Move from the raw latents (amount 0, "my lines") to the projected ones (amount 1, "plausible face")."""
    return torch.lerp(latents, projected, torch.as_tensor(amount, dtype=latents.dtype, device=latents.device))
