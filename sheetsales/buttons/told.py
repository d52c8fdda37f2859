"""What came of a press."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a press.

    Attributes:
        text: what is said on the sheet.
        is_good: whether all went well; otherwise it is said in red.
        target: what the link leads to, relative to the workbook; "" for none.
        label: text of the link.
    """

    text: str
    is_good: bool = True
    target: str = ""
    label: str = ""
