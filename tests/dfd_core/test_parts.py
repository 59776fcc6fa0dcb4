"""Components: what they keep, what they compute again, and what reaches image synthesis."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, MOUTH_LOWER, OTHER, latents, render, same

from dfd_core.engine import DEFAULT_BLEND, Engine
from dfd_core.errors import Cancelled, DfdError
from dfd_core.geometry import NAMES


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
