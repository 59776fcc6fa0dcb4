"""Training what sees where eyes and mouths are drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.networks.anchors import HOME
from dfd_core.pack import load_pack
from dfd_core.training.anchors import batch, example, moved
from dfd_core.training.data import Prepared


def test_features_go_to_their_places_and_nothing_far_from_them_moves() -> None:
    features = torch.tensor([HOME])
    places = features + torch.tensor([[[0.03, -0.02], [0.0, 0.05], [-0.04, 0.06]]])
    field = moved(features, places)[0]
    for feature, place in zip(features[0], places[0], strict=True):
        x, y = (place * len(field)).long()
        assert torch.allclose(field[y, x], feature - place, atol=0.012)
    assert field[-1].abs().max() < 0.012
    assert field[:, 0].abs().max() < 0.012


def test_answers_are_where_dots_have_gone() -> None:
    ink = torch.zeros(60, 1, 256, 256)
    dots = torch.tensor(HOME)
    for x, y in (dots * 256).long().tolist():
        ink[:, :, y - 2 : y + 3, x - 2 : x + 3] = 1
    seen, answer = example(ink, dots.repeat(60, 1, 1), np.random.default_rng(4))
    assert seen.shape == (60, 1, 128, 128)
    hit = [float(page[0, int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].sum())
           for page, three in zip(seen, answer * 128, strict=True) for x, y in three]  # fmt: skip
    assert (np.array(hit) > 1.5).mean() > 0.9  # but for what is blanked
    spread = answer.std(0)
    assert spread.min() > 0.02
    assert spread.max() < 0.1


def test_mirrored_drawings_have_their_left_eye_on_the_left(prepared: Path) -> None:
    seen, answer = batch(Prepared(prepared), 60, np.random.default_rng(1))
    assert 0 <= seen.min() <= seen.max() <= 1
    assert (answer[:, 0, 0] < answer[:, 1, 0]).all()
    assert (answer[:, 2, 1] > answer[:, :2, 1].mean(1)).all()


def test_a_run_has_it_and_so_has_its_pack(prepared: Path, run: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    replace(TINY, anchors_steps=2, anchors_batch=3).save(config)
    assert main(["train", str(prepared), "-o", str(run), "--stage", "anchors", "--config", str(config)]) == 0
    assert main(["export", str(run), str(prepared), "-o", str(tmp_path / "pack")]) == 0
    pack = load_pack(tmp_path / "pack")
    assert pack.manifest["training"]["anchors_steps"] == 2
    saved = torch.load(run / "anchors.pt", weights_only=True)["model"]
    assert pack.anchors is not None
    for name, value in pack.anchors.state_dict().items():
        assert torch.allclose(value.float(), saved[name].float(), atol=2e-3, rtol=2e-3)
