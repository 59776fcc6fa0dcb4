"""Between the stages: encoders learn drawings by hand, latents keep their meaning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from portraits import TINY

from dfd_core.cli.main import main
from dfd_core.geometry import COMPONENTS
from dfd_core.pack import load_pack
from dfd_core.training.data import Prepared
from dfd_core.training.refine import FOLLOWING, Refinement

CONFIG = replace(TINY, refine_steps=2, refine_batch=3)


def refine(run: Path, prepared: Path, config: Path) -> int:
    """`dfd train --stage refine`."""
    return main(["train", str(prepared), "-o", str(run), "--stage", "refine", "--config", str(config),
                 "--device", "cpu"])  # fmt: skip


@pytest.fixture
def state(run: Path, prepared: Path) -> Refinement:
    return Refinement(Prepared(prepared), run, CONFIG, torch.device("cpu"))


def test_batch(state: Refinement) -> None:
    """Two drawings of each face, and those that follow its photo; none of them blank."""
    drawn, following = state.batch()
    assert drawn.shape == (6, 1, 256, 256)
    assert following.shape == (3 * len(FOLLOWING), 1, 256, 256)
    for ink in (drawn, following):
        assert ink.amin() == 0
        assert 0 < float(ink.flatten(1).amax(1).min()) <= float(ink.max()) <= 1


def test_drawings_come_nearer_to_what_their_faces_are(state: Refinement) -> None:
    """The same batch again and again."""
    batch = state.batch()
    state.batch = lambda: batch  # type: ignore[method-assign]
    errors = [sum(state.step(1e-5).values()) for _ in range(15)]  # hardly trained encoders hardly differ
    assert min(errors[-3:]) < 0.8 * errors[0]


def test_error_is_the_distance_to_the_mean_of_the_drawings_that_follow_the_photo(state: Refinement) -> None:
    drawn, following = state.batch()
    state.batch = lambda: (drawn, following)  # type: ignore[method-assign]
    parts = state.step(0.0)
    for component in COMPONENTS:
        known = state.teacher(following, component)
        goals = [torch.stack([known[3 * style + face] for style in range(len(FOLLOWING))]).mean(0) for face in range(3)]
        found = state.teacher(drawn, component)  # at this rate nothing was learned
        error = torch.stack([(found[k] - goals[k % 3]).square().mean() for k in range(6)]).mean()
        assert parts[component.name] == pytest.approx(float(error), rel=0.03)


class TestCommand:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        CONFIG.save(tmp_path / "config.json")
        return tmp_path / "config.json"

    def test_changes_the_encoders_alone(self, run: Path, prepared: Path, config: Path) -> None:
        before = torch.load(run / "embed.pt", weights_only=True)
        assert refine(run, prepared, config) == 0
        after = torch.load(run / "embed.pt", weights_only=True)
        assert after["refined"] == CONFIG.refine_steps
        assert after["step"] == before["step"]
        changed = {name.split(".")[0] for name, value in before["model"].items()
                   if not torch.equal(value, after["model"][name])}  # fmt: skip
        assert changed == {"embedding"}
        assert (run / "synth.pt").is_file()
        assert not (run / "latents.pt").is_file()  # stage 2 makes them anew

    def test_stage_2_goes_on_and_is_exported(self, run: Path, prepared: Path, tmp_path: Path) -> None:
        config = tmp_path / "more.json"
        replace(CONFIG, synth_steps=CONFIG.synth_steps + 1).save(config)
        assert refine(run, prepared, config) == 0
        assert main(["train", str(prepared), "-o", str(run), "--stage", "synth", "--device", "cpu"]) == 0
        assert torch.load(run / "synth.pt", weights_only=True)["steps"] == CONFIG.synth_steps + 1
        assert main(["export", str(run), str(prepared), "-o", str(tmp_path / "pack"), "--name", "tiny"]) == 0
        assert "then 2 on drawings by hand" in (tmp_path / "pack" / "MODEL_CARD.md").read_text()

    def test_latents_keep_their_name(self, run: Path, prepared: Path, tmp_path: Path, config: Path) -> None:
        """So that what was stored with the pack before is understood."""
        models = []
        for name in ("before", "after"):
            assert main(["export", str(run), str(prepared), "-o", str(tmp_path / name), "--name", name]) == 0
            models.append(load_pack(tmp_path / name).model)
            assert refine(run, prepared, config) == 0
            assert main(["train", str(prepared), "-o", str(run), "--stage", "synth", "--device", "cpu"]) == 0
        files = [load_pack(tmp_path / name).manifest["files"]["embedding.safetensors"] for name in ("before", "after")]
        assert files[0] != files[1]
        assert models[0] == models[1] == files[0]["sha256"][:16]

    def test_goes_on_with_the_same_goal(self, run: Path, prepared: Path, tmp_path: Path) -> None:
        """What it learned is not what a face's latents should be."""
        before = torch.load(run / "embed.pt", weights_only=True)["model"]
        for steps in (1, 2):
            replace(CONFIG, refine_steps=steps).save(tmp_path / "config.json")
            assert refine(run, prepared, tmp_path / "config.json") == 0
        after = torch.load(run / "embed.pt", weights_only=True)
        assert after["refined"] == 2
        assert all(torch.equal(value, before[f"embedding.{name}"]) for name, value in after["teacher"].items())

    def test_says_when_all_steps_are_done(
        self, run: Path, prepared: Path, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As with a weight pack whose encoders have learned as many already."""
        assert refine(run, prepared, config) == 0
        assert "are done" not in capsys.readouterr().out
        assert refine(run, prepared, config) == 0
        assert f"a larger refine_steps in {run / 'config.json'}" in capsys.readouterr().out

    def test_needs_an_embedding(
        self, prepared: Path, tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert refine(tmp_path / "new", prepared, config) == 2
        assert "'--stage embed' first" in capsys.readouterr().err
