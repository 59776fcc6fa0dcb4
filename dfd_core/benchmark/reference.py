"""A shape-true copy of the reference system, with random weights, to measure against.

Built from the published layer list of Chen et al.'s inference code: windows and networks have its sizes, so that a
portrait costs what it costs there. It draws noise.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

WINDOWS = {
    "eye1": (108, 156, 128), "eye2": (255, 156, 128), "nose": (182, 232, 160), "mouth": (169, 301, 192),
    "remainder": (0, 0, 512),
}  # fmt: skip
"""x, y and size of each component at 512 x 512."""

LATENT = 512
ROWS = 17_703
"""Rows of each bank."""

NEIGHBOURS = 10
FEATURES = 32


class ResBlock(nn.Module):
    """Two 3 x 3 convolutions and what they are added to."""

    def __init__(self, width: int, norm: type[nn.Module] = nn.BatchNorm2d) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1), norm(width), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1), norm(width)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, H, W) -> the same shape."""
        return x + self.layers(x)


def encoder(size: int) -> nn.Sequential:
    """Window (B, 1, size, size) -> latent (B, 512)."""
    layers: list[nn.Module] = [nn.Conv2d(1, 32, 4, 2, 1), nn.BatchNorm2d(32), nn.ReLU()]
    for inputs, outputs in pairwise((32, 64, 128, 256, 512)):
        layers += [ResBlock(inputs), nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, ResBlock(512), nn.Flatten(), nn.Linear(512 * (size // 32) ** 2, LATENT))


class FeatureDecoder(nn.Module):
    """Latent (B, 512) -> feature map (B, 32, size, size)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.grid = size // 32
        self.expand = nn.Linear(LATENT, 512 * self.grid**2)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((512, 256, 256, 128, 64, 64)):
            up = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1)
            layers += [ResBlock(inputs), up, nn.BatchNorm2d(outputs), nn.ReLU()]
        self.layers = nn.Sequential(*layers, ResBlock(64), nn.Conv2d(64, FEATURES, 5, 1, 2))

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.layers(self.expand(latent).unflatten(1, (512, self.grid, self.grid)))


def generator(width: int = 56, blocks: int = 9) -> nn.Sequential:
    """pix2pixHD's global generator: (B, 32, S, S) -> (B, 3, S, S)."""
    norm = nn.InstanceNorm2d
    layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(FEATURES, width, 7), norm(width), nn.ReLU()]
    for k in range(4):
        layers += [nn.Conv2d(width << k, width << k + 1, 3, 2, 1), norm(width << k + 1), nn.ReLU()]
    layers += [ResBlock(width << 4, norm) for _ in range(blocks)]
    for k in range(4, 0, -1):
        layers += [nn.ConvTranspose2d(width << k, width << k - 1, 3, 2, 1, 1), norm(width << k - 1), nn.ReLU()]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())


def weights_of(latent: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
    """Barycentric weights (K,) of a latent (512,) from its neighbours (K, 512)."""
    offsets = neighbours - latent
    gram = offsets @ offsets.T
    gram = gram + torch.eye(len(gram)) * gram.trace() * 1e-3
    solved = torch.linalg.solve(gram, torch.ones(len(gram), 1))[:, 0]
    return solved / solved.sum()


class Reference(nn.Module):
    """All networks and banks; `forward` is a full update."""

    def __init__(self, rows: int = ROWS) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict({name: encoder(size) for name, (_, _, size) in WINDOWS.items()})
        self.decoders = nn.ModuleDict({name: FeatureDecoder(size) for name, (_, _, size) in WINDOWS.items()})
        self.generator = generator()
        self.banks = {name: torch.randn(rows, LATENT) for name in WINDOWS}

    def project(self, name: str, latent: torch.Tensor) -> torch.Tensor:
        """Latent (1, 512) -> the combination of its nearest neighbours: all distances, a sort, a small solve."""
        bank = self.banks[name]
        distance = (bank - latent).square().sum(1)
        neighbours = bank[distance.topk(NEIGHBOURS, largest=False).indices]
        return weights_of(latent[0], neighbours)[None] @ neighbours

    def window(self, ink: torch.Tensor, name: str) -> torch.Tensor:
        """The window of a component of the drawing (1, 1, 512, 512); the remainder's has the others painted white."""
        x, y, size = WINDOWS[name]
        window = ink[:, :, y : y + size, x : x + size]
        if name == "remainder":
            window = window.clone()
            for x, y, size in list(WINDOWS.values())[:-1]:
                window[:, :, y : y + size, x : x + size] = 1
        return window

    def feature(self, ink: torch.Tensor, name: str) -> torch.Tensor:
        """One component from lines to feature map."""
        latent = self.encoders[name](self.window(ink, name))
        projected = self.project(name, latent.cpu()).to(latent.device)
        return self.decoders[name](torch.lerp(latent, projected, 0.7))

    def paint(self, features: dict[str, torch.Tensor]) -> torch.Tensor:
        """Paste mouth, nose without its last 36 rows, and eyes onto the remainder; synthesise (1, 3, 512, 512)."""
        canvas = features["remainder"].clone()
        for name in ("mouth", "nose", "eye1", "eye2"):
            x, y, size = WINDOWS[name]
            part = features[name][:, :, : size - 36] if name == "nose" else features[name]
            canvas[:, :, y : y + part.shape[2], x : x + size] = part
        return self.generator(canvas)

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """A full update: drawing (1, 1, 512, 512) in -1..1 -> portrait (1, 3, 512, 512) in -1..1."""
        return self.paint({name: self.feature(ink, name) for name in WINDOWS})
