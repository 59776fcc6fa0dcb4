"""Everything done once on a made-up drawing, so that the first portrait is not the slow one."""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.choice import Choice
from dfd_core.geometry import CANVAS, COMPONENTS, ENCODE
from dfd_core.lineart import normalise
from dfd_core.networks.coarse import CODE
from dfd_core.pack import Pack
from dfd_core.painting import paint_snapshot
from dfd_core.snapshot import Snapshot
from dfd_core.trust import window_slices


@torch.inference_mode()
def warm_up(pack: Pack, device: torch.device) -> None:
    """Make the portrait of a single stroke, from reading the drawing on; the networks are on `device`."""
    page = np.full((CANVAS, CANVAS), 255, np.uint8)
    page[CANVAS // 4 : CANVAS // 2, CANVAS // 2 : CANVAS // 2 + 4] = 0
    normalise(page, placement=pack.placement, anchors=pack.anchors)
    ink = torch.zeros(1, 1, ENCODE, ENCODE, device=device)
    for network in (pack.shading, *pack.traits.values()):
        if network is not None:
            network(ink)
    choices = {}
    for part in COMPONENTS:
        latent = pack.banks[part.network].project(pack.embedding(ink, part)).latents
        rows, columns = window_slices(part)
        choices[part.name] = Choice(latent, ink[:, :, rows, columns], 1.0)
    paint_snapshot(pack, Snapshot(choices, torch.zeros(1, CODE)), device)
