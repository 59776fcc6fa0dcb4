"""Latents of all prepared drawings, the banks made of them, and batches as inference would see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed

from dfd_core.embedding import Embedding
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS, NETWORKS
from dfd_core.manifold import Manifold, blend
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared, displaced
from dfd_core.training.run import load_checkpoint, save_checkpoint, wait_for_all
from dfd_core.trust import trust_map, trusted_lines

Latents = dict[str, torch.Tensor]


def trained_embedding(checkpoint: dict[str, Any]) -> Embedding:
    """The encoders of a stage 1 checkpoint (`embed.pt`)."""
    embedding, prefix = Embedding(), "embedding."
    embedding.load_state_dict(
        {k.removeprefix(prefix): v for k, v in checkpoint["model"].items() if k.startswith(prefix)}
    )
    return embedding


def trained_decoders(checkpoint: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The decoders' weights of a stage 1 checkpoint."""
    prefix = "decoders."
    return {k.removeprefix(prefix): v for k, v in checkpoint["model"].items() if k.startswith(prefix)}


@torch.inference_mode()
def all_latents(embedding: Embedding, data: Prepared, batch: int = 32) -> Latents:
    """Per component, (N, 2 V, 2, D): every portrait, style (bolder ones too, see `Prepared.ink`) and flip."""
    embedding.eval()
    count, styles = len(data.drawings), 2 * data.drawn
    parts: dict[str, list[torch.Tensor]] = {c.name: [] for c in COMPONENTS}
    for start in range(0, count, batch):
        index = np.arange(start, min(count, start + batch))
        views = []
        for style in range(styles):
            ink = data.ink(index, style)
            views += [ink, ink.flip(3)]
        ink = torch.cat(views)
        for component in COMPONENTS:
            latent = embedding(ink, component)
            parts[component.name].append(latent.unflatten(0, (styles, 2, len(index))).permute(2, 0, 1, 3))
    return {name: torch.cat(blocks).clone() for name, blocks in parts.items()}


def cached_latents(embedding: Embedding, data: Prepared, run: Path) -> Latents:
    """Latents of all drawings, computed once per run and again when the drawings or the embedding are others."""
    path = run / "latents.pt"
    first = not distributed.is_initialized() or distributed.get_rank() == 0
    latents = load_checkpoint(path) if path.is_file() else None
    if latents is not None and latents[COMPONENTS[0].name].shape[:2] != (len(data.drawings), 2 * data.drawn):
        raise DataError(f"{path} was made from other portraits or by another version: train in another run folder.")
    if latents is not None and not _are_of(latents, embedding, data):
        latents = None
    wait_for_all()
    if first and latents is None:
        save_checkpoint(path, all_latents(embedding, data))
    wait_for_all()
    return latents or load_checkpoint(path) or {}


@torch.inference_mode()
def _are_of(latents: Latents, embedding: Embedding, data: Prepared) -> bool:
    """Whether the `latents` are what the embedding makes of the drawings, as far as a few of them tell."""
    rows, component = np.linspace(0, len(data.drawings) - 1, 6).astype(int), COMPONENTS[-1]
    for style in range(data.drawn):
        found = embedding.eval()(data.ink(rows, style), component)
        if not torch.allclose(found, latents[component.name][torch.from_numpy(rows), style, 0], atol=0.05):
            return False
    return True


def make_banks(latents: Latents, train: np.ndarray) -> dict[str, Manifold]:
    """One bank per network from the training portraits: the mean latent over the styles of each face and flip.

    Both eyes of a face are two rows of one bank (the right eye is seen flipped); the other networks get each face and
    its mirror image.
    """
    rows = torch.from_numpy(train)
    banks = {}
    for name in NETWORKS:
        members = [c.name for c in COMPONENTS if c.network == name]
        means = [latents[m][rows].mean(1) for m in members]  # (n, 2, D)
        parts = [m[:, 0] for m in means] if len(means) > 1 else [means[0][:, 0], means[0][:, 1]]
        banks[name] = Manifold(torch.cat(parts), rows.repeat(2))
    return banks


def projected(latents: Latents, banks: dict[str, Manifold], without: torch.Tensor | None = None) -> Latents:
    """A batch of raw latents (B, D) fully projected; `without` (B,) leaves out those portraits' own rows."""
    return {c.name: banks[c.network].project(latents[c.name], without).latents for c in COMPONENTS}


def seen_by_inference(latents: Latents, banks: dict[str, Manifold], portraits: torch.Tensor, raw: float,
                      projected: float, generator: torch.Generator) -> tuple[Latents, Latents]:  # fmt: skip
    """Replace a batch of raw latents by what the engine would use: raw, projected without themselves, or between.

    `latents`: per component (B, D); `portraits` (B,) their numbers; `raw` and `projected` are the shares of the two
    extremes. One choice per face, varied a little between components. Returns the latents and each component's blend
    (B,), 0..1.
    """
    count = len(portraits)
    draw = torch.rand(count, generator=generator)
    between = torch.rand(count, generator=generator)
    amount = torch.where(draw < raw + projected, torch.ones(count), between)
    amount = torch.where(draw < raw, torch.zeros(count), amount)
    result, blends = {}, {}
    for component in COMPONENTS:
        latent = latents[component.name]
        vary = (torch.rand(count, generator=generator) - 0.5) * 0.2 * (amount > 0) * (amount < 1)
        target = banks[component.network].project(latent, portraits.to(latent.device)).latents
        blends[component.name] = (amount + vary).clamp(0, 1).to(latent.device)
        result[component.name] = blend(latent, target, blends[component.name][:, None])
    return result, blends


def seen_in_training(raw: Latents, ink: torch.Tensor, banks: dict[str, Manifold], portraits: torch.Tensor,
                     config: TrainConfig, generator: torch.Generator,
                     rng: np.random.Generator) -> tuple[Latents, torch.Tensor]:  # fmt: skip
    """What image synthesis sees of a batch of drawings, at random blends: latents and lines (B, 2, 256, 256).

    `raw`: per component (B, D), of the drawings `ink` (B, 1, 256, 256); see `seen_by_inference` and `displaced`.
    """
    latents, blends = seen_by_inference(raw, banks, portraits, config.raw_share, config.projected_share, generator)
    trust = trust_map(blends)
    return latents, trusted_lines(displaced(ink, trust, rng), trust)
