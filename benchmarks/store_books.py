"""Workbooks for the benchmark of the store, made once and kept in the temp folder.

The plain book is one sheet with one Excel Table of customers in fifteen columns. The decorated one
has the same Table and what people put around one: charts, conditional formats, sparklines,
comments, a picture, formulas with results, a form button.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADERS = (
    "客戶編號 客戶名稱 公司 地址 電話 電郵 類型 等級 狀態 負責人 "
    "建立日期 最近聯繫 信用額度 餘額 備註"
).split()
"""Fifteen columns: id, texts, three lists, an owner, a date, a moment, two amounts, a note."""
SHEET = "客戶"
TABLE = "customer"
KEY = "客戶編號"
AMOUNT, NOTE = 13, 14
"""Positions of the two columns that the benchmark updates."""
FIRST_ROW = 2
"""Excel row of the first customer; the header is above it."""

_VERSION = 3
_EPOCH = datetime.fromisoformat("2019-01-01")
_KINDS = ("製造商", "經銷商", "系統整合商", "最終客戶")
_GRADES = ("A", "B", "C", "D")
_STATES = ("潛在", "洽談中", "成交", "流失")
_NAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐"
_DATES = {10: "yyyy-mm-dd", 11: "yyyy-mm-dd hh:mm", 12: "#,##0", 13: "#,##0.00"}

Row = list[object]


def key_of(number: int) -> str:
    """Return the id of the n-th customer, counted from 0."""
    return f"C-{number + 1:07d}"


def customers(start: int, count: int) -> Iterator[Row]:
    """Return customers from a position on; the same ones each time."""
    for number in range(start, start + count):
        source = random.Random(number)
        surname = source.choice(_NAMES)
        moment = _EPOCH + timedelta(minutes=source.randrange(4_000_000))
        yield [
            key_of(number),
            f"{surname}客戶{number}",
            f"測試{number}科技股份有限公司",
            f"臺北市信義區市府路 {number} 號 {source.randrange(1, 30)} 樓",
            f"02-{source.randrange(10**8):08d}",
            f"customer{number}@example.com",
            source.choice(_KINDS),
            source.choice(_GRADES),
            source.choice(_STATES),
            f"E-{source.randrange(1, 41):06d}",
            date(2019, 1, 1) + timedelta(days=source.randrange(2_500)),
            moment,
            float(source.randrange(1, 10_000) * 1000),
            source.randrange(1, 10**9) / 100,
            f"第 {number} 筆，{source.choice(_STATES)}後再訪",
        ]


def book_of(rows: int, *, decorated: bool = False) -> Path:
    """Return a book of so many customers, from the cache or made now, in a process of its own."""
    folder = Path(tempfile.gettempdir()) / f"sheetsales-benchmark-{_VERSION}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{'decorated' if decorated else 'plain'}-{rows}.xlsx"
    if not path.exists():
        made = path.with_suffix(".part")
        words = [str(rows), str(made), *(["decorated"] if decorated else [])]
        subprocess.run([sys.executable, "-m", "benchmarks.store_books", *words], check=True)
        made.replace(path)
    return path


def write_book(path: Path, rows: int, *, decorated: bool) -> None:
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"title": "Customers", "created": _EPOCH})
    formats = {n: book.add_format({"num_format": text}) for n, text in _DATES.items()}
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, len(HEADERS) - 1, 16)
    for position, style in formats.items():
        sheet.set_column(position, position, 18, style)
    for row, cells in enumerate(customers(0, rows), start=FIRST_ROW - 1):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, formats[column])
            else:
                sheet.write(row, column, value, formats.get(column))
    columns = [{"header": header} for header in HEADERS]
    last = FIRST_ROW - 2 + rows
    sheet.add_table(0, 0, last, len(HEADERS) - 1, {"name": TABLE, "columns": columns})
    if decorated:
        _decorate_sheet(book, sheet, rows)
        _add_summary(book, rows)
    book.close()


def _decorate_sheet(book: xlsxwriter.Workbook, sheet: Worksheet, rows: int) -> None:
    """Add what stands on and around the Table itself."""
    last = rows + 1
    red = book.add_format({"font_color": "#9C0006", "bg_color": "#FFC7CE"})
    sheet.freeze_panes(1, 1)
    sheet.conditional_format(
        f"I2:I{last}", {"type": "cell", "criteria": "==", "value": '"流失"', "format": red}
    )
    sheet.conditional_format(f"M2:M{last}", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(f"N2:N{last}", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.data_validation(f"I2:I{last}", {"validate": "list", "source": list(_STATES)})
    sheet.data_validation(f"H2:H{last}", {"validate": "list", "source": "=總覽!$A$3:$A$6"})
    for row in range(2, 12):
        sheet.write_comment(row, 2, "王小姐：來電確認過", {"author": "王小姐"})
        sheet.add_sparkline(row, 16, {"range": f"{SHEET}!M{row + 1}:N{row + 1}"})
    bold = book.add_format({"bold": True})
    sheet.write_rich_string("Q1", "走勢 ", bold, "重要", " 說明")
    sheet.insert_image("R2", "mark.png", {"image_data": BytesIO(_picture())})
    sheet.insert_button("R8", {"macro": "Refresh", "caption": "更新"})
    sheet.insert_textbox("R12", "填寫說明：狀態請用下拉清單")
    sheet.set_header("&L&G&R&D", {"image_left": "mark.png", "image_data_left": BytesIO(_picture())})
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.write_url("Q14", "https://example.com/", string="公司網站")


def _add_summary(book: xlsxwriter.Workbook, rows: int) -> None:
    """Add a second sheet with formulas over the Table, their results, and charts."""
    sheet = book.add_worksheet("總覽")
    found = list(customers(0, rows))
    sheet.write_row(0, 0, ["等級", "家數", "餘額"])
    sheet.write_formula(1, 2, f"=SUM({TABLE}[餘額])", None, _total(found, None))
    for row, grade in enumerate(_GRADES, start=2):
        sheet.write_string(row, 0, grade)
        counted = sum(each[7] == grade for each in found)
        sheet.write_formula(row, 1, f"=COUNTIF({TABLE}[等級],A{row + 1})", None, counted)
        text = f"=SUMIF({TABLE}[等級],A{row + 1},{TABLE}[餘額])"
        sheet.write_formula(row, 2, text, None, _total(found, grade))
    for kind, cell in (("column", "E2"), ("pie", "E18")):
        chart = book.add_chart({"type": kind})
        chart.add_series(
            {"categories": "=總覽!$A$3:$A$6", "values": "=總覽!$C$3:$C$6", "name": "餘額"}
        )
        sheet.insert_chart(cell, chart)
    book.define_name("等級", "=總覽!$A$3:$A$6")


def _total(found: Sequence[Row], grade: str | None) -> float:
    amounts = (row[AMOUNT] for row in found if grade in (None, row[7]))
    return round(sum(value for value in amounts if isinstance(value, float)), 2)


def _picture() -> bytes:
    """Return a small blue PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    size = 16
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x2f\x6f\xb7" * size) * size)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    write_book(Path(sys.argv[2]), int(sys.argv[1]), decorated="decorated" in sys.argv)
