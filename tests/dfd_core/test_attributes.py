"""What is said of the whole face: the latents move, the lines stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, MOUTH_LOWER, latents, render, sees

from dfd_core.attributes import ENOUGH, HELD, MOST, SHARES, SURE, UNSURE, Attribute, Discriminant, leaning
from dfd_core.engine import Engine
from dfd_core.errors import DfdError
from dfd_core.geometry import COMPONENTS, FEMININITY, NAMES, NETWORKS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.pack import DIRECTIONS, load_pack, save_pack

WAYS = {name: torch.randn(LATENT[name], generator=torch.Generator().manual_seed(7)) for name in NETWORKS}


@pytest.fixture
def folder(pack_folder: Path, tmp_path: Path) -> Path:
    """A pack whose faces can be made feminine."""
    pack = load_pack(pack_folder)
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {"name": "random"},
              attributes={FEMININITY: Attribute(WAYS)})  # fmt: skip
    return tmp_path


def saying(told: float, networks: tuple[str, ...]) -> Discriminant:
    """What says the same of all latents."""
    return Discriminant({name: torch.zeros(LATENT[name]) for name in networks}, -told)


def leaning_engine(pack_folder: Path, folder: Path, whole: float, face: float = 0.0, own: float = 0.0) -> Engine:
    """An engine that shows lines as they are, whose pack hears all drawings and components say these numbers."""
    pack = load_pack(pack_folder)
    each = {name: saying(own, (name,)) for name in NETWORKS}
    attributes = {FEMININITY: Attribute(WAYS, saying(whole, NETWORKS), saying(face, NETWORKS[:-1]), each)}
    save_pack(folder, pack.embedding, pack.synthesis, pack.banks, {"name": "random"}, attributes=attributes)
    engine = Engine(folder, "cpu")
    for name in NAMES:
        engine.set_blend(name, 0)
    return engine


@pytest.fixture
def engine(folder: Path) -> Engine:
    """That shows the lines as they are: the neighbours of moved latents are others."""
    engine = Engine(folder, "cpu")
    for name in NAMES:
        engine.set_blend(name, 0)
    return engine


def test_latents_of_all_components_move_by_the_value(engine: Engine) -> None:
    render(engine, FACE)
    before = latents(engine)
    engine.set_attribute(FEMININITY, -0.5)
    render(engine, FACE)
    for part in COMPONENTS:
        wanted = before[part.name] - 0.5 * WAYS[part.network]
        torch.testing.assert_close(latents(engine)[part.name], wanted, atol=1e-4, rtol=1e-4)


def test_back_at_the_middle_the_portrait_is_what_it_was(engine: Engine) -> None:
    first = render(engine, FACE)
    engine.set_attribute(FEMININITY, 1)
    assert not np.array_equal(render(engine, FACE), first)
    engine.set_attribute(FEMININITY, 0)
    assert np.array_equal(render(engine, FACE), first)


def test_the_plausible_face_is_near_the_moved_latents(engine: Engine) -> None:
    engine.set_blend("mouth", 1)
    render(engine, FACE)
    before = latents(engine)["mouth"]
    engine.set_attribute(FEMININITY, 1)
    render(engine, FACE)
    assert not torch.equal(latents(engine)["mouth"], before)


def test_locked_components_stay(engine: Engine) -> None:
    render(engine, FACE)
    before = latents(engine)
    engine.set_lock("mouth", True)
    engine.set_attribute(FEMININITY, 1)
    render(engine, FACE)
    assert torch.equal(latents(engine)["mouth"], before["mouth"])
    assert not torch.equal(latents(engine)["nose"], before["nose"])


def test_another_drawings_engine_has_its_own(engine: Engine) -> None:
    render(engine, FACE)
    engine.set_attribute(FEMININITY, 1)
    other = engine.sibling()
    for name in NAMES:
        other.set_blend(name, 0)
    render(other, FACE)
    render(engine, FACE)
    assert not torch.equal(latents(other)["nose"], latents(engine)["nose"])


@pytest.mark.parametrize("value", [-1.1, 2, float("nan")])
def test_values_out_of_range_are_refused(engine: Engine, value: float) -> None:
    with pytest.raises(DfdError, match="between -1 and 1"):
        engine.set_attribute(FEMININITY, value)


def test_what_the_pack_does_not_know_is_refused(pack_folder: Path, engine: Engine) -> None:
    with pytest.raises(DfdError, match="knows no femininity"):
        Engine(pack_folder, "cpu").set_attribute(FEMININITY, 0.5)
    with pytest.raises(DfdError, match="knows no beauty"):
        engine.set_attribute("beauty", 0.5)


def test_directions_are_kept_in_the_pack(folder: Path, pack_folder: Path) -> None:
    assert load_pack(pack_folder).attributes == {}
    kept = load_pack(folder).attributes[FEMININITY]
    for name, way in kept.ways.items():
        torch.testing.assert_close(way, WAYS[name], atol=1e-3, rtol=1e-3)
    assert kept.whole is None
    assert kept.face is None
    assert kept.own == {}


def test_what_drawings_say_is_kept_in_the_pack(pack_folder: Path, tmp_path: Path) -> None:
    kept = leaning_engine(pack_folder, tmp_path, 0.25, -0.5, 0.75).pack.attributes[FEMININITY]
    assert kept.whole is not None
    assert kept.face is not None
    assert (kept.whole.level, kept.face.level) == (-0.25, 0.5)
    assert (set(kept.whole.weights), set(kept.face.weights)) == (set(NETWORKS), set(NETWORKS[:-1]))
    assert {(name, *says.weights, says.level) for name, says in kept.own.items()} == {(n, n, -0.75) for n in NETWORKS}


def test_directions_of_other_latents_are_refused(pack_folder: Path, tmp_path: Path) -> None:
    pack, wrong = load_pack(pack_folder), {**WAYS, "nose": torch.randn(5)}
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {},
              attributes={FEMININITY: Attribute(wrong)})  # fmt: skip
    with pytest.raises(DfdError, match=f"{DIRECTIONS} does not fit this version"):
        load_pack(tmp_path)


def test_directions_that_are_not_complete_are_refused(pack_folder: Path, tmp_path: Path) -> None:
    pack, some = load_pack(pack_folder), {name: WAYS[name] for name in NETWORKS[:-1]}
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, attributes={FEMININITY: Attribute(some)})
    with pytest.raises(DfdError, match=f"{DIRECTIONS} does not fit this version.*not complete"):
        load_pack(tmp_path)


def drawn_alone(engine: Engine) -> dict[str, torch.Tensor]:
    """The latents of `FACE` when it says nothing by itself."""
    render(engine, FACE)
    return {name: state.own.clone() for name in NAMES if (state := engine._parts[name]).own is not None}


@pytest.mark.parametrize(("told", "value"), [(1.0, MOST), (-1.0, -MOST), (UNSURE / 2, 0.0)])
def test_a_drawing_that_is_sure_moves_its_latents_by_itself(pack_folder: Path, tmp_path: Path, told: float,
                                                            value: float) -> None:  # fmt: skip
    engine = leaning_engine(pack_folder, tmp_path, told, told)
    before = drawn_alone(engine)
    for part in COMPONENTS:
        wanted = before[part.name] + SHARES.get(part.network, (1, 1))[value > 0] * value * WAYS[part.network]
        torch.testing.assert_close(latents(engine)[part.name], wanted, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("own", "far"), [(ENOUGH, 0.0), (ENOUGH - 0.25, 0.25), (ENOUGH - 1, 1.0), (-2, 1.0)])
def test_components_that_say_enough_by_themselves_stay(pack_folder: Path, tmp_path: Path, own: float,
                                                       far: float) -> None:  # fmt: skip
    engine = leaning_engine(pack_folder, tmp_path, 1.0, 1.0, own)
    wanted = drawn_alone(engine)["nose"] + far * MOST * WAYS["nose"]
    torch.testing.assert_close(latents(engine)["nose"], wanted, atol=1e-4, rtol=1e-4)


def test_at_its_ends_the_slider_decides_alone(pack_folder: Path, tmp_path: Path) -> None:
    engine = leaning_engine(pack_folder, tmp_path, 1.0, 1.0)
    before = drawn_alone(engine)
    engine.set_attribute(FEMININITY, -1)
    render(engine, FACE)
    torch.testing.assert_close(latents(engine)["nose"], before["nose"] - WAYS["nose"], atol=1e-4, rtol=1e-4)


def test_hair_alone_does_not_decide(pack_folder: Path, tmp_path: Path) -> None:
    engine = leaning_engine(pack_folder, tmp_path, 1.0, -0.5)
    before = drawn_alone(engine)
    assert torch.equal(latents(engine)["mouth"], before["mouth"])


def test_a_drawing_that_lacks_a_component_says_nothing(pack_folder: Path, tmp_path: Path) -> None:
    begun = FACE.copy()
    begun[165:210, 90:170] = 255  # no mouth
    engine = leaning_engine(pack_folder, tmp_path, 1.0, 1.0)
    render(engine, begun)
    own = engine._parts["nose"].own
    assert own is not None
    assert torch.equal(latents(engine)["nose"], own)


@pytest.mark.parametrize(("told", "leans"), [(0.5, MOST), (0.1, MOST), (-0.2, 0), (-0.9, -MOST)])
def test_old_women_are_not_taken_for_men(pack_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                         told: float, leans: float) -> None:  # fmt: skip
    engine = leaning_engine(pack_folder, tmp_path, told, told)
    sees(engine, monkeypatch, "aged", 1.0)
    render(engine, FACE)
    if leans:
        assert engine._parts._leaning[FEMININITY] == pytest.approx(leans)
    else:
        assert abs(engine._parts._leaning[FEMININITY]) < MOST / 2


@pytest.mark.parametrize("told", [1.0, 0.0, -1.0])
@pytest.mark.parametrize("other", [None, "aged"])
def test_who_has_a_beard_is_a_man(pack_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str | None,
                                  told: float) -> None:  # fmt: skip
    """An old one, too."""
    engine = leaning_engine(pack_folder, tmp_path, told, told)
    if other:
        sees(engine, monkeypatch, other, 1.0)
    sees(engine, monkeypatch, "beard", 1.0)
    render(engine, FACE)
    assert engine._parts._leaning[FEMININITY] == -MOST


def test_what_may_be_a_beard_says_nothing_and_there_is_no_jump(pack_folder: Path, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Old women's mouths have wrinkles about them; and a stroke must not turn a woman into a man at once."""
    found = []
    for shown in (0.7, 0.75, 0.8):
        engine = leaning_engine(pack_folder, tmp_path, 1.0, 1.0)
        sees(engine, monkeypatch, "beard", shown)
        render(engine, FACE)
        found.append(engine._parts._leaning[FEMININITY])
    assert found == pytest.approx([MOST, 0, -MOST])


def test_what_a_drawing_says_is_held_while_it_changes_little() -> None:
    half = leaning((UNSURE + SURE) / 2)
    assert half == pytest.approx(MOST / 2)
    little = (SURE - UNSURE) * HELD / MOST / 2
    assert leaning((UNSURE + SURE) / 2 + little, half) == half
    assert leaning((UNSURE + SURE) / 2 + 4 * little, half) > half
    assert leaning(SURE, MOST - HELD / 2) == MOST
    assert leaning(0.0, HELD / 2) == 0


def test_a_stroke_at_the_mouth_leaves_other_latents(pack_folder: Path, tmp_path: Path) -> None:
    engine = leaning_engine(pack_folder, tmp_path, (UNSURE + SURE) / 2)
    render(engine, FACE)
    before = latents(engine)
    render(engine, MOUTH_LOWER)
    assert torch.equal(latents(engine)["left_eye"], before["left_eye"])
    assert not torch.equal(latents(engine)["mouth"], before["mouth"])
