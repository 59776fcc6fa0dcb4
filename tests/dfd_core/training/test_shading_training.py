"""Training the network that tells shading from lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.networks.shading import Shading
from dfd_core.pack import load_pack
from dfd_core.training import shading
from dfd_core.training.data import Prepared
from dfd_core.training.shading import examples, loss_of


def test_what_is_kept_is_what_was_there_before_shade(prepared: Path) -> None:
    data = Prepared(prepared)
    ink, kept = examples(data, data.train, 40, np.random.default_rng(2))
    assert ink.shape == kept.shape == (40, 1, 256, 256)
    assert 0 <= ink.min() <= ink.max() <= 1
    assert 0 <= kept.min() <= kept.max() <= 1
    share = (ink * kept).sum((1, 2, 3)) / ink.sum((1, 2, 3))
    assert 0.15 < float((share > 0.999).float().mean()) < 0.5  # no shade at all
    assert float((share < 0.9).float().mean()) > 0.3


def test_without_shade_all_is_kept(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shading, "PLAIN", 1.0)
    data = Prepared(prepared)
    ink, kept = examples(data, data.train, 8, np.random.default_rng(2))
    assert kept[ink > 0.02].min() > 0.95


def test_the_loss_counts_ink_only() -> None:
    model, ink = Shading().eval().requires_grad_(False), torch.zeros(1, 1, 256, 256)
    ink[..., 100:110, 50:200] = 1
    kept = torch.rand(1, 1, 256, 256)
    other = torch.where(ink > 0, kept, 1 - kept)
    assert float(loss_of(model, ink, kept)) == pytest.approx(float(loss_of(model, ink, other)))
    assert float(loss_of(model, ink, kept)) != pytest.approx(float(loss_of(model, ink, 1 - kept)), abs=1e-4)


def test_a_run_has_it_and_so_has_its_pack(prepared: Path, run: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    for steps in (2, 3):
        replace(TINY, shading_steps=steps, shading_batch=2).save(config)
        assert main(["train", str(prepared), "-o", str(run), "--stage", "shading", "--config", str(config)]) == 0
        assert torch.load(run / "shading.pt", weights_only=True)["step"] == steps
    assert main(["export", str(run), str(prepared), "-o", str(tmp_path / "pack")]) == 0
    pack = load_pack(tmp_path / "pack")
    assert pack.manifest["training"]["shading_steps"] == 3
    assert pack.shading is not None
    again = tmp_path / "again"
    assert main(["train", str(prepared), "-o", str(again), "--stage", "shading", "--from", str(tmp_path / "pack"),
                 "--config", str(config)]) == 0  # fmt: skip
    found = torch.load(again / "shading.pt", weights_only=True)
    assert found["step"] == 3
    for name, value in pack.shading.state_dict().items():
        assert torch.equal(found["model"][name], value)


def test_some_drawings_are_begun_only() -> None:
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(50):
        mask = shading.begun(rng)
        assert mask.shape == (1, 256, 256)
        assert set(mask.unique().tolist()) <= {0.0, 1.0}
        shares.append(float(mask.mean()))
    assert min(shares) > 0
    assert np.mean(shares) < 0.6
