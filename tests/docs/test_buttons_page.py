"""The page about the buttons names every button, its sheet and its command."""

from __future__ import annotations

import re
from pathlib import Path

from sheetsales.locale.messages import Messages
from sheetsales.schema import load_regulation
from sheetsales.workbooks.buttons import BUTTONS, COMMANDS, EVERYWHERE

DOCS = Path(__file__).parents[2] / "docs"


def rows() -> dict[str, tuple[str, str, str]]:
    """Return caption, sheet and command by word."""
    text = (DOCS / "buttons.md").read_text(encoding="utf-8")
    found = re.findall(
        r"^\| ([^|]+) \| `([a-z-]+)` \| ([^|]+) \| [^|]+ \| `([^`]+)` \|$", text, re.MULTILINE
    )
    return {word: (caption, sheet, command) for caption, word, sheet, command in found}


def test_every_button_stands_in_the_table_with_its_captions_and_command() -> None:
    expected = {
        word: (
            " ".join(Messages.load(locale).text(f"button-{word}") for locale in ("zh-Hant", "en")),
            f"sheetsales {command}",
        )
        for word, command in COMMANDS.items()
    }
    assert {word: (row[0], row[2]) for word, row in rows().items()} == expected


def test_the_sheet_of_each_button_is_right() -> None:
    tables = load_regulation().tables
    on = {word: tables[name].title.en.lower() for name, words in BUTTONS.items() for word in words}
    on |= dict.fromkeys(EVERYWHERE, "every one")
    assert {word: row[1] for word, row in rows().items()} == on


def test_the_checklist_has_about_25_numbered_steps() -> None:
    text = (DOCS / "buttons-checklist.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, 26))
