"""Workbooks made to bring a reader down: small files that ask for time, memory or a crash."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

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

WORKBOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_QUADRATIC = f'<!DOCTYPE q [<!ENTITY a "{"x" * 100_000}">]>'
_EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_PARAMETER = '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>'
_NAMES = f"<definedNames>{'<definedName/>' * 1_100_000}</definedNames>"

Content = dict[str, str | bytes]


def plain(rows: str = ROWS, **around: str) -> Content:
    """Return the parts of a harmless book with one Table and shared strings."""
    content = parts(worksheet(rows, **around), table_part())
    content[STRINGS] = strings("<si><t>甲</t></si>")
    content[BOOK_RELATIONS] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    return content


def strings(items: str, **attributes: str) -> str:
    """Return a part of shared strings."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<sst xmlns="{MAIN}"{given}>{items}</sst>'


def cell(content: str, address: str = "B2", **attributes: str) -> str:
    """Return the usual rows with one cell in place of B2."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    old = '<c r="B2"><v>1</v></c>'
    return ROWS.replace(old, f'<c r="{address}"{given}>{content}</c>')


def _with(part: str, change: Callable[[str], str], base: Content | None = None) -> Content:
    content = base or plain()
    content[part] = change(str(content[part]))
    return content


def _entities(part: str, kind: str, use: str = "&a;", base: Content | None = None) -> Content:
    def change(text: str) -> str:
        text = text.partition("?>\n")[2] or text
        return kind + text.replace("</", f"{use}</", 1)

    return _with(part, change, base)


def _hidden_doctype(text: str) -> str:
    return f"<!-- <a> -->{_LAUGHS}" + text.partition("?>\n")[2]


def _replaced(part: str, old: str, new: str, base: Content | None = None) -> Content:
    return _with(part, lambda text: text.replace(old, new, 1), base)


@cache
def _noise(size: int) -> str:
    """Return text that deflates to about a hundredth."""
    dice = random.Random(1)
    return "".join(dice.choice("abcdefgh") + "x" * 399 for _ in range(size // 400))


def _many(count: int) -> Content:
    return plain() | {f"xl/media/{number}.bin": "" for number in range(count)}


def _named(name: str) -> Content:
    return plain() | {name: "x"}


def _deep(levels: int, name: str = "a") -> str:
    return f"<{name}>" * levels + f"</{name}>" * levels


def _wide_table() -> Content:
    columns = "".join(f'<tableColumn id="{n}" name="c{n}"/>' for n in range(1, 16_385))
    content = plain()
    content[TABLE] = table_part("A1:XFD1048576", columns)
    return content


def _sheets(count: int, targets: int = 1) -> Content:
    listed = "".join(
        f'<sheet name="s{n}" sheetId="{n}" r:id="rId{n % targets + 1}"/>' for n in range(count)
    )
    return _replaced(WORKBOOK, "<sheets>", f"<sheets>{listed}")


def _stray_among_blanks() -> Content:
    blanks = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" s="1"/>' for letter in "CDEFG")
        + "</row>"
        for row in range(3, 60_000)
    )
    return plain(ROWS + blanks + FAR)


CONTENTS: dict[str, tuple[str, Callable[[], Content]]] = {
    "laughs in the workbook": ("workbook-doctype", lambda: _entities(WORKBOOK, _LAUGHS, "&j;")),
    "laughs in a sheet": ("workbook-doctype", lambda: _entities(SHEET, _LAUGHS, "&j;")),
    "laughs in the texts": (
        "workbook-doctype",
        lambda: _entities(STRINGS, _LAUGHS, "&j;", plain(cell("<v>0</v>", t="s"))),
    ),
    "laughs in the styles": ("workbook-doctype", lambda: _entities(STYLES, _LAUGHS, "&j;")),
    "laughs in a table": ("workbook-doctype", lambda: _entities(TABLE, _LAUGHS, "&j;")),
    "laughs in relations": (
        "workbook-doctype",
        lambda: _entities(BOOK_RELATIONS, _LAUGHS, "&j;"),
    ),
    "quadratic entity": (
        "workbook-doctype",
        lambda: _entities(SHEET, _QUADRATIC, "&a;" * 10_000),
    ),
    "external entity": ("workbook-doctype", lambda: _entities(WORKBOOK, _EXTERNAL)),
    "parameter entity": ("workbook-doctype", lambda: _entities(WORKBOOK, _PARAMETER, "")),
    "doctype behind a comment": ("workbook-doctype", lambda: _with(SHEET, _hidden_doctype)),
    "doctype in UTF-16": (
        "workbook-doctype",
        lambda: plain() | {SHEET: (_LAUGHS + f'<worksheet xmlns="{MAIN}"/>').encode("utf-16")},
    ),
    "slow encoding": (
        "workbook-part",
        lambda: (
            plain()
            | {WORKBOOK: '<?xml version="1.0" encoding="punycode"?><a>' + "b" * 3_000_000 + "-</a>"}
        ),
    ),
    "ratio of a sheet": ("workbook-too-large", lambda: plain(" " * (20 << 20))),
    "ratio of the texts": (
        "workbook-too-large",
        lambda: plain() | {STRINGS: strings(" " * (20 << 20))},
    ),
    "ratio of the workbook": (
        "workbook-too-large",
        lambda: _replaced(WORKBOOK, "<sheets>", " " * (20 << 20) + "<sheets>"),
    ),
    "ratio of something else": (
        "workbook-too-large",
        lambda: plain() | {"xl/media/a.bmp": bytes(20 << 20)},
    ),
    "zip in a zip": (
        "workbook-too-large",
        lambda: plain() | {"xl/embeddings/a.zip": b"PK\x03\x04" + bytes(20 << 20)},
    ),
    "workbook part of 70 MB": (
        "workbook-too-large",
        lambda: _replaced(WORKBOOK, "<sheets>", f"<!--{_noise(70 << 20)}--><sheets>"),
    ),
    "table of 70 MB": (
        "workbook-too-large",
        lambda: _replaced(TABLE, "<tableColumns", f"<!--{_noise(70 << 20)}--><tableColumns"),
    ),
    "a cell of one letter": (
        "workbook-too-large",
        lambda: plain(cell(f"<is><t>{'x' * (20 << 20)}</t></is>", t="inlineStr")),
    ),
    "an attribute of 70 MB": (
        "workbook-too-large",
        lambda: _replaced(WORKBOOK, "<sheets>", f'<sheets a="{_noise(70 << 20)}">'),
    ),
    "10,001 members": ("workbook-too-large", lambda: _many(10_001)),
    "climbing name": ("workbook-broken", lambda: _named("../../etc/cron.d/a")),
    "absolute name": ("workbook-broken", lambda: _named("//server/a")),
    "name on a server": ("workbook-broken", lambda: _named("\\\\server\\a")),
    "one name with both slashes": ("workbook-broken", lambda: _named("xl\\workbook.xml")),
    "one name with a slash in front": ("workbook-broken", lambda: _named("/xl/workbook.xml")),
    "name with backslash": ("workbook-broken", lambda: _named("xl\\..\\..\\a")),
    "name on a drive": ("workbook-broken", lambda: _named("C:/a")),
    "name at the root of a drive": ("workbook-broken", lambda: _named("\\C:\\a")),
    "billion columns": ("workbook-part", lambda: plain(cell("<v>1</v>", "CFDGSWF2"))),
    "column behind the last": ("workbook-part", lambda: plain(cell("<v>1</v>", "XFE2"))),
    "row behind the last": (
        "workbook-part",
        lambda: plain(ROWS + '<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
    ),
    "row 4294967295": (
        "workbook-part",
        lambda: plain(ROWS + '<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'),
    ),
    "row of forty digits": (
        "workbook-part",
        lambda: plain(ROWS + f'<row r="{"9" * 40}"><c r="A{"9" * 40}"><v>1</v></c></row>'),
    ),
    "million names": (
        "workbook-too-large",
        lambda: _replaced(WORKBOOK, "<sheets>", f"{_NAMES}<sheets>"),
    ),
    "deep workbook": (
        "workbook-too-large",
        lambda: _replaced(WORKBOOK, "<sheets>", f"{_deep(100_000)}<sheets>"),
    ),
    "deep table": (
        "workbook-too-large",
        lambda: _replaced(TABLE, "<tableColumns", f"{_deep(100_000)}<tableColumns"),
    ),
    "shared text 4294967295": (
        "workbook-part",
        lambda: plain(cell("<v>4294967295</v>", t="s")),
    ),
    "200,000 sheets in one part": ("workbook-too-large", lambda: _sheets(200_000)),
    "two sheets in one part": ("workbook-broken", lambda: _sheets(2)),
}
"""Refused by reading and by editing alike: by name, the code and the parts."""

EDITING: dict[str, tuple[str, Callable[[], Content]]] = {
    "70,000 merged ranges": (
        "workbook-too-large",
        lambda: plain(
            after="<mergeCells>"
            + "".join(f'<mergeCell ref="D{n}:E{n}"/>' for n in range(3, 70_003))
            + "</mergeCells>"
        ),
    ),
    "700,000 links": (
        "workbook-too-large",
        lambda: plain(after=f"<hyperlinks>{'<hyperlink/>' * 700_000}</hyperlinks>"),
    ),
    "deep sheet": ("workbook-too-large", lambda: plain(after=_deep(100_000))),
    "70 MB behind the rows": (
        "workbook-too-large",
        lambda: plain(after=f'<extLst a="{_noise(70 << 20)}"/>'),
    ),
    "70 MB of comment behind the rows": (
        "workbook-too-large",
        lambda: plain(after=f"<!--{_noise(70 << 20)}-->"),
    ),
    "a row of 20 MB": (
        "workbook-too-large",
        lambda: plain(cell(f"<is><t>{_noise(20 << 20)}</t></is>", t="inlineStr")),
    ),
}
"""Refused by editing; reading gives an answer or a refusal, as quickly."""

READING: dict[str, tuple[str, Callable[[], Content]]] = {
    "table over the whole sheet": ("sheet-sprawl", _wide_table),
    "cell in the last corner": ("sheet-sprawl", lambda: plain(ROWS + FAR)),
    "only a cell in the last corner": ("sheet-sprawl", lambda: plain(FAR)),
    "cell far from its row": ("sheet-sprawl", lambda: plain(cell("<v>1</v>", "XFD1048576"))),
    "corner in odd layout": (
        "sheet-sprawl",
        lambda: plain(ROWS + FAR.replace('"', "'").replace("<c ", "<c\n")),
    ),
    "stray cell among blanks": ("sheet-sprawl", _stray_among_blanks),
    "stated count of texts": (
        "workbook-too-large",
        lambda: plain() | {STRINGS: strings("<si><t>甲</t></si>", uniqueCount="4294967295")},
    ),
    "cells that do not end": ("workbook-part", lambda: plain(cell("<c>" * 300_000))),
}
"""Refused by reading; editing gives an answer or a refusal, as quickly."""

HARMLESS: dict[str, Callable[[], Content]] = {
    "stated dimension of the whole sheet": lambda: plain(before='<dimension ref="A1:XFD1048576"/>'),
    "formats of columns without end": lambda: plain(
        before='<cols><col min="1" max="4294967295" style="1"/></cols>'
    ),
    "format code of 5 MB": lambda: _replaced(
        STYLES,
        "<fonts",
        f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 5_000_000}"/></numFmts><fonts',
    ),
    "deep rich text": lambda: plain(cell(f"<is>{_deep(50_000, 'r')}</is>", t="inlineStr")),
    "200,000 attributes": lambda: _replaced(
        WORKBOOK, "<sheets>", "<sheets " + " ".join(f'a{n}="1"' for n in range(200_000)) + ">"
    ),
    "shared formula over everything": lambda: plain(
        cell('<f t="shared" ref="A1:XFD1048576" si="0">A1</f><v>1</v>')
    ),
    "blanks in a tag": lambda: _replaced(WORKBOOK, "<sheets>", f"<sheets{' ' * 3_000_000}>"),
    "namespaces": lambda: _replaced(
        WORKBOOK, "<sheets>", "<sheets " + " ".join(f'xmlns:n{n}="u"' for n in range(20_000)) + ">"
    ),
}
"""Whatever comes of them comes quickly."""


def lying_sizes(path: Path, stated: int) -> Path:
    """Write a book whose sheet says another inflated size than it has."""
    write_parts(path, plain(ROWS + "<row/>" * 3_000_000))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo(SHEET).file_size
    packed, position = struct.pack("<L", real), 0
    while (position := data.find(packed, position)) >= 0:
        data[position : position + 4] = struct.pack("<L", stated)
        position += 4
    path.write_bytes(data)
    return path


def overlapping(path: Path) -> Path:
    """Write a zip file in which many entries of the directory share one member's bytes."""
    body = zlib.compress(bytes(9 << 20), 9)[2:-4]
    crc = zlib.crc32(bytes(9 << 20))
    name = b"xl/media/a%04d.bin"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(body), 9 << 20, 18, 0)
    data, entries = bytearray(), bytearray()
    offsets = []
    for number in range(1_000):
        offsets.append(len(data))
        data += local + name % number
    data += body
    for number, offset in enumerate(offsets):
        fields = (20, 20, 0, 8, 0, 0, crc, len(body), 9 << 20, 18, 0, 0, 0, 0, 0, offset)
        entries += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name % number
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1_000, 1_000, len(entries), len(data), 0)
    path.write_bytes(data + entries + end)
    return path


def doubled(path: Path) -> Path:
    """Write a book with two members of one name."""
    write_parts(path, plain())
    with zipfile.ZipFile(path, "a") as archive:
        archive.fp.seek(archive.start_dir)
        info = zipfile.ZipInfo(SHEET)
        archive.NameToInfo.pop(SHEET)
        archive.writestr(info, worksheet(""))
    return path


def endless_directory(path: Path, count: int = 0xFFFF) -> Path:
    """Write a zip file whose end speaks of more members than there are."""
    write_parts(path, plain())
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    struct.pack_into("<2H", data, end + 8, count, count)
    path.write_bytes(data)
    return path


FILES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "sheet larger than it says": ("workbook-broken", lambda path: lying_sizes(path, 1_000)),
    "sheet smaller than it says": (
        "workbook-too-large",
        lambda path: lying_sizes(path, 0xFFFF_FFF0),
    ),
    "overlapping members": ("workbook-broken", overlapping),
    "two members of one name": ("workbook-broken", doubled),
    "more members than there are": ("workbook-too-large", lambda p: endless_directory(p, 65_534)),
}
"""Whole files: by name, the code and how to write it."""
