"""Real workbooks, changed at random: whatever comes of them is an answer or a typed refusal.

Run as ``python -m tests.store.mutants FIRST LAST``: tries the mutants of these numbers and prints
one line of JSON before each and one for each that went wrong. The same number is the same mutant
as long as the workbooks are the same.
"""

from __future__ import annotations

import faulthandler
import io
import json
import random
import re
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from sheetsales.errors import SheetsalesError
from sheetsales.store import Workbook, read_tables

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (ROOT / "tests" / "data", ROOT / "workbook_templates")
SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm"}
LARGEST, SECONDS = 40_000, 5
Dice = random.Random

_TAG = re.compile(rb"<[^!?][^<>]*>")
_ATTRIBUTE = re.compile(rb"""\s[\w:.-]+\s*=\s*("[^"]*"|'[^']*')""")
_NUMBER = re.compile(rb"\d+")
_TEXT = re.compile(rb">[^<>]+<")
_VALUES = (
    b"",
    b"-1",
    b"0",
    b"1",
    b"2",
    b"65536",
    b"1048577",
    b"4294967296",
    b"99999999999999999999999",
    b"1e999",
    b"NaN",
    b"A1",
    b"A0",
    b"XFE1",
    b"A1:XFD1048576",
    b"B2:A1",
    b"A:A",
    b"1:1",
    b"#REF!",
    b"s",
    b"e",
    b"d",
    b"str",
    b"inlineStr",
    b"true",
    b"rId1",
    b"rId99",
    b"../../../x",
    b"http://example.invalid/",
    b"&amp;",
    b"&#0;",
    b"&#x110000;",
    b"&undefined;",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "值".encode(),
    b" ",
    b"_x0000_",
    b"=1+1",
    b"x" * 5_000,
)
_PIECES = (
    b"<!-- comment -->",
    b"<![CDATA[x]]>",
    b"<?pi x?>",
    b"<a>",
    b"</a>",
    b"<a/>",
    b"<c/>",
    b"<row/>",
    b"<f>1</f>",
    b"<!DOCTYPE a>",
    b"\x00",
    b"\xef\xbb\xbf",
    b"&",
    b"<",
    b">",
    b'"',
)
_NAMES = (b"row", b"c", b"v", b"is", b"t", b"f", b"table", b"sheetData", b"worksheet", b"x:c", b"")


def flipped(data: bytes, dice: Dice) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 4, 32))):
        changed[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(data: bytes, dice: Dice) -> bytes:
    return data[: dice.randrange(len(data))]


def without_stretch(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randrange(1, 400) :]


def zeroed(data: bytes, dice: Dice) -> bytes:
    start, size = dice.randrange(len(data)), dice.randrange(1, 600)
    return data[:start] + bytes(size) + data[start + size :]


def repeated_stretch(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data))
    end = start + dice.randrange(1, 800)
    return data[:end] + data[start:end] * dice.choice((1, 1, 20)) + data[end:]


def with_noise(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + dice.randbytes(dice.randrange(1, 40)) + data[start:]


RAW = (flipped, flipped, cut, without_stretch, zeroed, repeated_stretch, with_noise)


def _one(pattern: re.Pattern[bytes], data: bytes, dice: Dice) -> re.Match[bytes] | None:
    """Return the first match behind a place taken at random."""
    start = dice.randrange(len(data) + 1)
    return pattern.search(data, start) or pattern.search(data)


def _put(data: bytes, match: re.Match[bytes] | None, new: bytes) -> bytes:
    return data if match is None else data[: match.start()] + new + data[match.end() :]


def other_value(data: bytes, dice: Dice) -> bytes:
    found = _one(_ATTRIBUTE, data, dice)
    if found is None:
        return data
    return data[: found.start(1) + 1] + dice.choice(_VALUES) + data[found.end(1) - 1 :]


def other_text(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_TEXT, data, dice), b">" + dice.choice(_VALUES) + b"<")


def other_number(data: bytes, dice: Dice) -> bytes:
    found = _one(_NUMBER, data, dice)
    new = str(dice.choice((0, 1, 7, 255, 65_536, 10**6, 2**31, 2**63, 10**30))).encode()
    return _put(data, found, new)


def without_attribute(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_ATTRIBUTE, data, dice), b"")


def doubled_attribute(data: bytes, dice: Dice) -> bytes:
    found = _one(_ATTRIBUTE, data, dice)
    return _put(data, found, found[0] * 2) if found else data


def without_tag(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_TAG, data, dice), b"")


def doubled_tag(data: bytes, dice: Dice) -> bytes:
    found = _one(_TAG, data, dice)
    return _put(data, found, found[0] * dice.choice((2, 3, 300))) if found else data


def renamed_tag(data: bytes, dice: Dice) -> bytes:
    found = _one(re.compile(rb"<(/?)([\w:.-]+)"), data, dice)
    return _put(data, found, b"<" + found[1] + dice.choice(_NAMES)) if found else data


def without_element(data: bytes, dice: Dice) -> bytes:
    found = _one(re.compile(rb"<([\w:.-]+)[^<>]*(?<!/)>"), data, dice)
    if found is None:
        return data
    end = data.find(b"</" + found[1] + b">", found.end())
    return data if end < 0 else data[: found.start()] + data[end + len(found[1]) + 3 :]


def doubled_element(data: bytes, dice: Dice) -> bytes:
    found = _one(re.compile(rb"<([\w:.-]+)[^<>]*(?<!/)>"), data, dice)
    if found is None:
        return data
    end = data.find(b"</" + found[1] + b">", found.end()) + len(found[1]) + 3
    return data[:end] + data[found.start() : end] + data[end:]


def swapped_tags(data: bytes, dice: Dice) -> bytes:
    first, second = _one(_TAG, data, dice), _one(_TAG, data, dice)
    if first is None or second is None or first.end() > second.start():
        return data
    between = data[first.end() : second.start()]
    return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]


def with_piece(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + dice.choice(_PIECES) + data[start:]


def with_piece_at_tag(data: bytes, dice: Dice) -> bytes:
    found = _one(_TAG, data, dice)
    return _put(data, found, found[0] + dice.choice(_PIECES)) if found else data


def in_utf_16(data: bytes, dice: Dice) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.replace("UTF-8", "UTF-16").encode(dice.choice(("utf-16", "utf-16-be")))


def with_encoding(data: bytes, dice: Dice) -> bytes:
    names = (b"UTF-16", b"latin-1", b"gb18030", b"ascii", b"utf-7", b"hex", b"none", b"")
    return data.replace(b"UTF-8", dice.choice(names), 1)


WELL_FORMED = (
    other_value,
    other_value,
    other_value,
    other_text,
    other_number,
    other_number,
    without_attribute,
    without_element,
    without_element,
    doubled_element,
)
ANYHOW = (
    doubled_attribute,
    without_tag,
    doubled_tag,
    renamed_tag,
    swapped_tags,
    with_piece,
    with_piece_at_tag,
    in_utf_16,
    with_encoding,
    *RAW,
)


@cache
def workbooks() -> tuple[Path, ...]:
    """Return the workbooks that are changed, small ones only, in a fixed order."""
    found = (path for source in SOURCES for path in sorted(source.rglob("*")))
    return tuple(
        path for path in found if path.suffix in SUFFIXES and path.stat().st_size <= LARGEST
    )


@cache
def with_tables() -> tuple[Path, ...]:
    """Return those of them that hold an Excel Table."""
    return tuple(path for path in workbooks() if b"xl/tables/" in path.read_bytes())


def _mutated_parts(data: bytes, dice: Dice) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        names = [name for name in parts if name.endswith((".xml", ".rels")) and parts[name]]
        if not names:
            break
        close = [name for name in names if "sheet" in name or "table" in name or "book" in name]
        name = dice.choice(close if close and dice.random() < 0.8 else names)
        ways = WELL_FORMED if dice.random() < 0.8 else ANYHOW
        parts[name] = dice.choice(ways)(parts[name], dice)
    if parts and dice.random() < 0.05:
        del parts[dice.choice(sorted(parts))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def mutant(number: int) -> tuple[Path, bytes]:
    """Return a mutant and the workbook that it was."""
    dice = random.Random(number)
    path = dice.choice(with_tables() if dice.random() < 0.4 else workbooks())
    return path, changed(path.read_bytes(), dice)


def changed(data: bytes, dice: Dice) -> bytes:
    """Return a workbook's bytes with something else in some place."""
    if dice.random() < 0.12 or not zipfile.is_zipfile(io.BytesIO(data)):
        return dice.choice(RAW)(data, dice)
    try:
        return _mutated_parts(data, dice)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):  # it was no sound file before
        return dice.choice(RAW)(data, dice)


def _uses(path: Path, copy: Path) -> Iterator[Callable[[], object]]:
    """Yield what is done with a mutant, step by step; each may be refused."""
    yield lambda: read_tables(path)
    book = Workbook.open(path)
    for name in book.sheets[:2]:
        sheet = book.sheet(name)
        yield lambda sheet=sheet: sheet.get("A1")
        yield lambda sheet=sheet: sheet.get("B2")
        yield lambda sheet=sheet: sheet.formula("B2")
        yield lambda sheet=sheet: sheet.set("B2", 7)
        yield lambda sheet=sheet: sheet.set("Z99", "文字")
    for name in book.tables[:2]:
        table = book.table(name)
        yield table.read
        row, header = table.first_row, table.headers[0]
        yield lambda table=table, row=row, header=header: table.update_rows({row: {header: "新"}})
        yield lambda table=table, header=header: table.append([{header: "新"}])
    yield lambda: book.changes
    yield lambda: _written(book, copy)


def _written(book: Workbook, copy: Path) -> None:
    with copy.open("wb") as out:
        book.write_to(out)
    book.check_written(copy)


def attempt(number: int, folder: Path) -> str:
    """Use a mutant in every way; return what went wrong, "" if nothing did."""
    source, data = mutant(number)
    path = folder / f"mutant{source.suffix}"
    path.write_bytes(data)
    start = time.monotonic()
    try:
        _use(_uses(path, folder / "copy.xlsx"))
    except Exception:  # noqa: BLE001  # this is what is looked for
        return f"{source.relative_to(ROOT)}\n{traceback.format_exc()}"
    seconds = time.monotonic() - start
    return f"{source.relative_to(ROOT)}: {seconds:.1f} s" if seconds > SECONDS else ""


def _use(uses: Iterator[Callable[[], object]]) -> None:
    while True:
        try:
            step = next(uses, None)
            if step is None:
                return
            step()
        except SheetsalesError:
            continue


def main() -> None:
    """Try the mutants of a range of numbers."""
    first, last = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            print(json.dumps([number]), flush=True)
            faulthandler.dump_traceback_later(4 * SECONDS, exit=True)
            wrong = attempt(number, Path(folder))
            faulthandler.cancel_dump_traceback_later()
            if wrong:
                print(json.dumps([number, wrong], ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
