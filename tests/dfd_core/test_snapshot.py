"""Portraits as numbers: kept, mixed, painted again; alternatives and shadow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import face
from safetensors.torch import load, save

from dfd_core.choice import Choice
from dfd_core.engine import Engine
from dfd_core.errors import DfdError, DrawingError
from dfd_core.frame import Frame
from dfd_core.geometry import COMPONENTS, LEFT_EYE, MOUTH, NAMES, NOSE
from dfd_core.shadow import SEAM, WINDOWED, placed_shadow, window_outlines
from dfd_core.snapshot import Snapshot

FACE, OTHER = face(256), face(256, mouth=12)[:, ::-1].copy()
OTHER[60:75, 90:170] = 0


def render(engine: Engine, pixels: np.ndarray, seed: int = 0) -> np.ndarray:
    engine.seed = seed
    engine.set_sketch(pixels, frame="canvas")
    return engine.render().image


@pytest.fixture
def two(engine: Engine) -> tuple[Snapshot, Snapshot]:
    """Snapshots of two portraits."""
    render(engine, FACE, 1)
    first = engine.snapshot()
    render(engine, OTHER, 2)
    return first, engine.snapshot()


class TestSnapshot:
    def test_is_painted_as_it_was_and_leaves_the_engine_alone(self, engine: Engine) -> None:
        image = render(engine, FACE, 3)
        kept = engine.snapshot()
        other = render(engine, OTHER)
        assert np.array_equal(engine.paint(kept), image)
        assert np.array_equal(engine.render().image, other)

    def test_before_the_first_portrait(self, engine: Engine) -> None:
        with pytest.raises(DrawingError, match="make one first"):
            engine.snapshot()

    def test_survives_bytes(self, engine: Engine, two: tuple[Snapshot, Snapshot]) -> None:
        data = two[0].to_bytes()
        assert len(data) < 200_000
        before, after = engine.paint(two[0]).astype(int), engine.paint(Snapshot.from_bytes(data)).astype(int)
        assert np.abs(before - after).mean() < 1

    @pytest.mark.parametrize("damage", ["short", "empty", "other"])
    def test_of_damaged_bytes(self, two: tuple[Snapshot, Snapshot], damage: str) -> None:
        data = two[0].to_bytes()
        bad = {"short": data[:-50], "empty": b"", "other": b"x" * 400}[damage]
        with pytest.raises(DfdError, match="make it again"):
            Snapshot.from_bytes(bad)

    def test_of_another_shape(self, two: tuple[Snapshot, Snapshot]) -> None:
        wrong = Choice(torch.zeros(1, 3), two[0].choices["nose"].ink, 0.5)
        with pytest.raises(DfdError, match="another version"):
            Snapshot.from_bytes(Snapshot({**two[0].choices, "nose": wrong}, two[0].code).to_bytes())

    @pytest.mark.parametrize("name", ["model", "asked", "nose.blend", "nose.latent"])
    def test_of_other_tensors(self, two: tuple[Snapshot, Snapshot], name: str) -> None:
        wrong = torch.zeros(0, 2) if name == "nose.blend" else torch.tensor([[1.5, 300.0]])
        with pytest.raises(DfdError, match="make it again"):
            Snapshot.from_bytes(save({**load(two[0].to_bytes()), name: wrong}))


class TestModel:
    """Latents mean nothing to another embedding."""

    @pytest.fixture
    def foreign(self, two: tuple[Snapshot, Snapshot]) -> Snapshot:
        return replace(two[0], model="0123456789abcdef")

    def test_is_noted(self, engine: Engine, two: tuple[Snapshot, Snapshot]) -> None:
        first, second = (Snapshot.from_bytes(each.to_bytes()) for each in two)
        mixed = first.between(second, 0.5).with_component("nose", second)
        assert {first.model, mixed.model} == {engine.pack.model}
        assert engine.pack.manifest["files"]["embedding.safetensors"]["sha256"].startswith(engine.pack.model)
        assert len(engine.pack.model) == 16

    def test_of_another_one_is_refused(self, engine: Engine, foreign: Snapshot) -> None:
        before = engine.render().image
        for use in (engine.paint, engine.restore):
            with pytest.raises(DfdError, match="made with another model: make it again"):
                use(Snapshot.from_bytes(foreign.to_bytes()))
        assert np.array_equal(engine.render().image, before)

    def test_two_are_not_mixed(self, two: tuple[Snapshot, Snapshot], foreign: Snapshot) -> None:
        for mix in (lambda: two[1].between(foreign, 0.5), lambda: two[1].with_component("nose", foreign)):
            with pytest.raises(DfdError, match="another model"):
                mix()

    def test_former_versions_did_not_note_it(self, engine: Engine, two: tuple[Snapshot, Snapshot]) -> None:
        former = replace(two[0], model="")
        assert "model" not in load(former.to_bytes())
        former = Snapshot.from_bytes(former.to_bytes())
        assert np.array_equal(engine.paint(former), engine.paint(Snapshot.from_bytes(two[0].to_bytes())))
        engine.restore(former)
        assert former.between(two[1], 0.5).model == engine.pack.model


class TestMixing:
    def test_ends_are_the_portraits_and_the_middle_is_neither(self, two: tuple[Snapshot, Snapshot]) -> None:
        first, second = two
        for amount, whole in ((0.0, first), (1.0, second)):
            mixed = first.between(second, amount)
            assert torch.equal(mixed.code, whole.code)
            assert all(torch.equal(mixed.choices[n].latent, whole.choices[n].latent) for n in NAMES)
        middle = first.between(second, 0.5)
        torch.testing.assert_close(middle.code, (first.code + second.code) / 2)

    def test_one_component_of_another(self, two: tuple[Snapshot, Snapshot]) -> None:
        mixed = two[0].with_component("mouth", two[1])
        assert mixed.choices["mouth"] is two[1].choices["mouth"]
        assert all(mixed.choices[name] is two[0].choices[name] for name in NAMES if name != "mouth")
        assert mixed.code is two[0].code


class TestAlternatives:
    def test_are_neighbours_that_can_be_taken_and_given_back(self, engine: Engine) -> None:
        assert engine.alternatives("nose") == []
        before = render(engine, FACE)
        found = engine.alternatives("nose", 4)
        assert len(found) == 4
        projection = engine.neighbours("nose")
        assert projection is not None
        assert torch.equal(found[1].latent[0], engine.pack.banks["nose"].bank[projection.indices[0, 1]])
        engine.choose("nose", found[1])
        taken = engine.render().image
        assert not np.array_equal(taken, before)
        assert engine.latent("nose") is found[1].latent
        engine.choose("nose", None)
        assert np.array_equal(engine.render().image, before)

    def test_the_drawing_is_one_of_them(self, engine: Engine) -> None:
        """Also while another was taken."""
        assert engine.drawn("nose") is None
        engine.keep_appearance = True
        before = render(engine, FACE)
        engine.choose("nose", engine.alternatives("nose")[0])
        assert engine.taken("nose") is not None
        engine.render()
        drawn = engine.drawn("nose")
        assert drawn is not None
        snapshot = engine.snapshot()
        assert np.array_equal(engine.paint(Snapshot({**snapshot.choices, "nose": drawn}, snapshot.code)), before)

    def test_after_a_shadow_alone_can_be_taken(self, engine: Engine) -> None:
        engine.set_sketch(FACE, frame="canvas")
        engine.shadow()
        for name in NAMES:
            engine.choose(name, engine.alternatives(name)[0])
        assert engine.render().image.shape == (512, 512, 3)

    def test_of_a_lock_comes_the_lock(self, engine: Engine) -> None:
        before = render(engine, FACE)
        engine.set_lock("mouth", True)
        engine.choose("mouth", engine.alternatives("mouth")[0])
        assert np.array_equal(engine.render().image, before)


class TestShadow:
    def test_follows_the_drawing(self, engine: Engine, pack_folder: Path) -> None:
        average = engine.shadow()
        assert (average.shape, average.dtype) == ((512, 512), np.float32)
        assert 0 <= average.min() <= average.max() <= 1
        engine.set_sketch(FACE, frame="canvas")
        first = engine.shadow()
        assert not np.array_equal(first, average)
        engine.set_sketch(OTHER, frame="canvas")
        assert not np.array_equal(engine.shadow(), first)

    def test_needs_no_portrait_and_makes_none(self, engine: Engine) -> None:
        engine.set_sketch(FACE, frame="canvas")
        engine.shadow()
        assert engine.latent("nose") is None
        assert np.array_equal(engine.render().image, render(engine, FACE))

    def test_of_one_sure_neighbour_is_its_drawing(self, engine: Engine) -> None:
        engine.set_sketch(FACE, frame="canvas")
        engine.shadow()
        mouth = next(c for c in COMPONENTS if c.name == "mouth")
        state = engine.neighbours("mouth")
        assert state is not None
        with torch.inference_mode():
            state.weights.zero_()
            state.weights[0, 2] = 1
        row = engine.pack.banks["mouth"].bank[state.indices[0, 2]][None]
        drawn = engine.pack.synthesis.decoders["mouth"](row)[:, :1].sigmoid()
        expected = torch.nn.functional.interpolate(drawn, 192, mode="bilinear", align_corners=False)[0, 0].numpy()
        rows, columns = (slice(s.start + SEAM, s.stop - SEAM) for s in mouth.slices)
        alone = slice(NOSE.y + NOSE.size - rows.start, None)  # no other window is there
        assert np.allclose(engine.shadow()[rows, columns][alone], expected[SEAM:-SEAM, SEAM:-SEAM][alone], atol=1e-5)

    def test_has_no_seams(self, engine: Engine) -> None:
        """Across a window's border it changes no more than elsewhere."""
        engine.set_sketch(FACE, frame="canvas")
        steps = np.abs(np.diff(engine.shadow(), axis=1))
        borders = [x - 1 for c in WINDOWED for x in (c.x, c.x + c.size)]
        assert steps[:, borders].max() <= np.delete(steps, borders, 1).max()

    def test_where_nothing_is_drawn_is_the_average(self, engine: Engine) -> None:
        average = engine.shadow()
        no_mouth = FACE.copy()
        no_mouth[(MOUTH.y - 8) * len(FACE) // 512 :] = 255
        engine.set_sketch(no_mouth, frame="canvas")
        changed = engine.shadow() != average
        assert changed[LEFT_EYE.slices].any()
        assert not changed[MOUTH.slices][80:-SEAM, SEAM:-SEAM].any()

    def test_stands_where_the_frame_is(self) -> None:
        ink = np.zeros((512, 512), np.float32)
        ink[128:384, 128:384] = 0.5
        rgba, x, y = placed_shadow(ink, Frame(100, 50, 256, 45), (600, 400), (10, 20, 30))
        assert tuple(rgba[178 - y, 228 - x]) == (10, 20, 30, 128)
        assert rgba[178 - y, 228 - x + 100, 3] == rgba[178 - y - 100, 228 - x, 3] == 0

    def test_outlines_are_those_of_the_windows(self) -> None:
        outlines = window_outlines()
        assert outlines[MOUTH.y + MOUTH.size - 1, MOUTH.x : MOUTH.x + MOUTH.size].all()
        assert not outlines[MOUTH.y + MOUTH.size :].any()
        assert outlines.mean() < 0.05
