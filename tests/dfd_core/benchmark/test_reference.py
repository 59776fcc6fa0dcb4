"""The reference copy has the published shapes."""

from __future__ import annotations

import pytest
import torch
from sklearn.manifold._locally_linear import barycenter_weights

from dfd_core.benchmark.operations import multiplications
from dfd_core.benchmark.reference import FEATURES, LATENT, WINDOWS, Reference, weights_of


@pytest.fixture(scope="module")
def reference() -> Reference:
    """Without values: shapes only."""
    with torch.device("meta"):
        return Reference(rows=10)


def test_has_as_many_parameters(reference: Reference) -> None:
    assert sum(p.numel() for p in reference.parameters()) == pytest.approx(425.6e6, rel=1e-3)


def test_generator_works_as_hard(reference: Reference) -> None:
    canvas = torch.zeros(1, FEATURES, 512, 512, device="meta")
    assert multiplications(reference.generator, canvas) == pytest.approx(188e9, rel=2e-3)


@pytest.mark.parametrize("name", WINDOWS)
def test_component_goes_from_window_to_feature_map(reference: Reference, name: str) -> None:
    ink = torch.zeros(1, 1, 512, 512, device="meta")
    size = WINDOWS[name][2]
    latent = reference.encoders[name](reference.window(ink, name))
    assert latent.shape == (1, LATENT)
    assert reference.decoders[name](latent).shape == (1, FEATURES, size, size)


def test_remainder_is_white_where_the_others_are(reference: Reference) -> None:
    rest = reference.window(torch.full((1, 1, 512, 512), -1.0), "remainder")
    x, y, size = WINDOWS["nose"]
    assert rest[0, 0, y : y + size, x : x + size].eq(1).all()
    assert rest[0, 0, 0, 0] == -1


def test_weights_are_those_of_locally_linear_embedding() -> None:
    torch.manual_seed(0)
    neighbours, latent = torch.randn(10, LATENT), torch.randn(LATENT)
    expected = barycenter_weights(latent[None].numpy(), neighbours.numpy(), [list(range(10))], reg=1e-3)
    torch.testing.assert_close(
        weights_of(latent, neighbours), torch.from_numpy(expected[0]).float(), atol=1e-4, rtol=1e-3
    )


def test_multiplications_of_known_layers() -> None:
    layers = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3, 1, 1), torch.nn.Flatten(), torch.nn.Linear(3 * 16, 5))
    assert multiplications(layers, torch.zeros(1, 2, 4, 4)) == 16 * 3 * 2 * 9 + 3 * 16 * 5
