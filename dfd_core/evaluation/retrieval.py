"""The two retrieval baselines (paper, section 4): training photos found by their drawings.

Both search with the pack's own encoders, in the drawings of the very portraits that the pack was trained on and in
their mirror images. Global retrieval compares all five latents at once and answers with one photo. Component-level
retrieval finds the nearest window for each component and pastes the photos' windows on the remainder's photo, blended
by Poisson's equation (Perez et al. 2003), which hides seams and differences of skin colour.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch

from dfd_core import embedding as encoding
from dfd_core.embedding import Embedding
from dfd_core.evaluation.cache import Arrays, array_digest, code_of, file_digest
from dfd_core.evaluation.faces import enlarge
from dfd_core.geometry import CANVAS, COMPONENTS, LEFT_EYE, MOUTH, NOSE, REMAINDER, RIGHT_EYE, Component
from dfd_core.networks import autoencoder
from dfd_core.training import data as prepared
from dfd_core.training.data import Prepared

LINES = 32
"""Every so many lines of a picture tell it from another; reading all of them would take minutes."""

PASTED = (MOUTH, NOSE, LEFT_EYE, RIGHT_EYE)  # in the order of the paper
ELLIPSE = (0.46, 0.40)  # half axes of what is pasted, in sides of the window


def drawings_key(encoders: Path, data: Prepared) -> str:
    """What the gallery's latents hang on: code, the pack's file of `encoders`, and the drawings of `data`."""
    code = code_of([sys.modules[__name__], prepared, encoding, autoencoder])
    listed = file_digest(data.folder / "meta.json")
    return code + file_digest(encoders) + listed + array_digest(data.drawings[:, :, ::LINES])


def photos_key(data: Prepared) -> str:
    """A digest of the photos of `data`, with which retrieval answers."""
    return array_digest(data.photos[:, ::LINES])


@torch.inference_mode()
def gallery_latents(embedding: Embedding, data: Prepared, progress: Callable[[int, int], None] | None = None,
                    styles: int = 5, batch: int = 32) -> Arrays:  # fmt: skip
    """Latents of the training portraits by component: (2 n, D) float32, the n portraits and then their mirror images.

    Each is the mean over `styles` styles of drawing, as a bank's rows are the mean over all of them.
    """
    embedding.eval()
    device = next(embedding.parameters()).device
    chosen = range(0, data.drawings.shape[1], max(1, data.drawings.shape[1] // styles))
    parts: dict[str, list[list[torch.Tensor]]] = {c.name: [[], []] for c in COMPONENTS}
    for start in range(0, len(data.train), batch):
        faces = data.train[start : start + batch]
        ink = torch.cat([data.ink(faces, style) for style in chosen]).to(device)
        for k, view in enumerate((ink, ink.flip(3))):
            for component in COMPONENTS:
                latents = embedding(view, component).unflatten(0, (len(chosen), len(faces)))
                parts[component.name][k].append(latents.mean(0))
        if progress:
            progress(start + len(faces), len(data.train))
    return {name: torch.cat(plain + flipped).cpu().numpy() for name, (plain, flipped) in parts.items()}


class Gallery:
    """The training portraits, found by the latents of a drawing."""

    def __init__(self, embedding: Embedding, data: Prepared, latents: Arrays) -> None:
        self.embedding, self.data = embedding, data
        self.latents = {name: torch.from_numpy(rows) for name, rows in latents.items()}
        self.joined = torch.cat([self.latents[c.name] for c in COMPONENTS], 1)

    @torch.inference_mode()
    def encode(self, ink: np.ndarray) -> dict[str, torch.Tensor]:
        """Latents (1, D) by component of a drawing (256, 256) uint8 ink."""
        device = next(self.embedding.parameters()).device
        view = torch.from_numpy(ink.astype(np.float32) / 255)[None, None].to(device)
        return {component.name: self.embedding(view, component).cpu() for component in COMPONENTS}

    def photo(self, row: int) -> np.ndarray:
        """The photo (256, 256, 3) uint8 of a row of the latents, mirrored if the row is a mirror image's."""
        flipped, k = divmod(row, len(self.data.train))
        photo = np.array(self.data.photos[self.data.train[k]])
        return np.ascontiguousarray(photo[:, ::-1]) if flipped else photo

    def whole(self, ink: np.ndarray, seed: int = 0) -> np.ndarray:
        """Global retrieval: drawing (256, 256) uint8 ink -> photo (512, 512, 3) uint8. There is nothing to seed."""
        found = self.encode(ink)
        query = torch.cat([found[component.name] for component in COMPONENTS], 1)
        return enlarge(self.photo(nearest(query, self.joined)))

    def pasted(self, ink: np.ndarray, seed: int = 0) -> np.ndarray:
        """Component-level retrieval: drawing (256, 256) uint8 ink -> portrait (512, 512, 3) uint8."""
        found = self.encode(ink)
        rows = {name: nearest(latent, self.latents[name]) for name, latent in found.items()}
        portrait = self.photo(rows[REMAINDER.name])
        for component in PASTED:
            portrait = paste(portrait, self.photo(rows[component.name]), component)
        return enlarge(portrait)


def nearest(query: torch.Tensor, rows: torch.Tensor) -> int:
    """The index of the row of `rows` (n, D) that is nearest to `query` (1, D)."""
    return int(torch.cdist(query, rows).argmin())


def paste(portrait: np.ndarray, photo: np.ndarray, component: Component) -> np.ndarray:
    """`portrait` (S, S, 3) uint8 with the window of `component` from `photo`, of the same shape, blended in.

    What is pasted is an ellipse in the window: corners reach into hair and neck, whose colours would run into the skin.
    """
    ratio = CANVAS // portrait.shape[0]
    rows, columns = component.slices_at(ratio)
    window = np.ascontiguousarray(photo[rows, columns])
    side = len(window)
    mask = np.zeros((side, side), np.uint8)
    cv2.ellipse(mask, (side // 2, side // 2), (round(side * ELLIPSE[0]), round(side * ELLIPSE[1])), 0, 0, 360, 255, -1)
    x, y, width, height = cv2.boundingRect(mask)
    middle = (columns.start + x + width // 2, rows.start + y + height // 2)
    return cv2.seamlessClone(window, portrait, mask, middle, cv2.NORMAL_CLONE)
