"""A locked component looks as it did, in the tone of the portrait around it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from drawings import face

from dfd_core import look
from dfd_core.engine import Engine
from dfd_core.geometry import COMPONENTS, MOUTH, REMAINDER, Component
from dfd_core.snapshot import Snapshot

FACE, OTHER = face(256), face(256, mouth=12)[:, ::-1].copy()
OTHER[60:75, 90:170] = 0

WINDOWS = [component for component in COMPONENTS if component is not REMAINDER]


def middle(component: Component) -> tuple[slice, ...]:
    """The middle of a window, where details are kept in full."""
    rows, columns = component.slices
    third = component.size // 3
    inner = slice(rows.start + third, rows.stop - third), slice(columns.start + third, columns.stop - third)
    return (..., *inner)


class TestPutBack:
    @pytest.mark.parametrize("component", WINDOWS, ids=lambda component: component.name)
    def test_details_are_the_old_ones(self, component: Component) -> None:
        """A fine pattern on two flat tones: the pattern stays, the tone is the new one."""
        pattern = 20.0 * (-1) ** torch.arange(512).expand(1, 3, 512, 512)
        old, new = (100 + pattern).to(torch.uint8), torch.full((1, 3, 512, 512), 180.0)
        kept = look.put_back(new, component, look.taken(old, component))
        torch.testing.assert_close(kept[middle(component)], (180 + pattern)[middle(component)])
        outside = torch.ones(512, 512, dtype=torch.bool)
        outside[component.slices] = False
        assert torch.equal(kept[..., outside], new[..., outside])

    def test_no_patch_shows_between_two_tones(self) -> None:
        old = torch.full((1, 3, 512, 512), 60, dtype=torch.uint8)
        new = torch.full((1, 3, 512, 512), 200.0)
        torch.testing.assert_close(look.put_back(new, MOUTH, look.taken(old, MOUTH)), new)

    def test_of_the_same_portrait_is_the_same(self) -> None:
        picture = torch.randint(0, 256, (1, 3, 512, 512), dtype=torch.uint8)
        assert torch.equal(look.put_back(picture.float(), MOUTH, look.taken(picture, MOUTH)), picture.float())


class TestLock:
    def detail(self, one: np.ndarray, other: np.ndarray) -> float:
        """How much the middle of the mouth differs, but for its mean colour."""
        rows, columns = middle(MOUTH)[1:]
        change = one[rows, columns].astype(float) - other[rows, columns]
        return float(np.abs(change - change.mean((0, 1))).mean())

    def render(self, engine: Engine, pixels: np.ndarray) -> np.ndarray:
        engine.set_sketch(pixels, frame="canvas")
        return engine.render().image

    def test_the_look_survives_what_happens_around_it(self, engine: Engine) -> None:
        before = self.render(engine, FACE)
        engine.set_lock("mouth", True)
        locked = self.render(engine, OTHER)
        for _ in range(3):
            again = self.render(engine, OTHER)
        engine.set_lock("mouth", False)
        free = self.render(engine, OTHER)
        assert self.detail(locked, before) < 0.5 * self.detail(free, before)
        assert np.array_equal(again, locked)

    def test_it_survives_bytes_and_another_engine(self, engine: Engine) -> None:
        self.render(engine, FACE)
        engine.set_lock("mouth", True)
        locked = self.render(engine, OTHER)
        snapshot = Snapshot.from_bytes(engine.snapshot().to_bytes())
        assert snapshot.choices["mouth"].look is not None
        other = engine.sibling()
        other.restore(snapshot)
        other.set_lock("mouth", True)
        assert np.abs(self.render(other, OTHER).astype(int) - locked).max() <= 2  # numbers are kept in half precision

    def test_locked_after_opening_again_it_is_the_last_portrait(self, engine: Engine) -> None:
        before = self.render(engine, FACE)
        other = engine.sibling()
        other.restore(Snapshot.from_bytes(engine.snapshot().to_bytes()))
        other.set_lock("mouth", True)
        after = self.render(other, OTHER)
        assert self.detail(after, before) < 0.5 * self.detail(self.render(engine, OTHER), before)

    def test_unlocked_it_goes(self, engine: Engine) -> None:
        self.render(engine, FACE)
        engine.set_lock("mouth", True)
        self.render(engine, OTHER)
        engine.set_lock("mouth", False)
        self.render(engine, OTHER)
        assert all(choice.look is None for choice in engine.snapshot().choices.values())

    def test_of_the_remainder_there_is_none(self, engine: Engine) -> None:
        self.render(engine, FACE)
        engine.set_lock("remainder", True)
        self.render(engine, OTHER)
        assert engine.snapshot().choices["remainder"].look is None

    def test_is_mixed_when_both_portraits_have_it(self, engine: Engine) -> None:
        self.render(engine, FACE)
        for name in ("mouth", "nose"):
            engine.set_lock(name, True)
        self.render(engine, OTHER)
        one = engine.snapshot()
        engine.set_lock("nose", False)
        self.render(engine, FACE)
        mixed = one.between(engine.snapshot(), 0.5)
        assert mixed.choices["mouth"].look is not None
        assert torch.equal(mixed.choices["mouth"].look, one.choices["mouth"].look)
        assert mixed.choices["nose"].look is None
