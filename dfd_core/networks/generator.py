"""Image synthesis: pasted feature maps, coarse face and appearance code -> portrait (paper, section 3.1, "IS").

A small encoder-decoder after pix2pixHD's global generator, with the width at low resolution, where a processor is
fastest. Most of the last step to 256 x 256 is done before a pixel shuffle, and a thin convolution after it evens out
the shuffle's grid. The portrait is the enlarged coarse face plus what the network adds to it.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.networks.blocks import SLOPE, Modulate, Residual, conv, double, like_weights
from dfd_core.networks.coarse import CODE
from dfd_core.networks.lines import FINE
from dfd_core.networks.mapping import CHANNELS

SIDE = 256
"""Side of the synthesised portrait in pixels."""


THIN = 12
"""Channels at the portrait's full size."""

GROUPS = 8
"""Groups of the normalisation inside residual blocks."""


class Generator(nn.Module):
    """(B, CHANNELS, 64, 64) feature map, (B, 3, 64, 64) coarse face, (B, CODE) -> (B, 3, 256, 256) in -1 .. 1."""

    def __init__(self, width: int = 48, finer: int = 0) -> None:
        """`width`: channels at 128 x 128; twice that at 32 x 32 and four times at 16 x 16.

        `finer`: residual blocks at 128 x 128. Untrained, they change nothing.
        """
        super().__init__()
        self.width, self.finer = width, finer
        w64, w32, w16 = width * 4 // 3, width * 2, width * 4
        self.coarse_in = conv(3, CHANNELS)
        self.down32 = conv(CHANNELS, w32, 2)
        self.at32 = Residual(w32, GROUPS)
        self.down16 = conv(w32, w16, 2)
        self.colour16 = Modulate(w16, CODE)
        self.at16 = nn.ModuleList(Residual(w16, GROUPS) for _ in range(4))
        self.up32 = conv(w16, w32)
        self.colour32 = Modulate(w32, CODE)
        self.again32 = nn.ModuleList(Residual(w32, GROUPS) for _ in range(2))
        self.up64 = conv(w32, w64)
        self.skip64 = nn.Conv2d(CHANNELS, w64, 1)
        self.colour64 = Modulate(w64, CODE)
        self.at64 = Residual(w64, GROUPS)
        self.up128 = conv(w64, width)
        self.fine128 = nn.Conv2d(FINE, width, 1)
        self.at128 = nn.ModuleList(Residual(width) for _ in range(finer))
        self.shuffled = conv(width, 4 * THIN)
        self.out = conv(THIN, 3)
        for block in self.at128:
            assert isinstance(block, Residual)
            nn.init.zeros_(block.second.weight)
        with torch.no_grad():
            weight, bias = self.out.parameters()
            weight.mul_(0.2)
            bias.zero_()

    def forward(self, features: torch.Tensor, coarse: torch.Tensor, code: torch.Tensor,
                fine: torch.Tensor) -> torch.Tensor:  # fmt: skip
        """See the class; `fine` (B, FINE, 128, 128) are line features. The result is not clamped.

        `features` and `fine` are of the weights' precision, the coarse face and the result of single precision.
        """
        code = like_weights(code, self.coarse_in)
        entry = F.leaky_relu(features + self.coarse_in(like_weights(coarse, self.coarse_in)), SLOPE)
        x32 = self.at32(F.leaky_relu(self.down32(entry), SLOPE))
        x = self.colour16(F.leaky_relu(self.down16(x32), SLOPE), code)
        for block in self.at16:
            x = block(x)
        x = self.colour32(self.up32(double(x)) + x32, code)
        for block in self.again32:
            x = block(x)
        x = self.at64(self.colour64(self.up64(double(x)) + self.skip64(entry), code))
        x = double(self.up128(F.leaky_relu(x, SLOPE))) + self.fine128(fine)
        for block in self.at128:
            x = block(x)
        x = F.pixel_shuffle(self.shuffled(F.leaky_relu(x, SLOPE)), 2)
        detail = self.out(F.leaky_relu(x, SLOPE))
        return F.interpolate(coarse, SIDE, mode="bilinear", align_corners=False) + detail
