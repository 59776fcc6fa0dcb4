"""What each encoder sees."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from dfd_core.embedding import Embedding, windows
from dfd_core.geometry import COMPONENTS, LEFT_EYE, MOUTH, NAMES, NOSE, REMAINDER, RIGHT_EYE, Component
from dfd_core.networks.autoencoder import LATENT, input_side


@pytest.fixture
def ink() -> torch.Tensor:
    return torch.rand(2, 1, 256, 256, generator=torch.Generator().manual_seed(2))


class TestWindows:
    @pytest.mark.parametrize("part", [LEFT_EYE, NOSE, MOUTH], ids=lambda part: part.name)
    def test_is_the_window_at_half_size(self, part: Component, ink: torch.Tensor) -> None:
        full = F.interpolate(ink, scale_factor=2.0, mode="nearest")
        rows, columns = part.slices
        assert torch.equal(windows(ink, part), full[:, :, rows, columns][:, :, ::2, ::2])

    def test_right_eye_of_a_mirrored_face_is_the_left_eye(self, ink: torch.Tensor) -> None:
        assert torch.equal(windows(ink.flip(3), RIGHT_EYE), windows(ink, LEFT_EYE))

    def test_remainder_has_the_four_windows_blanked(self, ink: torch.Tensor) -> None:
        expected = F.interpolate(ink, scale_factor=2.0, mode="nearest")
        for part in COMPONENTS[:-1]:
            rows, columns = part.slices
            expected[:, :, rows, columns] = 0
        torch.testing.assert_close(windows(ink, REMAINDER), F.avg_pool2d(expected, 4))

    def test_drawing_is_not_modified(self, ink: torch.Tensor) -> None:
        before = ink.clone()
        windows(ink, REMAINDER)
        assert torch.equal(ink, before)

    @pytest.mark.parametrize("part", COMPONENTS, ids=NAMES)
    def test_has_the_size_that_the_encoder_expects(self, part: Component, ink: torch.Tensor) -> None:
        assert windows(ink, part).shape == (2, 1, input_side(part), input_side(part))


class TestEmbedding:
    @pytest.mark.parametrize("part", COMPONENTS, ids=NAMES)
    def test_latent_has_the_length_of_the_network(self, part: Component, ink: torch.Tensor) -> None:
        assert Embedding().eval()(ink, part).shape == (2, LATENT[part.network])

    def test_both_eyes_share_an_encoder(self, ink: torch.Tensor) -> None:
        embedding = Embedding().eval()
        assert torch.equal(embedding(ink.flip(3), RIGHT_EYE), embedding(ink, LEFT_EYE))

    def test_only_the_inside_of_the_window_counts(self, ink: torch.Tensor) -> None:
        embedding = Embedding().eval()
        before = embedding(ink, NOSE)
        changed = ink.clone()
        changed[:, :, :90] = 1 - changed[:, :, :90]
        assert torch.equal(embedding(changed, NOSE), before)
        changed[:, :, 110] = 1 - changed[:, :, 110]
        assert not torch.equal(embedding(changed, NOSE), before)

    def test_latents_are_centred_and_scaled(self, ink: torch.Tensor) -> None:
        torch.manual_seed(0)
        embedding = Embedding().train()
        embedding.encoders["nose"].project.weight.data.mul_(1000)  # far above the normalisation's epsilon
        latents = embedding(torch.cat([ink, 1 - ink, ink.flip(2)]), NOSE)
        torch.testing.assert_close(latents.mean(0), torch.zeros(latents.shape[1]), atol=1e-4, rtol=0)
        torch.testing.assert_close(latents.var(0, unbiased=False), torch.ones(latents.shape[1]), atol=1e-2, rtol=0)
