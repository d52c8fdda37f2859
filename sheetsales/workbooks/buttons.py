"""The buttons on the sheets of a workbook: which stand where, and where they say the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.workbooks.columns import display_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.worksheet import Worksheet

    from sheetsales.workbooks.wording import Wording

EVERYWHERE = ("check", "update")
"""Words of the buttons that stand on every sheet."""

BUTTONS = {
    "customer": ("classify", "customer-card"),
    "contract": ("check-contract", "make-contract"),
    "sales_plan": ("split-targets",),
    "target": ("target-letter",),
    "appraisal": ("score", "score-card", "explain"),
    "training_plan": ("training-plan",),
    "audit": ("draw-sample", "audit-report"),
}
"""Words of the further buttons by the table on whose sheet they stand."""

OUTCOME_NAME = "sheetsales_outcome"
"""Name, on each sheet, of the cell that says what came of a press."""
LINK_NAME = "sheetsales_link"
"""Name, on each sheet, of the cell beside it that leads to what was made."""

HEIGHT = 24
"""Height of a button in pixels."""
_GAP = 6
_MARGIN = 22
_CHARACTER = 7.2


@dataclass(frozen=True)
class ButtonRow:
    """The buttons of one sheet, side by side.

    Attributes:
        words: what they do.
        wording: words of the workbook.
    """

    words: tuple[str, ...]
    wording: Wording

    @property
    def width(self) -> int:
        """Pixels that all buttons take with the gaps between them."""
        return sum(self._width(word) + _GAP for word in self.words) - _GAP

    def insert(self, sheet: Worksheet, row: int, column: int, *, x: int = 0, y: int = 4) -> None:
        """Put the buttons on a sheet, from a cell to the right; row and column count from 0."""
        for word, offset in self._offsets(x):
            options = {
                "macro": macro_of(word),
                "caption": self.wording.text(f"button-{word}"),
                "width": self._width(word),
                "height": HEIGHT,
                "x_offset": offset,
                "y_offset": y,
                "description": self.wording.text(f"button-{word}"),
                "object_position": 3,
            }
            sheet.insert_button(row, column, options)

    def commands(self) -> str:
        """Return each button's command, for those whose buttons cannot be pressed."""
        say = self.wording.text
        named = [
            say("button-command", command=COMMANDS[w], name=say(f"button-{w}")) for w in self.words
        ]
        return " · ".join(named)

    def _offsets(self, x: int) -> Iterator[tuple[str, int]]:
        for word in self.words:
            yield word, x
            x += self._width(word) + _GAP

    def _width(self, word: str) -> int:
        return int(display_width(self.wording.text(f"button-{word}")) * _CHARACTER) + _MARGIN


COMMANDS = {
    "check": "check",
    "update": "update",
    "classify": "score customers classes",
    "customer-card": "docs make customer_card",
    "check-contract": "check contract contract_line milestone",
    "make-contract": "docs make sales_contract",
    "split-targets": "split",
    "target-letter": "docs make target_letter",
    "score": "score actuals appraisal",
    "score-card": "docs make score_card",
    "explain": "explain appraisal",
    "training-plan": "docs make training_plan",
    "draw-sample": "sample",
    "audit-report": "docs make audit_report",
}
"""The command that does the same, without the name of the program, by word."""


def words_of(table: str) -> tuple[str, ...]:
    """Return the words of the buttons on the sheet of a table, of 總覽 or of 檢核."""
    return EVERYWHERE + BUTTONS.get(table, ())


def macro_of(word: str) -> str:
    """Return the name of the macro that a button runs."""
    return "Sheetsales" + "".join(part.capitalize() for part in word.split("-"))
