"""What is compared: each method takes a drawing (256, 256) uint8 ink and a seed and gives a portrait (512, 512, 3).

Nothing else goes in: colours of the drawn person's photo are never told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.evaluation.cache import file_digest
from dfd_core.evaluation.faces import enlarge
from dfd_core.evaluation.unet import UNet
from dfd_core.geometry import CANVAS, NAMES

Draw = Callable[[np.ndarray, int], np.ndarray]

OURS = "ours"
LINKED = "ours, eyes linked"
GLOBAL = "global retrieval"
COMPONENTS = "component retrieval"
HARD = "U-Net"


@dataclass(frozen=True)
class Method:
    """A method by the name that tables give it. `key` names the files that its results hang on, by their content."""

    name: str
    draw: Draw
    key: str


def page(ink: np.ndarray) -> np.ndarray:
    """The picture that a painter would hand over: `ink` (S, S) uint8 -> black lines on white (512, 512) uint8."""
    return 255 - cv2.resize(ink, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)


def ours(engine: Engine, blend: Mapping[str, float], linked: bool = False) -> Draw:
    """Our model at the given blend per component; `linked` asks for both eyes from one sample."""

    def draw(ink: np.ndarray, seed: int) -> np.ndarray:
        if hasattr(engine, "link_eyes"):
            engine.link_eyes = linked
        for name, value in blend.items():
            engine.set_blend(name, value)
        engine.seed = seed
        engine.set_sketch(page(ink), frame="canvas")
        return engine.render().image

    return draw


def our_methods(engine: Engine) -> list[Method]:
    """Our model: default blend, the two extremes, and with linked eyes if the engine can do that."""
    key = file_digest(engine.pack.folder / "manifest.json") + engine.device  # the manifest has all files' checksums
    methods = [
        Method(OURS, ours(engine, DEFAULT_BLEND), key),
        Method("ours, my lines (blend 0)", ours(engine, dict.fromkeys(NAMES, 0.0)), key),
        Method("ours, plausible (blend 1)", ours(engine, dict.fromkeys(NAMES, 1.0)), key),
    ]
    if hasattr(engine, "link_eyes"):
        methods.append(Method(LINKED, ours(engine, DEFAULT_BLEND, linked=True), key))
    return methods


def hard_constraint(model: UNet, device: torch.device) -> Draw:
    """The pix2pix-style baseline."""
    model.to(device)

    @torch.inference_mode()
    def draw(ink: np.ndarray, seed: int) -> np.ndarray:
        view = torch.from_numpy(ink.astype(np.float32) / 255)[None, None].to(device)
        pixels = model(view)[0].add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
        return enlarge(np.ascontiguousarray(pixels.permute(1, 2, 0).cpu().numpy()))

    return draw
