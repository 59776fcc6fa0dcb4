"""Photos in other colours: a change that is known coarsely follows the photo's own edges (guided filter)."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from dfd_core.geometry import CANVAS, COMPONENTS, PARTS
from dfd_core.networks.palette import PALETTE, Palette

REACH = 8
"""Windows are of 2 REACH + 1 cells of the change."""

EVEN = 0.003
"""Variance of the photo, of values in -1..1, below which a window counts as even."""

EDGE = 0.75
"""What stands out by so much is the edge of something large, and has the contrast that the change gives it."""

GREATEST_GAIN = 1.35
"""How much contrast is brought back at most."""

DARKEST = 0.06
"""Added to light, of values in 0..1, before it is compared: black has no texture to enlarge."""

LIGHTER, STRANDS = 1.5, 0.5
"""How much more contrast lighter strands have at most; and what stands out by so much is no strand any more."""

FARTHEST = {"skin": 0.5, "hair": 0.75}
"""By how much, of values in -1..1, the colour of a part may change: white hair that is made black is a cloud."""


def natural(palette: Palette, before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """Which photos with appearance codes `before` (B, CODE) look natural with those `after`: truth values (B,)."""
    move = (palette.colours(after[:, :PALETTE]) - palette.colours(before[:, :PALETTE])).abs().mean(2)
    return torch.stack([move[:, PARTS.index(part)] < most for part, most in FARTHEST.items()], 1).all(1)


def _mean(values: torch.Tensor, reach: int = REACH) -> torch.Tensor:
    """Means (B, C, h, w) over the windows about each cell, at the border over what there is of them."""
    across = F.avg_pool2d(values, (1, 2 * reach + 1), 1, (0, reach), count_include_pad=False)
    return F.avg_pool2d(across, (2 * reach + 1, 1), 1, (reach, 0), count_include_pad=False)


def _covariance(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Of the colours of two pictures (B, 3, h, w), in the windows about each cell: (B, 3, 3, h, w)."""
    both = _mean((one[:, :, None] * other[:, None]).flatten(1, 2)).unflatten(1, (3, 3))
    return both - _mean(one)[:, :, None] * _mean(other)[:, None]


def _fine(pictures: torch.Tensor, share: int) -> torch.Tensor:
    """What of pictures (B, 3, H, W) is finer than a `share` of their width."""
    return pictures - _mean(pictures, pictures.shape[3] // (2 * share))


def _contrast(pictures: torch.Tensor) -> torch.Tensor:
    """Spread (B, 1, 1, 1) of what is fine in the middle of pictures (B, 3, H, W): in the face."""
    height, width = pictures.shape[2] // 4, pictures.shape[3] // 4
    return _fine(pictures, 30)[:, :, height:-height, width:-width].std((1, 2, 3), keepdim=True)


def _features(photo: torch.Tensor) -> torch.Tensor:
    """1 where the eyes, the nose and the mouth of photos (B, 3, H, W) are, 0 elsewhere, softly: (1, 1, H, W)."""
    found = torch.zeros(1, 1, *photo.shape[2:], device=photo.device)
    for component in COMPONENTS[:-1]:
        found[0, 0][component.slices_at(CANVAS // photo.shape[3])] = 1
    return _mean(found, photo.shape[3] // 16)


def _textured(found: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
    """`found` with the texture that goes with its light: black hair that becomes brown has brown hair's contrast."""
    reach = photo.shape[3] // 32
    mean = _mean(found, reach)
    before, after = ((each + 1).mean(1, keepdim=True) / 2 + DARKEST for each in (_mean(photo, reach), mean))
    gain = (after / before.clamp(min=DARKEST)).clamp(1, LIGHTER)
    fine = found - mean
    return found + (gain - 1) * fine * torch.exp(-((fine / STRANDS) ** 2))


def recoloured(photo: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
    """`photo` (B, 3, H, W) in -1..1 with the `change` (B, 3, h, w) of its colours, cut off at -1 and 1.

    Added as it is, a coarse change would leave a rim of the former background around hair. So in each window the change
    becomes an affine function of the photo's colours (He, Sun and Tang, Guided image filtering, TPAMI 2013; with the
    coefficients enlarged instead of the change, He and Sun 2015). Where the change goes against the photo's light and
    dark, that takes contrast away, and strands turn hazy: what is fine gets the photo's contrast back. Eyes, nose and
    mouth have no background beside them and would pale with the hair: to them the change is added. What gets lighter
    gets more texture.
    """
    guide = F.adaptive_avg_pool2d(photo, (change.shape[2], change.shape[3]))
    spread, along = _covariance(guide, guide), _covariance(guide, change)
    even = EVEN * torch.eye(3, device=photo.device)[:, :, None, None]
    slope = torch.linalg.solve((spread + even).permute(0, 3, 4, 1, 2), along.permute(0, 3, 4, 1, 2))
    slope = slope.permute(0, 3, 4, 1, 2)  # (B, photo's colour, change's colour, h, w)
    base = _mean(change) - (slope * _mean(guide)[:, :, None]).sum(1)
    size = list(photo.shape[2:])
    slope = F.interpolate(_mean(slope.flatten(1, 2)), size, mode="bilinear", align_corners=False).unflatten(1, (3, 3))
    base = F.interpolate(_mean(base), size, mode="bilinear", align_corners=False)
    found = photo + (slope * photo[:, :, None]).sum(1) + base
    gain = (_contrast(photo) / _contrast(found).clamp(min=1e-4)).clamp(1, GREATEST_GAIN)
    fine = _fine(found, 4)
    found = found + (gain - 1) * fine * torch.exp(-((fine / EDGE) ** 2))
    added = photo + F.interpolate(change, size, mode="bilinear", align_corners=False)
    return _textured(torch.lerp(found, added, _features(photo)), photo).clamp(-1, 1)
