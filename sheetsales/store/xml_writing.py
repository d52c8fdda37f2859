"""Writes changed cells into a sheet's XML; every other byte of it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sheetsales.store import markup
from sheetsales.store.content import Edit
from sheetsales.store.ranges import LAST_COLUMN, Range, cell_name, find_range
from sheetsales.store.rows import Cell, Row
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.writes import Write, Writes

_ADDRESS = re.compile(rb"<[^<>]*?\sr\s*=")
_KEPT_ROW_ATTRIBUTES = ("ht", "customHeight", "s", "customFormat", "thickTop", "thickBot")


class Growth(NamedTuple):
    """The rows of a Table before, and its last row after."""

    area: Range
    last_row: int


def sheet_edits(
    xml: SheetXml,
    writes: Writes,
    openings: Mapping[int, bytes],
    growths: Sequence[Growth],
) -> list[Edit]:
    """Return the stretches of a sheet that change when its cells are written.

    Args:
        xml: the sheet as it is.
        writes: by row and column, what is to stand there.
        openings: opening tags for rows that the sheet does not have.
        growths: Tables that got longer: the formats and validations that end with them follow.
    """
    rows = [
        (*xml.index.span(number), written_row(xml, number, writes[number], openings))
        for number in sorted(writes)
    ]
    before, after = [], []
    for start, end, new in _outer_edits(xml, writes, growths):
        if start < len(xml.head):
            before.append((start, end, new))
        else:
            shift = xml.layout.end - len(xml.head) - xml.added_closing
            after.append((start + shift, end + shift, new))
    if xml.has_no_rows_element:
        start, end = xml.layout.opening
        closing = xml.tail[: xml.added_closing]
        content = b"".join(new for _, _, new in rows)
        rows = [(start, end, xml.head[start:] + content + closing)]
    return [*before, *rows, *after]


def written_row(
    xml: SheetXml, number: int, writes: Mapping[int, Write], openings: Mapping[int, bytes]
) -> bytes:
    """Return the XML of one row with its cells written."""
    row = xml.index.row(number)
    if row is not None:
        return _changed_row(row, number, writes, xml.prefix)
    opening = openings.get(number) or b'<%brow r="%d">' % (xml.prefix, number)
    return _new_row(opening, number, writes, xml.prefix)


def opening_like(row: Row | None, number: int, prefix: bytes) -> bytes:
    """Return the opening tag of a new row: height and format of another row."""
    tag = b'<%brow r="%d">' % (prefix, number)
    if row is None:
        return tag
    for name, value in markup.attributes(row.opening).items():
        if name in _KEPT_ROW_ATTRIBUTES or name.endswith(":dyDescent"):
            tag = markup.with_attribute(tag, name, value)
    return tag


def _cell(number: int, column: int, write: Write, prefix: bytes) -> bytes:
    """Return the XML of a cell; nothing at all if it is blank and has no style."""
    if write.moved is not None:
        end = write.moved.index(b">") + 1
        tag = markup.with_attribute(write.moved[:end], "r", cell_name(number, column))
        return tag + write.moved[end:]
    if write.encoded is None:
        return b""
    kind, content = write.encoded
    if not content and not write.style:
        return b""
    style = b' s="%b"' % write.style if write.style else b""
    kind = b' t="%b"' % kind if kind else b""
    tag = b'<%bc r="%b"%b%b' % (prefix, cell_name(number, column).encode(), style, kind)
    return b"%b>%b</%bc>" % (tag, content, prefix) if content else tag + b"/>"


def _new_row(opening: bytes, number: int, writes: Mapping[int, Write], prefix: bytes) -> bytes:
    cells = [_cell(number, column, writes[column], prefix) for column in sorted(writes)]
    content = b"".join(cells)
    return b"%b%b</%brow>" % (opening, content, prefix) if content else b""


def _changed_row(row: Row, number: int, writes: Mapping[int, Write], prefix: bytes) -> bytes:
    cells = {cell.column: cell for cell in row.cells}
    opening = row.opening
    if any(column not in cells for column in writes):
        opening = markup.with_attribute(opening, "spans", None)
    for column, write in writes.items():
        lead, xml = b"", _cell(number, column, write, prefix)
        if column in cells:
            lead = cells[column].lead
            xml = xml or _kept_place(row, number, column, prefix)
        cells[column] = Cell(column, xml, lead)
    chunks = [opening]
    for column in sorted(cells):
        chunks += [cells[column].lead, cells[column].xml]
    return b"".join(chunks) + row.ending


def _kept_place(row: Row, number: int, column: int, prefix: bytes) -> bytes:
    """Return what is left of a removed cell: something if a cell behind it is found by counting."""
    behind = row.cells_between(column + 1, LAST_COLUMN)
    if all(_ADDRESS.match(cell.xml) for cell in behind):
        return b""
    return b'<%bc r="%b"/>' % (prefix, cell_name(number, column).encode())


def _outer_edits(xml: SheetXml, writes: Writes, growths: Sequence[Growth]) -> list[markup.Edit]:
    """Return the edits before and after the rows, as offsets into the skeleton."""
    edits: list[markup.Edit] = []
    for element in xml.elements:
        tag = xml.skeleton[element.start : element.open_end]
        if element.name == "dimension" and element.depth == 1:
            stated = find_range(markup.attributes(tag).get("ref", ""))
            if stated is not None and (wider := _dimension(stated, writes)) != stated:
                new = markup.with_attribute(tag, "ref", str(wider))
                edits.append((element.start, element.open_end, new))
        elif element.name in ("conditionalFormatting", "dataValidation") and growths:
            ref = markup.attributes(tag).get("sqref", "")
            if ref:
                new = markup.with_attribute(tag, "sqref", _grown(ref, growths))
                edits.append((element.start, element.open_end, new))
        elif element.name == "sqref" and growths and _is_rule(element.parent):
            span = (element.open_end, element.close_start)
            text = xml.skeleton[span[0] : span[1]].decode()
            edits.append((*span, _grown(text, growths).encode()))
    return [edit for edit in edits if xml.skeleton[edit[0] : edit[1]] != edit[2]]


def _is_rule(element: markup.Element | None) -> bool:
    return element is not None and element.name in ("conditionalFormatting", "dataValidation")


def _dimension(stated: Range, writes: Writes) -> Range:
    """Return the stated dimension, wide enough for what is written."""
    filled = [
        (row, column)
        for row, cells in writes.items()
        for column, write in cells.items()
        if write.encoded is not None
    ]
    if not filled:
        return stated
    rows, columns = [row for row, _ in filled], [column for _, column in filled]
    return Range(
        min(stated.first_row, *rows),
        min(stated.first_column, *columns),
        max(stated.last_row, *rows),
        max(stated.last_column, *columns),
    )


def _grown(text: str, growths: Sequence[Growth]) -> str:
    """Return a list of ranges in which those that end with a Table end with it again."""
    for part in text.split():
        area = find_range(part)
        for growth in growths:
            if area is not None and _ends_with(area, growth.area):
                text = text.replace(part, str(area.ending_at(growth.last_row)))
    return text


def _ends_with(area: Range, table: Range) -> bool:
    """Say whether a range belongs to a Table's columns and ends at its last row.

    A range of the last row alone is a remark on that row, unless the Table has only one.
    """
    return (
        area.last_row == table.last_row
        and table.first_column <= area.first_column
        and area.last_column <= table.last_column
        and (area.first_row < area.last_row or table.height == 1)
    )
