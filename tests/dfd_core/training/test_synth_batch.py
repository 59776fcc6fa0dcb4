"""What stage 2 learns from in a step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from portraits import TINY

from dfd_core.appearance import kept_within, with_look
from dfd_core.geometry import LEFT_EYE, MOUTH, NAMES, NOSE, RIGHT_EYE
from dfd_core.networks.coarse import CODE
from dfd_core.networks.palette import PALETTE
from dfd_core.synthesis import Synthesis
from dfd_core.training.batch import Batch
from dfd_core.training.data import Prepared
from dfd_core.training.synth import Kind, SynthesisTraining
from dfd_core.trust import window_slices


class TestBatch:
    def test_structure_is_asked_for_under_traced_drawings_alone(self, run: Path, prepared: Path) -> None:
        data = Prepared(prepared)

        def asked(hand_share: float) -> torch.Tensor:
            config = replace(TINY, synth_batch=8, raw_share=1.0, projected_share=0.0, hand_share=hand_share)
            return SynthesisTraining(data, run, config, torch.device("cpu")).batch().traced.flatten(1).amax(1)

        assert not asked(1.0).any()
        data.traced[:] = True
        assert asked(0.0).all()

    def test_traced_lines_that_are_trusted_tell_their_photo(self, run: Path, prepared: Path) -> None:
        data = Prepared(prepared)
        data.bare[:] = False

        def told(traced: bool, raw: float) -> torch.Tensor:
            data.traced[:] = traced
            config = replace(TINY, synth_batch=4, raw_share=raw, projected_share=1 - raw, hand_share=0.0)
            return SynthesisTraining(data, run, config, torch.device("cpu")).batch().told

        assert told(True, 1.0).tolist() == [1, 1, 1, 1]
        assert told(True, 0.0).tolist() == [0, 0, 0, 0]
        assert told(False, 1.0).tolist() == [0, 0, 0, 0]

    def test_who_wears_none_may_get_glasses_with_their_lines_and_latents(self, run: Path, prepared: Path) -> None:
        data = Prepared(prepared)

        def batch(share: float, bare: bool) -> Batch:
            data.bare[:], data.traced[:] = bare, True
            config = replace(TINY, synth_batch=4, raw_share=1.0, projected_share=0.0, glasses_share=share,
                             reshaped_share=0.0, hand_share=0.0)  # fmt: skip
            return SynthesisTraining(data, run, config, torch.device("cpu")).batch()

        without, with_them = batch(0.0, True), batch(1.0, True)
        assert torch.equal(batch(1.0, False).photo, without.photo)
        assert (with_them.photo != without.photo).flatten(1).any(1).all()
        moved = {name: (with_them.latents[name] - without.latents[name]).norm() for name in NAMES}
        assert min(moved["left_eye"], moved["right_eye"]) > 2 * moved["mouth"]
        assert not with_them.traced.any()

    def test_shaven_men_may_get_a_moustache_with_its_lines_and_latents(self, run: Path, prepared: Path) -> None:
        data = Prepared(prepared)
        assert data.mouths.shape == (len(data.photos), 6, 2)
        assert data.mouths[:, 5, 1].min() > 300  # chins, in canvas pixels

        def batch(share: float, shaven: bool) -> Batch:
            data.shaven[:], data.traced[:] = shaven, True
            config = replace(TINY, synth_batch=4, raw_share=1.0, projected_share=0.0, glasses_share=0.0,
                             whiskers_share=share, reshaped_share=0.0, hand_share=0.0)  # fmt: skip
            return SynthesisTraining(data, run, config, torch.device("cpu")).batch()

        without, with_one = batch(0.0, True), batch(1.0, True)
        assert torch.equal(batch(1.0, False).photo, without.photo)
        changed = (with_one.photo != without.photo).any(1)
        assert changed.flatten(1).any(1).all()
        assert not changed[:, :140].any()
        moved = {name: (with_one.latents[name] - without.latents[name]).norm() for name in NAMES}
        assert moved["mouth"] > 2 * max(moved["left_eye"], moved["right_eye"])
        assert not with_one.traced.any()
        assert not with_one.told.any()


class TestMixed:
    def test_swaps_components_with_their_lines(self, run: Path, prepared: Path) -> None:
        state = SynthesisTraining(
            Prepared(prepared),
            run,
            replace(TINY, synth_batch=3, raw_share=1.0, projected_share=0.0),
            torch.device("cpu"),
        )
        swapped = set()
        for _ in range(8):
            batch = state.batch()
            before, lines = batch.latents, batch.lines
            after, seen, code = state.mixed(batch)
            assert code.shape == (3, CODE)
            assert torch.equal(after["remainder"], before["remainder"])
            moved = {name for name in NAMES if not torch.equal(after[name], before[name])}
            assert all(torch.equal(after[name], before[name].roll(1, 0)) for name in moved)
            assert ("left_eye" in moved) == ("right_eye" in moved)
            assert torch.equal(seen, lines) == (not moved)
            whose = torch.full((256, 256), "remainder" in moved)
            for part in (MOUTH, NOSE, LEFT_EYE, RIGHT_EYE):  # the later one counts, as in the engine
                whose[window_slices(part)] = part.name in moved
            assert torch.equal(seen, torch.where(whose, lines.roll(1, 0), lines))
            swapped |= moved
        assert swapped == set(NAMES) - {"remainder"}


class TestSeeded:
    def test_a_seed_has_the_look_of_another_photo_and_seed_0_none(self, run: Path, prepared: Path) -> None:
        state = SynthesisTraining(Prepared(prepared), run, replace(TINY, synth_batch=8), torch.device("cpu"))
        coarse, batch = state.model.coarse, state.batch()
        likely = coarse.likely_code(Synthesis.join(batch.latents))
        looks = (kept_within(batch.code) - likely).roll(2, 0)
        torch.testing.assert_close(state.seeded(batch.latents, batch), with_look(likely, looks))


class TestRecoloured:
    def test_photos_take_on_the_colours_that_their_codes_ask_for(self, run: Path, prepared: Path) -> None:
        state = SynthesisTraining(Prepared(prepared), run, replace(TINY, synth_batch=8), torch.device("cpu"))
        batch = state.batch()
        photo, code = state.recoloured(batch)
        moved = (code != batch.code).any(1)
        assert moved.any()
        torch.testing.assert_close(code[moved], state.seeded(batch.latents, batch)[moved])
        assert torch.equal(photo[~moved], batch.photo[~moved])
        palette = state.model.coarse.palette
        found, goal, before = (
            palette.colours(c[moved][:, :PALETTE]) for c in (palette.measured(photo), code, batch.code)
        )
        assert (found - goal).abs().mean() < 0.5 * (before - goal).abs().mean()


class TestKind:
    def state(self, run: Path, prepared: Path) -> SynthesisTraining:
        config = replace(TINY, adversarial=0.1, adversarial_from=0, mixed_share=0.2, recoloured_share=0.4)
        return SynthesisTraining(Prepared(prepared), run, config, torch.device("cpu"))

    def test_comes_as_often_as_the_configuration_says(self, run: Path, prepared: Path) -> None:
        state, kinds = self.state(run, prepared), []
        for state.steps in range(2000):
            kinds.append(state.kind())
        shares = [kinds.count(kind) / len(kinds) for kind in (Kind.OWN, Kind.RECOLOURED, Kind.MIXED)]
        assert shares == pytest.approx([0.4, 0.4, 0.2], abs=0.04)

    def test_is_the_same_in_every_process(self, run: Path, prepared: Path) -> None:
        """Else one waits for ever for the others' discriminators."""
        one, other = self.state(run, prepared), self.state(run, prepared)
        other.rng = np.random.default_rng(99)
        for one.steps in range(50):
            other.steps = one.steps
            assert one.kind() is other.kind()

    def test_without_discriminators_faces_keep_their_colours(self, run: Path, prepared: Path) -> None:
        config = replace(TINY, mixed_share=0.5, recoloured_share=0.5)
        state = SynthesisTraining(Prepared(prepared), run, config, torch.device("cpu"))
        assert {state.kind() for state.steps in range(9)} == {Kind.OWN}

    @pytest.mark.parametrize(("kind", "told"), [
        (Kind.OWN, {"l1", "excess", "vgg", "detail fool"}),
        (Kind.RECOLOURED, {"l1", "excess", "vgg", "detail fool"}),
        (Kind.MIXED, {"tint", "detail fool"}),
    ])  # fmt: skip
    def test_decides_what_a_step_is_told(
        self, run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, told: set[str]
    ) -> None:
        state = self.state(run, prepared)
        monkeypatch.setattr(state, "kind", lambda: kind)
        assert state.step().keys() - {"detail judge", "structure"} == told


def test_bfloat16_changes_little(run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of the same batch, in single precision and in bfloat16, here on any processor."""
    figures = []
    for precision in (torch.float32, torch.bfloat16):
        monkeypatch.setattr("dfd_core.training.run.fast_precision", lambda device, precision=precision: precision)
        config = replace(TINY, synth_batch=3, perceptual=1.0, adversarial=0.1, mixed_share=0.0)
        state = SynthesisTraining(Prepared(prepared), run, config, torch.device("cpu"))
        figures.append(state.step())
        assert all(value.dtype is torch.float32 for value in state.model.parameters())
    single, half = figures
    assert single.keys() == half.keys()
    assert half == pytest.approx(single, rel=0.03, abs=0.02)
    assert half != single
