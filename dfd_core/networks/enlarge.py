"""Enlargement of the portrait from 256 x 256 to 512 x 512.

What is added to plain (bicubic) enlargement comes from a few convolutions at the portrait's own size and one at twice
the size, of features that are enlarged linearly. Where features are even, so is what they become: pixel shuffles, which
have weights of their own for each of four pixels, left a weave on skin. Untrained, the network adds nothing.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, Residual, conv, like_weights

WIDTH, BLOCKS = 24, 2

REACH = 6
"""How many pixels of the portrait away, at most, a pixel can bear on what is added: one for each convolution."""

BICUBIC = (-0.03515625, 0.26171875, 0.87890625, -0.10546875)
"""Shares of four pixels in one that lies a quarter of a pixel before the third: Keys' kernel with a = -0.75."""


TAPS = (((0.75, 0.25, 0.0), (0.25, 0.75, 0.0), (0.0, 0.75, 0.25)),
        ((0.25, 0.75, 0.0), (0.0, 0.75, 0.25), (0.0, 0.25, 0.75)))  # fmt: skip
"""A pixel becomes two when it is enlarged linearly. For each of them, and for what stands before it, there and after
it: the shares in it of the pixel before, the pixel itself and the pixel after."""


class Doubling(nn.Module):
    """Linear enlargement to twice the size and a 3 x 3 convolution of it: (B, C, H, W) -> (B, 3, 2 H, 2 W).

    Both are linear, so four small convolutions before the enlargement are the same, and ten times as fast.
    """

    taps: torch.Tensor

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(3))
        self.register_buffer("taps", torch.tensor(TAPS), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """See the class."""
        each = torch.einsum("ockl,pky,qlx->opqcyx", self.weight, self.taps, self.taps).flatten(0, 2)
        return F.pixel_shuffle(F.conv2d(x, each, self.bias.repeat_interleave(4), padding=1), 2)


class Enlarge(nn.Module):
    """(B, 3, S, S) -> (B, 3, 2 S, 2 S), both in about -1 .. 1."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = conv(3, WIDTH)
        self.blocks = nn.ModuleList(Residual(WIDTH) for _ in range(BLOCKS))
        self.out = Doubling(WIDTH)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """See the class; not clamped, and single precision whatever the weights' is."""
        return self.plain(picture) + self.detail(picture)

    @staticmethod
    def plain(picture: torch.Tensor) -> torch.Tensor:
        """Bicubic enlargement, along rows and then along columns."""
        return _doubled(_doubled(picture.contiguous(), 2), 3)

    def detail(self, picture: torch.Tensor) -> torch.Tensor:
        """What is added to it, in the weights' precision."""
        x = self.entry(like_weights(picture, self.entry))
        for block in self.blocks:
            x = block(x)
        return self.out(F.leaky_relu(x, SLOPE))


def _doubled(x: torch.Tensor, axis: int) -> torch.Tensor:
    """`x` with twice the length along `axis`, as `F.interpolate` in mode "bicubic" has it.

    That took a tenth of a portrait's time; this takes a third of that.
    """
    length = x.shape[axis]
    first, last = x.narrow(axis, 0, 1), x.narrow(axis, length - 1, 1)
    padded = torch.cat([first, first, x, last, last], axis)
    before, after = (padded.narrow(axis, start, length) * BICUBIC[0] for start in (0, 4))
    for step in (1, 2, 3):
        before.add_(padded.narrow(axis, step, length), alpha=BICUBIC[step])
        after.add_(padded.narrow(axis, 4 - step, length), alpha=BICUBIC[step])
    return torch.stack([before, after], axis + 1).flatten(axis, axis + 1)
