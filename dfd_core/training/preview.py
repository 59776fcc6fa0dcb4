"""A contact sheet of fixed validation faces, the same rows at every snapshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from dfd_core.geometry import COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.coarse import CODE
from dfd_core.synthesis import Synthesis
from dfd_core.training.data import Prepared
from dfd_core.training.latents import Latents, projected
from dfd_core.trust import trust_map, trusted_lines


def lines_at(ink: torch.Tensor, blend: float) -> torch.Tensor:
    """What image synthesis sees of `ink` (B, 1, 256, 256) when every component has the same blend."""
    amount = torch.full((len(ink),), blend, device=ink.device)
    return trusted_lines(ink, trust_map({component.name: amount for component in COMPONENTS}))


FACES = 8


def preview_styles(data: Prepared) -> tuple[int, int, int]:
    """Clean outlines, a hand's drawing (a very rough one where there are none), and a rough one with bold lines."""
    return 0, min(12, data.drawn - 1), data.drawn + min(6, data.drawn - 1)


@torch.inference_mode()
def save_preview(path: Path, data: Prepared, latents: Latents, banks: dict[str, Manifold], model: Synthesis) -> None:
    """Rows: photo; per style drawing, raw, projected; of the first also coarse face, likeliest and random code."""
    model.eval()
    pool = data.val if len(data.val) else data.train
    faces = pool[:: max(1, len(pool) // FACES)][:FACES]
    rows = torch.from_numpy(faces)
    device = next(model.parameters()).device
    photo = data.photo(faces).to(device)
    columns = [photo]
    noise = torch.randn(len(faces), CODE, generator=torch.Generator().manual_seed(1)).to(device) * 0.8
    for style in preview_styles(data):
        raw = {c.name: latents[c.name][rows, style, 0] for c in COMPONENTS}
        ink = F.interpolate(data.ink(faces, style).to(device), photo.shape[2])
        columns.append((1 - 2 * ink).expand(-1, 3, -1, -1))
        drawing = data.ink(faces, style).to(device)
        for blend, part in ((0.0, raw), (1.0, projected(raw, banks))):
            lines = lines_at(drawing, blend)
            code = model.coarse.code_of(photo, Synthesis.join(part))
            columns.append(model(part, code, lines))
        if style == 0:
            coarse = model.coarse(Synthesis.join(raw), code)
            columns.append(F.interpolate(coarse, photo.shape[2], mode="bilinear"))
            joined = Synthesis.join(part)
            columns += [model(part, model.coarse.likely_code(joined, n), lines) for n in (None, noise)]
    sheet = torch.cat([torch.cat(list(column), 1) for column in columns], 2)
    pixels = ((sheet.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()
    Image.fromarray(np.ascontiguousarray(pixels)).resize((sheet.shape[2] // 2, sheet.shape[1] // 2)).save(path)
    model.train()
