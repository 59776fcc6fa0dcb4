"""Training the networks that see glasses, beards, open mouths and age."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import linked_copy
from portraits import TINY
from torch.nn import functional as F

from dfd_core.cli.main import main
from dfd_core.cli.train import TRAITS as STAGES
from dfd_core.errors import DataError
from dfd_core.geometry import COMPONENTS, LEFT_EYE, NOSE, RIGHT_EYE
from dfd_core.manifold import Manifold
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.trait import TRAITS, Glasses
from dfd_core.pack import load_pack
from dfd_core.training import traits
from dfd_core.training.data import Prepared
from dfd_core.training.latents import make_banks
from dfd_core.training.traits import Examples, fit_directions, framed, misplaced, who


@pytest.fixture
def known(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The prepared portraits, some with glasses, a beard or an open mouth: enough for a test."""
    monkeypatch.setattr(traits, "FEWEST", 3)
    folder = linked_copy(prepared, tmp_path / "known")
    meta = json.loads((folder / "meta.json").read_text())
    for k, portrait in enumerate(meta["portraits"]):
        portrait["glasses"] = k % 2 == 0
        portrait["looked_at"] = k != 3
        portrait["creases"] = (0.01, 0.01, 0.02, 0.08, 0.05, 0.12)[k % 6]
        portrait["opening"] = (0.5, 14.0, 30.0, 8.0, 3.0)[k % 5]
        portrait["facial_hair"] = ("beard", "none", "none", "moustache", "none", "stubble")[k % 6]
    (folder / "meta.json").unlink()
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder


def test_frames_are_drawn_where_the_network_looks() -> None:
    ink = torch.zeros(3, 1, 256, 256)
    for seed in range(10):
        found = framed(ink, np.array([True, False, True]), np.random.default_rng(seed))
        assert found[1].sum() == 0
        for k in (0, 2):
            assert found[k].sum() > 100
            assert Glasses().looked_at(found[k : k + 1]).sum() > 0.9 * found[k].sum()
            for component in (LEFT_EYE, RIGHT_EYE, NOSE):
                assert found[k][0][component.slices_at(2)].sum() > 5
    assert ink.sum() == 0


def test_drawings_are_moved_by_little_and_mirrored() -> None:
    ink = torch.zeros(200, 1, 256, 256)
    ink[:, :, 116:124, 90:98] = 1
    found = misplaced(ink, np.random.default_rng(3))
    weight = found.sum((1, 2, 3))
    y, x = ((found[:, 0].sum(axis) * torch.arange(256)).sum(1) / weight for axis in (2, 1))
    mirrored = x > 128
    assert 70 < mirrored.sum() < 130
    assert (y - 120).abs().mean() < 8
    assert (torch.where(mirrored, 255 - x, x) - 94).abs().mean() < 8
    assert (y - 120).std() > 2


def test_stubble_is_neither_a_beard_nor_none(known: Path) -> None:
    data = Prepared(known)
    kinds = np.array([portrait["facial_hair"] for portrait in data.meta["portraits"]])
    found = who("beard", data)
    assert set(kinds[found.has]) == {"beard", "moustache"}
    assert set(kinds[found.lacks]) == {"none"}
    assert kinds[3] == "moustache"
    assert not found.has[3]  # nobody looked


def test_lips_that_part_are_neither_open_nor_closed(known: Path, prepared: Path, tmp_path: Path) -> None:
    data = Prepared(known)
    wide = np.array([portrait["opening"] for portrait in data.meta["portraits"]])
    found = who("open_mouth", data)
    assert set(wide[found.has]) == {14.0, 30.0}
    assert set(wide[found.lacks]) == {0.5, 3.0}
    older = linked_copy(prepared, tmp_path / "older")
    meta = json.loads((older / "meta.json").read_text())
    for portrait in meta["portraits"]:
        del portrait["opening"]
    (older / "meta.json").unlink()
    (older / "meta.json").write_text(json.dumps(meta))
    unknown = who("open_mouth", Prepared(older))
    assert not unknown.has.any()
    assert not unknown.lacks.any()


def test_of_people_with_glasses_nobody_knows_the_age(known: Path) -> None:
    data = Prepared(known)
    creases = np.array([portrait["creases"] for portrait in data.meta["portraits"]])
    found = who("aged", data)
    assert set(creases[found.has]) == {0.08, 0.12}
    assert set(creases[found.lacks]) == {0.01}
    assert data.bare[found.has | found.lacks].all()


@pytest.mark.parametrize("trait", TRAITS)
def test_half_of_a_batch_shows_the_trait(known: Path, trait: str) -> None:
    data = Prepared(known)
    examples = Examples(trait, data, data.train)
    known_to = who(trait, data)
    assert len(examples.having) == known_to.has[data.train].sum() > 1
    assert len(examples.lacking) == known_to.lacks[data.train].sum() > 2
    ink, shown = examples.batch(400, np.random.default_rng(1))
    assert ink.shape == (400, 1, 256, 256)
    assert 0 <= ink.min() <= ink.max() <= 1
    assert 0.4 < shown.mean() < 0.6


@pytest.mark.parametrize(("trait", "says"), [("glasses", r"0 who are known to have none; 24 .* column 'glasses'"),
                                             ("beard", r"0 people with beard and .*; 24 .* --seen")])  # fmt: skip
def test_who_does_not_say_who_has_a_trait_is_told(prepared: Path, trait: str, says: str) -> None:
    data = Prepared(prepared)
    with pytest.raises(DataError, match=says):
        Examples(trait, data, data.train)


def test_directions_lead_from_people_without_to_people_with_glasses(known: Path) -> None:
    data, generator = Prepared(known), torch.Generator().manual_seed(4)
    person = torch.from_numpy(data.train).repeat(8)
    worn = person % 2 == 0
    banks, truth = {}, {}
    for name in Glasses.spanned:
        size = LATENT[name]
        truth[name] = torch.randn(size, generator=generator)
        rows = torch.randn(len(person), size, generator=generator) * torch.linspace(0.2, 2, size)
        banks[name] = Manifold(rows + 3 + worn[:, None] * truth[name], person)
    model = Glasses()
    fit_directions("glasses", model, banks, data, {})
    for name in Glasses.spanned:
        along, weights, middle = (getattr(model, f"{name}_{part}") for part in ("along", "weights", "middle"))
        assert F.cosine_similarity(along, truth[name], 0) > 0.9
        shown = (banks[name].bank - middle) @ weights
        assert abs(float(shown[~worn].mean())) < 1e-3
        assert abs(float(shown[worn].mean()) - 1) < 1e-3
        assert shown[worn].min() > shown[~worn].max()


def test_what_unmarked_drawings_say_of_a_face_is_no_part_of_its_beard(known: Path) -> None:
    """Here those with beards smile less."""
    data, generator = Prepared(known), torch.Generator().manual_seed(4)
    size, people = LATENT["mouth"], len(data.drawings)
    beard, smile = torch.randn(2, size, generator=generator)
    bearded = torch.from_numpy(who("beard", data).has).float()
    smiling = torch.randn(people, generator=generator) - 3 * bearded
    latents = torch.randn(people, len(data.meta["styles"]), 2, size, generator=generator) * 0.01
    latents += (smiling[:, None] * smile)[:, None, None]
    latents[:, 1:] += (bearded[:, None] * beard)[:, None, None]  # all styles but the clean one
    parts = {"mouth": latents, **{name: torch.zeros(people, len(data.meta["styles"]), 2, 4)
                                  for name in ("left_eye", "right_eye", "nose", "remainder")}}  # fmt: skip
    banks, model = make_banks(parts, data.train), TRAITS["beard"]()
    fit_directions("beard", model, banks, data, parts)
    assert F.cosine_similarity(model.mouth_along, beard, 0) > 0.97
    assert abs(F.cosine_similarity(model.mouth_along, smile, 0) - F.cosine_similarity(beard, smile, 0)) < 0.1
    rows, person = banks["mouth"].bank, banks["mouth"].person
    said = (rows - model.mouth_middle) @ model.mouth_weights
    assert said[bearded[person] > 0].min() > said[torch.from_numpy(who("beard", data).lacks)[person]].max() + 0.5


def test_a_smile_that_closes_stays_one(known: Path) -> None:
    """Here those who open their mouths lift the corners."""
    data, generator = Prepared(known), torch.Generator().manual_seed(4)
    size, people = LATENT["mouth"], len(data.drawings)
    gape, smile = torch.randn(2, size, generator=generator)
    wide = torch.tensor([portrait["opening"] for portrait in data.meta["portraits"]]).clamp(traits.SHUT, traits.AJAR)
    lift = 2 * wide + 4 * torch.randn(people, generator=generator)
    data.mouths[:, :2, 1] = 300.0 - lift[:, None].numpy()
    data.mouths[:, 3:5, 1] = 300.0
    rows = (wide[:, None] * gape + lift[:, None] * smile)[torch.from_numpy(data.train)]
    bank = Manifold(rows + 0.01 * torch.randn(rows.shape, generator=generator), torch.from_numpy(data.train))
    model = TRAITS["open_mouth"]()
    fit_directions("open_mouth", model, {"mouth": bank}, data, {})
    assert F.cosine_similarity(model.mouth_along, gape, 0) > 0.9
    assert float(model.mouth_along @ model.mouth_weights) == pytest.approx(1, abs=1e-3)
    opened = torch.from_numpy(who("open_mouth", data).has[data.train])
    differs = (bank.bank[opened].mean(0) - bank.bank[~opened].mean(0)).float()
    assert F.cosine_similarity(differs, smile, 0) > 0.7


def test_the_command_trains_every_trait() -> None:
    assert set(STAGES) == set(TRAITS)


def test_directions_stay_where_nobody_is_known(prepared: Path) -> None:
    model, data = Glasses(), Prepared(prepared)
    model.eye_along.fill_(3.0)
    banks = {name: Manifold(torch.randn(13, LATENT[name]), torch.from_numpy(data.train)) for name in Glasses.spanned}
    fit_directions("glasses", model, banks, data, {})
    assert (model.eye_along == 3).all()


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("step", [0.0, 1e-7])
def test_directions_stay_where_encoders_tell_nobody_apart(known: Path, trait: str, step: float) -> None:
    """Encoders that have hardly been trained answer the same to all drawings, but for rounding."""
    data, generator = Prepared(known), torch.Generator().manual_seed(4)
    shape = (len(data.drawings), len(data.meta["styles"]), 2)
    latents = {c.name: 1 + step * torch.randint(2, (*shape, LATENT[c.network]), generator=generator)
               for c in COMPONENTS}  # fmt: skip
    model = TRAITS[trait]()
    fit_directions(trait, model, make_banks(latents, data.train), data, latents)
    for network in model.spanned:
        along, weights = (getattr(model, f"{network}_{part}") for part in ("along", "weights"))
        assert weights.isfinite().all()
        assert along.abs().max() <= 2 * step


def test_a_run_has_them_and_so_has_its_pack(known: Path, run: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    for trait, steps in (("glasses", 3), ("glasses", 5), ("beard", 4), ("open_mouth", 2), ("aged", 3)):
        replace(TINY, trait_steps=steps, trait_batch=4).save(config)
        assert main(["train", str(known), "-o", str(run), "--stage", trait, "--config", str(config)]) == 0
        assert torch.load(run / f"{trait}.pt", weights_only=True)["step"] == steps
    assert main(["export", str(run), str(known), "-o", str(tmp_path / "pack")]) == 0
    pack = load_pack(tmp_path / "pack")
    assert [pack.manifest["training"][f"{trait}_steps"] for trait in TRAITS] == [5, 4, 2, 3]
    assert set(pack.traits) == set(TRAITS)
    assert pack.traits["glasses"].eye_along.abs().sum() > 0
    assert pack.traits["beard"].mouth_along.abs().sum() > 0
