"""What all contexts are made with: rows of the tables, and values as a reader sees them.

A context is a frozen dataclass of texts: money, dates and labels are formatted here, so that a
template holds no rule. A blank is shown as a dash, on purpose and in one place.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sheetsales.contexts.charts import ChartData
from sheetsales.contexts.rows import Row, row_of, rows_where
from sheetsales.errors import SheetsalesError
from sheetsales.locale.formats import (
    Calendar,
    capital_amount,
    format_date,
    format_money,
    format_number,
    format_percent,
    format_period,
    format_quantity,
)
from sheetsales.locale.labels import title
from sheetsales.locale.rounding import minor_units
from sheetsales.schema import Enumeration, Regulation
from sheetsales.tables import Frames, extended_enumerations

DASH = "—"
"""Stands where there is no value."""
FILL_IN = "＿＿＿＿＿＿＿＿"
"""Stands where people write by hand."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who made the document, and which one it is."""

    company: str
    tax_id: str
    address: str
    phone: str
    document_no: str
    date: str


@dataclass(frozen=True)
class Source:
    """The tables, asked row by row."""

    tables: Frames
    regulation: Regulation

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """Return the rows in use whose named fields equal a value, or one of several values."""
        return rows_where(self.tables[table], **wanted)

    def row(self, table: str, key: str | None) -> Row | None:
        """Return the row of a key, also if it is no longer in use; None if there is none."""
        if key is None:
            return None
        return row_of(self.tables[table], self.regulation.tables[table].primary_key[0], key)

    def subject(self, table: str, key: str) -> Row:
        """Return the row that a document is about.

        Raises:
            SheetsalesError: there is no such row.
        """
        row = self.row(table, key)
        if row is None:
            raise SheetsalesError("document-subject", table=table, key=key)
        return row

    def name(self, table: str, key: str | None) -> str:
        """Return what people call the row of a key; the key itself if it has no name."""
        row = self.row(table, key)
        field = self.regulation.tables[table].label_field
        named = row.get(field) if row and field else None
        return str(named or key or DASH)

    @property
    def company(self) -> Row:
        """The row of the company.

        Raises:
            SheetsalesError: the company has not been filled in.
        """
        found = self.rows("company")
        if not found:
            raise SheetsalesError("document-subject", table="company", key="C1")
        return found[0]


@dataclass(frozen=True)
class Writer:
    """Writes values as the reader of a document sees them; a blank becomes a dash."""

    enumerations: Mapping[str, Enumeration]
    locale: str
    currency: str
    calendar: Calendar = "ce"

    @classmethod
    def of(cls, source: Source, locale: str, currency: str | None = None) -> Writer:
        """Return the writer of a company's documents."""
        enumerations = extended_enumerations(source.regulation, source.tables["enum"])
        return cls(enumerations, locale, currency or source.company["currency"] or "")

    def of_currency(self, currency: str | None) -> Writer:
        """Return the same writer for amounts of another currency."""
        return dataclasses.replace(self, currency=currency or self.currency)

    def text(self, value: object) -> str:
        """Return a text that staff typed."""
        return str(value).strip() if value not in (None, "") else DASH

    def date(self, day: date | None) -> str:
        """Return a date in words."""
        return DASH if day is None else format_date(day, self.locale, self.calendar)

    def period(self, period: str | None) -> str:
        """Return a year, quarter or month in words."""
        return DASH if period is None else format_period(period, self.locale)

    def money(self, amount: Decimal | None) -> str:
        """Return an amount with its currency."""
        return DASH if amount is None else format_money(amount, self.currency, self.locale)

    def amount(self, amount: Decimal | None) -> str:
        """Return an amount without its currency, with as many decimals as the currency has."""
        return DASH if amount is None else format_number(amount, minor_units(self.currency))

    def price(self, price: Decimal | None) -> str:
        """Return a unit price: an amount that may be finer than the currency."""
        if price is None:
            return DASH
        digits = -int(price.normalize().as_tuple().exponent)
        return format_number(price, max(minor_units(self.currency), digits))

    def capital(self, amount: Decimal | None) -> str:
        """Return an amount in words."""
        return DASH if amount is None else capital_amount(amount, self.currency, self.locale)

    def number(self, value: Decimal | int | None, decimals: int = 0) -> str:
        """Return a number."""
        return DASH if value is None else format_number(value, decimals)

    def percent(self, value: Decimal | None, decimals: int = 2) -> str:
        """Return a number of hundredths as a percentage."""
        return DASH if value is None else format_percent(value, decimals)

    def quantity(self, value: Decimal | int | None, unit: str = "") -> str:
        """Return a quantity without idle zeros, and its unit."""
        return DASH if value is None else format_quantity(value, unit)

    def label(self, enumeration: str, code: str | None) -> str:
        """Return the label of a code; the company's own codes included."""
        for option in self.enumerations[enumeration].options:
            if option.code == code:
                return title(option.label, self.locale)
        return code or DASH


def build_letterhead(source: Source, writer: Writer, document_no: str, as_of: date) -> Letterhead:
    """Return the letterhead of a document of the company."""
    company = source.company
    return Letterhead(
        company=writer.text(company["name"]),
        tax_id=writer.text(company["tax_id"]),
        address=writer.text(company["address"]),
        phone=writer.text(company["phone"]),
        document_no=document_no,
        date=writer.date(as_of),
    )


def field_paths(shape: type) -> frozenset[str]:
    """Return the paths of the data of a context: ``buyer.name``, ``lines[].amount``."""
    return frozenset(_paths(shape, ""))


def _paths(shape: Any, path: str) -> Iterator[str]:
    if typing.get_origin(shape) is tuple:
        yield from _paths(typing.get_args(shape)[0], f"{path}[]")
    elif dataclasses.is_dataclass(shape) and shape is not ChartData:
        hints = typing.get_type_hints(shape)
        for field in dataclasses.fields(shape):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _paths(hints[field.name], inner)
    else:
        yield path
