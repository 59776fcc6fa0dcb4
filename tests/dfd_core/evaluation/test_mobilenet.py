"""The network whose features KID compares."""

from __future__ import annotations

import pytest
import torch

from dfd_core.evaluation.helper_files import mobilenet_file
from dfd_core.evaluation.mobilenet import FEATURES, MobileNetV2


@pytest.mark.usefixtures("helper_networks")
class TestMobileNet:
    def test_gives_what_the_reference_gives(self) -> None:
        ramp = torch.linspace(0, 1, 160)
        picture = torch.stack([ramp.expand(160, 160), ramp[:, None].expand(160, 160), torch.full((160, 160), 0.5)])
        found = MobileNetV2(mobilenet_file())(picture[None])
        assert found.shape == (1, FEATURES)
        assert found[0, :6].tolist() == pytest.approx(FEATURES_OF_RAMP, abs=1e-3)
        assert float(found.mean()) == pytest.approx(MEAN_OF_RAMP, abs=1e-3)


FEATURES_OF_RAMP = [0.1779, 0.8264, 0.0007, 0.171, 0.4811, 0.0]
MEAN_OF_RAMP = 0.38377
"""From an independent reading of the same weights."""
