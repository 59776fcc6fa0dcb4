"""Every text of the plugin can be translated, and the translations are complete and fit."""

from __future__ import annotations

import ast
import importlib
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from krita_dfd import texts
from krita_dfd.engine_texts import ENGINE

PLUGIN = Path(texts.__file__).parent
ENGINE_CODE = sorted((PLUGIN.parent / "dfd_core").glob("*.py"))
DRAWING_ERRORS = ("DrawingError", "EmptyDrawing")
NOT_FOR_PAINTERS = ["The drawing must be a numpy array of 8-bit values: convert it first."]
TRANSLATIONS = sorted(texts.LANGUAGES.glob("*.json"))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English again afterwards."""
    yield
    texts.use("en")


def in_code() -> set[str]:
    """What is given to `tr` and `mark` as a literal."""
    found = set()
    for path in PLUGIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "mark"):
                found.update(_literals(node.args[0]))
    return found


def _literals(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) | _literals(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def fields(text: str) -> list[str]:
    """Names of the places that values are put into."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_there_is_one() -> None:
    assert "zh_TW" in [path.stem for path in TRANSLATIONS]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_complete_and_fitting(path: Path) -> None:
    """Nothing is missing, nothing is left over, and values have the same places."""
    translated = json.loads(path.read_text("utf-8"))
    assert set(translated) == in_code()
    for english, other in translated.items():
        assert other.strip(), english
        assert fields(other) == fields(english), english
        assert other.count("&") == english.count("&"), english


def test_engine_texts_are_the_engines() -> None:
    """Each is what the engine says, and all that it says of drawings in fixed words are there."""
    said = _of_drawings()
    assert said - set(ENGINE) == set(NOT_FOR_PAINTERS)
    source = "\n".join(path.read_text("utf-8") for path in ENGINE_CODE)
    assert [text for text in ENGINE if text not in source and text not in said] == []


def _of_drawings() -> set[str]:
    """What errors about drawings are raised with, where only constants are put into them."""
    found = set()
    for path in ENGINE_CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DRAWING_ERRORS:
                module = importlib.import_module(f"dfd_core.{path.stem}")
                try:
                    found.add(eval(compile(ast.Expression(node.args[0]), str(path), "eval"), vars(module)))
                except (AttributeError, NameError):  # hangs on what the caller gave
                    continue
    return found


def test_use() -> None:
    """Krita's and Qt's names of a language both work; without a translation it is English."""
    for name in ("zh_TW", "zh-Hant-TW"):
        texts.use(name)
        assert texts.tr("Nose") == "鼻子"
    texts.use("xx_YY")
    assert texts.tr("Nose") == "Nose"
