"""What stays when a face is seen in other colours: how much lighter or darker each place is than what surrounds it.

Of a face in colours of its own there is a photo, in a seed's colours there is none. With discriminators alone for a
goal, faces got patches like hot metal where latents suggest one skin and the appearance code asks for another. But
whatever the colours, a face's relative contrast is that of its photo.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

AROUND = 51
"""Side of what surrounds a place, in pixels of 256 x 256."""

DARKEST = 0.15
"""Added to the surroundings' brightness, 0..1: what is nearly black has no contrast."""

MIDDLE, RADII = (0.0, 0.2), (0.45, 0.58)
"""The face's ellipse across and down, in -1..1: without hair, which has another contrast in another colour."""

SOFT = 0.15
"""Over so much of the radius the ellipse fades out."""


REGION = 31
"""Side of the places whose contrast is compared, in pixels of 256 x 256."""

NEAR = 21
"""Side of what is near a pixel, in pixels of 256 x 256."""

MORE, SLACK, MARK = 1.1, 0.02, 0.1
"""A place may have so many times the contrast of the photo's, and so much more: other colours bring some. A pixel may
have so much more, or fair hair would fade where the photo's is dark."""


def face_contrast(pictures: torch.Tensor) -> torch.Tensor:
    """`relative_contrast` of the faces alone."""
    return relative_contrast(pictures) * face_area(pictures.shape[2], pictures.device)


def relative_contrast(pictures: torch.Tensor) -> torch.Tensor:
    """How much brighter than its surroundings each pixel of pictures (B, 3, S, S) in -1..1 is, relative to them.

    (B, 1, S, S), mostly in -0.5..0.5.
    """
    side = pictures.shape[2]
    bright = pictures.float().clamp(-1, 1).mean(1, keepdim=True).add(1).div(2)
    reach = AROUND * side // 512
    around = F.pad(bright, [reach] * 4, mode="reflect")
    for kernel in ((2 * reach + 1, 1), (1, 2 * reach + 1)):  # at once it takes longer than the generator
        around = F.avg_pool2d(around, kernel, 1)
    return (bright - around) / (around + DARKEST)


def excess(made: torch.Tensor, *photos: torch.Tensor) -> torch.Tensor:
    """Contrast of portraits beyond that of `photos` of the people in them, all (B, 3, S, S): what is burnt. (B,).

    That of whole places, and that of pixels lighter or darker than anything near them in any of the photos:
    discriminators liked white marks at hairlines.
    """
    found = relative_contrast(made)
    with torch.no_grad():
        known = torch.cat([relative_contrast(photo) for photo in photos], 1)
        goal, near = _of_places(known).amax(1, keepdim=True), NEAR * made.shape[2] // 256 // 2
        lightest, darkest = (_highest(side.amax(1, keepdim=True), near) for side in (known, -known))
    broad = F.relu(_of_places(found) - MORE * goal - SLACK)
    fine = F.relu(found - MORE * lightest - MARK) + F.relu(-found - MORE * darkest - MARK)
    return broad.mean((1, 2, 3)) + fine.mean((1, 2, 3))


def _of_places(contrast: torch.Tensor) -> torch.Tensor:
    pixels = REGION * contrast.shape[2] // 256
    return F.avg_pool2d(contrast.abs(), pixels, pixels // 4)


def _highest(contrast: torch.Tensor, reach: int) -> torch.Tensor:
    """The highest (B, 1, S, S) within `reach` pixels, at least 0."""
    for kernel, padding in (((2 * reach + 1, 1), (reach, 0)), ((1, 2 * reach + 1), (0, reach))):
        contrast = F.max_pool2d(contrast, kernel, 1, padding)
    return F.relu(contrast)


def face_area(side: int, device: torch.device) -> torch.Tensor:
    """Where the face is in pictures of this `side`: (side, side), 1 inside, 0 outside, soft between."""
    there = (torch.arange(side, device=device) * 2 + 1) / side - 1
    across, down = ((there - m) / r for m, r in zip(MIDDLE, RADII, strict=True))
    radius = (across[None].square() + down[:, None].square()).sqrt()
    return ((1 - radius) / SOFT).clamp(0, 1)
