"""Prepared portraits in memory, and random views of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import linked_copy, overwrite
from portraits import COUNT

from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS
from dfd_core.networks.autoencoder import Decoder, input_side
from dfd_core.training.data import Prepared, bolder, displaced, shifted, spoil, stretched, target_windows


@pytest.fixture
def copy(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared portraits that may be damaged."""
    return linked_copy(prepared, tmp_path / "prepared")


def refused(folder: Path) -> str:
    """The message with which the folder is refused."""
    with pytest.raises(DataError) as caught:
        Prepared(folder)
    assert str(folder) in str(caught.value)
    return str(caught.value)


class TestPrepared:
    def test_splits(self, prepared: Path) -> None:
        data = Prepared(prepared)
        assert data.val.tolist() == [0]
        assert data.train.tolist() == list(range(1, COUNT))

    def test_ink_is_0_to_1(self, prepared: Path) -> None:
        data = Prepared(prepared)
        ink = data.ink(np.array([3, 5]), np.array([0, 9]))
        assert ink.shape == (2, 1, 256, 256)
        assert np.array_equal((ink[1, 0] * 255).round().byte().numpy(), data.drawings[5, 9])

    def test_later_styles_are_the_same_drawings_with_bolder_lines(self, prepared: Path) -> None:
        data = Prepared(prepared)
        faces = np.array([3, 3])
        thin, bold = data.ink(faces, np.array([0, 1])), data.ink(faces, np.array([0, 1]) + data.drawn)
        assert (bold >= thin).all()
        grown = [float((b > 0.5).sum() / (t > 0.5).sum()) for t, b in zip(thin, bold, strict=True)]
        assert min(grown) > 1.3
        dot = torch.zeros(1, 9, 9)
        dot[0, 4, 4] = 1
        assert [int(bolder(dot, amount).sum()) for amount in (1, 2)] == [9, 25]

    def test_share_of_drawings_by_hand(self, prepared: Path) -> None:
        data, rng = Prepared(prepared), np.random.default_rng(0)
        by_hand = [k for k, style in enumerate(data.meta["styles"]) if style.startswith("hand_")]
        assert set(data.styles(200, 1.0, rng)) == set(by_hand)
        assert set(data.styles(400, 0.0, rng)) == set(range(data.drawn)) - set(by_hand)
        assert np.isin(data.styles(2000, 0.4, rng), by_hand).mean() == pytest.approx(0.4, abs=0.04)

    def test_sets_without_drawings_by_hand_are_as_good(self, copy: Path) -> None:
        meta = json.loads((copy / "meta.json").read_text())
        meta["styles"] = meta["styles"][:10]
        drawings = np.load(copy / "drawings.npy")[:, :10]
        overwrite(copy / "meta.json", json.dumps(meta).encode())
        (copy / "drawings.npy").unlink()
        np.save(copy / "drawings.npy", drawings)
        assert set(Prepared(copy).styles(400, 0.5, np.random.default_rng(0))) == set(range(10))

    def test_photo_is_minus_1_to_1(self, prepared: Path) -> None:
        data = Prepared(prepared)
        photo = data.photo(np.array([4]))
        assert photo.shape == (1, 3, 256, 256)
        back = ((photo + 1) * 127.5).round().byte()[0].permute(1, 2, 0).numpy()
        assert np.array_equal(back, data.photos[4])

    def test_regions_are_shares(self, prepared: Path) -> None:
        regions = Prepared(prepared).regions(np.array([4, 0]))
        assert regions.shape == (2, 3, 128, 128)
        assert 0.9 < regions.sum(1).amax() <= 1.1
        assert regions.amin() >= 0
        assert (regions.amax((2, 3)) > 0.9).all()

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert "run 'dfd prepare' first" in refused(tmp_path / "nowhere")

    @pytest.mark.parametrize("name", ["meta.json", "drawings.npy", "photos.npy", "regions.npy"])
    @pytest.mark.parametrize("part", [0.0, 0.5])
    def test_file_cut_short(self, copy: Path, name: str, part: float) -> None:
        data = (copy / name).read_bytes()
        overwrite(copy / name, data[: int(len(data) * part)])
        assert "is not a prepared data set" in refused(copy)

    @pytest.mark.parametrize("meta", [[], {}, {"portraits": 3}, {"portraits": [{"id": "a"}]}])
    def test_meta_of_something_else(self, copy: Path, meta: object) -> None:
        (copy / "meta.json").write_text(json.dumps(meta))
        assert "is not a prepared data set" in refused(copy)

    def test_meta_of_another_folder(self, copy: Path) -> None:
        meta = json.loads((copy / "meta.json").read_text())
        meta["portraits"].append(meta["portraits"][-1])
        (copy / "meta.json").write_text(json.dumps(meta))
        assert "is incomplete: run 'dfd prepare' again" in refused(copy)

    def test_too_few_to_train_on(self, copy: Path) -> None:
        meta = json.loads((copy / "meta.json").read_text())
        for portrait in meta["portraits"][:3]:
            portrait["split"] = "val"
        (copy / "meta.json").write_text(json.dumps(meta))
        assert "has 11 training portraits; at least 12 are needed" in refused(copy)


class TestViews:
    def test_shift_moves_all_drawings_of_a_face_alike(self) -> None:
        one = np.random.default_rng(0).integers(0, 256, (6, 1, 256, 256), np.uint8)
        moved = shifted(np.concatenate([one, one], 1), np.random.default_rng(1))
        assert np.array_equal(moved[:, 0], moved[:, 1])
        assert not np.array_equal(moved[:, 0], one[:, 0])
        assert not np.array_equal(moved[0, 0] - one[0, 0], moved[1, 0] - one[1, 0])

    def test_shift_moves_by_up_to_10_pixels(self) -> None:
        dot = np.zeros((200, 1, 256, 256), np.uint8)
        dot[:, :, 100, 60] = 255
        _, _, rows, columns = np.nonzero(shifted(dot, np.random.default_rng(2)))
        assert (rows.min(), rows.max()) == (90, 110)
        assert set(columns) == {*range(50, 71), *(255 - c for c in range(50, 71))}

    def test_spoiled_ink_stays_in_range_and_some_is_gone(self) -> None:
        ink = spoil(torch.full((40, 1, 256, 256), 0.8), np.random.default_rng(3))
        assert ink.min() == 0
        assert ink.max() == 1
        blanked = (ink == 0).flatten(1).any(1)
        assert 2 < blanked.sum() < 20
        assert (ink > 0).flatten(1).float().mean(1).min() > 0.9

    @pytest.mark.parametrize("part", COMPONENTS, ids=lambda part: part.name)
    def test_decoder_restores_the_size_of_its_goal(self, part) -> None:
        goal = target_windows(torch.rand(1, 2, 256, 256), part)
        assert Decoder(input_side(part), 16)(torch.zeros(1, 16)).shape == goal.shape


class TestDisplaced:
    @pytest.fixture
    def line(self) -> torch.Tensor:
        """A vertical line in each of eight drawings."""
        ink = torch.zeros(8, 1, 256, 256)
        ink[:, :, :, 127:130] = 1
        return ink

    def off(self, ink: torch.Tensor, trust: float) -> float:
        """Mean distance in pixels of the ink from where the line was."""
        moved = displaced(ink, torch.full_like(ink, trust), np.random.default_rng(3))
        assert 0 <= float(moved.min()) <= float(moved.max()) <= 1
        distance = (torch.arange(256) - 128.0).abs()
        return float((moved * distance).sum() / moved.sum())

    def test_trusted_lines_stay_nearly_where_they_are(self, line: torch.Tensor) -> None:
        assert self.off(line, 1.0) < 1.3

    def test_the_less_trusted_the_further(self, line: torch.Tensor) -> None:
        assert self.off(line, 0.0) > 1.3 * self.off(line, 0.5) > 1.3 * 1.2 * self.off(line, 1.0)

    def test_some_of_what_is_not_trusted_is_dropped(self, line: torch.Tensor) -> None:
        nothing = displaced(line, torch.zeros_like(line), np.random.default_rng(0))
        assert float(nothing.amax(3).eq(0).float().mean()) > 0.02


def test_stretching_keeps_the_middle_and_goes_both_ways() -> None:
    """A cross of two lines and a frame: the cross stays, the frame moves, of all drawings alike."""
    ink = torch.zeros(2, 1, 256, 256)
    ink[..., 127:129, :] = ink[..., 127:129] = 1
    ink[..., 40:42, 60:62] = 1  # a dot of the frame, 87 up and 67 to the left
    found = []
    for seed in range(40):
        moved = stretched(ink, np.random.default_rng(seed), 0.18)
        assert torch.equal(moved[0], moved[1])
        assert moved[0, 0, 128, 64] > 0.7
        quarter = moved[0, 0, :120, :120]
        y, x = (quarter == quarter.max()).nonzero()[0].tolist()
        found.append(((127.5 - y) / 87.0, (127.5 - x) / 67.0))
    down, across = np.array(found).T
    for scale in (down, across, down / across):
        assert scale.min() < 0.93
        assert scale.max() > 1.05
    assert min(down.min(), across.min()) > 0.7
    assert max(down.max(), across.max()) < 1.25
