"""Made-up drawings to measure with."""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.geometry import CANVAS, COMPONENTS, RIGHT_EYE, Component
from dfd_core.manifold import Projection
from dfd_core.pack import Pack
from dfd_core.shadow import shadow


def drawing(seed: int = 0) -> np.ndarray:
    """A made-up face (512, 512) uint8, a little different for every seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:CANVAS, :CANVAS]
    page = np.full((CANVAS, CANVAS), 255, np.uint8)
    for middle, radii in (((256, 280), (140, 190)), ((192, 241), (28, 12)), ((319, 241), (28, 12)),
                          ((254, 320), (22, 12)), ((254, 369), (45, 14))):  # fmt: skip
        off = rng.integers(-6, 7, 2)
        distance = np.hypot((x - middle[0] - off[0]) / radii[0], (y - middle[1] - off[1]) / radii[1])
        page[np.abs(distance - 1) * min(radii) < 2.5] = 0
    return page


@torch.inference_mode()
def faces(pack: Pack, count: int) -> list[np.ndarray]:
    """Drawings (512, 512) uint8 of faces in the pack's banks, as its decoders draw them."""

    def row(component: Component, k: int) -> Projection:
        bank = pack.banks[component.network].bank
        half = len(bank) // 2  # the eye's bank has left eyes, then right eyes
        index = torch.tensor([[k * half // count + (half if component is RIGHT_EYE else 0)]], device=bank.device)
        one = torch.ones(1, 1, device=bank.device)
        return Projection(bank[index[0]].float(), index, one, one[0])

    inks = [shadow(pack.synthesis, pack.banks, {c.name: row(c, k) for c in COMPONENTS}) for k in range(count)]
    return [(255 * (1 - ink.clamp(0, 1))).round().to(torch.uint8).numpy() for ink in inks]


def layer(page: np.ndarray, side: int = 2048) -> np.ndarray:
    """A drawing (512, 512) as a painter's layer: (side, side, 4) uint8, black lines on nothing."""
    page = np.kron(page, np.ones((side // CANVAS, side // CANVAS), np.uint8))
    pixels = np.zeros((*page.shape, 4), np.uint8)
    pixels[:, :, 3] = 255 - page
    return pixels


def other_mouth(page: np.ndarray, k: int) -> np.ndarray:
    """The same drawing with the first of some strokes that the mouth's window alone sees; with every `k` one more."""
    return _with_strokes(page, k, (200, 430), (28, 10))


def other_eye(page: np.ndarray, k: int) -> np.ndarray:
    """The same with strokes in the left eye's window alone."""
    return _with_strokes(page, k, (125, 205), (12, 9))


def _with_strokes(page: np.ndarray, k: int, corner: tuple[int, int], step: tuple[int, int]) -> np.ndarray:
    changed = page.copy()
    for stroke in range(k % 12 + 1):
        x, y = corner[0] + stroke % 4 * step[0], corner[1] + stroke // 4 * step[1]
        changed[y : y + 3, x : x + step[0] // 2] = 0
    return changed
