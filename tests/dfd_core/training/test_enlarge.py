"""Training of the enlargement."""

from __future__ import annotations

import shutil
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
from dfd_core.training.enlarge import CROP, JUDGED_FROM, EnlargeTraining, crops, large_photos, reduced

RNG = np.random.default_rng(2)


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

    def test_reduced_keeps_the_mean(self) -> None:
        large = torch.rand(2, 3, 64, 64)
        large[..., :6, :] = large[..., -6:, :] = large[..., :6] = large[..., -6:] = 0.5
        small = reduced(large, RNG)
        assert small.shape == (2, 3, 32, 32)
        torch.testing.assert_close(small.mean((2, 3)), large.mean((2, 3)), atol=1e-4, rtol=0)


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
        photos = [RNG.integers(0, 255, (512, 512, 3)).astype(np.uint8)]
        training = EnlargeTraining(photos, tmp_path, TINY, torch.device("cpu"))
        assert "judge" not in training.step(0.0)
        training.steps = JUDGED_FROM
        assert "judge" in training.step(0.5)

    def test_needs_the_photos(self, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", str(prepared), "-o", str(tmp_path / "run"), "--stage", "enlarge"]) == 2
        assert "--portraits FOLDER" in capsys.readouterr().err
