"""Every code that the store raises has its texts, and the texts name what the error carries."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from sheetsales.resources import regulation_folder

STORE = Path(__file__).resolve().parents[2] / "sheetsales" / "store"
TEXTS = tomllib.loads(
    (regulation_folder() / "messages" / "store.toml").read_text(encoding="utf-8")
)["error"]
_CODE = re.compile(r"(?:workbook|book|sheet|cell|value|table|column|row)(?:-[a-z0-9]+)+")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CELL_PLACE = {"book", "sheet", "cell"}


def _codes() -> set[str]:
    found = set()
    for path in (*STORE.glob("*.py"), STORE.parent / "errors.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and _CODE.fullmatch(str(node.value)):
                found.add(str(node.value))
    return found


def test_codes_and_texts_are_the_same_set() -> None:
    assert _codes() == set(TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_name_the_same_things(code: str) -> None:
    for part in ("what", "do"):
        text = TEXTS[code][part]
        assert set(_PLACEHOLDER.findall(text["zh-Hant"])) == set(_PLACEHOLDER.findall(text["en"]))
    if code.startswith(("value-", "cell-")) and code != "cell-address":
        assert set(_PLACEHOLDER.findall(TEXTS[code]["what"]["en"])) >= _CELL_PLACE
