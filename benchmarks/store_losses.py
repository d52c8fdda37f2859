"""What an editor lost of a workbook besides doing its job: parts, XML, values, results."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from benchmarks.store_jobs import APPENDED, PART, Task

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TABLE_PART = "xl/tables/table1.xml"
_STRINGS = "xl/sharedStrings.xml"
_MEANT = {PART, _STRINGS, "xl/workbook.xml", _TABLE_PART}
"""Parts that an edit may change: the sheet, its strings, the flag to recalculate, the Table."""
_VOLATILE = {"sheetData", "dimension", "tableParts", "legacyDrawing", "drawing", "legacyDrawingHF"}
"""Children of a sheet that are compared cell by cell, may differ, or only hold a part's number."""

Cell = tuple[str, str, object]
"""Kind, formula, value."""


@dataclass
class Losses:
    """What differs between the book before and after, besides what was asked for.

    Attributes:
        parts: names of the parts that are no longer there.
        other_parts: how many parts that the job does not concern there were.
        identical: how many of these are the same to the byte.
        elements_lost: children of the sheet that are no longer there.
        elements_changed: those that are there, but not equal (C14N).
        cells: how many other cells have another value, formula or kind.
        restyled: how many other cells have another number of their style.
        results: how many formulas lost the result that the file held.
        follow: how many of the formats and lists that ended with the Table end with it still.
        table: whether the Table has the range that it should have.
        missed: how many cells that were asked for are not there.
    """

    parts: list[str] = field(default_factory=list)
    other_parts: int = 0
    identical: int = 0
    elements_lost: list[str] = field(default_factory=list)
    elements_changed: list[str] = field(default_factory=list)
    cells: int = 0
    restyled: int = 0
    results: int = 0
    follow: str = ""
    table: bool = True
    missed: int = 0


def find_losses(task: Task) -> Losses:
    """Compare the target of a finished task with its source."""
    losses = Losses()
    with zipfile.ZipFile(task.source) as before, zipfile.ZipFile(task.target) as after:
        _compare_parts(before, after, losses)
        old, new = _sheet(before, PART), _sheet(after, PART)
        _compare_elements(old, new, task, losses)
        old_cells, new_cells = _cells(before, old), _cells(after, new)
        _compare_cells(old_cells, new_cells, task, losses)
        losses.results = sum(
            _results(before, name) - _results(after, name)
            for name in before.namelist()
            if name.startswith("xl/worksheets/sheet") and name in after.namelist()
        )
        if task.job == "append":
            table = etree.fromstring(after.read(_TABLE_PART))
            losses.table = table.get("ref") == task.new_range
    return losses


def _compare_parts(before: zipfile.ZipFile, after: zipfile.ZipFile, losses: Losses) -> None:
    """Compare the parts; one that is gone may have moved to another name, if its kind fits."""
    old, new = _kinds(before), _kinds(after)
    moved = Counter(kind for name, kind in new.items() if name not in old)
    for name, kind in old.items():
        if name in new or name == _STRINGS:  # texts are compared cell by cell
            continue
        if moved[kind]:
            moved[kind] -= 1
        else:
            losses.parts.append(name)
    others = [name for name in before.namelist() if name not in _MEANT]
    losses.other_parts = len(others)
    losses.identical = sum(
        name in after.namelist() and before.read(name) == after.read(name) for name in others
    )


def _kinds(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the content type of each part; the lists of relations go with their parts."""
    types = etree.fromstring(archive.read("[Content_Types].xml"))
    by_name = {each.get("PartName"): each.get("ContentType") for each in types}
    by_ending = {each.get("Extension", ""): each.get("ContentType") for each in types}
    return {
        name: by_name.get(f"/{name}") or by_ending.get(name.rpartition(".")[2].lower()) or ""
        for name in archive.namelist()
        if not name.endswith(".rels")
    }


def _sheet(archive: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(archive.read(part), etree.XMLParser(huge_tree=True))


def _compare_elements(old: Any, new: Any, task: Task, losses: Losses) -> None:
    """Compare what stands around the cells; ranges may have grown with the Table."""
    before, after = _elements(old, task), _elements(new, task)
    counted, left = Counter(tag for tag, _ in before), Counter(tag for tag, _ in after)
    losses.elements_lost = sorted((counted - left).elements())
    changed = Counter(tag for tag, _ in (Counter(before) - Counter(after)).elements())
    losses.elements_changed = sorted((changed - (counted - left)).elements())
    if task.job == "append":
        ends = [_ends(sheet, task.rows + 1) for sheet in (old, new)]
        losses.follow = f"{ends[0] - ends[1]} of {ends[0]}"


def _elements(sheet: Any, task: Task) -> list[tuple[str, bytes]]:
    end = re.compile(rb"(?<=[A-Z])%d\b" % (task.rows + 1))
    grown = b"%d" % (task.rows + APPENDED + 1)
    found = []
    for child in sheet:
        tag = etree.QName(child).localname
        if tag in _VOLATILE:
            continue
        text = etree.tostring(child, method="c14n", exclusive=True, with_tail=False)
        found.append((tag, end.sub(grown, text) if task.job == "append" else text))
    return found


def _ends(sheet: Any, row: int) -> int:
    """Return how many formats and lists of a sheet end at a row."""
    ranges = [each.get("sqref") for each in sheet.iter() if each.get("sqref")]
    ranges += [each.text for each in sheet.iter("{*}sqref") if each.text]
    return sum(each.endswith(str(row)) and ":" in each for each in ranges)


def _cells(archive: zipfile.ZipFile, sheet: Any) -> dict[str, tuple[Cell, str]]:
    strings = []
    if _STRINGS in archive.namelist():
        root = _sheet(archive, _STRINGS)
        strings = [_text(each) for each in root.iter(f"{MAIN}si")]
    found = {}
    for cell in sheet.iter(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        value = _value(cell, strings)
        if value is not None or formula is not None:
            kind, content = value or ("", None)
            text = "" if formula is None else formula.text or ""
            found[cell.get("r")] = ((kind, text, content), cell.get("s", "0"))
    return found


def _value(cell: Any, strings: list[object]) -> tuple[str, object] | None:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return None if inline is None else ("text", _text(inline))
    value = cell.find(f"{MAIN}v")
    if value is None or value.text is None:
        return None
    if kind == "s":
        return "text", strings[int(value.text)]
    if kind == "n":
        return "number", float(value.text)
    return ("text" if kind == "str" else kind), value.text


def _text(item: Any) -> object:
    """Return a plain string, or the runs of a rich one."""
    runs = item.findall(f"{MAIN}r")
    if not runs:
        return "".join(each.text or "" for each in item.findall(f"{MAIN}t"))
    return tuple(
        ("bold" if run.find(f"{MAIN}rPr/{MAIN}b") is not None else "", run.findtext(f"{MAIN}t"))
        for run in runs
    )


def _compare_cells(
    old: dict[str, tuple[Cell, str]],
    new: dict[str, tuple[Cell, str]],
    task: Task,
    losses: Losses,
) -> None:
    asked = dict(_asked(task))
    nothing = (("", "", None), "")
    for place, (value, style) in old.items():
        if place not in asked:
            found, now = new.get(place, nothing)
            losses.cells += found != value
            losses.restyled += now != style
    losses.cells += sum(place not in asked and place not in old for place in new)
    losses.missed = sum(
        _differs(new.get(place, nothing)[0][2], value) for place, value in asked.items()
    )


def _asked(task: Task) -> Iterator[tuple[str, object]]:
    """Yield the cells that the job writes; of appended rows only texts and plain numbers."""
    if task.job == "update":
        yield from ((f"{chr(65 + at)}{row}", value) for row, at, value in task.cells)
        return
    for row, values in enumerate(task.new_rows, start=task.first_new_row):
        yield from ((f"{chr(65 + at)}{row}", value) for at, value in enumerate(values))


def _differs(found: object, value: object) -> bool:
    return found != value if isinstance(value, str | float) else found is None


def _results(archive: zipfile.ZipFile, part: str) -> int:
    """Return how many formulas of a sheet have a result beside them."""
    sheet = _sheet(archive, part)
    return sum(
        cell.find(f"{MAIN}f") is not None and cell.findtext(f"{MAIN}v") not in (None, "")
        for cell in sheet.iter(f"{MAIN}c")
    )
