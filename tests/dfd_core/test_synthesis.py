"""From five latents to a portrait."""

from __future__ import annotations

import pytest
import torch

from dfd_core.geometry import CELL, COMPONENTS, GRID, LEFT_EYE, NAMES, REMAINDER, RIGHT_EYE, Component
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CODE, TINTS, CoarseFace
from dfd_core.networks.mapping import CHANNELS
from dfd_core.networks.palette import PALETTE
from dfd_core.synthesis import LATENTS, Synthesis

LINES = torch.zeros(2, 2, 256, 256)


@pytest.fixture(scope="module")
def synthesis() -> Synthesis:
    torch.manual_seed(1)
    return Synthesis(width=12).eval().requires_grad_(False)


@pytest.fixture
def latents() -> dict[str, torch.Tensor]:
    torch.manual_seed(2)
    return {part.name: torch.randn(2, LATENT[part.network]) for part in COMPONENTS}


class TestFeature:
    @pytest.mark.parametrize("part", COMPONENTS, ids=NAMES)
    def test_fills_the_cells_of_its_window(
        self, part: Component, synthesis: Synthesis, latents: dict[str, torch.Tensor]
    ) -> None:
        assert synthesis.feature(part, latents[part.name]).shape == (2, CHANNELS, part.cells, part.cells)

    def test_right_eye_is_mirrored_back(self, synthesis: Synthesis, latents: dict[str, torch.Tensor]) -> None:
        left = synthesis.feature(LEFT_EYE, latents["left_eye"])
        assert torch.equal(synthesis.feature(RIGHT_EYE, latents["left_eye"]), left.flip(3))


class TestPaste:
    def test_windows_are_added_at_their_cells(self) -> None:
        features = {part.name: torch.zeros(1, 2, part.cells, part.cells) for part in COMPONENTS}
        features[REMAINDER.name] += 0.5
        features[RIGHT_EYE.name] += 2
        canvas = Synthesis.paste(features)
        expected = torch.full((1, 2, GRID, GRID), 0.5)
        rows, columns = (slice(s.start // CELL, s.stop // CELL) for s in RIGHT_EYE.slices)
        expected[:, :, rows, columns] = 2.5
        assert torch.equal(canvas, expected)

    def test_features_are_not_modified(self) -> None:
        features = {part.name: torch.ones(1, 1, part.cells, part.cells) for part in COMPONENTS}
        Synthesis.paste(features)
        assert all(torch.equal(feature, torch.ones_like(feature)) for feature in features.values())


class TestPortrait:
    def test_has_256_pixels(self, synthesis: Synthesis, latents: dict[str, torch.Tensor]) -> None:
        assert synthesis(latents, torch.zeros(2, CODE), LINES).shape == (2, 3, 256, 256)

    @pytest.mark.parametrize("part", COMPONENTS, ids=NAMES)
    def test_every_latent_matters(
        self, part: Component, synthesis: Synthesis, latents: dict[str, torch.Tensor]
    ) -> None:
        before = synthesis(latents, torch.zeros(2, CODE), LINES)
        after = synthesis({**latents, part.name: latents[part.name] + 1}, torch.zeros(2, CODE), LINES)
        assert not torch.allclose(before, after)

    def test_lines_matter(self, synthesis: Synthesis, latents: dict[str, torch.Tensor]) -> None:
        before = synthesis(latents, torch.zeros(2, CODE), LINES)
        assert not torch.allclose(synthesis(latents, torch.zeros(2, CODE), LINES + 1), before)

    def test_decoders_are_never_trained(self, synthesis: Synthesis) -> None:
        fresh = Synthesis(width=12).train()
        assert not any(p.requires_grad for p in fresh.decoders.parameters())
        assert not any(module.training for module in fresh.decoders.modules())
        assert fresh.generator.training

    def test_latents_stand_in_the_order_of_the_components(self, latents: dict[str, torch.Tensor]) -> None:
        joined = Synthesis.join(dict(reversed(latents.items())))
        assert joined.shape == (2, LATENTS)
        assert torch.equal(joined[:, : LATENT["eye"]], latents["left_eye"])
        assert torch.equal(joined[:, -LATENT["remainder"] :], latents["remainder"])


class TestCoarseFace:
    @pytest.fixture
    def coarse(self) -> CoarseFace:
        torch.manual_seed(4)
        coarse = CoarseFace(20, 5)
        coarse.tint.copy_(torch.linalg.qr(torch.randn(coarse.tint.shape[1], TINTS))[0].T * 3)
        coarse.basis.normal_(std=0.1)
        coarse.weights.normal_(std=0.1)
        return coarse

    def test_code_of_a_photo_is_palette_and_what_it_leaves(self, coarse: CoarseFace) -> None:
        photo, latents = torch.randn(2, 3, 64, 64), torch.randn(2, 20)
        code = coarse.code_of(photo, latents)
        assert torch.equal(code[:, :PALETTE], coarse.palette.measured(photo))
        moved = code[:, PALETTE:] + torch.randn(2, TINTS)
        tint = ((moved - code[:, PALETTE:]) @ coarse.tint).unflatten(1, (3, 16, 16))
        tint = tint.repeat_interleave(4, 2).repeat_interleave(4, 3)
        change = coarse.palette.measured(photo + tint) - code[:, :PALETTE]
        coarse.weights[:, 20:] = 0  # what the palette of the tint itself adds is not the point here
        found = coarse.code_of(photo + tint, latents) - coarse.code_of(photo, latents)
        torch.testing.assert_close(found[:, PALETTE:], moved - code[:, PALETTE:], rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(found[:, :PALETTE], change, rtol=1e-3, atol=1e-3)

    def test_palette_and_latents_both_count(self, coarse: CoarseFace) -> None:
        latents, code = torch.randn(1, 20), torch.randn(1, CODE)
        face = coarse(latents, code)
        assert face.shape == (1, 3, 64, 64)
        other = code.clone()
        other[:, 0] += 1
        assert not torch.allclose(coarse(latents, other), face)
        assert not torch.allclose(coarse(latents + 1, code), face)
