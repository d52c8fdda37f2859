"""A program of xlwings calls: each with what xlwings' documentation says it gives.

Run as a module with the name of a pipe it makes the calls in the LibreOffice that listens there,
each on a new sheet of one workbook, and prints what each gave.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

Call = Callable[[Any], object]
PROGRAM: dict[str, tuple[Call, object]] = {}
NEW_YEAR = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - cells know no time zone
MOMENT = dt.datetime(2015, 9, 13, 22, 30, 15)  # noqa: DTZ001 - as above
TABLE = [["a", "b"], [1.0, 2.0], [3.0, 4.0]]
FRAME = pd.DataFrame({"name": ["x", "y"], "sales": [1.5, 2.5]}, index=[10, 20])


def says(expected: object) -> Callable[[Call], Call]:
    """Name what a call gives by the documentation."""

    def keep(call: Call) -> Call:
        PROGRAM[call.__name__] = (call, expected)
        return call

    return keep


def shown(value: object) -> object:
    """Return a value with its type, so that 1, 1.0 and True differ in JSON too."""
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    return f"{type(value).__name__} {value!r}"


def filled(sheet: Any) -> Any:
    sheet["A1"].value = TABLE
    return sheet


def with_table(sheet: Any) -> Any:
    filled(sheet)
    return sheet.tables.add(source=sheet["A1:B3"], name=f"T{sheet.index}")


# Values: "Data Structures" of the guide.


@says(1.0)
def a_number_is_a_float(sheet: Any) -> object:
    sheet["A1"].value = 1
    return sheet["A1"].value


@says("Hello")
def a_text_is_a_str(sheet: Any) -> object:
    sheet["A2"].value = "Hello"
    return sheet["A2"].value


@says(None)
def an_empty_cell_is_none(sheet: Any) -> object:
    return sheet["A3"].value


@says([True, False])
def truth_values_are_bool(sheet: Any) -> object:
    sheet["A1"].value = [True, False]
    return sheet["A1:B1"].value


@says(NEW_YEAR)
def a_date_is_a_datetime(sheet: Any) -> object:
    sheet["A4"].value = dt.date(2000, 1, 1)
    return sheet["A4"].value


@says(MOMENT)
def a_moment_comes_back_to_the_second(sheet: Any) -> object:
    sheet["A1"].value = MOMENT
    return sheet["A1"].value


@says(dt.date(2000, 1, 1))
def dates_may_be_read_as_date(sheet: Any) -> object:
    sheet["A1"].value = NEW_YEAR
    return sheet["A1"].options(dates=dt.date).value


@says("2000/1")
def dates_may_be_built_by_a_function(sheet: Any) -> object:
    sheet["A1"].value = NEW_YEAR
    text = lambda year, month, day, **_: f"{year}/{month}"  # noqa: E731 - as in the guide
    return sheet["A1"].options(dates=text).value


@says(12.5)
def a_decimal_is_a_number(sheet: Any) -> object:
    sheet["A1"].value = Decimal("12.50")
    return sheet["A1"].value


@says([[1], [2]])
def numbers_may_be_read_as_int(sheet: Any) -> object:
    sheet["A1"].value = [[1.0], [2.0]]
    return sheet["A1:A2"].options(numbers=int, ndim=2).value


@says(["-", 1.0])
def empty_cells_may_be_read_as_a_text(sheet: Any) -> object:
    sheet["B1"].value = 1
    return sheet["A1:B1"].options(empty="-").value


@says([1.0, 2.0, 3.0])
def a_list_fills_a_row(sheet: Any) -> object:
    sheet["A1"].value = [1, 2, 3]
    return sheet["A1:C1"].value


@says([1.0, 2.0, 3.0])
def a_list_is_turned_into_a_column(sheet: Any) -> object:
    sheet["A1"].options(transpose=True).value = [1, 2, 3]
    return sheet["A1:A3"].value


@says(TABLE)
def a_nested_list_fills_a_block(sheet: Any) -> object:
    return filled(sheet)["A1:B3"].value


@says([[1.0]])
def ndim_forces_two_dimensions(sheet: Any) -> object:
    sheet["A1"].value = 1
    return sheet["A1"].options(ndim=2).value


@says([[7.0, 7.0], [7.0, 7.0]])
def one_value_fills_a_whole_block(sheet: Any) -> object:
    sheet["A1:B2"].value = 7
    return sheet["A1:B2"].value


@says([1.0, None])
def nan_and_none_are_written_as_empty_cells(sheet: Any) -> object:
    sheet["A1"].value = [1.0, float("nan")]
    return sheet["A1:B1"].value


@says(1234.0)
def a_number_typed_as_text_becomes_a_number(sheet: Any) -> object:
    sheet["A1"].value = "1234"
    return sheet["A1"].value


@says("1234")
def an_apostrophe_keeps_a_text(sheet: Any) -> object:
    sheet["A1"].value = "'1234"
    return sheet["A1"].value


# Converters: numpy and pandas.


@says([[1.0, 2.0], [3.0, 4.0]])
def a_numpy_array_is_read_and_written(sheet: Any) -> object:
    sheet["A1"].value = np.array([[1, 2], [3, 4]])
    return sheet["A1"].options(np.array, expand="table").value.tolist()


@says([[None, "name", "sales"], [10.0, "x", 1.5], [20.0, "y", 2.5]])
def a_frame_is_written_with_header_and_index(sheet: Any) -> object:
    sheet["A1"].value = FRAME
    return sheet["A1:C3"].value


@says([["x", 1.5], ["y", 2.5]])
def a_frame_is_written_without_header_and_index(sheet: Any) -> object:
    sheet["A1"].options(index=False, header=False).value = FRAME
    return sheet["A1:B2"].value


@says([["name", "sales"], [10.0, 20.0], [["x", 1.5], ["y", 2.5]]])
def a_frame_is_read_with_header_and_index(sheet: Any) -> object:
    sheet["A1"].value = FRAME
    found = sheet["A1:C3"].options(pd.DataFrame, header=1, index=True).value
    return [list(found.columns), list(found.index), found.to_numpy().tolist()]


@says([["a", "b"], [[1.0, 2.0], [3.0, 4.0]]])
def a_frame_is_read_from_an_expanded_table(sheet: Any) -> object:
    found = filled(sheet)["A1"].options(pd.DataFrame, index=False, expand="table").value
    return [list(found.columns), found.to_numpy().tolist()]


@says([[1.0, 2.0], "n"])
def a_series_is_written_and_read(sheet: Any) -> object:
    sheet["A1"].value = pd.Series([1.0, 2.0], name="n")
    found = sheet["A1:B3"].options(pd.Series, header=True).value
    return [found.tolist(), found.name]


@says({"a": 1.0, "b": 2.0})
def two_columns_are_read_as_a_dict(sheet: Any) -> object:
    sheet["A1"].value = [["a", 1.0], ["b", 2.0]]
    return sheet["A1:B2"].options(dict).value


# Formulas and errors.


@says(["=SUM(A2:B2,1)", 4.0])
def a_formula_is_in_the_syntax_of_excel(sheet: Any) -> object:
    filled(sheet)["C1"].formula = "=SUM(A2:B2,1)"
    return [sheet["C1"].formula, sheet["C1"].value]


@says(["1.5", "36526", "x", ""])
def the_formula_of_a_constant_is_its_content(sheet: Any) -> object:
    sheet["A1"].value = [1.5, NEW_YEAR, "x"]
    return list(sheet["A1:D1"].formula[0])


@says(10.0)
def a_text_with_an_equals_sign_is_a_formula(sheet: Any) -> object:
    filled(sheet)["C1"].value = "=SUM(A2:B3)"
    return sheet["C1"].value


@says([3.0, 7.0])
def formulas_fill_a_block(sheet: Any) -> object:
    filled(sheet)["C2:C3"].formula = [("=A2+B2",), ("=A3+B3",)]
    return sheet["C2:C3"].value


@says(["=A2*2", "=A3*2"])
def one_formula_fills_a_block_with_relative_references(sheet: Any) -> object:
    filled(sheet)["C2:C3"].formula = "=A2*2"
    return [sheet["C2"].formula, sheet["C3"].formula]


@says(6.0)
def a_formula_reaches_another_sheet(sheet: Any) -> object:
    other = filled(sheet).book.sheets.add()
    other["A1"].formula = f"={sheet.name}!A3+{sheet.name}!A3"
    return other["A1"].value


@says([None, None])
def errors_are_none(sheet: Any) -> object:
    sheet["A1"].formula = [("=1/0", "=NA()")]
    return sheet["A1:B1"].value


@says(["#DIV/0!", "#N/A"])
def errors_may_be_read_as_text(sheet: Any) -> object:
    sheet["A1:B1"].formula = [("=1/0", "=NA()")]
    return sheet["A1:B1"].options(err_to_str=True).value


@says(["#NAME?", "#VALUE!", "#REF!", "#NUM!"])
def each_error_has_the_text_of_excel(sheet: Any) -> object:
    sheet["A1:D1"].formula = [("=nosuchname()", '=1+"x"', '=INDIRECT("no!A1")', "=10^1000")]
    return sheet["A1:D1"].options(err_to_str=True).value


# Ranges.


@says(["$A$1:$B$3", "A1:B3", "$A1"])
def addresses_are_absolute_unless_asked(sheet: Any) -> object:
    block = sheet["A1:B3"]
    return [
        block.address,
        block.get_address(False, False),
        sheet["A1"].get_address(row_absolute=False),
    ]


@says([3, 4, (5, 2), 10, 5])
def a_range_knows_its_place_and_size(sheet: Any) -> object:
    block = sheet.range((3, 4), (7, 5))
    return [block.row, block.column, block.shape, block.size, block.rows.count]


@says(["$B$3:$C$5", "$A$1:$D$2", "$C$2"])
def ranges_are_offset_resized_and_indexed(sheet: Any) -> object:
    offset = sheet["A1:B3"].offset(row_offset=2, column_offset=1)
    return [offset.address, sheet["A1"].resize(2, 4).address, sheet["B1:D4"][1, 1].address]


@says(["$A$1:$B$3", "$A$1:$A$3", "$A$1:$B$1"])
def ranges_expand(sheet: Any) -> object:
    first = filled(sheet)["A1"]
    return [first.expand(mode).address for mode in ("table", "down", "right")]


@says(["$A$3", "$B$1", "$A$1", "$A$3"])
def the_end_is_where_ctrl_and_an_arrow_lead(sheet: Any) -> object:
    cells = filled(sheet)
    return [
        cells["A1"].end("down").address,
        cells["A1"].end("right").address,
        cells["B1"].end("left").address,
        cells["A9"].end("up").address,
    ]


@says("$A$1:$B$3")
def the_current_region_ends_at_blanks(sheet: Any) -> object:
    return filled(sheet)["B2"].current_region.address


@says("$A$1:$B$3")
def the_used_range_holds_what_is_used(sheet: Any) -> object:
    return filled(sheet).used_range.address


@says([[1.0, 2.0], [3.0, 4.0]])
def a_slice_of_a_range_is_a_range(sheet: Any) -> object:
    return filled(sheet)["A1:B3"][1:, :].value


@says([None, "0.00"])
def clearing_contents_keeps_formats(sheet: Any) -> object:
    sheet["A1"].value = 1
    sheet["A1"].number_format = "0.00"
    sheet["A1"].clear_contents()
    return [sheet["A1"].value, sheet["A1"].number_format]


@says([1.0, None])
def cells_are_deleted_and_those_below_move_up(sheet: Any) -> object:
    sheet["A1"].value = [[9], [1]]
    sheet["A1"].delete("up")
    return sheet["A1:A2"].value


@says([None, 9.0])
def cells_are_inserted_and_the_rest_moves_down(sheet: Any) -> object:
    sheet["A1"].value = 9
    sheet["A1"].insert("down")
    return sheet["A1:A2"].value


@says([True, "$A$1:$B$2", False])
def cells_are_merged_and_unmerged(sheet: Any) -> object:
    sheet["A1:B2"].merge()
    merged = [sheet["A1"].merge_cells, sheet["B2"].merge_area.address]
    sheet["A1:B2"].unmerge()
    return [*merged, sheet["A1"].merge_cells]


# Formats.


@says("#,##0.00")
def number_formats_are_those_of_excel(sheet: Any) -> object:
    sheet["A1"].number_format = "#,##0.00"
    return sheet["A1"].number_format


@says([None, (255, 255, 0), None])
def a_colour_is_rgb_and_none_is_none(sheet: Any) -> object:
    colours = [sheet["A1"].color]
    for colour in ((255, 255, 0), None):
        sheet["A1"].color = colour
        colours.append(sheet["A1"].color)
    return colours


@says([True, True, 14.0, (255, 0, 0)])
def fonts_are_read_and_set(sheet: Any) -> object:
    font = sheet["A1"].font
    font.bold, font.italic, font.size, font.color = True, True, 14, (255, 0, 0)
    return [font.bold, font.italic, float(font.size), font.color]


@says(True)
def text_wraps(sheet: Any) -> object:
    sheet["A1"].wrap_text = True
    return sheet["A1"].wrap_text


@says(30.0)
def rows_have_a_height_in_points(sheet: Any) -> object:
    sheet["A1"].row_height = 30
    return round(float(sheet["A1"].row_height), 1)


@says(20.0)
def columns_have_a_width_in_characters(sheet: Any) -> object:
    sheet["A1"].column_width = 20
    return round(float(sheet["A1"].column_width), 0)


@says("https://example.org/")
def a_link_is_added_and_read(sheet: Any) -> object:
    sheet["A1"].add_hyperlink("https://example.org/", "text")
    return sheet["A1"].hyperlink


# Sheets, selection, application.


@says([True, True])
def a_sheet_is_found_by_name_and_number(sheet: Any) -> object:
    sheets = sheet.book.sheets
    return [sheets[sheet.name] == sheet, sheets[sheet.index - 1] == sheet]


@says(["Renamed", True])
def a_sheet_is_renamed(sheet: Any) -> object:
    sheet.name = "Renamed"
    return [sheet.name, "Renamed" in [one.name for one in sheet.book.sheets]]


@says([1, -1])
def a_sheet_is_added_after_another_and_deleted(sheet: Any) -> object:
    count = len(sheet.book.sheets)
    added = sheet.book.sheets.add("Added", after=sheet)
    place = added.index - sheet.index
    added.delete()
    return [place, count - len(sheet.book.sheets) - 1]


@says(["$B$2:$C$3", True])
def the_selection_is_what_was_selected(sheet: Any) -> object:
    sheet["B2:C3"].select()
    return [sheet.book.selection.address, sheet.book.sheets.active == sheet]


@says(["busy", False])
def the_status_bar_shows_a_text_until_it_is_reset(sheet: Any) -> object:
    app = sheet.book.app
    app.status_bar = "busy"
    text = app.status_bar
    app.status_bar = False
    return [text, app.status_bar]


@says([False, True])
def the_screen_stands_still_while_asked(sheet: Any) -> object:
    app = sheet.book.app
    with app.properties(screen_updating=False):
        still = app.screen_updating
    return [still, app.screen_updating]


@says(["manual", "automatic"])
def calculation_is_manual_or_automatic(sheet: Any) -> object:
    app = sheet.book.app
    app.calculation = "manual"
    manual = app.calculation
    app.calculation = "automatic"
    return [manual, app.calculation]


@says("libreoffice")
def the_engine_has_a_name(sheet: Any) -> object:
    return sheet.book.app.engine.name


# Names.


@says([True, True, "$A$1:$B$2", True])
def a_name_is_added_to_a_book(sheet: Any) -> object:
    names = sheet.book.names
    added = names.add("block", f"={sheet.name}!$A$1:$B$2")
    formula = added.refers_to == f"={sheet.name}!$A$1:$B$2"
    return [added.name == "block", formula, added.refers_to_range.address, names.contains("block")]


@says(["$C$3", False])
def a_range_is_named_and_found_by_its_name(sheet: Any) -> object:
    sheet["C3"].name = "spot"
    address = sheet.range("spot").address
    sheet.book.names["spot"].delete()
    return [address, sheet.book.names.contains("spot")]


@says("$D$4")
def a_name_may_belong_to_a_sheet(sheet: Any) -> object:
    sheet.names.add("own", f"={sheet.name}!$D$4")
    return sheet.names["own"].refers_to_range.address


# Tables.


@says([True, "$A$1:$B$3", "$A$1:$B$1", "$A$2:$B$3"])
def a_table_is_added_over_a_range(sheet: Any) -> object:
    table = with_table(sheet)
    parts = (table.range, table.header_row_range, table.data_body_range)
    return [table.name == f"T{sheet.index}", *(part.address for part in parts)]


@says([1, True])
def a_table_is_found_by_its_name(sheet: Any) -> object:
    name = with_table(sheet).name
    return [len(sheet.tables), sheet.tables[name].name == name]


@says(["renamed", "renamed"])
def a_table_is_renamed(sheet: Any) -> object:
    table = with_table(sheet)
    table.name = "renamed"
    return [table.name, table.display_name]


@says("$A$1:$B$6")
def a_table_is_resized(sheet: Any) -> object:
    table = with_table(sheet)
    table.resize(sheet["A1:B6"])
    return table.range.address


@says([["name", "sales"], ["x", 1.5], ["y", 2.5]])
def a_table_is_updated_from_a_frame(sheet: Any) -> object:
    return with_table(sheet).update(FRAME, index=False).range.value


def main() -> None:
    from sheetsales.store.live_libreoffice import connect

    book = connect(sys.argv[1], timeout=240).books.add()
    given: dict[str, object] = {}
    for name, (call, _) in PROGRAM.items():
        try:
            given[name] = shown(call(book.sheets.add()))
        except Exception as error:  # noqa: BLE001 - each call fails or passes on its own
            given[name] = f"{type(error).__name__}: {error}"
    book.close()
    print(json.dumps(given))
    sys.stdout.flush()
    # A process that spoke with LibreOffice may crash while Python shuts down.
    os._exit(0)


if __name__ == "__main__":
    main()
