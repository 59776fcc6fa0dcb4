"""A run becomes a weight pack with its model card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import face, linked_copy

from dfd_core.cli.main import main
from dfd_core.engine import Engine
from dfd_core.geometry import NAMES
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CODE
from dfd_core.networks.palette import PALETTE
from dfd_core.training.export import origin


@pytest.fixture(scope="module")
def pack(trained: Path, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported pack."""
    folder = tmp_path_factory.mktemp("export") / "pack"
    assert main(["export", str(trained), str(prepared), "-o", str(folder), "--name", "tiny"]) == 0
    return folder


class TestPack:
    def test_engine_renders_with_it(self, pack: Path) -> None:
        engine = Engine(pack, "cpu")
        engine.set_sketch(face(256))
        image = engine.render().image
        assert image.shape == (512, 512, 3)
        assert image.std() > 5
        assert all(engine.latent(name) is not None for name in NAMES)

    def test_holds_the_averaged_weights(self, pack: Path, trained: Path) -> None:
        average = torch.load(trained / "synth.pt", weights_only=True)["average"]["generator.out.weight"]
        loaded = Engine(pack, "cpu", precision="single").pack.synthesis.state_dict()["generator.out.weight"]
        torch.testing.assert_close(loaded, average, rtol=1e-3, atol=1e-6)

    def test_banks_hold_the_training_portraits(self, pack: Path) -> None:
        for name, bank in Engine(pack, "cpu").pack.banks.items():
            assert bank.bank.shape == (26, LATENT[name])
            assert bank.person is not None
            assert sorted(set(bank.person.tolist())) == list(range(1, 14))

    def test_seeds_draw_from_the_looks_of_the_training_portraits(self, pack: Path) -> None:
        looks = Engine(pack, "cpu").pack.looks
        assert looks is not None
        assert looks.shape == (2 + 2 + 1, CODE)  # of each third of the thirteen
        assert looks.std(0)[:PALETTE].gt(0.1).all()
        assert looks.unique(dim=0).shape == looks.shape

    def test_manifest_says_how_it_was_made(self, pack: Path) -> None:
        manifest = Engine(pack, "cpu").pack.manifest
        assert manifest["name"] == "tiny"
        training = manifest["training"]
        assert (training["embed_steps"], training["synth_steps"], training["portraits"]) == (2, 3, 13)
        assert training["config"]["width"] == 12
        assert training["sources"] == [
            {"source": "north", "licence": "CC0", "portraits": 9},
            {"source": "south", "licence": "CC0", "portraits": 4},
        ]
        assert len(manifest["metrics"]) == 6
        assert all(np.isfinite(value) and value > 0 for value in manifest["metrics"].values())


class TestModelCard:
    def test_names_sources_figures_and_steps(self, pack: Path) -> None:
        card = (pack / "MODEL_CARD.md").read_text(encoding="utf-8")
        assert card.startswith("# Model card: tiny\n")
        assert "| north | CC0 | 9 |" in card
        assert "| south | CC0 | 4 |" in card
        assert "| val_l1_clean_raw | " in card
        assert "Embedding: 2 steps, then 0 on drawings by hand. Synthesis: 3 steps of 2 portraits." in card
        assert "{" not in card


class TestCommand:
    def test_says_where_and_how_large(
        self, trained: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["export", str(trained), str(prepared), "-o", str(tmp_path / "pack")]) == 0
        size = sum(path.stat().st_size for path in (tmp_path / "pack").iterdir())
        assert capsys.readouterr().out == f"{tmp_path / 'pack'}: {size / 1e6:.1f} MB\n"

    @pytest.mark.parametrize("name", ["embed.pt", "latents.pt", "synth.pt"])
    def test_unfinished_run(
        self, run: Path, prepared: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (run / name).unlink()
        assert main(["export", str(run), str(prepared), "-o", str(tmp_path / "pack")]) == 2
        assert f"has no {name}: train both stages first" in capsys.readouterr().err
        assert not (tmp_path / "pack").exists()

    def test_other_portraits_than_it_was_trained_on(
        self, trained: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fewer = linked_copy(prepared, tmp_path / "fewer")
        text = (fewer / "meta.json").read_text()
        cut = text[: text.rindex(",\n  {")] + "\n ]\n}"
        (fewer / "meta.json").write_text(cut)
        for name in ("photos.npy", "drawings.npy", "regions.npy"):
            (fewer / name).unlink()
            np.save(fewer / name, np.load(prepared / name)[:-1])
        assert main(["export", str(trained), str(fewer), "-o", str(tmp_path / "pack")]) == 2
        assert "was not trained on" in capsys.readouterr().err


def test_card_lists_what_a_pack_that_it_began_with_was_trained_on() -> None:
    theirs = [{"source": "album", "licence": "CC0", "portraits": 40}, {"source": "", "licence": "", "portraits": 2}]
    began, begun = origin({"sources": [], "begun_with": {"name": "old", "training": {"sources": theirs}}})
    assert began == "from the weight pack 'old' on"
    assert begun.strip() == (
        "The weight pack 'old' was trained on 40 of album (CC0), 2 of own folder (licence not stated)."
    )
    assert origin({"sources": []}) == ("from scratch", "")
