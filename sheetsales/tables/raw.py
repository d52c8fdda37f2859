"""What a store hands over: the raw cells of one Excel Table and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class RawTable(Protocol):
    """One Excel Table as read: values by column, nothing interpreted."""

    @property
    def book(self) -> str:
        """File name of the workbook."""

    @property
    def sheet(self) -> str:
        """Name of the sheet."""

    @property
    def name(self) -> str:
        """Name of the Excel Table."""

    @property
    def headers(self) -> Sequence[str]:
        """Texts of the header row."""

    @property
    def field_row(self) -> Sequence[str]:
        """Texts of the row directly above the header, "" where a cell is blank."""

    @property
    def first_row(self) -> int:
        """Excel row of the first data row, counted from 1."""

    @property
    def first_column(self) -> int:
        """Excel column of the first column, counted from 1."""

    @property
    def columns(self) -> Sequence[Sequence[object]]:
        """Values by column: str, float, int, bool, date, datetime, time, timedelta.

        A blank cell is None or "".
        """

    @property
    def errors(self) -> Mapping[tuple[int, int], str]:
        """Error values such as ``#N/A`` by row and column offset."""
