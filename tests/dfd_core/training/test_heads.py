"""Photos and drawings stretched alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from portraits import TINY

from dfd_core.geometry import COMPONENTS
from dfd_core.training.data import Prepared
from dfd_core.training.heads import EYES, Heads, open_above, reshaped
from dfd_core.training.synth import Batch, SynthesisTraining

SIDE = 256
EYE_ROW = round((EYES + 1) / 2 * SIDE)


def bars() -> torch.Tensor:
    """A picture that is bright in some rows."""
    picture = torch.zeros(1, 1, SIDE, SIDE)
    picture[:, :, [60, EYE_ROW, 200]] = 1
    return picture


def bright(picture: torch.Tensor) -> list[int]:
    rows = picture[0, 0, :, SIDE // 2]
    return [k for k in range(1, SIDE - 1) if rows[k] > 0.3 and rows[k] >= rows[k - 1 : k + 2].max()]


class TestReshaped:
    def test_nothing_changes_without_a_stretch(self) -> None:
        picture = torch.rand(2, 3, SIDE, SIDE)
        torch.testing.assert_close(reshaped(picture, torch.ones(2, 3)), picture, atol=1e-4, rtol=0)

    def test_low_forehead(self) -> None:
        """What is above the eyes comes nearer to them; nothing else moves."""
        top, eyes, bottom = bright(reshaped(bars(), torch.tensor([[0.75, 1.0, 1.0]])))
        assert abs(top - (EYE_ROW - 0.75 * (EYE_ROW - 60))) < 4
        assert abs(eyes - EYE_ROW) < 2
        assert abs(bottom - 200) < 4

    def test_long_chin(self) -> None:
        top, eyes, bottom = bright(reshaped(bars(), torch.tensor([[1.0, 1.1, 1.0]])))
        assert abs(top - 60) < 4
        assert abs(eyes - EYE_ROW) < 2
        assert abs(bottom - (EYE_ROW + 1.1 * (200 - EYE_ROW))) < 4

    def test_broad_face(self) -> None:
        picture = bars().transpose(2, 3)
        column = reshaped(picture, torch.tensor([[1.0, 1.0, 1.1]]))[0, 0, SIDE // 2]
        assert abs(int(column[:100].argmax()) - (128 - 1.1 * (128 - 60))) < 2


class TestOpenAbove:
    def test_even_without_ink(self) -> None:
        photo = torch.zeros(4, 3, SIDE, SIDE)
        ink = torch.zeros(4, 1, SIDE, SIDE)
        photo[1, :, :8, 100:150] = 1  # bright hair up to the edge
        ink[2, :, 2, 120:130] = 1  # its outline
        photo[3, :, 30:] = 1
        assert open_above(photo, ink).tolist() == [True, False, False, True]


class TestHeads:
    def test_as_many_as_asked_for(self, prepared: Path) -> None:
        data, rng = Prepared(prepared), np.random.default_rng(0)
        faces, shape = Heads(data, 0.3).choose(4000, rng)
        assert set(faces) <= set(data.train)
        other = (shape != 1).any(1)
        assert 0.25 < other.double().mean() < 0.35
        assert not (Heads(data, 0.0).choose(50, rng)[1] != 1).any()

    def test_room_above_is_for_those_who_have_some(self, prepared: Path) -> None:
        """They are reshaped more often, and only their heads become lower."""
        data, rng = Prepared(prepared), np.random.default_rng(0)
        heads = Heads(data, 0.5)
        heads.open = data.train == data.train[0]
        heads.roomy = heads.open / heads.open.sum()
        faces, shape = heads.choose(4000, rng)
        lower = shape[:, 0].numpy() < 1
        assert set(faces[lower]) == {data.train[0]}
        other = (shape != 1).any(1).numpy()
        assert 0.4 < (faces[other] == data.train[0]).mean() < 0.7

    def test_latents_are_of_the_stretched_drawing(
        self, run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where next to nothing is stretched, they are those of the drawing as it is."""
        data = Prepared(prepared)
        config = replace(TINY, synth_batch=4, raw_share=1.0, projected_share=0.0)

        def seen(stretch: float) -> Batch:
            state = SynthesisTraining(data, run, config, torch.device("cpu"))
            shape = torch.full((4, 3), stretch)
            monkeypatch.setattr(state.heads, "choose", lambda count, rng: (data.train[:count], shape))
            return state.batch()

        as_it_is, same, other = seen(1.0), seen(1.00001), seen(1.2)
        for component in COMPONENTS:
            one, two, three = (batch.latents[component.name] for batch in (as_it_is, same, other))
            torch.testing.assert_close(one, two, atol=0.01, rtol=0.01)
            assert (three - one).abs().mean() > 3 * (two - one).abs().mean()
        torch.testing.assert_close(same.photo, as_it_is.photo, atol=0.01, rtol=0)
        assert (other.photo - as_it_is.photo).abs().mean() > 0.01
