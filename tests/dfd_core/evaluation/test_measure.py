"""Measuring pictures with the real networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dfd_core.evaluation.cache import Cache
from dfd_core.evaluation.faces import enlarge
from dfd_core.evaluation.measure import Measurer
from dfd_core.training.data import Prepared
from dfd_core.training.prepare import read_landmarks

pytestmark = pytest.mark.usefixtures("helper_networks")


@pytest.fixture(scope="module")
def measurer(tmp_path_factory: pytest.TempPathFactory, helper_networks: None, faces_folder: Path) -> Measurer:
    made = Measurer(Cache(tmp_path_factory.mktemp("cache")), torch.device("cpu"))
    made.typical = np.mean(list(read_landmarks(faces_folder / "landmarks.npz").values()), 0)
    return made


class TestSee:
    def test_a_picture_without_a_face_has_no_landmarks_but_an_identity(self, measurer: Measurer) -> None:
        seen = measurer.see(np.full((1, 512, 512, 3), 128, np.uint8))
        assert not seen.found[0]
        assert np.isnan(seen.eye_colour[0])
        assert np.isfinite(seen.identity).all()

    def test_features_tell_pictures_apart_and_the_face_from_the_whole(self, measurer: Measurer, data: Prepared) -> None:
        pictures = np.stack([enlarge(photo) for photo in data.photos[:2]])
        changed = pictures.copy()
        changed[:, :100] = 0  # above the face
        (whole, face), (whole_changed, face_changed) = measurer.features(pictures), measurer.features(changed)
        assert whole.shape == face.shape == (2, 1280)
        assert not np.allclose(whole[0], whole[1], atol=0.01)
        assert not np.allclose(whole, whole_changed, atol=0.01)
        assert np.array_equal(face, face_changed)

    def test_identity_looks_where_the_landmarks_are(self, measurer: Measurer, data: Prepared) -> None:
        photos = np.ascontiguousarray(data.photos[:1])
        here = measurer.identities(photos, measurer.typical[None])
        there = measurer.identities(photos, measurer.typical[None] + 60)
        assert np.linalg.norm(here - there) > 0.2


class TestCompare:
    def test_of_a_photo_with_itself_finds_no_difference(self, measurer: Measurer, data: Prepared) -> None:
        photos = np.ascontiguousarray(data.photos[:1])
        pictures, ink = np.stack([enlarge(photo) for photo in photos]), np.ascontiguousarray(data.drawings[:1, 1])
        points = measurer.typical[None]
        compared = measurer.compare(pictures, measurer.see(pictures), photos, points, ink)
        assert compared.vgg[0] < 0.06  # what enlarging does
        assert compared.recall[0] > 0.8

    def test_vgg_distance_is_the_loss_of_training(self, measurer: Measurer, data: Prepared) -> None:
        photos = np.ascontiguousarray(data.photos[:2])
        pictures = np.stack([enlarge(photo) for photo in photos[::-1]])
        ink = np.ascontiguousarray(data.drawings[:2, 1])
        compared = measurer.compare(pictures, measurer.see(pictures), photos, np.stack([measurer.typical] * 2), ink)

        def small(picture: np.ndarray) -> torch.Tensor:
            return F.adaptive_avg_pool2d(torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1, 128)

        expected = [float(measurer.vgg(small(a), small(b))) for a, b in zip(pictures, photos, strict=True)]
        assert compared.vgg == pytest.approx(expected, rel=0.01)
