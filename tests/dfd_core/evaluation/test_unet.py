"""The pix2pix-style baseline and its training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from dfd_core.cli.main import main
from dfd_core.errors import DataError
from dfd_core.evaluation import train_unet as training
from dfd_core.evaluation.train_unet import UNetTraining, train_unet, trained_unet
from dfd_core.evaluation.unet import Judge, UNet, judge_loss, maker_losses
from dfd_core.training.data import Prepared

CPU = torch.device("cpu")


class TestNetworks:
    def test_shapes_are_as_promised(self) -> None:
        ink = torch.rand(2, 1, 256, 256)
        photo = UNet(8)(ink)
        assert photo.shape == (2, 3, 256, 256)
        assert photo.abs().max() <= 1
        assert Judge(8)(ink, photo).shape == (2, 1, 30, 30)

    def test_the_judge_looks_at_the_lines(self) -> None:
        torch.manual_seed(0)
        judge, photo = Judge(8).eval(), torch.rand(1, 3, 256, 256)
        assert not torch.allclose(judge(torch.zeros(1, 1, 256, 256), photo), judge(torch.ones(1, 1, 256, 256), photo))

    def test_losses_pull_in_opposite_directions(self) -> None:
        class Sure(torch.nn.Module):
            """Knows a made picture by its mean."""

            def forward(self, ink: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
                return photo.mean((1, 2, 3), keepdim=True)

        sure, ink, real, made = Sure(), torch.zeros(1), torch.full((1, 3, 4, 4), 9.0), torch.full((1, 3, 4, 4), -9.0)
        assert judge_loss(sure, ink, real, made) < 0.01  # type: ignore[arg-type]
        parts = maker_losses(sure, ink, real, made)  # type: ignore[arg-type]
        assert parts["fool"] > 8
        assert parts["l1"] == 18


class TestTraining:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "BATCH", 2)
        monkeypatch.setattr(training, "WIDTH", 4)

    def test_learns(self, data: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        state = UNetTraining(data, tmp_path, CPU)
        same = state.batch()
        monkeypatch.setattr(training, "RATE", 4e-3)  # so small a network bears it, and shows within seconds
        monkeypatch.setattr(state, "batch", lambda: same)
        losses = [state.step(0)["l1"] for _ in range(30)]
        assert losses[-1] < 0.7 * losses[0]

    def test_goes_on_where_it_was_saved(self, data: Prepared, tmp_path: Path) -> None:
        state = UNetTraining(data, tmp_path, CPU)
        state.step(0)
        state.save()
        again = UNetTraining(data, tmp_path, CPU)
        assert again.steps == 1
        for name, part in state._parts().items():
            theirs = again._parts()[name].state_dict()
            assert str(part.state_dict()) == str(theirs)

    def test_photos_and_drawings_are_flipped_together(self, data: Prepared, tmp_path: Path) -> None:
        ink, photo = UNetTraining(data, tmp_path, CPU).batch()
        plain = data.photo(data.train)
        for lines, picture in zip(ink, photo, strict=True):
            gaps = torch.stack(
                [(plain - picture).abs().mean((1, 2, 3)), (plain.flip(3) - picture).abs().mean((1, 2, 3))]
            )
            assert gaps.min() == 0
            flipped, face = divmod(int(gaps.argmin()), len(data.train))
            drawings = torch.from_numpy(data.drawings[data.train[face]].copy()).float() / 255
            known = drawings.flip(2) if flipped else drawings
            assert (known - lines).abs().mean((1, 2)).min() == 0

    def test_by_the_command_line_within_a_time_box(self, prepared_folder: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        arguments = ["eval", "unet", str(prepared_folder), "-o", str(run), "--minutes", "0.03", "--device", "cpu"]
        assert main(arguments) == 0
        _, first = trained_unet(run)
        assert main(arguments) == 0
        assert trained_unet(run)[1] > first >= 1
        assert Image.open(run / "preview.png").size == (7 * 128, 4 * 128)

    def test_notes_its_losses(self, data: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "STEPS", 50)
        monkeypatch.setattr(UNetTraining, "step", self.one_step)
        assert train_unet(data, tmp_path, CPU) == 50
        (line,) = [json.loads(text) for text in (tmp_path / "unet.jsonl").read_text(encoding="utf-8").splitlines()]
        assert line["steps"] == 50
        assert line["l1"] == 0.5

    @staticmethod
    def one_step(state: UNetTraining, progress: float) -> dict[str, float]:
        state.steps += 1
        return {"l1": 0.5}

    def test_without_a_run_says_how_to_train_one(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="dfd eval unet PREPARED"):
            trained_unet(tmp_path)
