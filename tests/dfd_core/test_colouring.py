"""Appearance: seed, colours and reference, and the last portrait's, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rendering import FACE, OTHER, latents, render, same

from dfd_core.appearance import Reference
from dfd_core.engine import Engine
from dfd_core.errors import DfdError
from dfd_core.geometry import COMPONENTS
from dfd_core.snapshot import Snapshot


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
        lines = {name: row + 0.3 * row.std() * torch.randn_like(row) for name, row in rows.items()}
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

    def test_until_another_is_made(self, kept: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        """A GPU's memory may be full while the other's code is made: the next try makes it."""
        code, kept.reference_strength = kept.snapshot().code, 0.5

        def full(*_: object) -> None:
            raise torch.OutOfMemoryError

        with monkeypatch.context() as patched:
            patched.setattr("dfd_core.colouring.seeded", full)
            with pytest.raises(torch.OutOfMemoryError):
                kept.render()
        kept.render()
        assert not torch.equal(kept.snapshot().code, code)

    @pytest.mark.parametrize("change", [{}, {"seed": 3}, {"reference": None}, {"reference_strength": 0.5}])
    def test_of_a_portrait_that_was_restored(self, kept: Engine, change: dict[str, object]) -> None:
        """As in another process: from bytes, the reference read again."""
        snapshot = Snapshot.from_bytes(kept.snapshot().to_bytes())
        other = kept.sibling()
        other.restore(snapshot)
        other.reference, other.keep_appearance = Reference(np.full((40, 40, 3), 120, np.uint8)), True
        for name, value in change.items():
            setattr(other, name, value)
        other.set_sketch(OTHER, frame="canvas")
        other.render()
        assert torch.equal(other.snapshot().code, snapshot.code) == (not change)

    def test_colours_are_those_of_the_portrait_that_was_restored(self, kept: Engine) -> None:
        """Not those that were set for another one since."""
        plain, image = kept.snapshot(), kept.render().image
        kept.set_colour("skin", (150, 110, 100))
        kept.render()
        kept.restore(plain)
        kept.set_colour("skin", None)  # the docker says so for every part
        assert kept.colours()["skin"] != (150, 110, 100)
        assert np.array_equal(kept.render().image, image)

    def test_a_restored_colour_can_be_taken_back(self, kept: Engine) -> None:
        """In another process, too."""
        before = kept.colours()["skin"]
        kept.set_colour("skin", (150, 110, 100))
        kept.render()
        other = kept.sibling()
        other.restore(Snapshot.from_bytes(kept.snapshot().to_bytes()))
        other.reference, other.keep_appearance = kept.reference, True
        other.set_colour("skin", None)
        other.set_sketch(FACE, frame="canvas")
        other.render()
        assert other.colours()["skin"] == before

    def test_of_a_portrait_of_an_earlier_version(self, kept: Engine) -> None:
        """Nobody knows what was asked for then: it stays."""
        other, snapshot = kept.sibling(), replace(kept.snapshot(), asked=None)
        other.restore(Snapshot.from_bytes(snapshot.to_bytes()))
        other.seed, other.keep_appearance = 7, True
        other.set_sketch(OTHER, frame="canvas")
        other.render()
        assert torch.allclose(other.snapshot().code, snapshot.code, atol=0.01)
