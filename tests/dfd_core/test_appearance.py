"""Appearance from the lines, a seed, a reference picture, or colours that are set."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dfd_core.appearance import (
    PALETTE_SHARE,
    TINT_SHARE,
    WIDEST,
    WIDEST_COLOUR,
    Reference,
    checked_colour,
    coloured,
    colours_of,
    kept_within,
    seeded,
    with_look,
)
from dfd_core.errors import DfdError
from dfd_core.frame import Frame
from dfd_core.networks.coarse import CODE, TINTS, CoarseFace
from dfd_core.networks.palette import PALETTE

LATENTS = torch.linspace(-1, 1, 6)[None]


@pytest.fixture
def coarse() -> CoarseFace:
    """A coarse face of made-up statistics."""
    torch.manual_seed(3)
    coarse = CoarseFace(6, 4)
    coarse.tint.copy_(torch.linalg.qr(torch.randn(coarse.tint.shape[1], TINTS))[0].T * 8)
    coarse.palette.axes.mul_(0.2)
    coarse.palette.weights.normal_()
    coarse.palette.doubt.copy_(torch.eye(PALETTE) + torch.ones(PALETTE, PALETTE).tril() * 0.3)
    return coarse


class TestSeed:
    def test_0_is_what_the_lines_suggest(self, coarse: CoarseFace) -> None:
        code = seeded(0, coarse, LATENTS)
        torch.testing.assert_close(code[:, :PALETTE], coarse.palette.guessed(LATENTS))
        assert not code[:, PALETTE:].any()
        assert not torch.equal(seeded(0, coarse, -LATENTS), code)

    @pytest.mark.parametrize("seed", [1, -1, 2**31, -(2**40), 10**30])
    def test_any_whole_number_will_do(self, coarse: CoarseFace, seed: int) -> None:
        code = seeded(seed, coarse, LATENTS)
        assert code.shape == (1, CODE)
        assert code.isfinite().all()
        assert (code != seeded(0, coarse, LATENTS)).all()
        assert torch.equal(seeded(seed, coarse, LATENTS), code)

    def test_spreads_as_what_the_lines_do_not_say(self, coarse: CoarseFace) -> None:
        draws = torch.cat([seeded(seed, coarse, LATENTS) for seed in range(1, 800)])[:, :PALETTE]
        expected = coarse.palette.doubt @ coarse.palette.doubt.T
        found = torch.cov(draws.T)
        assert torch.corrcoef(torch.stack([found.flatten(), expected.flatten()]))[0, 1] > 0.95

    @pytest.mark.parametrize("seed", [1, -1, 10**30])
    def test_takes_on_a_look(self, coarse: CoarseFace, seed: int) -> None:
        looks = torch.randn(7, CODE)
        code = seeded(seed, coarse, LATENTS, looks)
        assert torch.equal(seeded(seed, coarse, LATENTS, looks), code)
        share = torch.tensor([PALETTE_SHARE] * PALETTE + [TINT_SHARE] * (CODE - PALETTE))
        apart = (code - coarse.likely_code(LATENTS) - looks * share).abs().amax(1)
        assert apart.min() < 1e-5

    def test_seeds_take_on_all_looks(self, coarse: CoarseFace) -> None:
        looks = torch.randn(5, CODE)
        assert len({tuple(seeded(seed, coarse, LATENTS, looks)[0].tolist()) for seed in range(1, 60)}) == 5
        likely = coarse.likely_code(LATENTS)
        assert torch.equal(seeded(0, coarse, LATENTS, looks), with_look(likely, looks[:1]))


class TestColours:
    def test_are_what_was_set(self, coarse: CoarseFace) -> None:
        code = coloured(torch.randn(1, CODE), coarse.palette, {"skin": (150, 120, 110), "background": (100, 130, 140)})
        found = colours_of(code, coarse.palette)
        assert found["skin"] == (150, 120, 110)
        assert found["background"] == (100, 130, 140)

    def test_leave_the_rest_alone(self, coarse: CoarseFace) -> None:
        code = torch.randn(1, CODE)
        changed = (coloured(code, coarse.palette, {"hair": (100, 120, 130)}) != code)[0]
        assert changed[3:6].all()
        assert not changed[:3].any()
        assert not changed[6:].any()

    def test_are_kept_within_what_photos_show(self, coarse: CoarseFace) -> None:
        code = coloured(torch.zeros(1, CODE), coarse.palette, {"hair": (0, 255, 0)})
        assert code[0, 3:6].norm() == pytest.approx(WIDEST_COLOUR, rel=1e-4)
        red, green, blue = colours_of(code, coarse.palette)["hair"]
        assert green > red == blue

    def test_nothing_set_changes_nothing(self, coarse: CoarseFace) -> None:
        code = torch.randn(1, CODE) * 9
        assert torch.equal(coloured(code, coarse.palette, {}), code)

    def test_take_numpy_numbers(self) -> None:
        colour = checked_colour("skin", tuple(np.array([1, 2, 3], np.uint8)))
        assert colour == (1, 2, 3)
        assert all(type(value) is int for value in colour or ())

    def test_of_an_unknown_part(self) -> None:
        with pytest.raises(DfdError, match="use one of skin, hair, background"):
            checked_colour("lips", None)

    @pytest.mark.parametrize("rgb", [(1, 2), (1, 2, 3, 4), (-1, 0, 0), (256, 0, 0), (0.5, 0, 0), (float("nan"), 0, 0),
                                     "red", 7])  # fmt: skip
    def test_that_are_none(self, rgb: tuple[int, int, int]) -> None:
        with pytest.raises(DfdError, match="three whole numbers from 0 to 255"):
            checked_colour("hair", rgb)


class TestKeptWithin:
    def test_bounds_colours_and_tints(self) -> None:
        code = kept_within(torch.full((1, CODE), 100.0))
        torch.testing.assert_close(code[0, :PALETTE].unflatten(0, (3, 3)).norm(dim=1), torch.full((3,), WIDEST_COLOUR))
        assert (code[0, PALETTE:] == WIDEST).all()
        assert torch.equal(kept_within(torch.ones(1, CODE)), torch.ones(1, CODE))


class TestReference:
    def test_gives_back_the_code_that_made_the_picture(self, coarse: CoarseFace) -> None:
        code = torch.randn(1, CODE).clamp(-1.5, 1.5)
        coarse.weights[:, 6:].normal_(std=0.1)
        coarse.basis.normal_(std=0.1)
        picture = coarse(LATENTS, code)[0].permute(1, 2, 0)
        pixels = picture.clamp(-1, 1).add(1).mul(127.5).round().byte().numpy()
        large = pixels.repeat(8, 0).repeat(8, 1)
        found = Reference(large).code(coarse, LATENTS)[:, PALETTE:]
        assert torch.corrcoef(torch.cat([found, code[:, PALETTE:]]))[0, 1] > 0.8

    def test_takes_its_colours(self, coarse: CoarseFace) -> None:
        found = Reference(np.full((90, 90, 3), (140, 120, 110), np.uint8)).code(coarse, LATENTS)
        assert colours_of(found, coarse.palette) == dict.fromkeys(("skin", "hair", "background"), (140, 120, 110))

    def test_only_the_middle_square_counts(self) -> None:
        rng = np.random.default_rng(0)
        square = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
        wide = np.concatenate([np.zeros((64, 10, 3), np.uint8), square, np.zeros((64, 10, 3), np.uint8)], 1)
        assert torch.equal(Reference(wide).picture, Reference(square).picture)

    def test_is_kept_within_what_photos_show(self, coarse: CoarseFace) -> None:
        coarse.tint.mul_(1e-3)  # any picture is then extreme
        code = Reference(np.full((9, 9, 3), 255, np.uint8)).code(coarse, LATENTS)
        torch.testing.assert_close(kept_within(code), code)
        assert code.abs().max() == WIDEST

    @pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8),
                                        np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])  # fmt: skip
    def test_must_be_rgb(self, pixels: np.ndarray) -> None:
        with pytest.raises(DfdError, match="convert it first"):
            Reference(pixels)


class TestReferenceLayer:
    """Red above and blue below, as a layer of a document."""

    def layer(self, width: int, height: int) -> np.ndarray:
        pixels = np.full((height, width, 4), (200, 0, 0, 255), np.uint8)
        pixels[height // 2 :, :, :3] = (0, 0, 200)
        return pixels

    def reds(self, pixels: np.ndarray, origin: tuple[int, int], frame: Frame) -> list[float]:
        """How red the reference is at the left, right, top and bottom edge: 1 is full, 0 is paper or blue."""
        picture = Reference.of_layer(pixels, origin, frame).picture[0]
        red = (picture[0] > 0).float() * (picture[1] < 0)
        return [round(float(red[cut].mean()), 2) for cut in
                ((slice(None), 0), (slice(None), -1), (0, slice(None)), (-1, slice(None)))]  # fmt: skip

    def test_under_the_drawing_the_frame_counts(self) -> None:
        frame = Frame(1040, 520, 60)  # its middle is 20 above the middle of the layer: 5 / 6 of it are red
        assert self.reds(self.layer(200, 100), (1000, 520), frame) == [0.83, 0.83, 1, 0]

    def test_beside_the_drawing_the_middle_square_counts(self) -> None:
        assert self.reds(self.layer(200, 100), (1000, 520), Frame(0, 0, 500)) == [0.5, 0.5, 1, 0]

    def test_a_tilted_frame(self) -> None:
        """Turned by a quarter clockwise, so that the document's bottom is on the right."""
        reds = self.reds(self.layer(100, 100), (0, 0), Frame(10, 10, 80, 90))
        assert reds == [1, 0, 0.5, 0.5] or reds == [0, 1, 0.5, 0.5]
        assert reds == self.reds(np.rot90(self.layer(100, 100), 1).copy(), (0, 0), Frame(10, 10, 80))

    def test_transparent_is_white_and_does_not_count_as_shown(self) -> None:
        page = np.zeros((1000, 2000, 4), np.uint8)
        page[300:400, 1500:1700] = self.layer(200, 100)
        assert self.reds(page, (0, 0), Frame(100, 100, 800)) == [0.5, 0.5, 1, 0]
        page[300:400, 1500:1700, 3] = 128
        picture = Reference.of_layer(page, (0, 0), Frame(100, 100, 800)).picture
        assert float(picture[0, 1].mean()) == pytest.approx(127 / 127.5 - 1, abs=0.01)  # half white, half without green

    def test_empty(self) -> None:
        with pytest.raises(DfdError, match="reference is empty"):
            Reference.of_layer(np.zeros((9, 9, 4), np.uint8), (0, 0), Frame(0, 0, 9))

    def test_large_layers_are_quick_to_use(self) -> None:
        picture = Reference.of_layer(self.layer(4096, 4096), (0, 0), Frame(-9000, 0, 100)).picture
        assert picture.shape == (1, 3, 256, 256)
