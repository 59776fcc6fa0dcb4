"""What a step of stage 2 learns from: photos, drawings of them, and which colours and faces the portraits get."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import torch

from dfd_core.training.latents import Latents


class Kind(Enum):
    """What a step learns from."""

    OWN = "faces in the colours of their photos"
    RECOLOURED = "faces in the colours of another photo, as their photos are in these colours"
    MIXED = "faces of two people each in the colours of another photo, judged by discriminators"


class Batch(NamedTuple):
    """Photos and one drawing of each, as inference sees it."""

    photo: torch.Tensor
    """(B, 3, 256, 256) in -1..1."""

    latents: Latents

    code: torch.Tensor
    """Appearance codes of the photos, given the latents."""

    lines: torch.Tensor
    """What the generator sees of the drawings, (B, 2, 256, 256)."""

    traced: torch.Tensor
    """Drawings of which every line is the photo's own, (B, 1, 256, 256) in 0..1, and nothing of the others: outlines
    between landmarks are a few pixels off."""

    told: torch.Tensor
    """How much of each photo its drawing tells, (B,) in 0..1: see `told_by`."""

    regions: torch.Tensor
    """Where the photos show skin, hair and background, (B, 3, 128, 128) in 0..1."""


def told_by(traced: torch.Tensor, trust: torch.Tensor) -> torch.Tensor:
    """How much of a photo is told by a drawing that is `traced` from it (B,), seen with a `trust` (B, 1, H, W): (B,).

    All of it where a trusted line follows every edge; nothing in any other style, or where no line is seen: then a
    hundred portraits would be as right as the photo is.
    """
    return traced * trust.mean((1, 2, 3))
