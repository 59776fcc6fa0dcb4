"""Which looks the dice have."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from dfd_core.appearance import with_look
from dfd_core.errors import DataError
from dfd_core.geometry import PARTS
from dfd_core.networks.coarse import CODE
from dfd_core.pack import load_pack
from dfd_core.synthesis import Synthesis
from dfd_core.training.contrast import excess
from dfd_core.training.data import Prepared
from dfd_core.training.export import export
from dfd_core.training.latents import make_banks
from dfd_core.training.looks import Trial, least_burnt, looks_from, showiness, usual_first
from dfd_core.training.run import load_checkpoint


def test_the_steadiest_of_every_skin_tone_is_kept() -> None:
    """Though all that the dark third does changes most."""
    tones = torch.tensor([0.1, 0.5, 0.9, 0.2, 0.6, 0.8, 0.15, 0.55, 0.85, 0.12, 0.52, 0.82])
    changes = torch.tensor([9.0, 1.0, 4.0, 7.0, 3.0, 2.0, 8.0, 2.0, 1.0, 6.0, 4.0, 3.0])
    assert least_burnt(changes, tones).tolist() == [1, 3, 5, 7, 8, 9]


def test_of_few_at_least_one_is_kept() -> None:
    assert least_burnt(torch.ones(1), torch.zeros(1)).tolist() == [0]


def test_seed_0_has_the_least_showy() -> None:
    kept, showy = torch.tensor([2, 5, 6, 9]), torch.tensor([0.3, 0.2, 0.1, 0.4])
    assert usual_first(kept, showy).tolist() == [6, 2, 5, 9]


def test_other_hair_and_blue_backdrops_are_showy() -> None:
    usual = torch.zeros(1, 3, 3)
    plain, fair, blue, dark = usual.repeat(4, 1, 1).unbind()
    plain[PARTS.index("hair")] = 0.1
    fair[PARTS.index("hair")] = 0.5
    blue[PARTS.index("background")] = torch.tensor([-0.5, 0.0, 0.6])
    dark[PARTS.index("background")] = -0.8
    found = showiness(torch.stack([plain, fair, blue, dark]), usual)
    assert found.argsort().tolist() == [3, 0, 1, 2]


def test_a_look_is_measured_by_the_contrast_that_it_adds_to_photos(run: Path, prepared: Path) -> None:
    data, latents = Prepared(prepared), load_checkpoint(run / "latents.pt") or {}
    synthesis = Synthesis(12, 2).eval()
    synthesis.load_state_dict((load_checkpoint(run / "synth.pt") or {})["average"])
    with torch.inference_mode():
        trial = Trial(data, latents, make_banks(latents, data.train), synthesis)
        look = torch.randn(CODE, generator=torch.Generator().manual_seed(2))
        made = synthesis(trial.latents, with_look(trial.likely, look[None]), trial.lines)
        torch.testing.assert_close(trial.burnt(look), excess(made, trial.photos), rtol=1e-3, atol=1e-6)
        trial.photos = trial.photos * 0.01
        assert trial.burnt(look) > excess(made, made)


def test_looks_of_another_pack(trained: Path, tmp_path: Path, prepared: Path) -> None:
    """Those of a pack of the same run are taken; those of one that measures colours in another way are refused."""
    before = tmp_path / "before"
    export(trained, prepared, before, "before")
    synthesis = load_pack(before).synthesis
    torch.testing.assert_close(looks_from(before, synthesis), load_pack(before).looks)
    synthesis.coarse.palette.mean += 0.5
    with pytest.raises(DataError, match="are of other colours: leave '--looks' out"):
        looks_from(before, synthesis)
