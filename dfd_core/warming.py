"""Everything done once on a made-up drawing, so that the first portrait is not the slow one."""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.choice import Choice
from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE
from dfd_core.lineart import normalise
from dfd_core.pack import Pack
from dfd_core.snapshot import Snapshot
from dfd_core.trust import window_slices


@torch.inference_mode()
def blank_snapshot(pack: Pack, device: torch.device, code: torch.Tensor) -> Snapshot:
    """What a portrait of a single stroke would be, from reading the drawing to projection, with that appearance."""
    page = np.full((CANVAS, CANVAS), 255, np.uint8)
    page[CANVAS // 4 : CANVAS // 2, CANVAS // 2 : CANVAS // 2 + 4] = 0
    normalise(page, placement=pack.placement)
    ink = torch.zeros(1, 1, ENCODE, ENCODE, device=device)
    choices = {}
    for part in COMPONENTS:
        latent = pack.banks[part.network].project(pack.embedding(ink, part)).latents
        rows, columns = window_slices(part)
        choices[part.name] = Choice(latent, ink[:, :, rows, columns], 1.0)
    return Snapshot(choices, code)
