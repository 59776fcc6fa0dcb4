"""A weight pack becomes a run that goes on training: what is in the pack is all that such a run begins with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dfd_core.errors import DataError
from dfd_core.pack import ENLARGE, load_pack
from dfd_core.synthesis import Synthesis
from dfd_core.training.config import TrainConfig
from dfd_core.training.run import save_checkpoint

START = "start.json"
"""In the run: name and training of the pack that it began with."""


def is_pack(folder: Path) -> bool:
    """Whether this is a weight pack, not a run."""
    return (folder / "manifest.json").is_file()


def begin_from_pack(folder: Path, run: Path, config: TrainConfig) -> None:
    """Write the pack's networks into a new run as checkpoints; optimisers and discriminators start anew.

    The embedding stays the pack's, and so does the coarse face: latents that were saved with it go on to be understood.
    Steps are counted from the pack's. Raises `PackError` for a pack that cannot be read, `DataError` for a run that has
    an embedding of its own, or a `config` of another width.
    """
    pack = load_pack(folder)
    made, training = pack.synthesis.generator, pack.manifest.get("training", {})
    if (run / "embed.pt").is_file():
        raise DataError(f"{run} has an embedding of its own, which {folder} does not know: name a new run folder.")
    if config.width != made.width:
        raise DataError(f"{folder} has networks of width {made.width}, the configuration asks for {config.width}.")
    if config.finer < made.finer:
        raise DataError(
            f"{folder} has {made.finer} finer blocks, the configuration asks for {config.finer}: name as many."
        )
    embedding = {f"embedding.{name}": value for name, value in pack.embedding.state_dict().items()}
    decoders = {f"decoders.{name}": value for name, value in pack.synthesis.decoders.state_dict().items()}
    grown = Synthesis(config.width, config.finer)
    grown.load_state_dict(pack.synthesis.state_dict(), strict=False)  # new blocks change nothing
    synthesis = grown.state_dict()
    learned = {"step": training.get("embed_steps", 0), "refined": training.get("refine_steps", 0)}
    save_checkpoint(run / "embed.pt", {"model": embedding | decoders, "latents": pack.model, **learned})
    if ENLARGE in pack.manifest["files"]:
        steps = training.get("enlarge_steps", 0)
        save_checkpoint(run / "enlarge.pt", {"model": pack.enlarge.state_dict(), "steps": steps})
    if pack.placement is not None:
        steps = training.get("place_steps", 0)
        save_checkpoint(run / "place.pt", {"model": pack.placement.state_dict(), "step": steps})
    if pack.anchors is not None:
        steps = training.get("anchors_steps", 0)
        save_checkpoint(run / "anchors.pt", {"model": pack.anchors.state_dict(), "step": steps})
    if pack.shading is not None:
        steps = training.get("shading_steps", 0)
        save_checkpoint(run / "shading.pt", {"model": pack.shading.state_dict(), "step": steps})
    for name, trait in pack.traits.items():
        steps = training.get(f"{name}_steps", 0)
        save_checkpoint(run / f"{name}.pt", {"model": trait.state_dict(), "step": steps})
    begun = {"name": pack.manifest.get("name", folder.name), "training": training}
    (run / START).write_text(json.dumps(begun, indent=1) + "\n", encoding="utf-8")
    steps = training.get("synth_steps", 0)
    save_checkpoint(
        run / "synth.pt", {"model": synthesis, "average": synthesis, "steps": steps}
    )  # last: now it is begun


def begun_with(run: Path) -> dict[str, Any] | None:
    """Name and training of the pack that a run began with, or None."""
    path = run / START
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
