"""Which device the networks run on."""

from __future__ import annotations

import pytest
import torch

from dfd_core.device import pick_device
from dfd_core.errors import DfdError


def test_cpu_is_always_there() -> None:
    assert pick_device("cpu") == torch.device("cpu")


def test_auto_is_a_device_that_works() -> None:
    assert torch.ones(2, device=pick_device("auto")).sum().item() == 2


@pytest.mark.parametrize("name", ["gpu", "cpu:x", "meta", ""])
def test_no_such_device(name: str) -> None:
    with pytest.raises(DfdError, match="use 'cpu' or 'auto'"):
        pick_device(name)
