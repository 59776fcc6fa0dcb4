"""A training run becomes a weight pack with its model card."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

from dfd_core import __version__
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS
from dfd_core.manifold import Manifold
from dfd_core.networks.anchors import Anchors
from dfd_core.networks.blocks import AnyModule
from dfd_core.networks.enlarge import Enlarge
from dfd_core.networks.placement import Placement
from dfd_core.networks.shading import Shading
from dfd_core.networks.trait import TRAITS
from dfd_core.pack import latents_of, save_pack
from dfd_core.synthesis import Synthesis
from dfd_core.training.attributes import fit_attributes
from dfd_core.training.config import TrainConfig
from dfd_core.training.data import Prepared
from dfd_core.training.from_pack import begun_with
from dfd_core.training.latents import Latents, make_banks, projected, trained_embedding
from dfd_core.training.looks import looks_from, looks_of
from dfd_core.training.preview import lines_at
from dfd_core.training.run import load_checkpoint, trained_by
from dfd_core.training.traits import fit_directions

CARD = Path(__file__).with_name("model_card.md")


@torch.inference_mode()
def measure(data: Prepared, latents: Latents, banks: dict[str, Manifold],
            synthesis: Synthesis) -> dict[str, float]:  # fmt: skip
    """Mean absolute error (of 255) on some 60 validation faces, by drawing style."""
    synthesis.eval()
    some = data.val[:: max(1, len(data.val) // 60)]
    figures = {}
    for name, style in (("clean", 0), ("photocopy", 2), ("rough", 7)):
        for kind in ("raw", "projected"):
            errors = []
            blend = float(kind == "projected")
            for start in range(0, len(some), 16):
                faces = some[start : start + 16]
                rows = torch.from_numpy(faces)
                part = {c.name: latents[c.name][rows, style, 0] for c in COMPONENTS}
                if blend:
                    part = projected(part, banks)
                photo = data.photo(faces)
                code = synthesis.coarse.code_of(photo, Synthesis.join(part))
                made = synthesis(part, code, lines_at(data.ink(faces, style), blend)).clamp(-1, 1)
                errors.append(F.l1_loss(made, photo, reduction="none").mean((1, 2, 3)))
            if errors:
                figures[f"val_l1_{name}_{kind}"] = round(float(torch.cat(errors).mean() * 127.5), 2)
    return figures


def sources(data: Prepared) -> list[dict[str, Any]]:
    """Counts of the training portraits by source and licence."""
    people = [data.meta["portraits"][k] for k in data.train]
    counts = Counter((p["source"], p["licence"]) for p in people)
    return [{"source": s, "licence": lic, "portraits": n} for (s, lic), n in sorted(counts.items())]


def _extra(network: AnyModule, checkpoint: dict[str, Any] | None) -> AnyModule | None:
    """A network that a pack may do without: trained, or None."""
    if checkpoint is None:
        return None
    network.load_state_dict(checkpoint["model"])
    return network


def export(run: Path, prepared: Path, output: Path, name: str, notes: str = "", looks: Path | None = None) -> int:
    """Write the weight pack of `run` to `output`; returns its size in bytes.

    Seeds have the looks of the pack `looks`, or new ones. Raises `DataError` for an unfinished run, one that was
    trained on other portraits, or looks that do not fit.
    """
    states = {part: load_checkpoint(run / f"{part}.pt") for part in ("embed", "synth", "latents")}
    missing = [part for part, state in states.items() if state is None]
    if missing:
        raise DataError(f"{run} has no {missing[0]}.pt: train both stages first.")
    data, config = Prepared(prepared), TrainConfig.load(run / "config.json")
    embed, synth, latents = (states[part] or {} for part in ("embed", "synth", "latents"))
    if len(latents[COMPONENTS[0].name]) != len(data.drawings):
        raise DataError(f"{run} was not trained on {prepared}: name the prepared data that it was trained on.")
    embedding, banks = trained_embedding(embed), make_banks(latents, data.train)
    synthesis = Synthesis(config.width, config.finer)
    synthesis.load_state_dict(synth["average"])
    extras = ("enlarge", "place", "anchors", "shading")
    enlarging, placing, anchoring, shading = (load_checkpoint(run / f"{part}.pt") for part in extras)
    traits, trait_steps = {}, {}
    for trait, kind in TRAITS.items():
        seeing = load_checkpoint(run / f"{trait}.pt")
        trait_steps[f"{trait}_steps"] = seeing["step"] if seeing else 0
        if network := _extra(kind(), seeing):
            fit_directions(trait, network, banks, data, latents)
            traits[trait] = network
    metrics = measure(data, latents, banks, synthesis)
    training = {
        "version": __version__,
        "commit": trained_by(run),
        "config": asdict(config),
        "embed_steps": embed["step"],
        "refine_steps": embed.get("refined", 0),
        "synth_steps": synth["steps"],
        "enlarge_steps": enlarging["steps"] if enlarging else 0,
        "place_steps": placing["step"] if placing else 0,
        "anchors_steps": anchoring["step"] if anchoring else 0,
        "shading_steps": shading["step"] if shading else 0,
        **trait_steps,
        "portraits": len(data.train),
        "sources": sources(data),
    }
    if begun := begun_with(run):
        training["begun_with"] = begun
    details = {"name": name, "latents": _latents(embed), "training": training, "metrics": metrics}
    seen = looks_from(looks, synthesis) if looks else looks_of(data, latents, banks, synthesis)
    save_pack(output, embedding, synthesis, banks, details, _extra(Enlarge(), enlarging), _extra(Placement(), placing),
              traits, seen, _extra(Shading(), shading), fit_attributes(data, latents),
              _extra(Anchors(), anchoring))  # fmt: skip
    (output / "MODEL_CARD.md").write_text(model_card(details, notes), encoding="utf-8")
    return sum(path.stat().st_size for path in output.iterdir())


def _latents(embed: dict[str, Any]) -> str:
    """Whose latents a run's are, see `Pack.model`: those of the pack that it began with, or before it was refined."""
    if "latents" in embed:
        return str(embed["latents"])
    embedding = trained_embedding(embed)
    if "teacher" in embed:
        embedding.load_state_dict(embed["teacher"])
    return latents_of(embedding)


def origin(training: dict[str, Any]) -> tuple[str, str]:
    """What the weights began with, in a few words, and on which portraits that was trained, in a paragraph."""
    begun = training.get("begun_with")
    if begun is None:
        return "from scratch", ""
    name, counted = f"the weight pack '{begun['name']}'", begun["training"].get("sources")
    if counted == training["sources"]:
        return f"from {name} on", f"\n{name[0].upper()}{name[1:]} was trained on the same portraits.\n"
    listed = ", ".join(f"{s['portraits']} of {s['source'] or 'own folder'} ({s['licence'] or 'licence not stated'})"
                       for s in counted or []) or "portraits that it does not state"  # fmt: skip
    return f"from {name} on", f"\n{name[0].upper()}{name[1:]} was trained on {listed}.\n"


def model_card(details: dict[str, Any], notes: str = "") -> str:
    """The model card: the text in `model_card.md` with this run's figures filled in; `notes` say more of the data."""
    training = details["training"]
    rows = "\n".join(f"| {r['source'] or 'own folder'} | {r['licence'] or 'not stated'} | {r['portraits']} |"
                     for r in training["sources"])  # fmt: skip
    figures = "\n".join(f"| {name} | {value} |" for name, value in details["metrics"].items())
    began, begun = origin(training)
    return CARD.read_text(encoding="utf-8").format(
        name=details["name"], version=training["version"], commit=training["commit"], origin=began, begun=begun,
        portraits=training["portraits"],
        embed_steps=training["embed_steps"], refine_steps=training.get("refine_steps", 0),
        synth_steps=training["synth_steps"],
        enlarge_steps=training["enlarge_steps"], place_steps=training["place_steps"],
        anchors_steps=training.get("anchors_steps", 0), shading_steps=training.get("shading_steps", 0),
        glasses_steps=training.get("glasses_steps", 0), beard_steps=training.get("beard_steps", 0),
        open_mouth_steps=training.get("open_mouth_steps", 0), aged_steps=training.get("aged_steps", 0),
        batch=training["config"]["synth_batch"], sources=rows, figures=figures, notes=notes.strip(),
    )  # fmt: skip
