"""One explicit configuration per run, saved beside its results."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from dfd_core.errors import DataError


@dataclass(frozen=True)
class TrainConfig:
    """Everything that determines a run, apart from the data and the hardware."""

    seed: int = 0
    # stage 1: component embedding
    embed_steps: int = 6000
    embed_batch: int = 24
    embed_rate: float = 2e-3
    agreement: float = 0.05
    # between the stages: encoders learn drawings by hand
    refine_steps: int = 3000
    refine_batch: int = 24
    refine_rate: float = 1e-3
    refine_hand_share: float = 0.6
    # stage 2: feature mapping and image synthesis
    synth_steps: int = 40000
    synth_batch: int = 4
    synth_rate: float = 5e-4
    width: int = 48
    finer: int = 2
    raw_share: float = 0.35
    projected_share: float = 0.35
    hand_share: float = 0.4
    bold_share: float = 0.35
    mixed_share: float = 0.12
    recoloured_share: float = 0.25
    reshaped_share: float = 0.3
    glasses_share: float = 0.1
    whiskers_share: float = 0.3
    loose: float = 1.0
    structure: float = 1.5
    contrast: float = 4.0
    perceptual: float = 1.5
    perceptual_crop: int = 96
    adversarial: float = 0.15
    adversarial_face: float = 0.1
    adversarial_half: float = 0.0
    adversarial_from: int = 400
    adversarial_ramp: int = 400
    averaging: float = 0.998
    # placement
    place_steps: int = 4000
    place_batch: int = 64
    place_rate: float = 1e-3
    # anchors
    anchors_steps: int = 2000
    anchors_batch: int = 24
    anchors_rate: float = 2e-3
    # shading
    shading_steps: int = 3000
    shading_batch: int = 12
    shading_rate: float = 2e-3
    # glasses and beard, each
    trait_steps: int = 1500
    trait_batch: int = 48
    trait_rate: float = 2e-3
    # enlargement to 512 x 512
    enlarge_steps: int = 3000
    enlarge_batch: int = 8

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path, others: TrainConfig | None = None) -> TrainConfig:
        """Read a JSON file; what it leaves out is as in `others` or the built-in default.

        Raises `DataError` that names an unknown or unreadable entry.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{path} is not a readable configuration: {error}.") from None
        if not isinstance(values, dict):
            raise DataError(f"{path} is not a configuration: it must be one JSON object.")
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise DataError(f"{path} has unknown entries: {', '.join(sorted(unknown))}.")
        for field in fields(cls):
            value, usual = values.get(field.name, field.default), field.default
            if isinstance(value, bool) or not isinstance(value, int if isinstance(usual, int) else (int, float)):
                raise DataError(f"{path}: {field.name} must be a number like {usual}, not {json.dumps(value)}.")
        if values.get("width", cls.width) % 12:
            raise DataError(f"{path}: width must be a multiple of 12.")
        return replace(others or cls(), **values)
