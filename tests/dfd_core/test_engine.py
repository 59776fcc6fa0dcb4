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

from dfd_core.appearance import Reference
from dfd_core.device import spare_threads
from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.errors import Cancelled, DfdError, DrawingError, PackError
from dfd_core.frame import Frame
from dfd_core.geometry import COMPONENTS, NAMES

FACE = face(256)
OTHER = face(256)[:, ::-1].copy()
OTHER[60:75, 90:170] = 0  # a fringe, so that it is no mirror image
MOUTH_LOWER = face(256, mouth=8)
STAGES = ["read", "embed", "project", "map", "synthesise"]


def latents(engine: Engine) -> dict[str, torch.Tensor]:
    """The latents of the last render."""
    found = {name: engine.latent(name) for name in NAMES}
    return {name: latent.clone() for name, latent in found.items() if latent is not None}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> dict[str, bool]:
    """Which components have bit-identical latents."""
    return {name: torch.equal(one[name], other[name]) for name in NAMES}


def render(engine: Engine, pixels: np.ndarray) -> np.ndarray:
    """The portrait of a drawing that fills the canvas."""
    engine.set_sketch(pixels, frame="canvas")
    return engine.render().image


@pytest.fixture
def drawn(engine: Engine) -> Engine:
    """An engine that has rendered `FACE`."""
    render(engine, FACE)
    return engine


@pytest.fixture
def embedded(engine: Engine) -> Counter[str]:
    """How often each encoder has run."""
    runs: Counter[str] = Counter()
    for name, encoder in engine.pack.embedding.encoders.items():
        encoder.register_forward_hook(lambda *_, name=name: runs.update([name]))
    return runs


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


class TestLock:
    def test_keeps_the_latent_bit_by_bit_while_the_others_follow(self, drawn: Engine) -> None:
        before = latents(drawn)
        drawn.set_lock("mouth", True)
        render(drawn, OTHER)
        assert same(latents(drawn), before) == {name: name == "mouth" for name in NAMES}

    def test_shows_in_the_portrait(self, drawn: Engine) -> None:
        drawn.set_lock("remainder", True)
        locked = render(drawn, OTHER)
        drawn.set_lock("remainder", False)
        assert not np.array_equal(render(drawn, OTHER), locked)

    def test_holds_against_the_blend_too(self, drawn: Engine) -> None:
        before = latents(drawn)
        drawn.set_lock("nose", True)
        drawn.set_blend("nose", 1.0)
        drawn.render()
        assert same(latents(drawn), before)["nose"]

    def test_unlocked_component_follows_the_drawing_again(self, drawn: Engine, pack_folder: Path) -> None:
        drawn.set_lock("mouth", True)
        render(drawn, OTHER)
        drawn.set_lock("mouth", False)
        drawn.render()
        fresh = Engine(pack_folder, "cpu")
        render(fresh, OTHER)
        assert all(same(latents(drawn), latents(fresh)).values())

    def test_before_the_first_render_keeps_the_first_latent(self, engine: Engine, pack_folder: Path) -> None:
        engine.set_lock("left_eye", True)
        render(engine, FACE)
        plain = Engine(pack_folder, "cpu")
        render(plain, FACE)
        first = latents(plain)
        assert all(same(latents(engine), first).values())
        render(engine, OTHER)
        assert same(latents(engine), first) == {name: name == "left_eye" for name in NAMES}

    def test_all_locked_is_the_same_portrait(self, drawn: Engine) -> None:
        before = drawn.render().image
        for name in NAMES:
            drawn.set_lock(name, True)
        assert np.array_equal(render(drawn, OTHER), before)

    def test_keeps_the_portrait_that_was_seen_not_one_that_was_cancelled(self, drawn: Engine) -> None:
        before = latents(drawn)
        drawn.set_sketch(OTHER, frame="canvas")
        asked = iter([False] * 4 + [True])
        with pytest.raises(Cancelled):
            drawn.render(cancelled=lambda: next(asked))
        drawn.set_lock("mouth", True)
        drawn.render()
        assert same(latents(drawn), before) == {name: name == "mouth" for name in NAMES}


class TestBlend:
    @pytest.mark.parametrize("name", NAMES)
    def test_0_is_the_raw_latent_and_1_the_projection(self, drawn: Engine, name: str) -> None:
        drawn.set_blend(name, 0.0)
        drawn.render()
        raw = latents(drawn)[name]
        drawn.set_blend(name, 1.0)
        drawn.render()
        projection = drawn.neighbours(name)
        assert projection is not None
        assert torch.equal(latents(drawn)[name], projection.latents)
        assert not torch.equal(raw, projection.latents)
        network = "eye" if "eye" in name else name
        assert torch.equal(drawn.pack.banks[network].project(raw).latents, projection.latents)

    def test_raw_latent_is_what_the_encoder_says(self, drawn: Engine) -> None:
        from dfd_core.geometry import MOUTH
        from dfd_core.lineart import normalise

        drawn.set_blend("mouth", 0.0)
        drawn.render()
        ink = torch.nn.functional.avg_pool2d(normalise(FACE, frame="canvas").ink[None, None], 2)
        assert torch.equal(latents(drawn)["mouth"], drawn.pack.embedding(ink, MOUTH))

    def test_changes_its_component_only(self, drawn: Engine) -> None:
        before = latents(drawn)
        drawn.set_blend("nose", 0.1)
        drawn.render()
        assert same(latents(drawn), before) == {name: name != "nose" for name in NAMES}

    @pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
    def test_out_of_range_is_refused_and_nothing_changes(self, engine: Engine, value: float) -> None:
        with pytest.raises(DfdError, match="blend of nose must be between 0 and 1"):
            engine.set_blend("nose", value)
        assert engine.blend == DEFAULT_BLEND

    def test_engines_do_not_share_their_blends(self, engine: Engine, pack_folder: Path) -> None:
        engine.set_blend("nose", 0.9)
        assert Engine(pack_folder, "cpu").blend == DEFAULT_BLEND


class TestSeed:
    def test_changes_the_picture_but_no_latent(self, drawn: Engine) -> None:
        image, before = drawn.render().image, latents(drawn)
        drawn.seed = 5
        other = drawn.render().image
        assert not np.array_equal(other, image)
        assert all(same(latents(drawn), before).values())
        assert np.array_equal(drawn.render().image, other)


class TestColours:
    def test_are_those_of_the_last_portrait(self, engine: Engine) -> None:
        assert set(engine.colours().values()) == {(128, 128, 128)}  # the random pack's average
        render(engine, FACE)
        first = engine.colours()
        assert set(first) == {"skin", "hair", "background"}
        engine.seed = 5
        engine.render()
        assert engine.colours() != first

    def test_win_over_seed_and_reference(self, drawn: Engine) -> None:
        before = drawn.render().image
        drawn.set_colour("skin", (150, 110, 100))
        assert drawn.colours()["skin"] == (150, 110, 100)
        changed = drawn.render().image
        assert not np.array_equal(changed, before)
        drawn.seed, drawn.reference = 7, Reference(np.full((64, 64, 3), 90, np.uint8))
        drawn.render()
        assert drawn.colours() == {"skin": (150, 110, 100), "hair": (90, 90, 90), "background": (90, 90, 90)}

    def test_none_goes_back(self, drawn: Engine) -> None:
        before = drawn.render().image
        drawn.set_colour("hair", (1, 2, 3))
        drawn.set_colour("hair", None)
        assert np.array_equal(drawn.render().image, before)

    def test_hardly_hang_on_the_blend(self, engine: Engine) -> None:
        torch.manual_seed(1)
        banks = engine.pack.banks
        rows = {c.name: banks[c.network].bank[3:4] for c in COMPONENTS}
        lines = {name: row + 0.3 * torch.randn_like(row) for name, row in rows.items()}
        plausible = {c.name: banks[c.network].project(lines[c.name]).latents for c in COMPONENTS}
        code, other = engine.appearance(lines), {c.name: banks[c.network].bank[9:10] for c in COMPONENTS}
        assert (engine.appearance(plausible) - code).norm() < (engine.appearance(other) - code).norm() / 4

    def test_of_another_document_are_its_own(self, drawn: Engine) -> None:
        drawn.set_colour("skin", (140, 120, 110))
        assert drawn.sibling().colours()["skin"] == (128, 128, 128)

    def test_bad_ones_say_what_is_wrong(self, engine: Engine) -> None:
        with pytest.raises(DfdError, match="no colour of 'eyes'"):
            engine.set_colour("eyes", (1, 2, 3))
        with pytest.raises(DfdError, match="from 0 to 255"):
            engine.set_colour("hair", (300, 2, 3))
        assert engine.colours()["hair"] == (128, 128, 128)


class TestOnlyWhatChanged:
    def test_first_render_embeds_every_window(self, engine: Engine, embedded: Counter[str]) -> None:
        render(engine, FACE)
        assert embedded == {"eye": 2, "nose": 1, "mouth": 1, "remainder": 1}

    def test_same_drawing_embeds_nothing(self, engine: Engine, embedded: Counter[str]) -> None:
        render(engine, FACE)
        embedded.clear()
        render(engine, FACE.copy())
        engine.set_blend("mouth", 0.2)
        engine.seed = 3
        engine.render()
        assert not embedded

    def test_changed_mouth_embeds_the_mouth(self, engine: Engine, embedded: Counter[str]) -> None:
        render(engine, FACE)
        embedded.clear()
        before = latents(engine)
        render(engine, MOUTH_LOWER)
        assert embedded == {"mouth": 1}
        assert same(latents(engine), before) == {name: name != "mouth" for name in NAMES}

    def test_only_changed_components_are_mapped(self, engine: Engine) -> None:
        render(engine, FACE)
        mapped: Counter[str] = Counter()
        for name, layer in engine.pack.synthesis.maps.items():
            layer.register_forward_hook(lambda *_, name=name: mapped.update([name]))
        engine.seed = 4
        engine.render()
        assert not mapped
        render(engine, MOUTH_LOWER)
        assert mapped == {"mouth": 1}


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


class TestOutOfMemory:
    """The graphics card is made up; what the engine does then is not."""

    @pytest.fixture
    def full(self, drawn: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
        """An engine whose next render finds a card without memory; its networks stay on the CPU all along."""
        real = Engine._render

        def render_once(engine: Engine, *arguments: object) -> object:
            monkeypatch.setattr(Engine, "_render", real)
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr(Engine, "_render", render_once)
        monkeypatch.setattr(drawn, "_device", torch.device("cuda:0"))
        monkeypatch.setattr(drawn, "_follow", lambda: None)  # or it would see where the networks really are
        return drawn

    def test_falls_back_to_the_processor_and_says_so(self, full: Engine, pack_folder: Path) -> None:
        assert full.device == "cuda:0"
        image = full.render().image
        assert full.device == "cpu"
        assert full.notice == "cuda:0 is out of memory: using the CPU."
        assert np.array_equal(image, render(Engine(pack_folder, "cpu"), FACE))

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
        real = Engine._move

        def move_once(engine: Engine, device: torch.device) -> None:
            monkeypatch.setattr(Engine, "_move", real)
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr(Engine, "_move", move_once)
        monkeypatch.setattr("dfd_core.engine.pick_device", lambda name: torch.device("cuda:0"))
        engine = Engine(pack_folder)
        assert (engine.device, engine.notice) == ("cpu", "cuda:0 is out of memory: using the CPU.")
        assert render(engine, FACE).std() > 1


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
        torch.nn.init.normal_(drawn.pack.enlarge.out.weight, std=0.02)
        fresh = Engine(pack_folder, "cpu")
        fresh.pack.enlarge.load_state_dict(drawn.pack.enlarge.state_dict())
        render(drawn, OTHER)
        render(drawn, FACE)
        for mouth in (2, 4, 6, 8):
            edited = render(drawn, face(256, mouth=mouth)).astype(int)
        assert np.abs(edited - render(fresh, face(256, mouth=8))).max() <= 2


class TestLines:
    """The drawing itself, as far as it is trusted, beside the latents."""

    @pytest.mark.parametrize(("amount", "seen"), [(0.0, True), (0.5, True), (1.0, False)])
    def test_are_seen_unless_all_is_plausible(self, engine: Engine, amount: float, seen: bool) -> None:
        """Two drawings whose latents are all locked differ by their lines alone."""
        lines = engine.pack.synthesis.lines
        inputs: list[torch.Tensor] = []
        lines.register_forward_pre_hook(lambda _, given: inputs.append(given[0].clone()))
        for name in NAMES:
            engine.set_blend(name, amount)
        render(engine, FACE)
        render(engine, OTHER)
        assert torch.equal(inputs[0], inputs[1]) != seen

    def test_of_a_locked_component_stay_while_the_others_follow(self, drawn: Engine) -> None:
        inputs: list[torch.Tensor] = []
        drawn.pack.synthesis.lines.register_forward_pre_hook(lambda _, given: inputs.append(given[0].clone()))
        drawn.render()
        drawn.set_lock("mouth", True)
        drawn.set_blend("mouth", 1.0)
        blank = np.full_like(FACE, 255)
        blank[20:30, 60:200] = 0
        render(drawn, blank)
        below = (slice(None), slice(None), slice(190, 240), slice(80, 176))  # the nose's window ends above
        assert inputs[0][below].any()
        assert torch.equal(inputs[1][below], inputs[0][below])
        assert not inputs[1][:, :1, 100:140].any()

    def test_blank_window_has_no_lines(self, drawn: Engine) -> None:
        inputs: list[torch.Tensor] = []
        drawn.pack.synthesis.lines.register_forward_pre_hook(lambda _, given: inputs.append(given[0].clone()))
        drawn.set_blend("remainder", 1.0)
        drawn.render()
        assert not inputs[0][:, :, :40].any()


class TestLinkedEyes:
    @pytest.fixture
    def uneven(self) -> np.ndarray:
        """A face with one eye blacked out."""
        pixels = FACE.copy()
        pixels[100:130, 140:180] = 0
        return pixels

    def test_are_one_eye_on_both_sides(self, engine: Engine, uneven: np.ndarray) -> None:
        render(engine, uneven)
        assert not torch.equal(latents(engine)["left_eye"], latents(engine)["right_eye"])
        apart = latents(engine)
        engine.link_eyes = True
        engine.render()
        linked = latents(engine)
        assert torch.equal(linked["left_eye"], linked["right_eye"])
        assert all(torch.equal(linked[name], apart[name]) for name in ("nose", "mouth", "remainder"))
        engine.link_eyes = False
        engine.render()
        assert all(same(latents(engine), apart).values())

    def test_see_mirrored_lines(self, engine: Engine, uneven: np.ndarray) -> None:
        inputs: list[torch.Tensor] = []
        engine.pack.synthesis.lines.register_forward_pre_hook(lambda _, given: inputs.append(given[0].clone()))
        engine.link_eyes = True
        render(engine, uneven)
        eyes = inputs[0][:, :, 84:100, 60:196]  # above the nose's window, which lies between
        assert eyes.any()
        assert torch.equal(eyes, eyes.flip(3))

    def test_embed_nothing_again(self, drawn: Engine, embedded: Counter[str]) -> None:
        drawn.link_eyes = True
        drawn.render()
        assert not embedded


class TestReference:
    def test_of_no_strength_is_the_seed_alone(self, drawn: Engine) -> None:
        drawn.seed = 4
        before = drawn.render().image
        drawn.reference, drawn.reference_strength = Reference(np.full((40, 40, 3), 200, np.uint8)), 0.0
        assert np.array_equal(drawn.render().image, before)
        drawn.reference_strength = 1.0
        assert not np.array_equal(drawn.render().image, before)
        drawn.reference = None
        assert np.array_equal(drawn.render().image, before)

    def test_in_full_drowns_the_seed(self, drawn: Engine) -> None:
        drawn.reference = Reference(np.full((40, 40, 3), 200, np.uint8))
        before = drawn.render().image
        drawn.seed = 9
        assert np.array_equal(drawn.render().image, before)


class TestKeepAppearance:
    """The reference's code depends on the lines: what it shows beyond what they suggest."""

    @pytest.fixture
    def kept(self, drawn: Engine) -> Engine:
        """An engine that keeps the appearance of `FACE`."""
        drawn.reference = Reference(np.full((40, 40, 3), 120, np.uint8))
        drawn.render()
        drawn.keep_appearance = True
        return drawn

    def test_while_the_lines_change(self, kept: Engine) -> None:
        code = kept.snapshot().code
        render(kept, OTHER)
        assert torch.equal(kept.snapshot().code, code)
        kept.keep_appearance = False
        kept.render()
        assert not torch.equal(kept.snapshot().code, code)

    @pytest.mark.parametrize("change", [{"seed": 3}, {"reference": None}, {"reference_strength": 0.5}])
    def test_until_another_is_asked_for(self, kept: Engine, pack_folder: Path, change: dict[str, object]) -> None:
        """The new one is that of the lines of now."""
        fresh = kept.sibling()
        fresh.reference = kept.reference
        for name, value in change.items():
            setattr(kept, name, value)
            setattr(fresh, name, value)
        render(kept, OTHER)
        render(fresh, OTHER)
        assert torch.equal(kept.snapshot().code, fresh.snapshot().code)

    def test_of_a_portrait_that_was_restored(self, kept: Engine) -> None:
        snapshot = kept.snapshot()
        other = kept.sibling()
        other.restore(snapshot)
        other.seed, other.keep_appearance = 7, True
        render(other, OTHER)
        assert torch.equal(other.snapshot().code, snapshot.code)
        other.seed = 8
        other.render()
        assert not torch.equal(other.snapshot().code, snapshot.code)


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
