"""Weight packs: a folder with `manifest.json`, `safetensors` files and a model card.

A pack is verified before it is used. Whatever is missing, truncated, altered or made for another version is an error
that names the file and the cure; it never becomes noise in a portrait.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from dfd_core.attributes import Attribute, Attributes, Discriminant
from dfd_core.embedding import Embedding
from dfd_core.errors import PackError
from dfd_core.geometry import ATTRIBUTES, CANVAS, CELL, COMPONENTS, ENCODE, NEIGHBOURS, NETWORKS
from dfd_core.manifold import Manifold
from dfd_core.networks.anchors import Anchors
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.coarse import CODE
from dfd_core.networks.enlarge import Enlarge
from dfd_core.networks.placement import Placement
from dfd_core.networks.shading import Shading
from dfd_core.networks.trait import TRAITS, Trait
from dfd_core.synthesis import Synthesis

FORMAT = 4
FILES = ("embedding.safetensors", "synthesis.safetensors", "banks.safetensors")
ENLARGE, PLACEMENT, ANCHORS, SHADING = (
    f"{name}.safetensors" for name in ("enlarge", "placement", "anchors", "shading")
)
DIRECTIONS = "attributes.safetensors"
OPTIONAL = (ENLARGE, PLACEMENT, ANCHORS, SHADING, DIRECTIONS, *(f"{name}.safetensors" for name in TRAITS))
"""Without the first, portraits are enlarged plainly; without the second, a face is found by its outline, without the
third not by its features; without the fourth, hatching is lines; without the fifth, there are no attributes to set;
without one of the others, each component alone says whether it shows glasses or a beard."""

LOOKS = "looks"
"""Name of what seeds draw from, beside the banks."""

CURE = "install the weight pack again"


def default_folder() -> Path:
    """Where the pack that comes along lies: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "weights" / "default"
    return inside if inside.is_dir() else package.parent / "weights" / "default"


def geometry() -> dict[str, Any]:
    """The geometry that weights depend on, as the manifest states it."""
    return {"canvas": CANVAS, "cell": CELL, "encode": ENCODE, "neighbours": NEIGHBOURS, "latents": LATENT,
            "components": [asdict(component) for component in COMPONENTS]}  # fmt: skip


@dataclass
class Pack:
    """A loaded pack: `manifest` as read, the networks, and one `Manifold` per network of the embedding.

    `looks` (L, CODE) are what seeds draw from, see `dfd_core.appearance.seeded`, `attributes` what may be set of a face
    as a whole, see `dfd_core.attributes`; a pack may do without.
    """

    folder: Path
    manifest: dict[str, Any]
    embedding: Embedding
    synthesis: Synthesis
    enlarge: Enlarge
    placement: Placement | None
    anchors: Anchors | None
    shading: Shading | None
    traits: dict[str, Trait]
    banks: dict[str, Manifold]
    looks: torch.Tensor | None = None
    attributes: Attributes = field(default_factory=dict)

    @property
    def model(self) -> str:
        """Which latents these are, 16 hexadecimal digits: packs that share them understand each other's.

        Those of its embedding or, when that was refined, of the embedding before, whose meaning the latents keep.
        """
        return str(self.manifest.get("latents") or self.manifest["files"][FILES[0]]["sha256"])[:16]

    def to(self, device: torch.device, precision: torch.dtype) -> None:
        """Bring all of it to `device`, with image synthesis, enlargement and shading in that precision."""
        self.embedding.to(device)
        channels_last(self.synthesis, device).set_precision(precision)
        channels_last(self.enlarge, device, precision)
        for finding in (self.placement, self.anchors):
            if finding is not None:
                finding.to(device)
        if self.shading is not None:
            channels_last(self.shading, device, precision)
        for trait in self.traits.values():
            trait.to(device)
        for bank in self.banks.values():
            bank.to(device)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(
            file.read()).hexdigest()  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a pack, checked against this version and the files beside it; raises `PackError`."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise PackError(f"No weight pack in {folder} (manifest.json is missing): {CURE}, or name another folder.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise PackError(f"{path} is damaged: {CURE}.") from None
    if version != FORMAT:
        cure = "update the plugin" if isinstance(version, int) and version > FORMAT else CURE
        raise PackError(f"{folder} has weight-pack format {version}, this version reads format {FORMAT}: {cure}.")
    if manifest.get("geometry") != geometry():
        raise PackError(f"{folder} was trained for other component windows or latents: {CURE}.")
    for name in (*FILES, *OPTIONAL):
        if name in OPTIONAL and name not in manifest["files"]:
            continue
        try:
            size, digest = manifest["files"][name]["size"], manifest["files"][name]["sha256"]
        except (KeyError, TypeError):
            raise PackError(f"{path} does not list {name}: {CURE}.") from None
        file = folder / name
        if not file.is_file():
            raise PackError(f"{file} is missing: {CURE}.")
        if file.stat().st_size != size:
            raise PackError(f"{file} is incomplete ({file.stat().st_size} of {size} bytes): {CURE}.")
        if _digest(file) != digest:
            raise PackError(f"{file} was altered (its sha256 is not the manifest's): {CURE}.")
    return manifest


def _bank(network: str, rows: torch.Tensor, person: torch.Tensor) -> Manifold:
    if rows.shape[1:] != (LATENT[network],) or person.shape != rows.shape[:1]:
        raise ValueError(f"the {network} bank has shape {tuple(rows.shape)}")
    return Manifold(rows, person)


def _looks(tensors: Mapping[str, torch.Tensor]) -> torch.Tensor | None:
    if LOOKS not in tensors:
        return None
    looks = tensors[LOOKS].float()
    if looks.ndim != 2 or looks.shape[1] != CODE or not len(looks):
        raise ValueError(f"the looks have shape {tuple(looks.shape)}")
    return looks


def _attributes(tensors: Mapping[str, torch.Tensor]) -> dict[str, Attribute]:
    """What `_vectors` wrote."""
    found: dict[str, Attribute] = {}
    for name in ATTRIBUTES:
        ways = _by_network(tensors, name)
        if set(ways) == set(NETWORKS):
            says = {
                side: Discriminant(_by_network(tensors, key), float(tensors[key]))
                for side in ("whole", "face", *(f"own.{network}" for network in NETWORKS))
                if (key := f"{name}.{side}") in tensors
            }
            own = {network: told for network in NETWORKS if (told := says.get(f"own.{network}"))}
            found[name] = Attribute(ways, says.get("whole"), says.get("face"), own)
        elif ways:
            raise ValueError(f"the directions of {name} are not complete")
    return found


def _by_network(tensors: Mapping[str, torch.Tensor], name: str) -> dict[str, torch.Tensor]:
    found = {network: tensors[key].float() for network in NETWORKS if (key := f"{name}.{network}") in tensors}
    if any(vector.shape != (LATENT[network],) for network, vector in found.items()):
        raise ValueError(f"the directions of {name} do not fit the latents")
    return found


def load_pack(folder: Path) -> Pack:
    """Verify and load a pack to the CPU in float32 (large banks as they are); raises `PackError` for the user."""
    manifest = read_manifest(folder)
    try:
        width, finer = int(manifest["network"]["width"]), int(manifest["network"].get("finer", 0))
    except (KeyError, TypeError, ValueError):
        raise PackError(f"{folder / 'manifest.json'} does not state the width of the network: {CURE}.") from None
    with torch.device("meta"):  # the files fill in every value
        embedding, synthesis = Embedding(), Synthesis(width, finer)
        placement, anchors, shading = Placement(), Anchors(), Shading()
        traits = {name: kind() for name, kind in TRAITS.items()}
    enlarge = Enlarge()
    modules: dict[str, nn.Module] = {
        "embedding.safetensors": embedding,
        "synthesis.safetensors": synthesis,
        ENLARGE: enlarge,
        PLACEMENT: placement,
        ANCHORS: anchors,
        SHADING: shading,
        **{f"{name}.safetensors": trait for name, trait in traits.items()},
    }
    banks, looks, attributes = {}, None, {}
    for name in manifest["files"]:
        if name not in (*FILES, *OPTIONAL):
            continue
        try:
            tensors = load_file(folder / name)
            if name in modules:
                modules[name].load_state_dict({k: _unpacked(v) for k, v in tensors.items()}, assign=True)
            elif name == DIRECTIONS:
                attributes = _attributes(tensors)
            else:
                banks = {n: _bank(n, tensors[n], tensors[n + ".person"].long()) for n in NETWORKS}
                looks = _looks(tensors)
        except (SafetensorError, OSError, RuntimeError, KeyError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise PackError(f"{folder / name} does not fit this version ({reason}): {CURE}.") from None
    for module in modules.values():
        module.eval().requires_grad_(False)
    placed = placement if PLACEMENT in manifest["files"] else None
    anchoring = anchors if ANCHORS in manifest["files"] else None
    telling = shading if SHADING in manifest["files"] else None
    traits = {name: trait for name, trait in traits.items() if f"{name}.safetensors" in manifest["files"]}
    return Pack(folder, manifest, embedding, synthesis, enlarge, placed, anchoring, telling, traits, banks, looks,
                attributes)  # fmt: skip


def _vectors(attributes: Attributes) -> dict[str, torch.Tensor]:
    """Attributes as tensors: `name.network`, and for what drawings say `name.whole` (the level) with its networks'."""
    found: dict[str, torch.Tensor] = {}
    for name, attribute in attributes.items():
        found |= {f"{name}.{network}": way for network, way in attribute.ways.items()}
        own = {f"own.{network}": says for network, says in attribute.own.items()}
        for side, says in {"whole": attribute.whole, "face": attribute.face, **own}.items():
            if says is not None:
                found |= {f"{name}.{side}.{network}": weights for network, weights in says.weights.items()}
                found[f"{name}.{side}"] = torch.tensor(says.level)
    return found


def _unpacked(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor.long()


def _packed(tensor: torch.Tensor) -> torch.Tensor:
    kind = (torch.half if tensor.ndim > 1 else torch.float) if tensor.is_floating_point() else torch.int
    return tensor.to("cpu", kind).contiguous()


def latents_of(embedding: Embedding) -> str:
    """What `Pack.model` says of a pack with this embedding that states no latents."""
    return hashlib.sha256(_content(embedding.state_dict())).hexdigest()[:16]


def _content(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """The bytes of a file; raises `PackError` for weights that are not finite."""
    packed = {k: _packed(v) for k, v in tensors.items()}
    if bad := [k for k, v in packed.items() if not torch.isfinite(v).all()]:
        raise PackError(f"{bad[0]} is not finite: the training went wrong, go back to an earlier checkpoint.")
    return save(packed)


def save_pack(folder: Path, embedding: Embedding, synthesis: Synthesis, banks: dict[str, Manifold],
              details: dict[str, Any], enlarge: Enlarge | None = None,
              placement: Placement | None = None, traits: Mapping[str, Trait] | None = None,
              looks: torch.Tensor | None = None, shading: Shading | None = None,
              attributes: Attributes | None = None, anchors: Anchors | None = None) -> None:  # fmt: skip
    """Write a pack: matrices in half precision, vectors in full, since normalisations may be out of half's range.

    `details` (name, training, metrics, ...) go into the manifest as they are. Raises `PackError` for weights that are
    not finite: their training went wrong.
    """
    rows = {name: bank.bank for name, bank in banks.items()}
    people = {f"{n}.person": b.person for n, b in banks.items()}
    more = {} if looks is None else {LOOKS: looks}
    contents: dict[str, dict[str, torch.Tensor]] = dict(
        zip(FILES, (embedding.state_dict(), synthesis.state_dict(), {**rows, **people, **more}), strict=True)
    )
    extra: dict[str, nn.Module | None] = {ENLARGE: enlarge, PLACEMENT: placement, ANCHORS: anchors, SHADING: shading}
    extra |= {f"{name}.safetensors": trait for name, trait in (traits or {}).items()}
    contents |= {name: module.state_dict() for name, module in extra.items() if module is not None}
    if attributes:
        contents[DIRECTIONS] = _vectors(attributes)
    written = {name: _content(tensors) for name, tensors in contents.items()}  # before the folder is touched
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        part = folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    for name in set(OPTIONAL) - set(written):
        (folder / name).unlink(missing_ok=True)
    files = {n: {"sha256": _digest(folder / n), "size": (folder / n).stat().st_size} for n in contents}
    manifest = {"format": FORMAT, "network": {"width": synthesis.generator.width, "finer": synthesis.generator.finer},
                "geometry": geometry(),
                "normalisation": "ink 0 (paper) .. 1; portrait -1 .. 1", **details, "files": files}  # fmt: skip
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
