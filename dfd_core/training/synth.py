"""Stage 2: train feature mapping and image synthesis with the embedding frozen (paper, section 3.3, "stage II").

The latents are what the engine will use: raw, projected without the face itself, or between; the lines are as uncertain
as they are trusted little. Losses: L1, structure under the lines, perceptual, contrast beyond the photo's,
projected discriminators (hinge). The weights that are kept are a moving average.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from dfd_core.appearance import kept_within, with_look
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS, NETWORKS
from dfd_core.networks.blocks import channels_last
from dfd_core.networks.coarse import TINT
from dfd_core.networks.generator import SIDE
from dfd_core.synthesis import Synthesis
from dfd_core.training.batch import Batch, Kind, told_by
from dfd_core.training.config import TrainConfig
from dfd_core.training.contrast import excess
from dfd_core.training.data import Prepared
from dfd_core.training.fit_coarse import fit_coarse
from dfd_core.training.heads import Heads, reshaped
from dfd_core.training.latents import (
    Latents,
    cached_latents,
    make_banks,
    seen_in_training,
    trained_decoders,
    trained_embedding,
)
from dfd_core.training.losses import PictureLosses
from dfd_core.training.preview import save_preview
from dfd_core.training.recolour import natural, recoloured
from dfd_core.training.run import (
    SAVE_EVERY,
    Clock,
    Log,
    fast_convolutions,
    load_checkpoint,
    note_commit,
    save_checkpoint,
    start_processes,
)
from dfd_core.training.spectacles import put_on
from dfd_core.training.whiskers import grow, points_mirrored
from dfd_core.trust import PAINTED, window_slices


class SynthesisTraining:
    """The state of stage 2; `step` makes one update."""

    def __init__(self, data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                 start: Path | None = None) -> None:  # fmt: skip
        if data.photos.shape[1] != SIDE:
            raise DataError(f"The photos have {data.photos.shape[1]} pixels: run 'dfd prepare --size {SIDE}' again.")
        self.data, self.run, self.config, self.device = data, run, config, device
        self.rank, self.world = start_processes(device)
        torch.manual_seed(config.seed)
        saved_embedding = load_checkpoint(run / "embed.pt")
        if saved_embedding is None:
            raise DataError(f"Stage 1 has not run in {run}: run 'dfd train' with '--stage embed' first.")
        self.embedding = trained_embedding(saved_embedding).requires_grad_(False).eval()
        self.latents = cached_latents(self.embedding, data, run)
        self.banks = make_banks(self.latents, data.train)
        self.heads = Heads(data, config.reshaped_share)
        self.model = channels_last(Synthesis(config.width, config.finer))
        self.model.decoders.load_state_dict(trained_decoders(saved_embedding))
        saved = load_checkpoint(run / "synth.pt")
        if saved is None:
            if start is not None:
                begin_with(self.model, start)
            fit = fit_coarse(self.model.coarse, data, self.latents, self.banks)
            Log(run / "synth.jsonl", self.rank > 0).write(**fit)
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        for module in (self.model, self.average, self.embedding):
            module.to(device)
        for bank in self.banks.values():
            bank.to(device)
        self.latents = {k: v.to(device) for k, v in self.latents.items()}
        learning = [p for p in self.model.parameters() if p.requires_grad]
        self.maker = torch.optim.AdamW(learning, config.synth_rate, (0.5, 0.99), weight_decay=1e-4)
        self.steps = self.warmed = 0
        if saved:
            for name, part in self._parts().items():
                if name in saved:
                    part.load_state_dict(saved[name])
            self.steps = saved["steps"]
            self.warmed = saved.get("warmed", 0) if "maker" in saved else self.steps  # no optimiser: from a pack
        self.rng = np.random.default_rng((config.seed, self.rank, self.steps))
        self.losses = PictureLosses(config, device, self.rng)
        self.losses.measure(data, device)
        if saved:
            self.losses.load(saved.get("judges", {}))
        self.outer = DistributedDataParallel(self.model) if self.world > 1 else self.model
        self.generator = torch.Generator().manual_seed(config.seed + 31 * self.rank + self.steps)

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {"model": self.model, "average": self.average, "maker": self.maker}

    def save(self) -> None:
        """Write the checkpoint (first process only)."""
        if self.rank == 0:
            state = {name: part.state_dict() for name, part in self._parts().items()}
            save_checkpoint(self.run / "synth.pt", {**state, "judges": self.losses.state(), "steps": self.steps,
                                                    "warmed": self.warmed})  # fmt: skip

    def batch(self) -> Batch:
        """Random photos, each with a drawing in a random style, mirrored or not.

        Some wear glasses or a moustache that are painted on, some are heads of another shape.
        """
        config, count = self.config, self.config.synth_batch
        faces, shape = self.heads.choose(count, self.rng)
        flips = torch.from_numpy(self.rng.integers(0, 2, count))
        drawn = self.data.styles(count, config.hand_share, self.rng)
        drawn += self.data.drawn * (self.rng.random(count) < config.bold_share)
        rows, styles = torch.from_numpy(faces), torch.from_numpy(drawn)
        mirrored = flips[:, None, None, None] > 0
        photo, ink, regions = (
            torch.where(mirrored, part.flip(3), part).to(self.device)
            for part in (self.data.photo(faces), self.data.ink(faces, drawn), self.data.regions(faces))
        )
        latents = {c.name: self.latents[c.name][rows, styles, flips] for c in COMPONENTS}
        wearing = self.data.bare[faces] & (self.rng.random(count) < config.glasses_share)
        put_on(photo, ink, regions, wearing, self.rng)
        growing = self.data.shaven[faces] & (self.rng.random(count) < config.whiskers_share)
        mouths = self.data.mouths[faces]
        mouths[flips == 1] = points_mirrored(mouths[flips == 1])
        grow(photo, ink, regions, mouths, growing, self.rng)
        other = (shape != 1).any(1)
        if other.any():
            for part in (photo, regions):
                part[other] = reshaped(part[other], shape[other].to(self.device), "border")
            ink[other] = reshaped(ink[other], shape[other].to(self.device))
        added = wearing | growing
        changed = other | torch.from_numpy(added)
        if changed.any():
            for c in COMPONENTS:
                latents[c.name][changed] = self.embedding(ink[changed], c)
        latents, lines = seen_in_training(latents, ink, self.banks, rows, config, self.generator, self.rng)
        with torch.no_grad():
            code = self.model.coarse.code_of(photo, Synthesis.join(latents))
        traced = torch.from_numpy(self.data.traced[drawn % self.data.drawn] & ~added).to(self.device)
        told = told_by(traced, lines[:, 1:])
        return Batch(photo, latents, code, lines, ink * traced[:, None, None, None], told, regions)

    def mixed(self, batch: Batch) -> tuple[Latents, torch.Tensor, torch.Tensor]:
        """Faces that nobody has, as painters make them: components of two people each, colours of a seed.

        Returns latents, lines and appearance codes.
        """
        swapped = [network for network in NETWORKS[:-1] if self.rng.random() < 0.5]
        latents, lines, seen = dict(batch.latents), batch.lines, batch.lines.clone()
        for part in PAINTED[1:]:
            whose = int(part.network in swapped)
            latents[part.name] = latents[part.name].roll(whose, 0)
            area = (..., *window_slices(part))
            seen[area] = lines[area].roll(whose, 0)
        return latents, seen, self.seeded(latents, batch)

    def seeded(self, latents: Latents, batch: Batch) -> torch.Tensor:
        """The appearance codes of a seed for `latents`.

        A seed takes on the look of a photo, see `appearance.seeded`: here that of the next but one face of the batch.
        """
        likely = self.model.coarse.likely_code(Synthesis.join(latents))
        looks = kept_within(batch.code) - self.model.coarse.likely_code(Synthesis.join(batch.latents))
        return with_look(likely, looks.roll(2, 0))

    @torch.no_grad()
    def recoloured(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """The photos in the colours of a seed, and the appearance codes of these.

        Photos whose skin or hair would have to change farther than looks natural stay as they are.
        """
        coarse, joined = self.model.coarse, Synthesis.join(batch.latents)
        code = self.seeded(batch.latents, batch)
        near = natural(coarse.palette, batch.code, code)
        code = torch.where(near[:, None], code, batch.code)
        photo = batch.photo.clone()
        if near.any():
            change = coarse(joined, code) - coarse(joined, batch.code)
            photo[near] = recoloured(photo[near], change[near], batch.regions[near])
        return photo, code

    def kind(self) -> Kind:
        """What the next step learns from."""
        if not self.losses.begun(self.steps):
            return Kind.OWN
        rng, config = np.random.default_rng((self.config.seed, self.steps)), self.config  # in every process alike
        share = rng.random()
        if share < config.mixed_share:
            return Kind.MIXED
        if share < config.mixed_share + config.recoloured_share:
            return Kind.RECOLOURED
        return Kind.OWN

    def step(self) -> dict[str, float]:
        """One update of the generator side and, once they have begun, of the discriminators."""
        config = self.config
        warm = min(1.0, (self.steps - self.warmed + 1) / 100)
        for group in self.maker.param_groups:
            group["lr"] = config.synth_rate * warm
        self.losses.set_rate(config.synth_rate * warm)
        batch = self.batch()
        photo, latents, code, lines = batch.photo, batch.latents, batch.code, batch.lines
        kind = self.kind()
        if kind is Kind.MIXED:
            latents, lines, code = self.mixed(batch)
        elif kind is Kind.RECOLOURED:
            photo, code = self.recoloured(batch)
        with fast_convolutions(self.device):
            made = self.outer(latents, code, lines)
        made = made.float()
        matched = kind is not Kind.MIXED
        weight = config.loose + (1 - config.loose) * batch.told
        if matched:
            total = (((made - photo).abs() * self.focus(photo)).mean((1, 2, 3)) * weight).mean()
            parts = {"l1": total, "excess": excess(made, photo)}
            total = total + config.contrast * parts["excess"]
        else:  # its photos are of others
            goal = F.adaptive_avg_pool2d(self.model.coarse(Synthesis.join(latents), code), TINT)
            total = F.l1_loss(F.adaptive_avg_pool2d(made, TINT), goal)
            parts = {"tint": total}
        with fast_convolutions(self.device):
            trust = lines[:, 1:] ** 2
            more, described = self.losses.terms(made, photo, batch.traced, trust, self.steps, matched, weight)
            total, parts = total + more, parts | described
        self.maker.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.maker.step()
        self.steps += 1
        keep = min(config.averaging, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        return {name: float(value.detach()) for name, value in parts.items()}

    @staticmethod
    def focus(photo: torch.Tensor) -> torch.Tensor:
        """Weight (1, 1, H, W) of the L1 term: twice as much on the face as in the corners."""
        height, width = photo.shape[2:]
        y = torch.linspace(-1, 1, height, device=photo.device)[:, None] - 0.15
        x = torch.linspace(-1, 1, width, device=photo.device)[None]
        return (0.6 + 0.8 * torch.exp(-((x / 0.6) ** 2) - (y / 0.75) ** 2))[None, None]


def begin_with(model: Synthesis, run: Path) -> None:
    """Start image synthesis with the weights of another run, as far as they fit; raises `DataError` without any."""
    saved = load_checkpoint(run / "synth.pt")
    if saved is None:
        raise DataError(f"There is no synth.pt in {run} to start with: name a run that has trained stage 2.")
    own = model.generator.state_dict()
    prefix = "generator."
    fitting = {
        name.removeprefix(prefix): value
        for name, value in saved["average"].items()
        if name.startswith(prefix) and (mine := own.get(name.removeprefix(prefix))) is not None
        and mine.shape == value.shape
    }  # fmt: skip
    model.generator.load_state_dict(fitting, strict=False)


def train_synthesis(data: Prepared, run: Path, config: TrainConfig, device: torch.device,
                    limit: float | None = None, start: Path | None = None) -> None:  # fmt: skip
    """Train until `config.synth_steps` or the time box; resumes from `run`. A new run may `start` with another's."""
    clock = Clock(limit)
    state = SynthesisTraining(data, run, config, device, start)
    log = Log(run / "synth.jsonl", state.rank > 0)
    if state.rank == 0:
        note_commit(run)
    saved, begun, first = time.monotonic(), time.monotonic(), state.steps
    log.begin(state.steps, "synth_steps", config.synth_steps)
    while state.steps < config.synth_steps and (spent := clock.spent()) < 1:
        share = max(state.steps / config.synth_steps, spent)
        parts = state.step()
        if state.steps % 50 == 0:
            speed = (state.steps - first) * config.synth_batch * state.world / (time.monotonic() - begun)
            log.write(share, steps=state.steps, per_second=speed, **parts)
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            state.save()
            if state.rank == 0:
                save_preview(run / f"preview_{state.steps:06d}.png", data, state.latents, state.banks, state.average)
    state.save()
    if state.rank == 0:
        save_preview(run / "preview.png", data, state.latents, state.banks, state.average)
