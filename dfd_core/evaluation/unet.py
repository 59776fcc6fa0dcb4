"""The hard-constraint baseline: a pix2pix-style network, line drawing in, photo out (Isola et al. 2017).

A U-Net whose skip connections hand every line on to the picture, a conditional patch discriminator, and 100 times L1,
as in the paper; made small enough for a processor. It sees the same portraits, drawing styles and flips as our model.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

SLOPE = 0.2


def norm(width: int) -> nn.Module:
    """Group normalisation, as in our generator.

    The paper's batch normalisation suits neither small batches nor averaged weights; normalising every channel of a
    picture alone left a white spot on every nose.
    """
    return nn.GroupNorm(min(8, width), width)


class UNet(nn.Module):
    """(B, 1, 256, 256) ink in 0..1 -> (B, 3, 256, 256) photo in -1..1.

    `width`: channels at 128 x 128; they double with every halving, up to eight times that. Six halvings.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        widths = [width * min(8, 2**k) for k in range(6)]  # at 128, 64, 32, 16, 8 and 4 pixels
        self.down = nn.ModuleList()
        inputs = 1
        for k, outputs in enumerate(widths):
            layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, 4, 2, 1)]
            if k > 0:
                layers.append(norm(outputs))
            self.down.append(nn.Sequential(*layers, nn.LeakyReLU(SLOPE)))
            inputs = outputs
        self.up = nn.ModuleList()
        for outputs in reversed(widths[:-1]):
            self.up.append(nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), norm(outputs), nn.ReLU()))
            inputs = 2 * outputs
        self.out = nn.ConvTranspose2d(inputs, 3, 4, 2, 1)

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """See the class."""
        skips = []
        x = ink
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        for layer, skip in zip(self.up, reversed(skips[:-1]), strict=True):
            x = torch.cat([layer(x), skip], 1)
        return self.out(x).tanh()


class Judge(nn.Module):
    """Conditional patch discriminator (Isola et al. 2017, section 3.2.2): does this photo belong to these lines?"""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(4, width, 4, 2, 1), nn.LeakyReLU(SLOPE)]
        for k in (1, 2, 4):
            stride = 2 if k < 4 else 1
            layers += [nn.Conv2d(k * width, 2 * k * width, 4, stride, 1), norm(2 * k * width), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def forward(self, ink: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
        """Ink (B, 1, 256, 256) in 0..1 and photo (B, 3, 256, 256) in -1..1 -> logits (B, 1, 30, 30), real > 0."""
        return self.layers(torch.cat([ink, photo], 1))


def judge_loss(judge: Judge, ink: torch.Tensor, real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """What the discriminator minimises; halved, as in the paper, so that it learns more slowly."""
    good, bad = judge(ink, real), judge(ink, made.detach())
    return (F.softplus(-good).mean() + F.softplus(bad).mean()) / 2


def maker_losses(judge: Judge, ink: torch.Tensor, real: torch.Tensor, made: torch.Tensor) -> dict[str, torch.Tensor]:
    """The parts of what the U-Net minimises: `fool` + 100 `l1` (equation 4)."""
    return {"fool": F.softplus(-judge(ink, made)).mean(), "l1": F.l1_loss(made, real)}
