"""The manual that Krita shows is the text of docs/manual with its pictures, and speaks of what the docker has."""

from __future__ import annotations

import ast
import base64
import io
import re
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

from make_manual import FOLDER, SHOWN, TEXT, WIDEST, inlined  # noqa: E402


def test_it_is_up_to_date() -> None:
    assert SHOWN.read_text("utf-8") == inlined(TEXT.read_text("utf-8"), FOLDER), "run: python tools/make_manual.py"


def test_every_picture_is_shown_and_decodes() -> None:
    """From inside the file: Krita finds none beside it."""
    shown = re.findall(r'<img src="([^"]*)" alt="[^"]+">', SHOWN.read_text("utf-8"))
    assert len(shown) == SHOWN.read_text("utf-8").count("<img") > 0
    for picture in shown:
        kind, _, data = picture.partition(",")
        assert kind == "data:image/png;base64"
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            image.load()
            assert max(image.size) <= WIDEST
    assert set(re.findall(r'src="([^"]*)"', TEXT.read_text("utf-8"))) == {path.name for path in FOLDER.glob("*.png")}
    assert SHOWN.stat().st_size < 650_000  # Krita reads it at every start


def test_words_are_those_of_the_docker() -> None:
    """What is bold within a paragraph can be found in Krita under that name."""
    texts = set()
    for path in (ROOT / "krita_dfd").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value.replace("&", "").rstrip("…"))
    named = re.findall(r"<b>([^<]*[^.<])</b>", TEXT.read_text("utf-8"))
    assert len(named) > 8
    assert [name for name in named if name.replace("&hellip;", "") not in texts] == []
