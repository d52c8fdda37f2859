"""One cell to be written: what the plan says of it, and what the sheet's XML gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sheetsales.store.plan import Kind
from sheetsales.store.values import Encoded


@dataclass(frozen=True, slots=True)
class Origin:
    """Which call asks for a change, of which Table, and by which key the row is known."""

    kind: Kind
    table: str = ""
    key: tuple[object, ...] = ()
    key_headers: tuple[str, ...] = ()


class Write(NamedTuple):
    """One cell to be written.

    Attributes:
        old: the value that the file holds.
        new: the value that it is to hold.
        encoded: type and content of the cell; None removes the cell itself.
        style: number of its style, empty for none.
        header: name of its column in a Table.
        origin: which call asks for it.
        ends_formula: a formula stands there now.
        moved: XML of a cell that goes there as it is, its address aside; no change of a value.
    """

    old: object
    new: object
    encoded: Encoded | None
    style: bytes
    header: str
    origin: Origin
    ends_formula: bool = False
    moved: bytes | None = None


Writes = dict[int, dict[int, Write]]
"""Cells to be written, by row and column."""
