"""Workbooks as odd writers make them, each edited and checked like those that others made."""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.store.books import (
    MAIN,
    ROWS,
    SHEET,
    TABLE,
    parts,
    relations,
    table_part,
    worksheet,
    write_parts,
)
from tests.store.corpus.run import READERS, try_book

Parts = dict[str, str | bytes]
BOOK, TYPES, RELATIONS = "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
MORE = (
    '<row r="5" spans="1:9"><c r="B5" s="1"><v>45000</v></c><c r="D5" t="s"><v>0</v></c>'
    '<c r="E5" t="b"><v>1</v></c><c r="F5" t="e"><v>#N/A</v></c><c r="G5" t="str"><f>A1</f>'
    "<v>x</v></c></row>"
)
_VENDOR = "application/vnd.openxmlformats-"
DEFAULT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_VENDOR}package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_VENDOR}officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
TEXTS = f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>共用</t></si></sst>'


def plain(rows: str = ROWS + MORE, before: str = "", after: str = "") -> Parts:
    """Return the parts of an ordinary book with a table, shared strings and a formula."""
    after += '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    found = parts(worksheet(rows, before, after), table_part())
    found["xl/sharedStrings.xml"] = TEXTS
    found[RELATIONS] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    override = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    found[TYPES] = str(found[TYPES]).replace("</Types>", override)
    return found


def sheet(change: Callable[[str], str | bytes]) -> Parts:
    """Return the book with its sheet part changed."""
    found = plain()
    found[SHEET] = change(str(found[SHEET]))
    return found


def replaced(part: str, old: str, new: str) -> Parts:
    """Return the book with a text of one part replaced."""
    found = plain()
    assert old in str(found[part])
    found[part] = str(found[part]).replace(old, new)
    return found


def moved_book() -> Parts:
    """Return the book with the workbook part elsewhere and all targets absolute."""
    found = plain()
    found["deep/er/book.xml"] = found.pop(BOOK)
    del found[RELATIONS]
    found["deep/er/_rels/book.xml.rels"] = relations(
        ("worksheet", "/xl/worksheets/sheet1.xml"), ("styles", "../../xl/styles.xml")
    )
    found["_rels/.rels"] = relations(("officeDocument", "/deep/er/book.xml"))
    found[SHEET] = str(found[SHEET]).replace(' t="s"', "")
    found[TYPES] = str(found[TYPES]).replace("/xl/workbook.xml", "/deep/er/book.xml")
    return found


def prefixed(text: str) -> str:
    """Return a sheet with a prefix before every element."""
    text = text.replace("</", "\0").replace("<?", "\1").replace("<", "<x:").replace("\0", "</x:")
    return text.replace("\1", "<?").replace(" xmlns=", " xmlns:x=")


def strict() -> Parts:
    """Return the book in the strict dialect, with an ISO date."""
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    document = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    found = plain(ROWS + '<row r="5"><c r="B5" s="1" t="d"><v>2026-01-02</v></c></row>')
    return {
        name: text.replace(MAIN, main).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships", document
        )
        for name, text in found.items()
        if isinstance(text, str)
    }


VARIANTS: dict[str, Callable[[], Parts]] = {
    "as it is": plain,
    "the workbook elsewhere": moved_book,
    "backslashes in targets": lambda: replaced(RELATIONS, "worksheets/", "worksheets\\"),
    "targets in another case": lambda: replaced(
        RELATIONS, "worksheets/sheet1", "WorkSheets/SHEET1"
    ),
    "targets with dots": lambda: replaced(RELATIONS, "worksheets/", "./x/../worksheets/"),
    "targets with per cent signs": lambda: replaced(RELATIONS, "sheet1.xml", "%73heet1.xml"),
    "utf-8 with a byte order mark": lambda: sheet(lambda t: codecs.BOM_UTF8 + t.encode()),
    "utf-16": lambda: sheet(lambda t: t.replace("UTF-8", "UTF-16").encode("utf-16")),
    "no declaration": lambda: sheet(lambda t: t.partition("?>")[2].lstrip()),
    "prefixed": lambda: sheet(prefixed),
    "prefixed table": lambda: plain() | {TABLE: prefixed(table_part())},
    "single quotes": lambda: sheet(lambda t: t.replace('"', "'")),
    "line breaks in tags": lambda: sheet(lambda t: t.replace(" r=", "\n\tr=").replace("/>", " />")),
    "spaces around equals signs": lambda: sheet(lambda t: t.replace(' r="', ' r = "')),
    "indented": lambda: sheet(lambda t: t.replace("<c ", "\n    <c ").replace("<row", "\n  <row")),
    "comments between cells": lambda: sheet(lambda t: t.replace("<c ", "<!-- <c r='A9'> --><c ")),
    "instructions between rows": lambda: sheet(lambda t: t.replace("<row", "<?go <row?><row")),
    "one part for two sheets": lambda: replaced(
        BOOK, "<sheets>", '<sheets><sheet name="另" sheetId="9" r:id="rId1"/>'
    ),
    "one name for two sheets": lambda: (
        replaced(BOOK, "<sheets>", '<sheets><sheet name="表" sheetId="9" r:id="rId4"/>')
        | {
            RELATIONS: relations(
                ("worksheet", "worksheets/sheet1.xml"),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("worksheet", "worksheets/sheet2.xml"),
            ),
            "xl/worksheets/sheet2.xml": worksheet(ROWS),
        }
    ),
    "cdata": lambda: sheet(lambda t: t.replace("00123", "<![CDATA[<row>&]]>")),
    "no addresses of cells": lambda: plain(
        '<row r="1"><c t="inlineStr"><is><t>鍵</t></is></c><c t="inlineStr"><is><t>值</t></is></c>'
        "</row><row><c><v>1</v></c><c><v>2</v></c><c><f>A1</f><v>3</v></c></row>"
    ),
    "some addresses": lambda: plain(
        '<row r="1"><c t="inlineStr"><is><t>鍵</t></is></c><c r="B1" t="inlineStr"><is><t>值</t>'
        '</is></c><c r="D1"><v>4</v></c><c><v>5</v></c></row><row><c/><c><v>2</v></c></row>'
        '<row r="7"><c r="C7"><v>1</v></c><c><v>2</v></c></row><row><c><v>8</v></c></row>'
    ),
    "address is not the first attribute": lambda: sheet(
        lambda t: t.replace('<c r="B5" s="1">', '<c s="1" r="B5">').replace(
            '<row r="5" spans="1:9">', '<row spans="1:9" r="5">'
        )
    ),
    "an unknown attribute with a bracket": lambda: sheet(
        lambda t: t.replace('<c r="B5"', '<c x="a>b" r="B5"')
    ),
    "cells with rich values": lambda: sheet(
        lambda t: t.replace('<c r="B5"', '<c r="B5" vm="1" cm="1" ph="1"')
    ),
    "empty values": lambda: plain(
        ROWS + '<row r="5"><c r="A5"><v/></c><c r="B5" t="s"/><c r="C5" t="str"><v></v></c>'
        '<c r="D5"><is/></c><c r="E5" t="n"><v> 7 </v></c></row>'
    ),
    "what follows the cells of a row": lambda: sheet(
        lambda t: t.replace("</row>", "<extLst><ext uri='x'><c r='Z1'/></ext></extLst></row>")
    ),
    "extensions in a cell": lambda: plain(
        ROWS + '<row r="5"><c r="A5"><v>1</v><extLst><ext uri="x"/></extLst></c>'
        '<c r="B5"><v>2</v></c></row>'
    ),
    "empty rows": lambda: plain(
        ROWS + '<row r="5"/><row r="6"></row><row r="7" s="2" customFormat="1"/>'
    ),
    "no rows at all": lambda: replaced(SHEET, ROWS + MORE, "") | {TABLE: table_part("K1:L2")},
    "a sheet without data": lambda: sheet(
        lambda t: t[: t.index("<sheetData>")] + "<sheetData/>" + t[t.index("</sheetData>") + 12 :]
    ),
    "no dimension, a wrong one": lambda: plain(before='<dimension ref="A1"/>'),
    "a dimension of nothing": lambda: plain(before='<dimension ref="#REF!"/>'),
    "everything": lambda: plain(before='<dimension ref="A1:XFD1048576"/>'),
    "the last cell": lambda: plain(ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "alternate content behind the rows": lambda: plain(
        after='<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-'
        'compatibility/2006"><mc:Choice xmlns:v="urn:v" Requires="v"><v:row r="1"/></mc:Choice>'
        "</mc:AlternateContent>"
    ),
    "merged cells": lambda: plain(
        after='<mergeCells><mergeCell ref="B5:C7"/><mergeCell ref="D9"/><mergeCell ref="E5:E5"/>'
        '<mergeCell ref="#REF!"/></mergeCells>'
    ),
    "a shared formula": lambda: plain(
        ROWS + '<row r="5"><c r="A5"><f t="shared" si="0" ref="A5:A6">B5</f><v>1</v></c></row>'
        '<row r="6"><c r="A6"><f t="shared" si="0"/><v>1</v></c></row>'
    ),
    "an array formula": lambda: plain(
        ROWS + '<row r="5"><c r="A5" cm="1"><f t="array" ref="A5:B6">C5:D6</f><v>1</v></c>'
        '<c r="B5"><v>1</v></c></row><row r="6"><c r="A6"><v>1</v></c></row>'
    ),
    "a data table": lambda: plain(
        ROWS + '<row r="5"><c r="A5"><f t="dataTable" ref="A5:B6" dt2D="1" r1="A1" r2="B1"/>'
        '<v>1</v></c></row><row r="6"><c r="B6"><v>1</v></c></row>'
    ),
    "a protected sheet": lambda: plain(after='<sheetProtection sheet="1"/>'),
    "a protected sheet, in words": lambda: plain(after='<sheetProtection sheet="true"/>'),
    "protection that is off": lambda: plain(after='<sheetProtection sheet="0" objects="1"/>'),
    "days from 1904": lambda: replaced(BOOK, "<sheets>", '<workbookPr date1904="1"/><sheets>'),
    "strict": strict,
    "no styles": lambda: replaced(RELATIONS, "/styles", "/other"),
    "styles that are not there": lambda: sheet(lambda t: t.replace('s="1"', 's="77"')),
    "no types of single parts": lambda: plain() | {TYPES: DEFAULT_TYPES},
    "manual calculation": lambda: replaced(
        BOOK, "</workbook>", '<calcPr calcMode="manual"/></workbook>'
    ),
    "a table without a header": lambda: plain() | {TABLE: table_part("A1:B2", headerRowCount="0")},
    "a table that is full below": lambda: plain() | {TABLE: table_part("A1:B4")},
    "a table of a query": lambda: plain() | {TABLE: table_part(tableType="queryTable")},
    "a table with a blank row": lambda: plain() | {TABLE: table_part("A1:B3", insertRow="1")},
    "rows out of order": lambda: plain('<row r="9"><c r="A9"><v>1</v></c></row>' + ROWS),
    "a row twice": lambda: plain(ROWS + '<row r="2"><c r="C2"><v>1</v></c></row>'),
    "cells out of order": lambda: plain(
        ROWS + '<row r="5"><c r="B5"><v>1</v></c><c r="A5"><v>1</v></c></row>'
    ),
    "a cell twice": lambda: plain(
        ROWS + '<row r="5"><c r="B5"><v>1</v></c><c r="B5"><v>2</v></c></row>'
    ),
    "an address of another row": lambda: plain(ROWS + '<row r="5"><c r="B9"><v>1</v></c></row>'),
    "small letters": lambda: plain(ROWS + '<row r="5"><c r="b5"><v>1</v></c></row>'),
    "a text that looks like markup": lambda: plain(
        ROWS + '<row r="5"><c r="A5" t="inlineStr"><is><t>&lt;row r="9"&gt; <!-- c --></t></is>'
        "</c></row>"
    ),
    "letters as references": lambda: sheet(lambda t: t.replace('r="B5"', 'r="&#66;&#x35;"')),
}


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "stored": lambda: archived(zipfile.ZIP_STORED),
    "sizes behind the data": lambda: archived(seekable=False),
    "a comment that looks like an end": lambda: archived(comment=b"PK\x05\x06 not yet"),
    "bytes behind the end": lambda: archived() + b"\0" * 50,
    "folders": lambda: archived(more={"xl/": b"", "xl/media/": b""}),
    "names that differ by case": lambda: archived(more={"xl/m/a.bin": b"1", "xl/M/A.bin": b"2"}),
    "names beyond ascii": lambda: archived(more={"xl/媒體/圖.bin": b"1"}),
    "bytes before the beginning": lambda: b"MZ" + b"\0" * 100 + archived(),
    "cut off": lambda: archived()[:-40],
    "a method that Excel does not know": lambda: archived(zipfile.ZIP_LZMA),
    "a part of another checksum": lambda: wrong_sum(archived(more={"xl/m.bin": b"x" * 99})),
}


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def archived(
    method: int = zipfile.ZIP_DEFLATED,
    *,
    seekable: bool = True,
    comment: bytes = b"",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the ordinary book as a zip file of some kind."""
    buffer = io.BytesIO() if seekable else _Unseekable()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in {**plain(), **(more or {})}.items():
            archive.writestr(name, content)
        archive.comment = comment
    return buffer.getvalue()


def wrong_sum(data: bytes) -> bytes:
    """Return the zip file with the checksum of its last member off by one bit."""
    at = data.rfind(b"PK\x01\x02") + 16
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("variant", ARCHIVES)
def test_an_odd_archive_is_edited_without_loss_or_refused(tmp_path: Path, variant: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(ARCHIVES[variant]())
    outcome = try_book(path, {"calamine": READERS["calamine"]})
    assert not outcome.problems, f"{outcome}"
    assert outcome.edits or outcome.refused or outcome.refusals


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_odd_workbook_is_edited_without_loss(tmp_path: Path, variant: str) -> None:
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = write_parts(folder / f"book{seed}.xlsx", VARIANTS[variant]())
        outcome = try_book(path, {"calamine": READERS["calamine"]})
        assert not outcome.problems, f"{outcome}"
        assert outcome.edits or outcome.refusals or outcome.refused
