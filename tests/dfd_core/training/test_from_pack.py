"""Training goes on from a weight pack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from drawings import linked_copy, overwrite
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.geometry import COMPONENTS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CODE
from dfd_core.pack import default_folder, load_pack
from dfd_core.synthesis import Synthesis
from dfd_core.training.from_pack import begin_from_pack


@pytest.fixture(scope="module")
def pack(trained: Path, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of the tiny run."""
    folder = tmp_path_factory.mktemp("export") / "pack"
    assert main(["export", str(trained), str(prepared), "-o", str(folder), "--name", "tiny"]) == 0
    return folder


def train(prepared: Path, run: Path, *options: object) -> int:
    """`dfd train` on the CPU."""
    return main(["train", str(prepared), "-o", str(run), "--device", "cpu", *map(str, options)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two steps more than the pack has, too small to change much."""
    path = tmp_path / "more.json"
    replace(TINY, synth_steps=TINY.synth_steps + 2, synth_rate=1e-9).save(path)
    return path


class TestRunFromAPack:
    @pytest.fixture
    def run(self, pack: Path, prepared: Path, config: Path, tmp_path: Path) -> Path:
        """It, and two steps."""
        assert train(prepared, tmp_path / "run", "--from", pack, "--config", config) == 0
        return tmp_path / "run"

    def test_goes_on_with_the_packs_networks(self, run: Path, pack: Path) -> None:
        state, loaded = torch.load(run / "synth.pt", weights_only=True), load_pack(pack)
        assert state["steps"] == TINY.synth_steps + 2
        for name, value in loaded.synthesis.state_dict().items():
            torch.testing.assert_close(state["model"][name], value, rtol=1e-3, atol=1e-5)
        counts = {int(entry["step"]) for entry in state["maker"]["state"].values()}
        assert counts == {2}

    def test_warms_up_though_it_has_steps(self, run: Path) -> None:
        assert torch.load(run / "synth.pt", weights_only=True)["warmed"] == TINY.synth_steps

    def test_exports_a_pack_with_the_same_embedding_that_says_what_it_began_with(
        self, run: Path, pack: Path, prepared: Path, tmp_path: Path
    ) -> None:
        assert main(["export", str(run), str(prepared), "-o", str(tmp_path / "next"), "--name", "next"]) == 0
        begun, made = load_pack(pack), load_pack(tmp_path / "next")
        assert made.model == begun.model
        assert made.manifest["training"]["begun_with"]["name"] == "tiny"
        assert made.manifest["training"]["embed_steps"] == TINY.embed_steps
        card = (tmp_path / "next" / "MODEL_CARD.md").read_text()
        assert "from the weight pack 'tiny' on by the code of" in card
        assert "The weight pack 'tiny' was trained on the same portraits." in card
        assert "from scratch" not in card

    def test_goes_on_where_it_was_saved(self, run: Path, pack: Path, prepared: Path, config: Path) -> None:
        replace(TINY, synth_steps=TINY.synth_steps + 3).save(config)
        assert train(prepared, run, "--from", pack, "--config", config) == 0
        assert torch.load(run / "synth.pt", weights_only=True)["steps"] == TINY.synth_steps + 3

    def test_keeps_the_packs_embedding(self, run: Path, prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert train(prepared, run, "--stage", "embed") == 2
        assert "stays as it is" in capsys.readouterr().err


@pytest.mark.parametrize(("stage", "counted"), [("place", "step"), ("enlarge", "steps")])
def test_placement_and_enlargement_go_on_too(
    prepared: Path, portraits_folder: Path, tmp_path: Path, stage: str, counted: str
) -> None:
    """With the pack that comes along, since the tiny one has neither."""
    config, run = tmp_path / "config.json", tmp_path / "run"
    training = load_pack(default_folder()).manifest["training"]
    steps = training[f"{stage}_steps"]
    begun = replace(TINY, width=training["config"]["width"], synth_steps=1, place_steps=steps + 1,
                    enlarge_steps=steps + 1, place_batch=2, enlarge_batch=2)  # fmt: skip
    begun.save(config)
    run.mkdir()
    begin_from_pack(default_folder(), run, begun)
    assert train(prepared, run, "--stage", stage, "--portraits", portraits_folder, "--config", config) == 0
    assert torch.load(run / f"{stage}.pt", weights_only=True)[counted] == steps + 1


def test_grows_by_blocks_that_change_nothing(pack: Path, tmp_path: Path) -> None:
    begin_from_pack(pack, tmp_path, replace(TINY, finer=TINY.finer + 1))
    state, loaded = torch.load(tmp_path / "synth.pt", weights_only=True)["model"], load_pack(pack).synthesis
    grown = Synthesis(TINY.width, TINY.finer + 1)
    grown.load_state_dict(state)
    latents = {part.name: torch.randn(1, LATENT[part.network]) for part in COMPONENTS}
    code, lines = torch.randn(1, CODE), torch.rand(1, 2, 256, 256)
    with torch.no_grad():
        torch.testing.assert_close(grown.eval()(latents, code, lines), loaded(latents, code, lines))


class TestRefused:
    def test_fewer_blocks(self, pack: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        replace(TINY, finer=TINY.finer - 1).save(tmp_path / "less.json")
        assert train(prepared, tmp_path / "run", "--from", pack, "--config", tmp_path / "less.json") == 2
        assert "has 2 finer blocks, the configuration asks for 1" in capsys.readouterr().err

    def test_another_width(
        self, pack: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        replace(TINY, width=24).save(tmp_path / "wide.json")
        assert train(prepared, tmp_path / "run", "--from", pack, "--config", tmp_path / "wide.json") == 2
        assert "has networks of width 12, the configuration asks for 24" in capsys.readouterr().err

    def test_a_run_with_an_embedding_of_its_own(
        self, pack: Path, prepared: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert train(prepared, tmp_path / "run", "--stage", "embed", "--config", config) == 0
        assert train(prepared, tmp_path / "run", "--from", pack) == 2
        assert "name a new run folder" in capsys.readouterr().err

    def test_a_damaged_pack(
        self, pack: Path, prepared: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        damaged = linked_copy(pack, tmp_path / "damaged")
        manifest = json.loads((damaged / "manifest.json").read_text())
        manifest["files"]["banks.safetensors"]["size"] += 1
        overwrite(damaged / "manifest.json", json.dumps(manifest).encode())
        assert train(prepared, tmp_path / "run", "--from", damaged, "--config", config) == 2
        assert "banks.safetensors is incomplete" in capsys.readouterr().err
