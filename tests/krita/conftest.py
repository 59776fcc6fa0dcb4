"""One real Krita for all tests of this folder. Without Krita they fail: they are never skipped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(Path(__file__).parent)]

from krita_session import KritaSession, missing_programs  # noqa: E402
from painter import Painter  # noqa: E402

PROFILE = ROOT / "build" / "krita-test-profile"
"""Kept between runs, because Krita's first start with a fresh profile takes a quarter of a minute."""


@pytest.fixture(scope="session")
def shared() -> Iterator[Painter]:
    """The Krita that most tests share."""
    if problem := missing_programs():
        pytest.fail(problem, pytrace=False)
    with KritaSession(PROFILE) as session:
        yield Painter(session)
        assert session.quit() == 0


@pytest.fixture
def painter(shared: Painter, request: pytest.FixtureRequest) -> Iterator[Painter]:
    """The shared Krita without documents; afterwards no dialog may be open and no error reported."""
    yield shared
    if request.node.stash.get(FAILED, False):
        shared.session.screenshot(PROFILE / f"{request.node.name}.png")
    shared.finish()
    shared.close_all()
    shared.assert_calm()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember whether the test failed, so that the fixture can keep a picture of Krita's window."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
