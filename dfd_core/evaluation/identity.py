"""Who is it? 128 numbers of a face: two photos of one person are some 0.4 apart, of two people some 0.75 and more.

The network is dlib's face recognition ResNet (King 2017), as face-api.js ships it in TensorFlow.js's format (MIT).
Faces come to it as dlib cuts them: 150 x 150 pixels, turned and scaled so that eyes, nose and mouth lie on dlib's mean
face, with a quarter of its size as room around it.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.training.faces import cut

SIDE = 150
ROOM = 0.25
MEAN_FACE = {33: (0.1217, 0.2164), 133: (0.3346, 0.2317), 362: (0.6456, 0.2317), 263: (0.8585, 0.2164),
             1: (0.4901, 0.5156), 2: (0.4901, 0.6281), 61: (0.2541, 0.7802), 291: (0.7261, 0.7802)}  # fmt: skip
"""Where dlib's mean face has eye corners, tip and foot of the nose, and corners of the mouth, by face-mesh number."""

BLOCKS = ("conv32_1", "conv32_2", "conv32_3", "conv64_down", "conv64_1", "conv64_2", "conv64_3", "conv128_down",
          "conv128_1", "conv128_2", "conv256_down", "conv256_1", "conv256_2", "conv256_down_out")  # fmt: skip


def read_weights(path: Path, manifest: Path) -> dict[str, np.ndarray]:
    """The tensors of a TensorFlow.js weight file by name, as float32; 8-bit ones are scaled back."""
    groups = json.loads(manifest.read_text(encoding="utf-8"))
    data = path.read_bytes()
    tensors, start = {}, 0
    for entry in (weight for group in groups for weight in group["weights"]):
        count = int(np.prod(entry["shape"]))
        if packing := entry.get("quantization"):
            kind = np.dtype(packing["dtype"])
            flat = np.frombuffer(data, kind, count, start).astype(np.float32) * packing["scale"] + packing["min"]
        else:
            kind = np.dtype(entry["dtype"])
            flat = np.frombuffer(data, kind, count, start).astype(np.float32)
        tensors[entry["name"]] = flat.reshape(entry["shape"])
        start += count * kind.itemsize
    return tensors


def _convolution(weights: dict[str, np.ndarray], name: str, stride: int = 1) -> nn.Conv2d:
    """A convolution with the scale and shift that follow it folded in. Strided ones have no padding."""
    kernel, scale = weights[f"{name}/conv/filters"], weights[f"{name}/scale/weights"]
    side, _, inputs, outputs = kernel.shape
    layer = nn.Conv2d(inputs, outputs, side, stride, 0 if stride > 1 else side // 2)
    bias = weights[f"{name}/conv/bias"] * scale + weights[f"{name}/scale/biases"]
    layer.weight = nn.Parameter(torch.from_numpy((kernel * scale).transpose(3, 2, 0, 1).copy()))
    layer.bias = nn.Parameter(torch.from_numpy(bias))
    return layer


class _Block(nn.Module):
    """Two convolutions and a shortcut that is pooled and padded with zeros where size or width change."""

    def __init__(self, weights: dict[str, np.ndarray], name: str) -> None:
        super().__init__()
        self.shrinks = "down" in name
        self.first = _convolution(weights, f"{name}/conv1", 2 if self.shrinks else 1)
        self.second = _convolution(weights, f"{name}/conv2")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.second(F.relu(self.first(x)))
        if self.shrinks:
            x = F.avg_pool2d(x, 2)
            height, width = (max(a, b) for a, b in zip(x.shape[2:], y.shape[2:], strict=True))
            x, y = (F.pad(part, (0, width - part.shape[3], 0, height - part.shape[2])) for part in (x, y))
            x = F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
        return F.relu(x + y)


class IdentityNet(nn.Module):
    """Chips (B, 3, 150, 150) RGB in 0..1 -> (B, 128); Euclidean distances compare."""

    mean: torch.Tensor

    def __init__(self, path: Path, manifest: Path) -> None:
        super().__init__()
        weights = read_weights(path, manifest)
        self.stem = _convolution(weights, "conv32_down", 2)
        self.blocks = nn.Sequential(*(_Block(weights, name) for name in BLOCKS))
        self.last = nn.Parameter(torch.from_numpy(weights["fc"]))
        self.register_buffer("mean", torch.tensor([122.782, 117.001, 104.298]).view(1, 3, 1, 1) / 255)
        self.requires_grad_(False).eval()

    def forward(self, chips: torch.Tensor) -> torch.Tensor:
        """See the class."""
        x = F.max_pool2d(F.relu(self.stem(chips - self.mean)), 3, 2)
        return self.blocks(x).mean((2, 3)) @ self.last


def chip(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The face of `picture` (H, W, 3) uint8 with landmarks `points` (468, 2), in its pixels -> (150, 150, 3) uint8."""
    goal = (np.array(list(MEAN_FACE.values())) + ROOM) / (1 + 2 * ROOM) * SIDE
    return cut(picture, similarity(goal, points[list(MEAN_FACE)]), SIDE, cv2.BORDER_REPLICATE)


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The (2, 3) matrix of turn, scale and shift that brings `source` (N, 2) nearest to `target` (N, 2).

    Least squares in closed form, points as complex numbers.
    """
    a, b = (points.astype(np.float64) @ np.array([1, 1j]) for points in (source, target))
    a0, b0 = a.mean(), b.mean()
    turn = np.vdot(a - a0, b - b0) / np.vdot(a - a0, a - a0)
    shift = b0 - turn * a0
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
