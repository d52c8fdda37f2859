"""Ways to damage a finished workbook: each takes a file's bytes and gives other bytes.

Most leave a zip file with good checksums, so that only a comparison with the plan can tell.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

from tests.store.books import SHEET, TABLE

Parts = dict[str, bytes]
Dice = random.Random

_ROW = re.compile(rb"<row [^>]*>.*?</row>", re.DOTALL)
_CELL = re.compile(rb"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_NUMBER = re.compile(rb"<v>[^<]*</v>")
_TEXT = re.compile(rb"<is><t[^>]*>[^<]+</t></is>")
_STYLE = re.compile(rb' s="\d+"')
_ADDRESS = re.compile(rb' r="[A-Z]+\d+"')
_STYLES = "xl/styles.xml"
_OTHER_SHEET = "xl/worksheets/sheet2.xml"


def _in_sheet(change: Callable[[bytes, Dice], bytes]) -> Callable[[Parts, Dice], None]:
    def apply(parts: Parts, dice: Dice) -> None:
        parts[SHEET] = change(parts[SHEET], dice)

    return apply


def _one(pattern: re.Pattern[bytes], data: bytes, dice: Dice) -> re.Match[bytes]:
    return dice.choice(list(pattern.finditer(data)))


def _put(data: bytes, match: re.Match[bytes], new: bytes) -> bytes:
    return data[: match.start()] + new + data[match.end() :]


def cut_short(data: bytes, dice: Dice) -> bytes:
    return data[: dice.randrange(len(data))]


def cut_out(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data) - 1)
    return data[:start] + data[start + dice.randrange(1, 200) :]


def cut_rows_off(data: bytes, dice: Dice) -> bytes:
    """Lose the rows from one on, and close the sheet well."""
    start = _one(_ROW, data, dice).start()
    return data[:start] + data[data.index(b"</sheetData>") :]


def lost_row(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_ROW, data, dice), b"")


def doubled_row(data: bytes, dice: Dice) -> bytes:
    row = _one(_ROW, data, dice)
    return _put(data, row, row[0] * 2)


def renumbered_row(data: bytes, dice: Dice) -> bytes:
    row = _one(re.compile(rb'<row r="(\d+)"'), data, dice)
    return _put(data, row, b'<row r="%d"' % (int(row[1]) + 1))


def swapped_rows(data: bytes, dice: Dice) -> bytes:
    rows = list(_ROW.finditer(data))
    first, second = sorted(dice.sample(rows, 2), key=lambda row: row.start())
    between = data[first.end() : second.start()]
    return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]


def wrong_number(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_NUMBER, data, dice), b"<v>%d</v>" % dice.randrange(10**6, 10**7))


def rounded_number(data: bytes, dice: Dice) -> bytes:
    found = _one(_NUMBER, data, dice)
    return _put(data, found, found[0].replace(b"</v>", b".25</v>"))


def wrong_text(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_TEXT, data, dice), b"<is><t>x%d</t></is>" % dice.randrange(10**6))


def lost_space(data: bytes, dice: Dice) -> bytes:
    found = _one(_TEXT, data, dice)
    return _put(data, found, found[0].replace(b"</t>", b" </t>"))


def text_to_formula(data: bytes, dice: Dice) -> bytes:
    cell = _one(
        re.compile(rb'<c ([^>]*) t="inlineStr"><is><t[^>]*>([^<]+)</t></is></c>'), data, dice
    )
    return _put(data, cell, b"<c %b><f>%b</f></c>" % (cell[1], cell[2].lstrip(b"=")))


def formula_beside(data: bytes, dice: Dice) -> bytes:
    found = _one(_NUMBER, data, dice)
    return _put(data, found, b"<f>1+1</f>" + found[0])


def formula_to_value(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(re.compile(rb"<f>[^<]*</f>"), data, dice), b"")


def swapped_cells(data: bytes, dice: Dice) -> bytes:
    """Exchange what stands in two cells that hold different things."""
    row = dice.choice([row for row in _ROW.finditer(data) if len(_CELL.findall(row[0])) > 1])
    first, second = dice.sample(list(_CELL.finditer(row[0])), 2)
    if first.start() > second.start():
        first, second = second, first
    places = [_ADDRESS.search(cell[0])[0] for cell in (first, second)]
    new = [
        _ADDRESS.sub(place, cell[0]) for place, cell in zip(places, (second, first), strict=True)
    ]
    text = row[0]
    text = (
        text[: first.start()]
        + new[0]
        + text[first.end() : second.start()]
        + new[1]
        + text[second.end() :]
    )
    return _put(data, row, text)


def moved_cell(data: bytes, dice: Dice) -> bytes:
    found = _one(re.compile(rb'<c r="([A-Z])(\d+)"'), data, dice)
    return _put(data, found, b'<c r="X%b"' % found[2])


def lost_cell(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_CELL, data, dice), b"")


def added_cell(data: bytes, dice: Dice) -> bytes:
    row = dice.choice(list(re.finditer(rb'<row r="(\d+)"[^>]*>(?:(?!</row>).)*', data)))
    return _put(data, row, row[0] + b'<c r="ZZ%b"><v>1</v></c>' % row[1])


def wrong_style(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_STYLE, data, dice), b' s="%d"' % dice.randrange(100, 200))


def lost_style(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(_STYLE, data, dice), b"")


def wrong_type(data: bytes, dice: Dice) -> bytes:
    return _put(data, _one(re.compile(rb' t="\w+"'), data, dice), b"")


def changed_behind_rows(data: bytes, dice: Dice) -> bytes:
    start = data.index(b"</sheetData>")
    number = dice.choice(list(re.finditer(rb"\d", data[start:])))
    place = start + number.start()
    return data[:place] + b"%d" % ((int(number[0]) + 1) % 10) + data[place + 1 :]


def comment_inside(data: bytes, dice: Dice) -> bytes:
    row = _one(_ROW, data, dice)
    return _put(data, row, b"<!--" + row[0] + b"-->" + row[0])


def commented_out(data: bytes, dice: Dice) -> bytes:
    row = _one(_ROW, data, dice)
    return _put(data, row, b"<!--" + row[0] + b"-->")


def lost_part(parts: Parts, dice: Dice) -> None:
    del parts[dice.choice(sorted(parts))]


def emptied_part(parts: Parts, dice: Dice) -> None:
    parts[dice.choice(sorted(parts))] = b""


def added_part(parts: Parts, dice: Dice) -> None:
    parts[f"xl/extra{dice.randrange(10**6)}.xml"] = b"<a/>"


def renamed_part(parts: Parts, dice: Dice) -> None:
    name = dice.choice(sorted(parts))
    parts[name.upper()] = parts.pop(name)


def exchanged_parts(parts: Parts, dice: Dice) -> None:
    first, second = dice.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]


def changed_byte(parts: Parts, dice: Dice) -> None:
    name = dice.choice(sorted(name for name in parts if parts[name]))
    data = bytearray(parts[name])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    parts[name] = bytes(data)


def wrong_table(parts: Parts, dice: Dice) -> None:
    ref = re.search(rb'ref="([A-Z]+\d+:[A-Z]+)(\d+)"', parts[TABLE])
    last = int(ref[2]) + dice.choice((-2, -1, 1, 2))
    parts[TABLE] = _put(parts[TABLE], ref, b'ref="%b%d"' % (ref[1], last))


def changed_styles(parts: Parts, dice: Dice) -> None:
    found = dice.choice(list(re.finditer(rb'numFmtId="(\d+)"', parts[_STYLES])))
    new = b'numFmtId="%d"' % (int(found[1]) + dice.randrange(1, 9))
    parts[_STYLES] = _put(parts[_STYLES], found, new)


def changed_other_sheet(parts: Parts, dice: Dice) -> None:
    data = parts[_OTHER_SHEET]
    number = dice.choice(list(re.finditer(rb">\d+<", data)))
    parts[_OTHER_SHEET] = _put(data, number, b">%d<" % dice.randrange(10**6, 10**7))


IN_PARTS: dict[str, Callable[[Parts, Dice], None]] = {
    **{
        change.__name__: _in_sheet(change)
        for change in (
            cut_short,
            cut_out,
            cut_rows_off,
            lost_row,
            doubled_row,
            renumbered_row,
            swapped_rows,
            wrong_number,
            rounded_number,
            wrong_text,
            lost_space,
            text_to_formula,
            formula_beside,
            formula_to_value,
            swapped_cells,
            moved_cell,
            lost_cell,
            added_cell,
            wrong_style,
            lost_style,
            wrong_type,
            changed_behind_rows,
            comment_inside,
            commented_out,
        )
    },
    **{
        change.__name__: change
        for change in (
            lost_part,
            emptied_part,
            added_part,
            renamed_part,
            exchanged_parts,
            changed_byte,
            wrong_table,
            changed_styles,
            changed_other_sheet,
        )
    },
}


def cut_file(data: bytes, dice: Dice) -> bytes:
    return data[: dice.randrange(len(data))]


def flipped_bit(data: bytes, dice: Dice) -> bytes:
    changed = bytearray(data)
    changed[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def zeroed_block(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data))
    block = bytes(min(dice.choice((16, 512, 4096)), len(data) - start))
    return data[:start] + block + data[start + len(block) :]


def wrong_checksum(data: bytes, dice: Dice) -> bytes:
    """Change the checksum of a member, in its header and in the directory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = dice.choice(archive.infolist())
    old = info.CRC.to_bytes(4, "little")
    return data.replace(old, (info.CRC ^ 1 << dice.randrange(32)).to_bytes(4, "little"))


def appended(data: bytes, dice: Dice) -> bytes:
    return data + dice.randbytes(dice.randrange(1, 100))


def lost_stretch(data: bytes, dice: Dice) -> bytes:
    start = dice.randrange(len(data) - 1)
    return data[:start] + data[start + dice.randrange(1, 600) :]


IN_FILE: dict[str, Callable[[bytes, Dice], bytes]] = {
    change.__name__: change
    for change in (cut_file, flipped_bit, zeroed_block, wrong_checksum, appended, lost_stretch)
}
KINDS = (*IN_PARTS, *IN_FILE)


def damaged(data: bytes, kind: str, dice: Dice) -> bytes:
    """Return a workbook's bytes with one damage; what is not damaged by chance is tried again."""
    while True:
        if kind in IN_FILE:
            found = IN_FILE[kind](data, dice)
        else:
            found = _with_parts(data, IN_PARTS[kind], dice)
        if found != data:
            return found


def _with_parts(data: bytes, change: Callable[[Parts, Dice], None], dice: Dice) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        parts = {info.filename: archive.read(info) for info in infos}
    before = dict(parts)
    change(parts, dice)
    if parts == before:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
