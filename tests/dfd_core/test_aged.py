"""Hair of a face that is drawn old."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rendering import FACE, OTHER, render, sees

from dfd_core.appearance import DARK_HAIR, GREY_HAIR, GREYEST, Reference
from dfd_core.engine import Engine
from dfd_core.geometry import REMAINDER
from dfd_core.networks.trait import Aged
from dfd_core.pack import load_pack, save_pack


@pytest.fixture
def old(pack_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The random pack, for which every face is old."""
    pack = load_pack(pack_folder)
    network = Aged().eval().requires_grad_(False)
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, traits={"aged": network})
    engine = Engine(tmp_path, "cpu")
    sees(engine, monkeypatch, "aged", 1.0)
    return engine


def far(engine: Engine, colour: tuple[int, int, int] = GREY_HAIR) -> float:
    """How far the last portrait's hair is from a colour."""
    return float(np.abs(np.subtract(engine.colours()["hair"], colour)).mean())


def test_is_grey_with_every_seed_and_the_rest_stays(old: Engine, engine: Engine) -> None:
    for seed in (0, 3, 8):
        old.seed = engine.seed = seed
        render(old, FACE)
        render(engine, FACE)
        assert far(old) < (1 - GREYEST) * far(engine) + 1
        for part in ("skin", "background"):
            assert np.abs(np.subtract(old.colours()[part], engine.colours()[part])).max() <= 3


def test_is_as_ever_where_age_is_not_sure(old: Engine, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sees(old, monkeypatch, "aged", 0.6)
    render(old, FACE)
    render(engine, FACE)
    assert old.colours() == engine.colours()
    sees(old, monkeypatch, "aged", 0.7)
    render(old, OTHER)
    render(engine, OTHER)
    assert 0.3 * far(engine) < far(old) < 0.8 * far(engine)


def test_a_colour_and_a_reference_win(old: Engine) -> None:
    old.set_colour("hair", (60, 40, 30))
    render(old, FACE)
    assert old.colours()["hair"] == (60, 40, 30)
    old.set_colour("hair", None)
    old.reference = Reference(np.full((64, 64, 3), 90, np.uint8))
    old.render()
    assert old.colours()["hair"] == (90, 90, 90)


def test_black_hair_stays_black(old: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dfd_core.engine.dark_hair", lambda head, black: 1.0)
    render(old, FACE)
    assert far(old, DARK_HAIR) < 12


def test_locked_hair_stays_when_wrinkles_go(old: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    render(old, FACE)
    before = far(old)
    old.set_lock(REMAINDER.name, True)
    sees(old, monkeypatch, "aged", 0.0)
    render(old, OTHER)
    assert far(old) == pytest.approx(before, abs=5)
    old.set_lock(REMAINDER.name, False)
    old.render()
    assert far(old) > 2 * before
