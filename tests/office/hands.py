"""What staff do to a workbook in LibreOffice, step by step.

Run by the system's Python, the one that has ``uno``; imports nothing of the project.
``hands.py PIPE`` reads one JSON object from stdin: ``open`` (file; one that is open already is
gone on with), ``steps`` (lists: name of a function below, then its arguments), ``save`` (files,
format by name), ``store`` (save it where it is), ``keep`` (leave it open), ``shown`` (in a window)
and ``macros`` (allow them). It writes a JSON list of what the steps returned.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.awt import Rectangle
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet.FilterOperator import EQUAL
from com.sun.star.table import CellRangeAddress, TableSortField

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".pdf": "calc_pdf_Export",
}
FORMULA_CELLS = 16
"""com.sun.star.sheet.CellFlags.FORMULA"""
TEXT = 2
"""com.sun.star.sheet.FormulaResult.STRING"""
ALWAYS_EXECUTE = 4
"""com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN"""
SECONDS = 90


def main() -> None:
    desktop = connected(sys.argv[1])
    order = json.load(sys.stdin)
    how = [named("Hidden", not order.get("shown"))]
    if order.get("macros"):
        how.append(named("MacroExecutionMode", ALWAYS_EXECUTE))
    address = Path(order["open"]).as_uri()
    # LibreOffice gives back the document that it has open of that address.
    book = desktop.loadComponentFromURL(address, "_default", 0, tuple(how))
    try:
        results = [globals()[name](book, *given) for name, *given in order["steps"]]
        for path in map(Path, order["save"]):
            book.storeToURL(path.as_uri(), (named("FilterName", FILTERS[path.suffix]),))
        if order["store"]:
            book.store()
    finally:
        if not order["keep"]:
            book.close(True)
    json.dump(results, sys.stdout)
    sys.stdout.flush()
    # One of some 130 processes with ``uno`` crashes while Python shuts down, after all is done.
    os._exit(0)


def connected(pipe: str) -> Any:
    """Return the desktop of the LibreOffice that listens on a pipe, once it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return remote.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", remote
            )


def named(name: str, value: object) -> Any:
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def recalculated(book: Any, sheet: str) -> list[list[object]]:
    """Compute everything anew; return address, formula, result before and after of each formula."""
    cells = [
        cell
        for area in _sheet(book, sheet).queryContentCells(FORMULA_CELLS)
        for row in range(area.RangeAddress.EndRow - area.RangeAddress.StartRow + 1)
        for column in range(area.RangeAddress.EndColumn - area.RangeAddress.StartColumn + 1)
        for cell in [area.getCellByPosition(column, row)]
    ]
    before = [_result(cell) for cell in cells]
    book.calculateAll()
    return [
        [cell.AbsoluteName.rpartition(".")[2].replace("$", ""), cell.Formula, old, _result(cell)]
        for cell, old in zip(cells, before, strict=True)
    ]


def move_column(book: Any, sheet: str, moved: str, before: str) -> None:
    """Cut a whole column and insert it before another one that stands left of it."""
    columns = _sheet(book, sheet).Columns
    target, source = _column(book, sheet, before), _column(book, sheet, moved)
    columns.insertByIndex(target, 1)
    taken = columns.getByIndex(source + 1)
    width = taken.Width
    place = _sheet(book, sheet).getCellByPosition(target, 0).CellAddress
    _sheet(book, sheet).moveRange(place, taken.RangeAddress)
    columns.getByIndex(target).Width = width
    columns.removeByIndex(source + 1, 1)


def insert_column(book: Any, sheet: str, before: str, texts: dict[str, str]) -> None:
    """Insert a column and fill some of its cells, as typed."""
    column = _column(book, sheet, before)
    _sheet(book, sheet).Columns.insertByIndex(column, 1)
    for row, text in texts.items():
        _sheet(book, sheet).getCellByPosition(column, int(row) - 1).setFormula(text)


def enter(book: Any, sheet: str, texts: dict[str, str]) -> None:
    """Type texts into cells."""
    for address, text in texts.items():
        _sheet(book, sheet).getCellRangeByName(address).setFormula(text)


def sort(book: Any, sheet: str, area: str, column: str) -> None:
    """Sort rows by a column, the highest first."""
    data = _sheet(book, sheet).getCellRangeByName(area)
    field = TableSortField()
    field.Field = _column(book, sheet, column) - data.RangeAddress.StartColumn
    field.IsAscending = False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    uno.invoke(data, "sort", ((named("SortFields", fields), named("ContainsHeader", False)),))


def filter_rows(book: Any, table: str, column: int, text: str) -> None:
    """Show only the rows of a Table that have a text in a column, counted from 0."""
    area = book.DatabaseRanges.getByName(table)
    wanted = area.FilterDescriptor
    field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
    field.Field, field.Operator, field.IsNumeric, field.StringValue = column, EQUAL, False, text
    wanted.FilterFields = (field,)
    area.refresh()


def select(book: Any, sheet: str, area: str) -> None:
    """Bring a sheet to the front and select some of its cells; several areas by commas."""
    cells = _sheet(book, sheet)
    book.CurrentController.setActiveSheet(cells)
    areas = book.createInstance("com.sun.star.sheet.SheetCellRanges")
    for part in area.split(","):
        areas.addRangeAddress(cells.getCellRangeByName(part).RangeAddress, False)
    one = areas.getCount() == 1
    book.CurrentController.select(areas.getByIndex(0) if one else areas)


def press(book: Any, sheet: str, caption: str) -> list[str]:
    """Press a button by the script event of its control; return what came of it.

    Returns:
        What the sheet then says, the formula of the link beside it, and the selection.
    """
    outcome, link = (_named(book, sheet, f"sheetsales_{name}") for name in ("outcome", "link"))
    outcome.String = ""
    code = next(code for label, code in _events(book, sheet) if label == caption)
    book.ScriptProvider.getScript(code).invoke((), (), ())
    _wait_for(outcome)
    return [outcome.String, link.Formula, book.CurrentSelection.AbsoluteName]


def wait_for_outcome(book: Any, sheet: str, seconds: int = 2 * SECONDS) -> str:
    """Wait until a press that began otherwise has come to its end; return what the sheet says.

    Nothing is said where the time is over.
    """
    outcome = _named(book, sheet, "sheetsales_outcome")
    deadline = time.monotonic() + seconds
    while not outcome.String and time.monotonic() < deadline:
        time.sleep(0.1)
    _settle()
    return str(outcome.String)


def forget_outcome(book: Any, sheet: str) -> None:
    _named(book, sheet, "sheetsales_outcome").String = ""


def colour_of_outcome(book: Any, sheet: str) -> int:
    return int(_named(book, sheet, "sheetsales_outcome").CharColor)


def buttons(book: Any) -> list[list[str]]:
    """Return sheet, caption and macro of every button."""
    return [
        [sheet.Name, label, code.partition("?")[0].rpartition(".")[2]]
        for sheet in book.Sheets
        for label, code in _events(book, sheet.Name)
    ]


def place_of_button(book: Any, sheet: str, caption: str) -> list[int]:
    """Return the middle of a button on the screen, in pixels."""
    found = _sheet(book, sheet)
    book.CurrentController.setActiveSheet(found)
    _settle()
    page = found.DrawPage
    shape = next(
        shape
        for shape in (page.getByIndex(n) for n in range(page.getCount()))
        if shape.supportsService("com.sun.star.drawing.ControlShape")
        and shape.getControl().Label == caption
    )
    control = book.CurrentController.getControl(shape.getControl())
    # Where the control's own window lies tells its accessible context.
    place = control.getAccessibleContext().getLocationOnScreen()
    size = control.getPosSize()
    return [place.X + size.Width // 2, place.Y + size.Height // 2]


def texts(book: Any, sheet: str, area: str) -> list[list[str]]:
    """Return what cells show."""
    cells = _sheet(book, sheet).getCellRangeByName(area)
    address = cells.RangeAddress
    return [
        [
            cells.getCellByPosition(x, y).String
            for x in range(address.EndColumn - address.StartColumn + 1)
        ]
        for y in range(address.EndRow - address.StartRow + 1)
    ]


def rows_of(book: Any, table: str) -> list[list[str]]:
    """Return what a Table shows, its header first."""
    area = book.DatabaseRanges.getByName(table).DataArea
    cells = book.Sheets.getByIndex(area.Sheet).getCellRangeByPosition(
        area.StartColumn, area.StartRow, area.EndColumn, area.EndRow
    )
    return [[str(value) for value in row] for row in cells.getDataArray()]


def is_modified(book: Any) -> bool:
    return bool(book.isModified())


def undo(book: Any) -> None:
    book.getUndoManager().undo()


def _events(book: Any, sheet: str) -> list[tuple[str, str]]:
    return [
        (form.getByIndex(index).Label, form.getScriptEvents(index)[0].ScriptCode)
        for form in _sheet(book, sheet).DrawPage.Forms
        for index in range(form.Count)
    ]


def _named(book: Any, sheet: str, name: str) -> Any:
    cells = _sheet(book, sheet).NamedRanges.getByName(name).ReferredCells
    return cells.getCellByPosition(0, 0)


def _wait_for(cell: Any) -> None:
    deadline = time.monotonic() + 2 * SECONDS
    while not cell.String:
        assert time.monotonic() < deadline, "nothing came of the press"
        time.sleep(0.1)


def rename_sheet(book: Any, sheet: str, name: str) -> None:
    _sheet(book, sheet).Name = name


def hide_rows(book: Any, sheet: str, first: int, last: int) -> None:
    _sheet(book, sheet).getCellRangeByName(f"A{first}:A{last}").Rows.IsVisible = False


def colour(book: Any, sheet: str, area: str, rgb: int) -> None:
    _sheet(book, sheet).getCellRangeByName(area).CellBackColor = rgb


def widen(book: Any, sheet: str, column: str, width: int) -> None:
    """Set the width of a column, in hundredths of a millimetre."""
    _sheet(book, sheet).Columns.getByName(column).Width = width


def add_chart(book: Any, sheet: str, name: str, area: str) -> None:
    charts = _sheet(book, sheet).Charts
    source = _sheet(book, sheet).getCellRangeByName(area).RangeAddress
    place = Rectangle(1000, 1000, 9000, 6000)
    charts.addNewByName(name, place, (source,), True, False)


def print_rows(book: Any, most: int) -> list[str]:
    """Restrict every visible sheet to its first rows; return the sheets' names."""
    shown = [sheet for sheet in book.Sheets if sheet.IsVisible]
    for sheet in shown:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        used = cursor.RangeAddress
        area = CellRangeAddress()
        area.Sheet, area.EndColumn = used.Sheet, used.EndColumn
        area.EndRow = min(used.EndRow, most - 1)
        sheet.setPrintAreas((area,))
    return [sheet.Name for sheet in shown]


def _settle() -> None:
    """Wait until a window shows what it is to show, and hears what happens to it."""
    time.sleep(2)


def _sheet(book: Any, name: str) -> Any:
    return book.Sheets.getByName(name)


def _column(book: Any, sheet: str, letters: str) -> int:
    address = _sheet(book, sheet).getCellRangeByName(f"{letters}1").RangeAddress
    return int(address.StartColumn)


def _result(cell: Any) -> object:
    if cell.getError():
        return f"error {cell.getError()}: {cell.String}"
    return cell.String if cell.FormulaResultType2 == TEXT else cell.Value


if __name__ == "__main__":
    main()
