"""The stateful engine: what it keeps, what it computes again, and how it fails."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import face
from rendering import FACE, OTHER, latents, render, same

import dfd_core.engine
from dfd_core.device import spare_threads
from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.errors import Cancelled, DfdError, DrawingError, PackError
from dfd_core.frame import Frame
from dfd_core.geometry import NAMES
from dfd_core.networks.enlarge import Enlarge

CUDA_FULL = torch.OutOfMemoryError("CUDA out of memory")
MPS_FULL = RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB). Tried to allocate 16.00 MB")
MORE_WORK = {"paint": (dfd_core.engine, "paint_snapshot"), "shadow": (Engine, "_shadow"),
             "warm": (dfd_core.engine, "warm_up")}  # fmt: skip
STAGES = ["read", "embed", "project", "map", "synthesise"]


class TestPortrait:
    def test_is_512_pixels_of_colour(self, engine: Engine) -> None:
        image = render(engine, FACE)
        assert (image.shape, image.dtype) == ((512, 512, 3), np.uint8)
        assert image.std() > 1

    def test_lies_over_its_drawing(self, engine: Engine) -> None:
        page = np.full((700, 900), 255, np.uint8)
        page[300:556, 500:756] = FACE
        engine.set_sketch(page)
        placed, x, y = engine.render().placed()
        assert 450 < x < 580
        assert 280 < y < 330
        assert placed.shape[0] == placed.shape[1]
        assert 230 < placed.shape[0] < 280

    def test_same_drawing_twice_is_bit_identical(self, drawn: Engine, pack_folder: Path) -> None:
        first = drawn.render().image
        assert np.array_equal(drawn.render().image, first)
        assert np.array_equal(render(drawn, FACE), first)
        assert np.array_equal(render(Engine(pack_folder, "cpu"), FACE), first)

    def test_is_the_same_after_a_detour(self, drawn: Engine) -> None:
        first = drawn.render().image
        assert not np.array_equal(render(drawn, OTHER), first)
        drawn.set_blend("nose", 0.0)
        drawn.seed = 9
        drawn.render()
        drawn.set_blend("nose", DEFAULT_BLEND["nose"])
        drawn.seed = 0
        assert np.array_equal(render(drawn, FACE), first)

    def test_says_where_its_drawing_stands_and_how_long_it_took(self, engine: Engine) -> None:
        engine.set_sketch(FACE, origin=(10, 20), canvas=(500, 400), frame=Frame(10, 20, 256))
        portrait = engine.render()
        assert portrait.frame == Frame(10, 20, 256)
        assert portrait.canvas == (500, 400)
        assert list(portrait.seconds) == STAGES
        assert all(seconds >= 0 for seconds in portrait.seconds.values())


class TestProgress:
    def test_stages_come_in_order(self, engine: Engine) -> None:
        told: list[tuple[str, float]] = []
        engine.set_sketch(FACE)
        engine.render(progress=lambda stage, fraction: told.append((stage, fraction)))
        assert [stage for stage, _ in told] == [*STAGES, "done"]
        fractions = [fraction for _, fraction in told]
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)

    @pytest.mark.parametrize("stage", range(len(STAGES)), ids=STAGES)
    def test_cancelled_before_a_stage_changes_nothing(self, drawn: Engine, stage: int) -> None:
        expected, before = drawn.render().image, latents(drawn)
        other = render(drawn, OTHER)
        assert np.array_equal(render(drawn, FACE), expected)
        drawn.set_sketch(OTHER, frame="canvas")
        asked = iter([False] * stage + [True])
        told: list[str] = []
        with pytest.raises(Cancelled):
            drawn.render(lambda name, _: told.append(name), lambda: next(asked))
        assert told == STAGES[:stage]
        assert all(same(latents(drawn), before).values())
        assert np.array_equal(drawn.render().image, other)
        assert np.array_equal(render(drawn, FACE), expected)

    def test_not_cancelled_is_asked_before_every_stage(self, drawn: Engine) -> None:
        asked: list[None] = []
        drawn.render(cancelled=lambda: bool(asked.append(None)))
        assert len(asked) == len(STAGES)

    def test_cancelled_is_not_an_error_for_the_user(self) -> None:
        assert not issubclass(Cancelled, DfdError)


def full_once(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, error: Exception = CUDA_FULL) -> None:
    """The next call of `owner.name` finds the card's memory full, as CUDA says it or as Apple's MPS does."""
    real, errors = getattr(owner, name), [error]

    def once(*arguments: object) -> object:
        if errors:
            raise errors.pop()
        return real(*arguments)

    monkeypatch.setattr(owner, name, once)


class TestOutOfMemory:
    """The graphics card is made up; what the engine does then is not."""

    @pytest.fixture
    def card(self, drawn: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
        """An engine that takes the first GPU for its own; its networks stay on the CPU all along."""
        monkeypatch.setattr(drawn, "_device", torch.device("cuda:0"))
        monkeypatch.setattr(drawn, "_follow", lambda: None)  # or it would see where the networks really are
        return drawn

    @pytest.fixture
    def full(self, card: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
        """The same whose next render finds the card's memory full."""
        full_once(monkeypatch, Engine, "_render")
        return card

    def test_falls_back_to_the_processor_and_says_so(self, full: Engine, pack_folder: Path) -> None:
        assert full.device == "cuda:0"
        image = full.render().image
        assert full.device == "cpu"
        assert full.notice == "cuda:0 is out of memory: using the CPU."
        assert np.array_equal(image, render(Engine(pack_folder, "cpu"), FACE))

    @pytest.mark.parametrize(("work", "step"), list(MORE_WORK.items()))
    @pytest.mark.parametrize("error", [CUDA_FULL, MPS_FULL], ids=["cuda", "mps"])
    def test_not_only_in_a_render(
        self,
        card: Engine,
        pack_folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        work: str,
        step: tuple[object, str],
        error: Exception,
    ) -> None:
        fresh = Engine(pack_folder, "cpu")
        render(fresh, FACE)
        arguments = [card.snapshot()] if work == "paint" else []
        full_once(monkeypatch, *step, error)
        made = getattr(card, work)(*arguments)
        assert (card.device, card.notice) == ("cpu", "cuda:0 is out of memory: using the CPU.")
        assert np.array_equal(made, getattr(fresh, work)(*arguments))
        assert np.array_equal(card.render().image, fresh.render().image)

    def test_another_error_is_one(self, card: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        full_once(monkeypatch, Engine, "_render", RuntimeError("a defect"))
        with pytest.raises(RuntimeError, match="a defect"):
            card.render()
        assert card.device == "cuda:0"

    def test_locks_outlast_it(self, full: Engine) -> None:
        before = latents(full)
        full.set_lock("nose", True)
        full.set_sketch(OTHER, frame="canvas")
        full.render()
        assert same(latents(full), before) == {name: name == "nose" for name in NAMES}

    def test_on_the_processor_it_is_an_error(self, full: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(full, "_device", torch.device("cpu"))
        with pytest.raises(torch.OutOfMemoryError):
            full.render()
        assert full.notice == ""

    def test_no_room_for_the_networks(self, pack_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        full_once(monkeypatch, Engine, "_move")
        monkeypatch.setattr("dfd_core.engine.pick_device", lambda name: torch.device("cuda:0"))
        engine = Engine(pack_folder)
        assert (engine.device, engine.notice) == ("cpu", "cuda:0 is out of memory: using the CPU.")
        assert render(engine, FACE).std() > 1


class TestSiblings:
    """One of the engines that share networks took them to the CPU; the other's GPU is made up, as above."""

    @pytest.fixture
    def left(self, drawn: Engine) -> Engine:
        """An engine that still takes a GPU for where the networks are."""
        drawn._device = torch.device("cuda:0")
        return drawn

    def test_paint_where_the_networks_are(self, left: Engine) -> None:
        image = left.render().image
        left._device = torch.device("cuda:0")
        assert np.array_equal(left.paint(left.snapshot()), image)
        assert left.device == "cpu"

    def test_have_their_shadow_and_alternatives(self, left: Engine, pack_folder: Path) -> None:
        fresh = Engine(pack_folder, "cpu")
        render(fresh, FACE)
        assert np.array_equal(left.shadow(), fresh.shadow())
        left._device = torch.device("cuda:0")
        found = left.alternatives("nose")
        left.choose("nose", found[1])
        assert torch.equal(left.taken("nose").latent, fresh.alternatives("nose")[1].latent)

    def test_are_warmed(self, left: Engine) -> None:
        left.warm()
        assert left.device == "cpu"

    def test_begin_where_the_networks_are(self, left: Engine) -> None:
        assert left.sibling().device == "cpu"

    def test_go_back_to_a_portrait(self, left: Engine) -> None:
        left.restore(left.snapshot())
        assert left.latent("nose").device.type == left.device == "cpu"


class TestWrongUse:
    def test_render_before_the_first_drawing(self, engine: Engine) -> None:
        with pytest.raises(DrawingError, match="no drawing yet"):
            engine.render()

    def test_unusable_drawing_keeps_the_previous_one(self, drawn: Engine) -> None:
        before = drawn.render().image
        with pytest.raises(DrawingError):
            drawn.set_sketch(np.full((256, 256), 255, np.uint8))
        assert np.array_equal(drawn.render().image, before)

    def test_unknown_component_is_named_with_the_known_ones(self, drawn: Engine) -> None:
        for use in (
            lambda: drawn.set_blend("chin", 0.5),
            lambda: drawn.set_lock("chin", True),
            lambda: drawn.latent("chin"),
            lambda: drawn.neighbours("chin"),
        ):
            with pytest.raises(DfdError, match="no component 'chin': use one of left_eye, right_eye, nose, mouth, rem"):
                use()

    @pytest.mark.parametrize("name", ["cuda:77", "toaster", ""])
    def test_unknown_device(self, pack_folder: Path, name: str) -> None:
        with pytest.raises(DfdError, match=f"device '{name}' is not there: use 'cpu' or 'auto'"):
            Engine(pack_folder, name)

    def test_no_pack(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="No weight pack in"):
            Engine(tmp_path, "cpu")

    def test_nothing_is_known_before_the_first_render(self, engine: Engine) -> None:
        assert engine.latent("nose") is None
        assert engine.neighbours("nose") is None


class TestDevice:
    def test_cpu_is_always_there(self, engine: Engine) -> None:
        assert engine.device == "cpu"


class TestPrecision:
    def test_of_bfloat16_is_not_seen(self, pack_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        single = render(Engine(pack_folder, "cpu", precision="single"), FACE)
        monkeypatch.setattr("dfd_core.engine.fast_precision", lambda device: torch.bfloat16)
        engine = Engine(pack_folder, "cpu")
        lower = render(engine, FACE)
        assert engine.pack.synthesis.generator.out.weight.dtype == torch.bfloat16
        assert engine.latent("nose").dtype == torch.float32
        apart = np.abs(lower.astype(int) - single)
        assert apart.max() <= 4
        assert apart.mean() < 0.3
        assert engine.shadow().dtype == np.float32


class TestOfOneComponent:
    def test_differs_invisibly_from_one_made_afresh(self, drawn: Engine, pack_folder: Path) -> None:
        torch.manual_seed(1)
        network = Enlarge()
        torch.nn.init.normal_(network.out.weight, std=0.005)  # as much detail as a trained one adds
        fresh = Engine(pack_folder, "cpu")
        for engine in (drawn, fresh):
            engine.pack.enlarge.load_state_dict(network.state_dict())
        render(drawn, OTHER)
        render(drawn, FACE)
        for mouth in (2, 4, 6, 8):
            edited = render(drawn, face(256, mouth=mouth)).astype(int)
        assert np.abs(edited - render(fresh, face(256, mouth=8))).max() <= 2


class TestWarm:
    def test_runs_every_network_and_changes_nothing(self, engine: Engine, embedded: Counter[str]) -> None:
        run: Counter[str] = Counter()
        for name in ("lines", "generator"):
            layer = getattr(engine.pack.synthesis, name)
            layer.register_forward_hook(lambda *_, name=name: run.update([name]))
        engine.pack.enlarge.entry.register_forward_hook(lambda *_: run.update(["enlarge"]))
        engine.warm()
        assert embedded == {"eye": 2, "nose": 1, "mouth": 1, "remainder": 1}
        assert run == {"lines": 1, "generator": 1, "enlarge": 1}
        assert engine.latent("nose") is None
        with pytest.raises(DrawingError, match="no drawing yet"):
            engine.render()

    def test_leaves_a_portrait_as_it_was(self, drawn: Engine) -> None:
        before = drawn.render().image
        drawn.warm()
        assert np.array_equal(drawn.render().image, before)


class TestClose:
    def test_frees_the_networks(self, drawn: Engine) -> None:
        weight = weakref.ref(drawn.pack.synthesis.generator)
        kept = drawn.render().image.copy()
        drawn.close()
        gc.collect()
        assert weight() is None
        assert kept.std() > 1


class TestThreads:
    def test_are_torchs_own_unless_given(self, pack_folder: Path) -> None:
        before = torch.get_num_threads()
        Engine(pack_folder, "cpu")
        assert torch.get_num_threads() == before
        Engine(pack_folder, "cpu", threads="spare")
        assert torch.get_num_threads() == spare_threads()
        torch.set_num_threads(before)
