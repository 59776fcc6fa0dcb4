"""Cutting faces for the identity network, reading its weights, and the network itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from dfd_core.evaluation.helper_files import identity_files
from dfd_core.evaluation.identity import MEAN_FACE, ROOM, SIDE, IdentityNet, chip, read_weights, similarity


class TestSimilarity:
    def test_finds_turn_scale_and_shift(self) -> None:
        rng = np.random.default_rng(0)
        points = rng.normal(0, 10, (8, 2))
        turn = 1.7 * np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
        matrix = similarity(points, points @ turn.T + (5, -7))
        assert matrix == pytest.approx(np.column_stack([turn, [5, -7]]))

    def test_is_the_nearest_when_none_fits(self) -> None:
        rng = np.random.default_rng(0)
        source, target = rng.normal(0, 1, (8, 2)), rng.normal(0, 1, (8, 2))
        matrix = similarity(source, target)

        def error(m: np.ndarray) -> float:
            return float(((source @ m[:, :2].T + m[:, 2] - target) ** 2).sum())

        for change in ([[1, 0, 0], [0, 1, 0]], [[0, -1, 0], [1, 0, 0]], [[0, 0, 1], [0, 0, 0]], [[0, 0, 0], [0, 0, 1]]):
            for step in (-0.01, 0.01):
                assert error(matrix) < error(matrix + step * np.array(change))


class TestChip:
    @pytest.mark.parametrize("scale", [0.6, 2.0])
    def test_has_eyes_nose_and_mouth_where_dlib_puts_them(self, scale: float) -> None:
        points, picture = np.full((468, 2), 400.0), np.zeros((800, 800, 3), np.uint8)
        goals = {mark: (np.array(place) + ROOM) / (1 + 2 * ROOM) * SIDE for mark, place in MEAN_FACE.items()}
        for mark, goal in goals.items():
            points[mark] = goal * scale * 2 + (150, 120)
            x, y = points[mark].round().astype(int)
            picture[y - 3 : y + 4, x - 3 : x + 4] = 255
        cut = chip(picture, points)
        assert cut.shape == (SIDE, SIDE, 3)
        for x, y in goals.values():
            assert cut[round(float(y)), round(float(x))].min() > 100


class TestWeights:
    def test_are_scaled_back_and_follow_each_other(self, tmp_path: Path) -> None:
        packed, plain = np.array([0, 128, 255], np.uint8), np.array([[1.5, -2]], np.float32)
        (tmp_path / "w.bin").write_bytes(packed.tobytes() + plain.tobytes())
        entries = [{"name": "a", "shape": [3], "dtype": "float32",
                    "quantization": {"dtype": "uint8", "scale": 0.5, "min": -10.0}},
                   {"name": "b", "shape": [1, 2], "dtype": "float32"}]  # fmt: skip
        (tmp_path / "w.json").write_text(json.dumps([{"paths": ["w.bin"], "weights": entries}]), encoding="utf-8")
        weights = read_weights(tmp_path / "w.bin", tmp_path / "w.json")
        assert weights["a"].tolist() == [-10, 54, 117.5]
        assert weights["b"].tolist() == [[1.5, -2]]


@pytest.mark.usefixtures("helper_networks")
class TestNetwork:
    def test_gives_what_the_reference_gives(self) -> None:
        ramp = torch.linspace(0, 1, SIDE)
        picture = torch.stack(
            [ramp.expand(SIDE, SIDE), ramp[:, None].expand(SIDE, SIDE), torch.full((SIDE, SIDE), 0.5)]
        )
        found = IdentityNet(*identity_files(fetch=False))(picture[None])
        assert found.shape == (1, 128)
        assert found[0, :4].tolist() == pytest.approx(IDENTITY_OF_RAMP, abs=1e-4)


IDENTITY_OF_RAMP = [-0.04938, 0.12513, 0.05433, 0.00987]
"""From an independent reading of the same weights, which in turn agrees with dlib's own network."""
