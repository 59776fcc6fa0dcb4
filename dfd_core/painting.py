"""The last steps of every portrait: chosen latents, lines and appearance -> pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch

from dfd_core import look
from dfd_core.choice import Choice
from dfd_core.geometry import COMPONENTS
from dfd_core.pack import Pack
from dfd_core.snapshot import Snapshot
from dfd_core.trust import PAINTED, trust_map, trusted_lines, window_slices


def seen_lines(chosen: Mapping[str, Choice]) -> torch.Tensor:
    """The lines that synthesis sees (1, 2, 256, 256): each component's own in its window."""
    ink = chosen[PAINTED[0].name].ink.clone()
    for component in PAINTED[1:]:
        rows, columns = window_slices(component)
        ink[:, :, rows, columns] = chosen[component.name].ink
    return trusted_lines(ink, trust_map({name: ink.new_tensor([choice.blend]) for name, choice in chosen.items()}))


def paint(pack: Pack, chosen: Mapping[str, Choice], features: Mapping[str, torch.Tensor],
          code: torch.Tensor, enlarge: Callable[[torch.Tensor], torch.Tensor]) -> np.ndarray:  # fmt: skip
    """The portrait (512, 512, 3) uint8; `features` are the chosen latents' feature maps, `code` (1, CODE).

    `enlarge` is the pack's enlargement or an `Enlarging` with it.
    """
    latents = {name: choice.latent for name, choice in chosen.items()}
    picture = pack.synthesis.picture(features, latents, code, seen_lines(chosen))
    values = enlarge(picture).float().clamp_(-1, 1).add_(1).mul_(127.5)
    for component in COMPONENTS:
        kept = chosen[component.name].look
        if kept is not None:
            values = look.put_back(values, component, kept)
    pixels = values[0].clamp_(0, 255).round_().to(torch.uint8)
    return pixels.permute(1, 2, 0).contiguous().cpu().numpy()


@torch.inference_mode()
def paint_snapshot(pack: Pack, snapshot: Snapshot, device: torch.device) -> np.ndarray:
    """The portrait (512, 512, 3) uint8 of a snapshot; the networks are on `device`."""
    choices = {name: choice.to(device) for name, choice in snapshot.choices.items()}
    features = {c.name: pack.synthesis.feature(c, choices[c.name].latent) for c in COMPONENTS}
    return paint(pack, choices, features, snapshot.code.to(device), pack.enlarge)
