"""Training of the enlargement."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import linked_copy
from PIL import Image
from portraits import COUNT, LARGE, TINY

from dfd_core.cli.main import main
from dfd_core.errors import DataError
from dfd_core.training.data import Prepared
from dfd_core.training.enlarge import CROP, JUDGED_FROM, EnlargeTraining, crops, grid, large_photos, reduced
from dfd_core.training.own_portraits import own_portraits

RNG = np.random.default_rng(2)
PHOTOS = [RNG.integers(0, 255, (512, 512, 3)).astype(np.uint8)]
NO_OWN = np.empty((0, 256, 256, 3), np.uint8)


class TestPhotos:
    def test_are_the_large_ones_to_train_on(self, prepared: Path, portraits_folder: Path) -> None:
        photos = large_photos(Prepared(prepared), portraits_folder)
        assert len(photos) == LARGE
        assert all(photo.shape == (512, 512, 3) for photo in photos)

    def test_of_another_folder(self, prepared: Path, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="name the folder that was prepared"):
            large_photos(Prepared(prepared), tmp_path)

    def test_of_plain_photos_are_those_that_were_aligned(
        self, prepared: Path, portraits_folder: Path, tmp_path: Path
    ) -> None:
        """The prepared folder then has them beside its arrays; the folder of plain photos has others."""
        plain, own = tmp_path / "plain", linked_copy(prepared, tmp_path / "prepared")
        (plain / "photos").mkdir(parents=True)
        Image.new("RGB", (900, 600)).save(plain / "photos" / f"p{COUNT - 1:02d}.png")
        shutil.copytree(portraits_folder, own / "aligned")
        found, expected = (large_photos(Prepared(own), folder) for folder in (plain, portraits_folder))
        assert np.array_equal(found, expected)

    def test_that_are_not_square_are_not_squashed(self, prepared: Path, tmp_path: Path) -> None:
        (tmp_path / "photos").mkdir()
        Image.new("RGB", (900, 600)).save(tmp_path / "photos" / f"p{COUNT - 1:02d}.png")
        with pytest.raises(DataError, match="is not square: align the portraits first"):
            large_photos(Prepared(prepared), tmp_path)


class TestCrops:
    def test_are_pieces_of_the_photos(self) -> None:
        photo = np.zeros((512, 512, 3), np.uint8)
        photo[..., 1] = 255
        found = crops([photo], 3, RNG)
        assert found.shape == (3, 3, CROP, CROP)
        assert found[:, 1].eq(1).all()
        assert found[:, 0].eq(-1).all()

    def test_of_smaller_pictures(self) -> None:
        assert crops(np.zeros((2, 256, 256, 3), np.uint8), 3, RNG, 64).shape == (3, 3, 64, 64)

    def test_reduced_keeps_the_mean(self) -> None:
        large = torch.rand(2, 3, 64, 64)
        large[..., :6, :] = large[..., -6:, :] = large[..., :6] = large[..., -6:] = 0.5
        small = reduced(large, RNG)
        assert small.shape == (2, 3, 32, 32)
        torch.testing.assert_close(small.mean((2, 3)), large.mean((2, 3)), atol=1e-4, rtol=0)


class TestGrid:
    def test_is_what_repeats_with_the_cells(self) -> None:
        row = torch.arange(96)
        weave = torch.where((row % 4 < 2)[None] ^ (row % 4 < 2)[:, None], 0.1, -0.1).expand(1, 3, 96, 96)
        ramp = torch.linspace(-1, 1, 96).expand(1, 3, 96, 96)
        noise = torch.from_numpy(RNG.normal(0, 0.1, (1, 3, 96, 96))).float()
        assert grid(ramp) < 1e-4
        assert grid(weave) > 0.05 > 5 * grid(noise)
        assert grid(ramp / 2 + noise + weave) > grid(ramp / 2 + noise) + 0.04


class TestTraining:
    def test_learns_and_goes_on(self, prepared: Path, portraits_folder: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        TINY.save(tmp_path / "tiny.json")
        options = ["--config", str(tmp_path / "tiny.json"), "--device", "cpu", "--stage", "enlarge"]
        for steps in (2, 3):
            (tmp_path / "tiny.json").write_text(f'{{"enlarge_steps": {steps}, "enlarge_batch": 1}}')
            assert main(["train", str(prepared), "-o", str(run), *options, "--portraits", str(portraits_folder)]) == 0
        state = torch.load(run / "enlarge.pt", weights_only=True)
        assert state["steps"] == 3
        assert state["model"]["out.weight"].any()
        assert all(value.isfinite().all() for value in state["model"].values())

    def test_discriminator_takes_part_after_a_while(self, tmp_path: Path) -> None:
        training = EnlargeTraining(PHOTOS, NO_OWN, tmp_path, TINY, torch.device("cpu"))
        assert "judge" not in training.step(0.0)
        training.steps = JUDGED_FROM
        assert "judge" in training.step(0.5)
        training.save()
        again = EnlargeTraining(PHOTOS, NO_OWN, tmp_path, TINY, torch.device("cpu"))
        assert again.judge.updates == 1
        assert all(torch.equal(a, b) for a, b in zip(again.judge.net.parameters(), training.judge.net.parameters(),
                                                     strict=True))  # fmt: skip

    def test_own_portraits_are_kept_where_they_are_coarse(self, tmp_path: Path) -> None:
        own = RNG.integers(0, 255, (2, 256, 256, 3)).astype(np.uint8)
        training = EnlargeTraining(PHOTOS, own, tmp_path, TINY, torch.device("cpu"))
        first = training.step(0.0)
        assert first["kept"] < 0.02  # untrained, it enlarges plainly
        assert first.keys() == {"l1", "vgg", "kept", "grid"}

    def test_discriminator_looks_at_own_portraits(self, tmp_path: Path) -> None:
        """What it says of the first ones hangs on nothing else that differs here."""
        losses = []
        for grey in (40, 200):
            own = np.full((1, 256, 256, 3), grey, np.uint8)
            training = EnlargeTraining(PHOTOS, own, tmp_path, TINY, torch.device("cpu"))
            training.steps = JUDGED_FROM
            losses.append(training.step(0.0)["judge"])
        assert abs(losses[0] - losses[1]) > 0.01


class TestOwnPortraits:
    def test_are_none_before_stage_2(self, prepared: Path, tmp_path: Path) -> None:
        found = own_portraits(Prepared(prepared), tmp_path, TINY, torch.device("cpu"), 5, RNG)
        assert found.shape == (0, 256, 256, 3)

    def test_are_those_of_a_trained_run(self, prepared: Path, trained: Path) -> None:
        data = Prepared(prepared)
        found = own_portraits(data, trained, TINY, torch.device("cpu"), 5, RNG)
        assert found.shape == (5, 256, 256, 3)
        assert found.dtype == np.uint8
        assert len({portrait.tobytes() for portrait in found}) == 5
        photos = data.photos[data.train].astype(float)
        nearest = [np.abs(photos - portrait).mean((1, 2, 3)).min() for portrait in found]
        assert max(nearest) < np.abs(photos[:, None] - photos[None]).mean((2, 3, 4)).max()

    def test_are_enlarged_by_the_command(self, prepared: Path, portraits_folder: Path, run: Path) -> None:
        replace(TINY, enlarge_steps=1, enlarge_batch=1).save(run / "config.json")
        assert main(["train", str(prepared), "-o", str(run), "--device", "cpu", "--stage", "enlarge",
                     "--portraits", str(portraits_folder)]) == 0  # fmt: skip
        assert torch.load(run / "enlarge.pt", weights_only=True)["steps"] == 1


class TestRefused:
    def test_needs_the_photos(self, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", str(prepared), "-o", str(tmp_path / "run"), "--stage", "enlarge"]) == 2
        assert "--portraits FOLDER" in capsys.readouterr().err
