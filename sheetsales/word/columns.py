"""Tables made sound once a part is rendered: columns as many as cells, no cell without a paragraph.

A loop over columns, a merged row or an empty list change how many cells a row has. The columns
that a table declares follow, their widths in proportion, so that the table stays as wide as it
was. Everything is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TABLE, _GRID, _COLUMN = f"{{{_W}}}tbl", f"{{{_W}}}tblGrid", f"{{{_W}}}gridCol"
_ROW, _CELL = f"{{{_W}}}tr", f"{{{_W}}}tc"
_ROW_PROPERTIES, _CELL_PROPERTIES = f"{{{_W}}}trPr", f"{{{_W}}}tcPr"
_SPAN, _VALUE, _WIDTH = f"{{{_W}}}gridSpan", f"{{{_W}}}val", f"{{{_W}}}w"
_SKIPPED = (f"{{{_W}}}gridBefore", f"{{{_W}}}gridAfter")
_WRAPPERS = frozenset(
    f"{{{_W}}}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")
)
_ODD_END = re.compile(r"</w:tc>(?<!</w:p></w:tc>)")
_EMPTY_CELL = re.compile(r"(<w:tc>|<w:tc [^>]*>|<w:tcPr/>|</w:tcPr>|</w:tbl>)\s*</w:tc>")


def repair_tables(tree: etree._Element) -> bool:
    """Give every table as many columns as its rows take, in place.

    Args:
        tree: the root of a part.

    Returns:
        Whether a table was changed.
    """
    changed = False
    for table in tree.iter(_TABLE):
        grid = table.find(_GRID)
        if grid is not None and _repair(grid, *_needed(table)):
            changed = True
    return changed


def with_paragraphs(text: str) -> str:
    """Return the XML of a part with an empty paragraph in each cell that has none at its end.

    Word opens no file with such a cell.
    """
    if not _ODD_END.search(text):
        return text
    return _EMPTY_CELL.sub(r"\1<w:p/></w:tc>", text)


def _needed(table: etree._Element) -> tuple[int, int]:
    """Return the most cells of a row and the most columns that a row takes."""
    most_cells = most_columns = 0
    for row in _inside(table, _ROW):
        cells, columns = 0, _skipped(row)
        for cell in _inside(row, _CELL):
            cells += 1
            columns += _number(cell, _CELL_PROPERTIES, _SPAN)
        most_cells = max(most_cells, cells)
        most_columns = max(most_columns, columns)
    return most_cells, most_columns


def _inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in element:
        if child.tag == name:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, name)


def _skipped(row: etree._Element) -> int:
    properties = row.find(_ROW_PROPERTIES)
    if properties is None:
        return 0
    found = (properties.find(name) for name in _SKIPPED)
    return sum(_integer(item.get(_VALUE), 0) for item in found if item is not None)


def _number(element: etree._Element, holder: str, name: str) -> int:
    properties = element.find(holder)
    found = None if properties is None else properties.find(name)
    return 1 if found is None else _integer(found.get(_VALUE), 1)


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else otherwise


def _repair(grid: etree._Element, cells: int, columns: int) -> bool:
    declared = grid.findall(_COLUMN)
    if cells > len(declared):
        _add(grid, declared, cells)
        return True
    if columns < len(declared):
        _remove(grid, declared, columns)
        return True
    return False


def _add(grid: etree._Element, declared: list[etree._Element], wanted: int) -> None:
    widths = [_integer(column.get(_WIDTH), 0) for column in declared]
    share = str(sum(widths) // wanted)
    if not any(widths):
        return
    # In floating point, as docxtpl does it, so that both round alike.
    before, after = sum(widths) / len(declared), sum(widths) / wanted
    for column, width in zip(declared, widths, strict=True):
        column.set(_WIDTH, str(int(width * after / before)))
    place = len(grid) if not declared else grid.index(declared[-1]) + 1
    for _ in range(wanted - len(declared)):
        column = etree.Element(_COLUMN)
        column.set(_WIDTH, share)
        grid.insert(place, column)


def _remove(grid: etree._Element, declared: list[etree._Element], wanted: int) -> None:
    kept, surplus = declared[:wanted], declared[wanted:]
    freed = sum(_integer(column.get(_WIDTH), 0) for column in surplus)
    for column in surplus:
        grid.remove(column)
    for column in kept:
        column.set(_WIDTH, str(_integer(column.get(_WIDTH), 0) + freed // wanted))
