"""The plugin's texts in the painter's language. Knows neither Qt nor Krita.

English is in the code; a translation is a JSON object {English: other language} in `languages/`, named like
`zh_TW.json`. Texts that are kept in tables are marked with `mark` there and translated where they are shown.
"""

from __future__ import annotations

import json
from pathlib import Path

LANGUAGES = Path(__file__).parent / "languages"

_texts: dict[str, str] = {}


def use(language: str) -> None:
    """Speak `language`, such as "zh_TW" or "zh-Hant-TW", if there is a translation; else English."""
    _texts.clear()
    parts = language.replace("-", "_").split("_")
    for name in (f"{parts[0]}_{parts[-1]}", parts[0]):
        path = LANGUAGES / f"{name}.json"
        if path.is_file():
            _texts.update(json.loads(path.read_text("utf-8")))
            return


def tr(text: str) -> str:
    """`text` in the painter's language."""
    return _texts.get(text) or text


def mark(text: str) -> str:
    """`text` as it is: to be translated where it is shown."""
    return text
