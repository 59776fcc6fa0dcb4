"""The look of a locked component: its details stay as they were, its tone follows the portrait.

A lock keeps a component's latent and lines, but synthesis sees the whole face, so that another nose also changes the
lips a little. Where a component's look is kept, the fine part of the picture is the old one; skin tone and light, its
coarse part, are the new one's, so that no patch shows.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.geometry import CELL, Component

TONE = 1.5
"""Cells, the standard deviation of a Gaussian: what is coarser is tone, what is finer is detail."""

REACH = 0.75
"""Part of the window's half side within which details are kept at all: windows overlap, and faces have outlines."""

FEATHER = 0.15
"""Part of the window's side over which keeping begins."""


def taken(picture: torch.Tensor, component: Component) -> torch.Tensor:
    """The look (1, 3, size, size) uint8 of a component in a portrait (1, 3, 512, 512) uint8."""
    rows, columns = component.slices
    return picture[:, :, rows, columns].clone()


def put_back(picture: torch.Tensor, component: Component, look: torch.Tensor) -> torch.Tensor:
    """A portrait (1, 3, 512, 512) of values in 0..255 with the details of a component's `look`, see `taken`."""
    rows, columns = component.slices
    kept = picture.clone()
    window = kept[:, :, rows, columns]
    change = look.to(picture) - window
    window += _mask(component).to(picture.device) * (change - _tone(change))
    return kept


def _tone(window: torch.Tensor) -> torch.Tensor:
    """The coarse part of a window (1, 3, size, size)."""
    reach = torch.arange(-4, 5, device=window.device, dtype=window.dtype)
    kernel = torch.exp(-0.5 * (reach / TONE) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    padded = F.pad(F.avg_pool2d(window, CELL), (4,) * 4, mode="reflect")
    cells = F.conv2d(F.conv2d(padded, kernel, groups=3), kernel.transpose(2, 3), groups=3)
    return F.interpolate(cells, scale_factor=CELL, mode="bilinear", align_corners=False)


def _mask(component: Component) -> torch.Tensor:
    """(size, size) in 0..1: how far details are kept."""
    away = (torch.arange(component.size) + 0.5 - component.size / 2).abs()
    inside = REACH * component.size / 2 - torch.maximum(away[:, None], away)
    return (inside / (FEATHER * component.size)).clamp(0, 1)
