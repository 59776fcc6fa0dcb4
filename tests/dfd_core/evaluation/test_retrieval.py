"""Global and component-level retrieval."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from dfd_core.embedding import Embedding
from dfd_core.evaluation.faces import enlarge
from dfd_core.evaluation.retrieval import Gallery, drawings_key, gallery_latents, paste, photos_key
from dfd_core.geometry import COMPONENTS, LEFT_EYE, MOUTH, NOSE, REMAINDER, RIGHT_EYE, Component
from dfd_core.training.data import Prepared


@pytest.fixture(scope="module")
def gallery(data: Prepared) -> Gallery:
    torch.manual_seed(1)
    embedding = Embedding().eval()
    return Gallery(embedding, data, gallery_latents(embedding, data))


def only_drawing(gallery: Gallery, rows: dict[str, int], ink: np.ndarray) -> None:
    """Make `ink` what the gallery keeps in the given row of each component."""
    for name, latent in gallery.encode(ink).items():
        gallery.latents[name][rows[name]] = latent[0]
    gallery.joined = torch.cat([gallery.latents[c.name] for c in COMPONENTS], 1)


class TestLatents:
    def test_are_means_over_every_third_style(self, gallery: Gallery, data: Prepared) -> None:
        views = [data.drawings[data.train[2], style] for style in range(0, data.drawings.shape[1], 3)]
        for component in COMPONENTS:
            mean = torch.cat([gallery.encode(view)[component.name] for view in views]).mean(0)
            assert torch.allclose(gallery.latents[component.name][2], mean, atol=1e-4)

    def test_then_come_the_mirror_images(self, gallery: Gallery, data: Prepared) -> None:
        views = [data.drawings[data.train[2], style][:, ::-1] for style in range(0, data.drawings.shape[1], 3)]
        count = len(data.train)
        mean = torch.cat([gallery.encode(np.ascontiguousarray(v))[MOUTH.name] for v in views]).mean(0)
        assert torch.allclose(gallery.latents[MOUTH.name][count + 2], mean, atol=1e-4)
        assert len(gallery.latents[MOUTH.name]) == 2 * count


class TestKeys:
    """What is kept of other drawings or photos is not used, though their ids are the same."""

    @pytest.fixture
    def encoders(self, tmp_path: Path) -> Path:
        path = tmp_path / "embedding.safetensors"
        path.write_bytes(b"weights")
        return path

    def keys(self, encoders: Path, folder: Path) -> tuple[str, str]:
        """Of the drawings and of the photos."""
        data = Prepared(folder)
        return drawings_key(encoders, data), photos_key(data)

    def test_change_with_what_they_stand_for(self, encoders: Path, prepared_folder: Path, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(prepared_folder, tmp_path / "prepared"))
        before = self.keys(encoders, prepared_folder)
        assert self.keys(encoders, folder) == before
        for k, name in enumerate(("drawings.npy", "photos.npy")):
            array = np.load(folder / name, mmap_mode="r+")
            array[-1] = array[-1][..., ::-1, :].copy()
            array.flush()
            changed = self.keys(encoders, folder)
            assert changed[k] != before[k]
            assert changed[1 - k] == before[1 - k]
            before = changed

    def test_change_with_the_encoders(self, encoders: Path, prepared_folder: Path) -> None:
        before = self.keys(encoders, prepared_folder)
        encoders.write_bytes(b"others")
        after = self.keys(encoders, prepared_folder)
        assert (after[0] != before[0], after[1] == before[1]) == (True, True)


class TestRetrieval:
    @pytest.mark.parametrize("mirrored", [False, True])
    def test_global_answers_with_the_photo_of_the_nearest_drawing(self, data: Prepared, mirrored: bool) -> None:
        torch.manual_seed(1)
        embedding = Embedding().eval()
        gallery = Gallery(embedding, data, gallery_latents(embedding, data))
        ink = np.ascontiguousarray(data.drawings[data.val[0], 3])
        row = 5 + mirrored * len(data.train)
        only_drawing(gallery, dict.fromkeys((c.name for c in COMPONENTS), row), ink)
        photo = np.array(data.photos[data.train[5]])
        assert np.array_equal(gallery.whole(ink), enlarge(photo[:, ::-1] if mirrored else photo))

    def test_components_come_from_the_photos_of_their_nearest_windows(self, data: Prepared) -> None:
        torch.manual_seed(1)
        embedding = Embedding().eval()
        gallery = Gallery(embedding, data, gallery_latents(embedding, data))
        ink = np.ascontiguousarray(data.drawings[data.val[0], 3])
        rows = {component.name: k for k, component in enumerate(COMPONENTS)}
        only_drawing(gallery, rows, ink)
        expected = np.array(data.photos[data.train[rows[REMAINDER.name]]])
        for component in (MOUTH, NOSE, LEFT_EYE, RIGHT_EYE):
            expected = paste(expected, np.array(data.photos[data.train[rows[component.name]]]), component)
        assert np.array_equal(gallery.pasted(ink), enlarge(expected))


class TestPaste:
    @pytest.mark.parametrize("component", [LEFT_EYE, RIGHT_EYE, NOSE, MOUTH], ids=lambda c: c.name)
    def test_changes_the_window_alone_and_brings_its_structure(self, component: Component) -> None:
        rng = np.random.default_rng(3)
        portrait = np.full((256, 256, 3), 120, np.uint8)
        photo = np.repeat(rng.integers(60, 200, (256, 256, 1), dtype=np.uint8), 3, 2)
        result = paste(portrait, photo, component)
        rows, columns = component.slices_at(2)
        outside = np.ones((256, 256), bool)
        outside[rows, columns] = False
        assert np.array_equal(result[outside], portrait[outside])
        margin = component.size // 8  # a quarter of the window, which is half as large here
        inner = (slice(rows.start + margin, rows.stop - margin), slice(columns.start + margin, columns.stop - margin))
        assert np.corrcoef(result[inner].ravel(), photo[inner].ravel())[0, 1] > 0.9

    def test_of_itself_changes_nothing(self, data: Prepared) -> None:
        photo = np.array(data.photos[0])
        assert np.abs(paste(photo, photo, NOSE).astype(int) - photo).max() <= 2
