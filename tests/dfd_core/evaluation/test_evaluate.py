"""The whole of `dfd eval` on a few made-up faces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from dfd_core.cli.main import main
from dfd_core.evaluation import train_unet
from dfd_core.evaluation.bench import PHOTO
from dfd_core.evaluation.faces import LEVELS
from dfd_core.evaluation.methods import COMPONENTS, GLOBAL, HARD, OURS
from dfd_core.evaluation.run import quick_faces
from dfd_core.training.data import Prepared


@pytest.fixture(scope="module")
def results(pack_folder: Path, prepared_folder: Path, faces_folder: Path, data: Prepared, helper_networks: None,
            tmp_path_factory: pytest.TempPathFactory) -> Path:  # fmt: skip
    """The folder that a run with everything leaves behind."""
    folder = tmp_path_factory.mktemp("eval")
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(LEVELS, "semantic")  # two levels are told apart as well as three, and sooner
        patch.setattr(train_unet, "WIDTH", 4)
        train_unet.train_unet(data, folder / "unet", torch.device("cpu"), 0.01)
        assert main(["eval", "--pack", str(pack_folder), "--prepared", str(prepared_folder), "--portraits",
                     str(faces_folder), "--unet", str(folder / "unet"), "-o", str(folder / "out"), "--london",
                     "--quick", "--docs", str(folder / "evaluation.md"), "--device", "cpu"]) == 0  # fmt: skip
    return folder


def lines(results: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (results / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()]


class TestEvaluate:
    def test_every_method_and_level_has_its_row(self, results: Path) -> None:
        rows = [(r["faces"], r["method"], r["level"]) for r in lines(results) if r["line"] == "row"]
        assert len(rows) == len(set(rows))
        val = {(method, level) for faces, method, level in rows if faces == "val"}
        assert len(val) == 2 * len({method for method, _ in val})
        names = {OURS, GLOBAL, COMPONENTS, HARD, PHOTO, "ours, my lines (blend 0)", "ours, plausible (blend 1)"}
        assert names <= {method for method, _ in val}
        assert ("london", "ours", "rough") in rows

    def test_global_retrieval_is_seen_to_copy(self, results: Path) -> None:
        rows = [r for r in lines(results) if r.get("method") == GLOBAL and r["faces"] == "val"]
        assert all(isinstance(r["trained_distance"], float) and r["trained_distance"] < 0.15 for r in rows)

    def test_page_has_all_figures_and_the_picture_is_small(self, results: Path) -> None:
        page = (results / "evaluation.md").read_text(encoding="utf-8")
        assert "evaluation.jpg" in page
        for part in ("### Rough lines", "| component retrieval |", "london: ethnicity green", "| privacy |"):
            assert part in page
        assert "{" not in page
        assert (results / "evaluation.jpg").stat().st_size < 300_000

    def test_contact_sheet_has_a_row_for_each_face_and_level(self, results: Path) -> None:
        width, height = Image.open(results / "out" / "contact.jpg").size
        assert width % 128 == 0
        assert height == 16 + 128 * 2

    def test_history_notes_the_run(self, results: Path) -> None:
        (text,) = (results / "out" / "history.jsonl").read_text(encoding="utf-8").splitlines()
        assert json.loads(text)["quick"]


class TestArguments:
    def test_prepared_and_output_are_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "--quick"]) == 2
        assert "--prepared" in capsys.readouterr().err

    def test_london_needs_the_portraits(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "--prepared", str(tmp_path), "-o", str(tmp_path), "--london"]) == 2
        assert "--portraits" in capsys.readouterr().err


class TestQuick:
    @pytest.mark.parametrize(("count", "taken"), [(161, 40), (40, 40), (7, 7)])
    def test_faces_are_at_most_forty_and_all_different(self, count: int, taken: int) -> None:
        faces = quick_faces(count)
        assert len(set(faces.tolist())) == taken
        assert faces.max() < count
