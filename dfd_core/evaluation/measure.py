"""Everything that is measured on pictures, one number or row a face; `figures.py` makes the tables' figures of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from dfd_core.evaluation import eyes, faces, identity, lines, mobilenet
from dfd_core.evaluation.cache import Arrays, Cache, code_of
from dfd_core.evaluation.eyes import colour_difference, eye_distance, shape_difference
from dfd_core.evaluation.faces import enlarge
from dfd_core.evaluation.helper_files import identity_files, mobilenet_file
from dfd_core.evaluation.identity import IdentityNet, chip
from dfd_core.evaluation.lines import obedience
from dfd_core.evaluation.mobilenet import MobileNetV2
from dfd_core.geometry import CANVAS
from dfd_core.networks.blocks import channels_last
from dfd_core.training import faces as finding
from dfd_core.training import perceptual, photocopy
from dfd_core.training.faces import LANDMARKS, FaceFinder
from dfd_core.training.perceptual import Perceptual, find_vgg

BATCH = 8
WHOLE_SIDE = 224  # what MobileNetV2 was trained on
FACE = (slice(140, 476), slice(88, 424))  # rows and columns of the face on the canvas
FACE_SIDE = 160
VGG_SIDE = 128  # at 256 the distance would take four times as long
MODULES: tuple[ModuleType, ...] = (sys.modules[__name__], eyes, faces, identity, lines, mobilenet, finding, perceptual,
                                   photocopy)  # fmt: skip
"""Whose code measures: what is kept of other code is not used."""

Progress = Callable[[int, int], None] | None


@dataclass(frozen=True)
class Seen:
    """What pictures show by themselves: `features` of the whole and `face_features` of the face (n, 1280), `points`
    (n, 468, 2) in pixels of the 512 x 512 canvas, NaN where no face was found, `identity` (n, 128), and differences of
    the eyes `eye_colour`, `eye_shape` (n,).
    """

    features: np.ndarray
    face_features: np.ndarray
    points: np.ndarray
    identity: np.ndarray
    eye_colour: np.ndarray
    eye_shape: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Where a face was found: (n,) bool."""
        return np.isfinite(self.points[:, 0, 0])


@dataclass(frozen=True)
class Compared:
    """Pictures beside the photo and the drawing: `landmark` error in eye distances, NaN without a face, `vgg`
    distance, `recall` and `precision` of lines, all (n,).
    """

    landmark: np.ndarray
    vgg: np.ndarray
    recall: np.ndarray
    precision: np.ndarray


def _tensor(pictures: np.ndarray, device: torch.device) -> torch.Tensor:
    """(n, H, W, 3) uint8 -> (n, 3, H, W) float in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2).float().div(255)


def _resized(pictures: torch.Tensor, side: int) -> torch.Tensor:
    """(n, 3, H, W) -> (n, 3, side, side), without aliasing."""
    return F.interpolate(pictures, (side, side), mode="bilinear", antialias=True, align_corners=False)


def _batches(count: int) -> Iterator[slice]:
    return (slice(start, min(count, start + BATCH)) for start in range(0, count, BATCH))


class Measurer:
    """Holds the networks; raises `DataError` that says how to get the ones that are missing.

    `typical` (468, 2) are the landmarks of a face in the middle of the canvas; where none is found in a picture, the
    identity network looks there.
    """

    def __init__(self, cache: Cache, device: torch.device) -> None:
        self.cache, self.device = cache, device
        self.find = FaceFinder()
        self.mobilenet = channels_last(MobileNetV2(mobilenet_file()), device)
        self.identity = IdentityNet(*identity_files()).to(device)
        self.vgg = channels_last(Perceptual(find_vgg()), device)
        self.code = code_of(MODULES)
        self._goals: dict[bytes, list[torch.Tensor]] = {}
        self.typical = np.zeros((LANDMARKS, 2))

    @torch.inference_mode()
    def features(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """MobileNetV2's features of pictures (n, H, W, 3) uint8: of the whole and of the face, (n, 1280) each."""

        def make() -> Arrays:
            wholes, close = [], []
            for part in _batches(len(pictures)):
                big = _tensor(np.stack([enlarge(picture) for picture in pictures[part]]), self.device)
                wholes.append(self.mobilenet(_resized(big, WHOLE_SIDE)).cpu())
                close.append(self.mobilenet(_resized(big[:, :, FACE[0], FACE[1]], FACE_SIDE)).cpu())
            return {"whole": torch.cat(wholes).numpy(), "face": torch.cat(close).numpy()}

        made = self.cache.get("features", [self.code, pictures], make)
        return made["whole"], made["face"]

    @torch.inference_mode()
    def identities(self, pictures: np.ndarray, points: np.ndarray, progress: Progress = None) -> np.ndarray:
        """Identities (n, 128) of pictures (n, H, W, 3) with landmarks `points` (n, 468, 2) in canvas pixels."""

        def make() -> Arrays:
            parts = []
            for part in _batches(len(pictures)):
                chips = [chip(enlarge(p), q) for p, q in zip(pictures[part], points[part], strict=True)]
                parts.append(self.identity(_tensor(np.stack(chips), self.device)).cpu())
                if progress:
                    progress(part.stop, len(pictures))
            return {"identity": torch.cat(parts).numpy()}

        return self.cache.get("identity", [self.code, pictures, points], make)["identity"]

    def landmarks(self, pictures: np.ndarray, progress: Progress = None) -> np.ndarray:
        """Landmarks (n, 468, 2) of pictures (n, H, W, 3) in canvas pixels, NaN where no face is found."""

        def make() -> Arrays:
            points = np.full((len(pictures), LANDMARKS, 2), np.nan)
            for k, picture in enumerate(pictures):
                found = self.find(enlarge(picture))
                if found is not None:
                    points[k] = found
                if progress:
                    progress(k + 1, len(pictures))
            return {"points": points}

        return self.cache.get("landmarks", [self.code, pictures], make)["points"]

    def see(self, pictures: np.ndarray) -> Seen:
        """Look at pictures (n, 512, 512, 3) uint8."""
        points = self.landmarks(pictures)
        missing = ~np.isfinite(points[:, 0, 0])
        filled = np.where(missing[:, None, None], self.typical, points)
        gaps = [(np.nan, np.nan) if lost else (colour_difference(enlarge(picture), marks), shape_difference(marks))
                for picture, marks, lost in zip(pictures, points, missing, strict=True)]  # fmt: skip
        colour, shape = np.array(gaps, float).reshape(-1, 2).T
        return Seen(*self.features(pictures), points, self.identities(pictures, filled), colour, shape)

    def compare(self, pictures: np.ndarray, seen: Seen, photos: np.ndarray, photo_points: np.ndarray,
                ink: np.ndarray) -> Compared:  # fmt: skip
        """Compare pictures (n, 512, 512, 3) with photos (n, S, S, 3), their landmarks, and drawings (n, S, S) uint8."""
        across = np.array([eye_distance(points) for points in photo_points])
        landmark = np.linalg.norm(seen.points - photo_points, axis=2).mean(1) / across
        made = self.cache.get("compared", [self.code, pictures, photos, ink],
                              lambda: self._compare(pictures, photos, ink))  # fmt: skip
        return Compared(landmark, made["vgg"], made["recall"], made["precision"])

    @torch.inference_mode()
    def _compare(self, pictures: np.ndarray, photos: np.ndarray, ink: np.ndarray) -> Arrays:
        vgg = []
        for picture, photo in zip(pictures, photos, strict=True):
            pairs = zip(self._taps(picture), self._goal(photo), strict=True)
            vgg.append(np.mean([float(F.l1_loss(a, b) / b.abs().mean()) for a, b in pairs]))
        obeyed = np.array([obedience(lines, picture) for lines, picture in zip(ink, pictures, strict=True)])
        return {"vgg": np.array(vgg), "recall": obeyed[:, 0], "precision": obeyed[:, 1]}

    def _taps(self, picture: np.ndarray) -> list[torch.Tensor]:
        """VGG16's feature maps of a picture (S, S, 3) uint8."""
        return self.vgg.features(F.adaptive_avg_pool2d(_tensor(picture[None], self.device), VGG_SIDE) * 2 - 1)

    def _goal(self, photo: np.ndarray) -> list[torch.Tensor]:
        """The same of a photo, which many portraits are compared with; kept in half precision, 4 MB a photo."""
        key = photo.tobytes()
        if key not in self._goals:
            self._goals[key] = [tap.half() for tap in self._taps(photo)]
        return [tap.float() for tap in self._goals[key]]


def quiet_opencv() -> None:
    """Leave threads to torch: OpenCV's own would only stand in its way."""
    cv2.setNumThreads(1)


def blank(count: int) -> np.ndarray:
    """Room for `count` pictures (n, 512, 512, 3) uint8."""
    return np.empty((count, CANVAS, CANVAS, 3), np.uint8)
