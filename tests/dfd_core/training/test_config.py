"""The configuration of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dfd_core.errors import DataError
from dfd_core.training.config import TrainConfig


class TestConfig:
    def test_comes_back_as_it_was_saved(self, tmp_path: Path) -> None:
        config = TrainConfig(seed=4, synth_rate=1e-5, width=24)
        config.save(tmp_path / "config.json")
        assert TrainConfig.load(tmp_path / "config.json") == config

    def test_what_is_not_stated_is_as_usual(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text('{"width": 24, "agreement": 1}')
        assert TrainConfig.load(tmp_path / "config.json") == TrainConfig(width=24, agreement=1)

    def test_what_is_not_stated_may_be_as_in_another(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text('{"synth_steps": 7}')
        others = TrainConfig(width=24, perceptual=0.0)
        assert TrainConfig.load(tmp_path / "config.json", others) == replace(others, synth_steps=7)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "is not a readable configuration"),
            ("{", "is not a readable configuration"),
            ("[]", "must be one JSON object"),
            ('{"widht": 24, "depth": 2}', "unknown entries: depth, widht"),
            ('{"width": "wide"}', 'width must be a number like 48, not "wide"'),
            ('{"width": 2.5}', "width must be a number like 48, not 2.5"),
            ('{"agreement": null}', "agreement must be a number like 0.05, not null"),
            ('{"synth_steps": true}', "synth_steps must be a number like 40000, not true"),
        ],
    )
    def test_unusable_file_is_named_with_the_reason(self, tmp_path: Path, text: str, reason: str) -> None:
        path = tmp_path / "config.json"
        path.write_text(text)
        with pytest.raises(DataError) as caught:
            TrainConfig.load(path)
        assert str(path) in str(caught.value)
        assert reason in str(caught.value)

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"nothing\.json is not a readable configuration"):
            TrainConfig.load(tmp_path / "nothing.json")

    def test_file_is_for_people_too(self, tmp_path: Path) -> None:
        TrainConfig().save(tmp_path / "config.json")
        text = (tmp_path / "config.json").read_text()
        assert text.count("\n") > len(json.loads(text))
