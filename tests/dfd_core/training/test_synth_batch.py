"""What stage 2 learns from in a step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from portraits import TINY

from dfd_core.appearance import kept_within, with_look
from dfd_core.geometry import LEFT_EYE, MOUTH, NAMES, NOSE, RIGHT_EYE
from dfd_core.networks.coarse import CODE
from dfd_core.synthesis import Synthesis
from dfd_core.training.data import Prepared
from dfd_core.training.synth import SynthesisTraining
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

    def test_have_the_look_of_another_photo(self, run: Path, prepared: Path) -> None:
        """As seeds have it: their faces are what a discriminator sees of seeds."""
        state = SynthesisTraining(Prepared(prepared), run, replace(TINY, synth_batch=8), torch.device("cpu"))
        coarse = state.model.coarse
        batch = state.batch()
        looks = (kept_within(batch.code) - coarse.likely_code(Synthesis.join(batch.latents))).roll(2, 0)
        after, _, found = state.mixed(batch)
        torch.testing.assert_close(found, with_look(coarse.likely_code(Synthesis.join(after)), looks))


def test_bfloat16_changes_little(run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of the same batch, in single precision and in bfloat16, here on any processor."""
    figures = []
    for precision in (torch.float32, torch.bfloat16):
        monkeypatch.setattr("dfd_core.training.run.fast_precision", lambda device, precision=precision: precision)
        config = replace(TINY, synth_batch=3, perceptual=1.0, adversarial=0.1, mixed_share=0.0)
        state = SynthesisTraining(Prepared(prepared), run, config, torch.device("cpu"))
        figures.append(state.step(0.0))
        assert all(value.dtype is torch.float32 for value in state.model.parameters())
    single, half = figures
    assert single.keys() == half.keys()
    assert half == pytest.approx(single, rel=0.03, abs=0.02)
    assert half != single
