"""The enlargement that remembers shows what a fresh one shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from dfd_core.enlarging import GRID, NOTICED, PATCH, Enlarging
from dfd_core.networks.enlarge import REACH, Enlarge
from dfd_core.pack import default_folder, load_pack

SIDE = 256


LEVEL = 1 / 127.5
"""One of 255 levels."""


@pytest.fixture(scope="module")
def network() -> Enlarge:
    """That of the pack that comes along."""
    return load_pack(default_folder()).enlarge


@pytest.fixture(scope="module")
def untrained() -> Enlarge:
    """Untrained, but with an effect."""
    torch.manual_seed(0)
    network = Enlarge().eval().requires_grad_(False)
    torch.nn.init.normal_(network.out.weight, std=0.3)
    return network


@pytest.fixture
def picture() -> torch.Tensor:
    return torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture
def looked(network: Enlarge) -> Iterator[list[tuple[int, int]]]:
    """Heights and widths of what the network has been given."""
    seen: list[tuple[int, int]] = []
    hook = network.entry.register_forward_pre_hook(lambda _, x: seen.append((x[0].shape[2], x[0].shape[3])))
    yield seen
    hook.remove()


def edited(picture: torch.Tensor, y: int, x: int, size: int = 12) -> torch.Tensor:
    """With a square of the opposite colours."""
    other = picture.clone()
    other[:, :, y : y + size, x : x + size] *= -1
    return other


def test_reach_of_the_network_is_no_longer_than_stated(untrained: Enlarge, picture: torch.Tensor) -> None:
    other = picture.clone()
    other[:, :, 128, 129] += 1
    changed = (untrained.detail(other) - untrained.detail(picture)).abs().amax((0, 1)).nonzero()
    top, left = changed.amin(0).tolist()
    bottom, right = changed.amax(0).tolist()
    assert 2 * (128 - REACH) <= top < bottom < 2 * (129 + REACH)
    assert 2 * (129 - REACH) <= left < right < 2 * (130 + REACH)


def test_first_picture_is_the_networks(network: Enlarge, picture: torch.Tensor) -> None:
    assert torch.equal(Enlarging(network)(picture), network(picture))


@pytest.mark.parametrize(("y", "x"), [(100, 60), (0, 0), (SIDE - 12, SIDE - 12), (0, 131), (97, SIDE - 12), (17, 33)])
def test_edit_is_as_if_all_were_new(
    network: Enlarge, picture: torch.Tensor, looked: list[tuple[int, int]], y: int, x: int
) -> None:
    enlarge, other = Enlarging(network), edited(picture, y, x)
    enlarge(picture)
    looked.clear()
    result = enlarge(other)
    assert len(looked) == 1
    assert max(looked[0]) <= 12 + 2 * PATCH + 4 * REACH + GRID < SIDE
    torch.testing.assert_close(result, network(other), atol=LEVEL, rtol=0)
    torch.testing.assert_close(enlarge(picture), network(picture), atol=LEVEL, rtol=0)


def test_edits_one_after_the_other_leave_nothing_behind(network: Enlarge, picture: torch.Tensor) -> None:
    enlarge = Enlarging(network)
    enlarge(picture)
    for k in range(12):
        picture = edited(picture, 18 * k, (50 * k) % 240)
        torch.testing.assert_close(enlarge(picture), network(picture), atol=2 * LEVEL, rtol=0)


def test_same_picture_is_not_looked_at_again(
    network: Enlarge, picture: torch.Tensor, looked: list[tuple[int, int]]
) -> None:
    enlarge = Enlarging(network)
    first = enlarge(picture)
    looked.clear()
    assert torch.equal(enlarge(picture.clone()), first)
    assert not looked


def test_slow_change_is_noticed_in_the_end(
    network: Enlarge, picture: torch.Tensor, looked: list[tuple[int, int]]
) -> None:
    enlarge = Enlarging(network)
    enlarge(picture)
    looked.clear()
    for k in range(1, 4):
        enlarge(picture + NOTICED * 0.4 * k)
    assert looked == [(SIDE, SIDE)]


def test_colours_follow_at_once(network: Enlarge, picture: torch.Tensor) -> None:
    enlarge = Enlarging(network)
    before = enlarge(picture)
    torch.testing.assert_close(enlarge(picture + NOTICED / 2), before + NOTICED / 2, atol=1e-5, rtol=0)


def test_much_changed_is_all_looked_at(network: Enlarge, picture: torch.Tensor, looked: list[tuple[int, int]]) -> None:
    enlarge, other = Enlarging(network), edited(picture, 20, 20, 200)
    enlarge(picture)
    looked.clear()
    result = enlarge(other)
    assert looked == [(SIDE, SIDE)]
    assert torch.equal(result, network(other))


def test_plain_enlargement_is_bicubic() -> None:
    picture = torch.rand(2, 3, 18, 32, generator=torch.Generator().manual_seed(2)).to(memory_format=torch.channels_last)
    wanted = torch.nn.functional.interpolate(picture, scale_factor=2, mode="bicubic", align_corners=False)
    torch.testing.assert_close(Enlarge.plain(picture), wanted, atol=1e-6, rtol=0)


def test_a_portrait_that_comes_back_is_what_it_was(network: Enlarge, picture: torch.Tensor) -> None:
    remembering = Enlarging(network)
    first = remembering(picture).clone()
    little = picture + 0.9 * NOTICED * torch.rand(picture.shape, generator=torch.Generator().manual_seed(2))
    for other in (edited(little, 100, 100), edited(little, 20, 20, 220)):
        assert not torch.equal(remembering(other), first)
    assert torch.equal(remembering(picture), first)
    before = edited(picture, 50, 50)
    torch.testing.assert_close(remembering(before), Enlarging(network)(before), atol=4 * LEVEL, rtol=0)
    assert torch.equal(remembering(picture), first)  # nothing of it was written over
