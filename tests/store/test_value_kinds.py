"""Every kind of value comes back as it went in, or is refused with a reason; none changes."""

from __future__ import annotations

import math
import random
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from sheetsales.errors import EditRefusedError
from sheetsales.store import CellError, Workbook, read_tables

SHEET, TABLE = "值", "kinds"
LONGEST = "字" * 32_767


def moment(*numbers: int) -> datetime:
    return datetime(*numbers)  # noqa: DTZ001  # Excel knows no time zones


TEXTS: dict[str, str] = {
    "a word": "word",
    "Chinese": "合同編號",
    "simplified and traditional": "台臺 简簡",
    "leading zeros": "00123",
    "an identity number": "110101199003072316",
    "scientific look": "1.10101E+17",
    "a number's look": "12.50",
    "full-width digits": "１２３",
    "a date's look": "2026-01-02",
    "a boolean's look": "TRUE",
    "an error's look": "#N/A",
    "a formula's look": "=1+1",
    "a full-width formula's look": "＝1+1",
    "a sign in front": "-5",
    "an apostrophe in front": "'=1+1",
    "an at in front": "@SUM(1)",
    "a space in front": " a",
    "a space behind": "a ",
    "only spaces": "   ",
    "two spaces inside": "a  b",
    "a tab": "a\tb",
    "a tab in front": "\ta",
    "a line feed": "a\nb",
    "a line feed behind": "a\n",
    "only a line feed": "\n",
    "a no-break space": "\u00a0a\u00a0",
    "an ideographic space": "\u3000a\u3000",
    "a zero-width space": "a\u200bb",
    "a soft hyphen": "a\u00adb",
    "a direction mark": "\u202eabc\u202c",
    "a byte order mark": "\ufeffa",
    "a line separator": "a\u2028b",
    "a next line": "a\x85b",
    "a delete": "a\x7fb",
    "a private character": "\ue000",
    "an escape's look": "_x0041_",
    "an escape of an escape": "_x005F_x0041_",
    "half an escape": "_x00",
    "an escape in lower case": "_x000a_",
    "two escapes that share a bar": "_x0041_x0042_",
    "markup": "<b>&amp;</b>",
    "a CDATA's end": "]]>",
    "quotes": "\"'",
    "an emoji": "😀",
    "a family of emoji": "👨‍👩‍👧",
    "a flag": "🇹🇼",
    "combined": "e\u0301",
    "composed": "\u00e9",
    "a compatibility ideograph": "\uf900",
    "a rare ideograph": "𠮷",
    "Arabic": "عربي",
    "the longest text": LONGEST,
    "the longest text of emoji": "😀" * 16_383 + "x",
    "a Windows path": r"C:\new\table",
    "percent": "50%",
    "a name that Python uses": "nan",
}
CARRIAGE_RETURNS: dict[str, str] = {
    "a carriage return": "a\rb",
    "both line ends": "a\r\nb",
}
VALUES: dict[str, object] = {
    "true": True,
    "false": False,
    "zero": 0,
    "a whole number": 42,
    "a negative number": -7,
    "fifteen digits": 999_999_999_999_999,
    "a fraction": 0.5,
    "a tenth": 0.1,
    "the sum of tenths": 0.1 + 0.2,
    "a third": 1 / 3,
    "pi": math.pi,
    "a tiny number": 5e-324,
    "a small number": 1e-7,
    "a large number": 1e300,
    "the largest number": 1.7976931348623157e308,
    "beyond 2**53 as a float": 9007199254740993.0,
    "an amount": Decimal("12.50"),
    "an amount of fifteen digits": Decimal("9999999999999.99"),
    "a negative amount": Decimal("-0.01"),
    "a million by exponent": Decimal("1E+6"),
    "a numpy integer": np.int64(3),
    "a numpy float": np.float64(0.25),
    "a day": date(2026, 1, 2),
    "a leap day": date(2024, 2, 29),
    "the first safe day": date(1900, 3, 1),
    "the last day": date(9999, 12, 31),
    "a moment": moment(2026, 1, 2, 3, 4, 5),
    "a moment with milliseconds": moment(2026, 1, 2, 3, 4, 5, 678_000),
    "just before midnight": moment(2026, 1, 2, 23, 59, 59, 999_000),
    "a pandas timestamp": pd.Timestamp("2026-01-02 03:04"),
}
REFUSED: dict[str, tuple[object, str]] = {
    "an identity number as a number": (110101199003072316, "value-digits"),
    "sixteen digits": (10**15, "value-digits"),
    "an amount of sixteen digits": (Decimal("99999999999999.99"), "value-digits"),
    "an amount that a float lacks": (Decimal("99999999999999999.99"), "value-digits"),
    "a tenth of too many digits": (Decimal("0.1000000000000000055"), "value-digits"),
    "no number": (math.nan, "value-not-finite"),
    "infinity": (math.inf, "value-not-finite"),
    "minus infinity": (-math.inf, "value-not-finite"),
    "no amount": (Decimal("NaN"), "value-not-finite"),
    "an endless amount": (Decimal("Infinity"), "value-not-finite"),
    "no time": (pd.NaT, "value-not-finite"),
    "nothing, as pandas says it": (pd.NA, "value-kind"),
    "a zero character": ("a\0b", "value-character"),
    "a bell": ("a\x07b", "value-character"),
    "an escape character": ("a\x1bb", "value-character"),
    "a vertical tab": ("a\x0bb", "value-character"),
    "a lone surrogate": ("a\ud83d", "value-character"),
    "half a pair": ("\ude00", "value-character"),
    "a non-character": ("\uffff", "value-character"),
    "a text too long": ("x" * 32_768, "value-too-long"),
    "a text of emoji too long": ("😀" * 16_384, "value-too-long"),
    "a day that Excel invented": (date(1900, 2, 28), "value-date"),
    "day one": (date(1900, 1, 1), "value-date"),
    "a day before time": (date(1899, 12, 31), "value-date"),
    "a moment with a time zone": (datetime(2026, 1, 1, tzinfo=UTC), "value-moment"),
    "a moment too fine": (moment(2026, 1, 1, 0, 0, 0, 1), "value-moment"),
    "a time of day": (time(12), "value-kind"),
    "a duration": (timedelta(hours=30), "value-kind"),
    "bytes": (b"a", "value-kind"),
    "a fraction object": (Fraction(1, 3), "value-digits"),
    "a complex number": (1j, "value-kind"),
    "a list": (["a"], "value-kind"),
    "an error": (CellError("#N/A"), "value-kind"),
}
ACCEPTED: Mapping[str, object] = {**TEXTS, **CARRIAGE_RETURNS, **VALUES}


def _empty_book(path: Path, rows: int) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet(SHEET)
    columns = [{"header": "種類"}, {"header": "值"}]
    sheet.add_table(0, 0, rows, 1, {"name": TABLE, "columns": columns})
    book.close()
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with every accepted kind, one per row."""
    path = _empty_book(tmp_path_factory.mktemp("kinds") / "kinds.xlsx", len(ACCEPTED))
    with Workbook.open(path) as book:
        rows = [{"種類": name, "值": value} for name, value in ACCEPTED.items()]
        book.table(TABLE).append(rows)
        book.save()
    return path


def ours(path: Path) -> list[object]:
    return list(read_tables(path)[TABLE].columns[1])


def ours_by_cell(path: Path) -> list[object]:
    with Workbook.open(path) as book:
        sheet = book.sheet(SHEET)
        return [sheet.get(f"B{row}") for row in range(2, len(ACCEPTED) + 2)]


def with_openpyxl(path: Path) -> list[object]:
    """openpyxl leaves the escapes of texts in cells to the reader's own care."""
    sheet = openpyxl.load_workbook(path)[SHEET]
    found = [row[1].value for row in sheet.iter_rows(min_row=2)]
    return [unescape(value) if isinstance(value, str) else value for value in found]


def with_calamine(path: Path) -> list[object]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).to_python()
    return [row[1] for row in rows[1:]]


def same(given: object, found: object) -> bool:
    """Say whether two readers mean the same value; a number's type is not the file's to tell."""
    if isinstance(given, str):
        return found == given
    if isinstance(given, bool):
        return found is given
    if isinstance(given, datetime):
        return isinstance(found, datetime) and abs(found - given) < timedelta(microseconds=500)
    if isinstance(given, date):
        day = found.date() if isinstance(found, datetime) else found
        return day == given
    if isinstance(given, Decimal):
        return isinstance(found, int | float) and Decimal(repr(found)) == given
    return isinstance(found, int | float) and found == given


def test_there_are_at_least_sixty_kinds() -> None:
    assert len(ACCEPTED) >= 60
    assert len(REFUSED) >= 30


READERS: dict[str, Callable[[Path], list[object]]] = {
    "ours": ours,
    "ours by cell": ours_by_cell,
    "calamine": with_calamine,
    "openpyxl": with_openpyxl,
}


@pytest.mark.parametrize("reader", READERS)
def test_every_kind_comes_back(written: Path, reader: str) -> None:
    found = READERS[reader](written)
    assert len(found) == len(ACCEPTED)
    wrong = {
        name: (value, other)
        for (name, value), other in zip(ACCEPTED.items(), found, strict=True)
        if not same(value, other)
    }
    assert wrong == {}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_change_is_refused(written: Path, tmp_path: Path, name: str) -> None:
    value, code = REFUSED[name]
    path = shutil.copy(written, tmp_path / "book.xlsx")
    before = path.read_bytes()
    with Workbook.open(path) as book:
        for write in (
            lambda: book.sheet(SHEET).set("B2", value),
            lambda: book.table(TABLE).append([{"值": value}]),
            lambda: book.table(TABLE).update_rows({2: {"值": value}}),
            lambda: book.table(TABLE).replace([{"值": value}]),
        ):
            with pytest.raises(EditRefusedError) as caught:
                write()
            assert caught.value.code == code
            assert {"book", "sheet", "cell"} <= caught.value.arguments.keys()
        assert not book.changes
    assert path.read_bytes() == before


def test_100000_random_amounts_come_back(tmp_path: Path) -> None:
    dice = random.Random(20261)
    amounts = [
        Decimal(dice.randrange(-(10 ** dice.randint(1, 15)) + 1, 10 ** dice.randint(1, 15)))
        .scaleb(-2)
        .quantize(Decimal("0.01"))
        for _ in range(100_000)
    ]
    path = _empty_book(tmp_path / "amounts.xlsx", len(amounts))
    with Workbook.open(path) as book:
        book.table(TABLE).append([{"值": amount} for amount in amounts])
        book.save()
    found = read_tables(path)[TABLE].columns[1]
    back = [Decimal(repr(value)).quantize(Decimal("0.01")) for value in found]
    assert back == amounts


OF_LIBREOFFICE = {
    "both line ends": "a\nb",
    "an escape of an escape": "_x0041_",
    "two escapes that share a bar": "_x0041B",
}
"""What LibreOffice makes of three texts when it saves; numbers it saves with 15 digits."""


def same_in_libreoffice(name: str, given: object, found: object) -> bool:
    if isinstance(given, float) and isinstance(found, int | float):
        return math.isclose(given, found, rel_tol=5e-15)
    return found == OF_LIBREOFFICE[name] if name in OF_LIBREOFFICE else same(given, found)


@pytest.mark.libreoffice
def test_every_kind_comes_back_from_libreoffice(written: Path, tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path, written],
        check=True,
        capture_output=True,
        timeout=120,
    )
    found = with_calamine(tmp_path / written.name)
    wrong = {
        name: (value, other)
        for (name, value), other in zip(ACCEPTED.items(), found, strict=True)
        if not same_in_libreoffice(name, value, other)
    }
    assert wrong == {}
