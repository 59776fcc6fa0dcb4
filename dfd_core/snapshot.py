"""A portrait as numbers: what to keep in a document or a history, to mix, and to paint again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from dfd_core.choice import Choice
from dfd_core.errors import DfdError
from dfd_core.geometry import COMPONENTS, NAMES, PARTS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CODE
from dfd_core.trust import window_slices


@dataclass(frozen=True)
class Snapshot:
    """All five `choices` of a portrait and its appearance `code` (1, CODE), on the CPU.

    `asked` marks the seed and reference that the appearance was made from (see `dfd_core.colouring.Asked`), so that a
    portrait that goes on from this one keeps its colours until something else is asked for. `model` says whose latents
    these are (see `dfd_core.pack.Pack`), in hexadecimal; "" when that is not known. `coloured` are the parts whose
    colours were set.
    """

    choices: Mapping[str, Choice]
    code: torch.Tensor
    asked: int | None = None
    model: str = ""
    coloured: tuple[str, ...] = ()

    def check_model(self, model: str) -> None:
        """Raise `DfdError` when the latents are not of this model, to which they would mean another face."""
        if self.model and model and self.model != model:
            raise DfdError("The stored portrait was made with another model: make it again.")

    def between(self, other: Snapshot, amount: float) -> Snapshot:
        """The mixture that goes from this portrait (amount 0) to the `other` (1), as in the paper's face morphing."""
        self.check_model(other.model)
        mixed = {}
        for name, mine in self.choices.items():
            theirs = other.choices[name]
            blend = mine.blend + (theirs.blend - mine.blend) * amount
            look = None
            if mine.look is not None and theirs.look is not None:
                look = mine.look.float().lerp(theirs.look.float(), amount).round().to(torch.uint8)
            mixed[name] = Choice(
                mine.latent.lerp(theirs.latent, amount), mine.ink.lerp(theirs.ink, amount), blend, look
            )
        nearer = self if amount < 0.5 else other
        return Snapshot(mixed, self.code.lerp(other.code, amount), nearer.asked, self.model or other.model,
                        nearer.coloured)  # fmt: skip

    def with_component(self, name: str, other: Snapshot) -> Snapshot:
        """The same portrait with one component of the `other`, as in the paper's copy and paste of components."""
        self.check_model(other.model)
        choices = {**self.choices, name: other.choices[name]}
        return Snapshot(choices, self.code, self.asked, self.model or other.model, self.coloured)

    def to_bytes(self) -> bytes:
        """For a file or a document's annotation: half precision, lines as 8 bits; 120 kB, and 50 to 110 for a look."""
        tensors = {"code": self.code.half()}
        if self.asked is not None:
            tensors["asked"] = torch.tensor([self.asked])
        if self.model:
            tensors["model"] = torch.tensor(list(bytes.fromhex(self.model)), dtype=torch.uint8)
        if self.coloured:
            tensors["coloured"] = torch.tensor([PARTS.index(part) for part in self.coloured], dtype=torch.uint8)
        for name, choice in self.choices.items():
            tensors[f"{name}.latent"] = choice.latent.half().contiguous()
            tensors[f"{name}.ink"] = choice.ink.mul(255).round().to(torch.uint8).contiguous()
            tensors[f"{name}.blend"] = torch.tensor([choice.blend])
            if choice.look is not None:
                tensors[f"{name}.look"] = choice.look.contiguous()
        return save(tensors)

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot:
        """Read `to_bytes`; raises `DfdError` for anything else."""
        try:
            tensors = load(data)
            asked = int(tensors["asked"].long().item()) if "asked" in tensors else None
            model = bytes(tensors["model"].tolist()).hex() if "model" in tensors else ""
            coloured = tuple(PARTS[k] for k in tensors["coloured"].tolist()) if "coloured" in tensors else ()
            choices = {name: _choice(tensors, name) for name in NAMES}
            snapshot = cls(choices, tensors["code"].float(), asked, model, coloured)
        except (SafetensorError, LookupError, ValueError, TypeError, RuntimeError):
            raise DfdError("The stored portrait is damaged or of another version: make it again.") from None
        _check(snapshot)
        return snapshot


def _choice(tensors: Mapping[str, torch.Tensor], name: str) -> Choice:
    blend, look = float(tensors[f"{name}.blend"][0]), tensors.get(f"{name}.look")
    return Choice(tensors[f"{name}.latent"].float(), tensors[f"{name}.ink"].float().div(255), blend, look)


def _check(snapshot: Snapshot) -> None:
    right = snapshot.code.shape == (1, CODE)
    for component in COMPONENTS:
        choice = snapshot.choices[component.name]
        rows, columns = window_slices(component)
        shape = (1, 1, rows.stop - rows.start, columns.stop - columns.start)
        right = right and choice.latent.shape == (1, LATENT[component.network]) and choice.ink.shape == shape
        right = right and bool(choice.latent.isfinite().all()) and 0 <= choice.blend <= 1
        if choice.look is not None:
            side = component.size
            right = right and choice.look.dtype == torch.uint8 and choice.look.shape == (1, 3, side, side)
    if not right:
        raise DfdError("The stored portrait is damaged or of another version: make it again.")
