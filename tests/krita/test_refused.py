"""A stored portrait that is damaged or of another model: a line says so, and everything stays as it was."""

from __future__ import annotations

import pytest
from painter import Painter

PORTRAIT = "lines portrait (AI)"

DAMAGED, FOREIGN = "damaged or of another version", "made with another model"

SPOIL = """
import zlib
from dataclasses import replace
from dfd_core.snapshot import Snapshot
def foreign(snapshot):
    return replace(Snapshot.from_bytes(snapshot), model="0123456789abcdef").to_bytes()
def spoil(entry, words):
    entry.packed = zlib.compress(foreign(entry.snapshot) if "model" in words else b"nonsense")
"""

STATE = """
session = controller().session
marks = [session.history.entries.index(e) for e in (session.history.shown, session.history.a, session.history.b)]
result = [session.settings.to_json().decode(), marks, tree(), history()]
"""


@pytest.fixture
def two(painter: Painter) -> Painter:
    """A document with two portraits in the history; the second one is shown."""
    painter.new(600, 600)
    painter.face()
    painter.run("controller().note(locks=['mouth'])")
    painter.generate()
    painter.run("controller().note(seed=7, locks=[], link_eyes=True)")
    painter.generate()
    painter.session.wait_for("widget('dfd_history').count() == 2")
    painter.run(SPOIL)
    return painter


def rest(painter: Painter) -> str:
    """Wait until nothing is being painted; returns the status line."""
    done = "controller().worker._jobs.empty() and controller().worker._running is None"
    painter.session.wait_for(f"not controller().explorer.busy and controller().state == 'idle' and {done}", 60)
    return painter.get("status()")


@pytest.mark.parametrize("words", [DAMAGED, FOREIGN])
def test_shown_again(two: Painter, words: str) -> None:
    before, pixels = two.run(STATE), two.portrait(PORTRAIT)
    two.run("spoil(session.history.entries[0], words)", words=words)
    two.run("controller().explorer.show(session.history.entries[0])")
    assert words in rest(two)
    assert two.run(STATE) == before
    assert two.portrait(PORTRAIT) == pixels


@pytest.mark.parametrize("words", [DAMAGED, FOREIGN])
def test_a_part_taken_over(two: Painter, words: str) -> None:
    before = two.run(STATE)
    two.run("spoil(session.history.entries[0], words)", words=words)
    two.run("controller().explorer.take_component(session.history.entries[0], 'nose')")
    assert words in rest(two)
    assert two.run(STATE) == before
    assert two.get("widget('dfd_blend_nose').isEnabled()")


def test_mixed(two: Painter) -> None:
    before = two.run(STATE)
    two.run("spoil(session.history.entries[0], words); controller().explorer.mix(0.5)", words=FOREIGN)
    assert FOREIGN in rest(two)
    assert two.run(STATE) == before
    two.run("controller().explorer.add_between(2)")
    assert FOREIGN in rest(two)
    assert two.run(STATE) == before


def test_a_setting_that_was_changed_meanwhile_stays(two: Painter) -> None:
    two.run("""
spoil(session.history.entries[0], words)
controller().explorer.show(session.history.entries[0])
controller().note(seed=5)
""", words=FOREIGN)  # fmt: skip
    rest(two)
    assert two.get("controller().settings.seed") == 5


def test_locks_of_another_model(two: Painter) -> None:
    """The engine is new, as after another model was chosen: locked and taken parts are made from the drawing."""
    two.run("""
controller().worker.forget()
session = controller().session
session.snapshot = foreign(session.snapshot)
controller().note(locks=["mouth"], taken=["nose"])
""")
    assert FOREIGN in two.generate()
    assert two.get("[controller().settings.locks, controller().settings.taken]") == [["mouth"], []]
    assert two.get("widget('dfd_blend_nose').isEnabled()")
    assert "is ready" in two.generate()
