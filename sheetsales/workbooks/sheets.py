"""Writes the sheet of one table: title, hint, header, Excel Table, formats, validations, print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.tables import column_letters
from sheetsales.workbooks.buttons import HEIGHT, LINK_NAME, OUTCOME_NAME, ButtonRow, words_of
from sheetsales.workbooks.columns import Column, columns_of, display_width, line_count
from sheetsales.workbooks.formats import AMBER, BLUE, GREY, NAVY, SILVER, Properties, Styles
from sheetsales.workbooks.layout import (
    FIELD_ROW,
    FIRST_ROW,
    HEADER_ROW,
    LAST_ROW,
    OVERVIEW_SHEET,
    TITLE_ROW,
)
from sheetsales.workbooks.validations import validation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetsales.schema import Table
    from sheetsales.workbooks.lists import DropList
    from sheetsales.workbooks.wording import Wording

_MOST_FROZEN = 66
"""Characters that may stand still while the rest scrolls: less than half of a small screen."""
_HINT_WIDTH = 92
_OUTCOME_WIDTH = 72
_LINK_WIDTH = 18
_PRESS_POINTS = (HEIGHT + 8) * 0.75 + 24
"""Height of row 1 with buttons, and below them one line: what came of a press."""
_PAGE_WIDTH = 190
"""Characters that fit the width of a landscape A4 page and can still be read."""
_SQUEEZED = 30
"""Characters for which no further page is begun."""
_STARTED = 3
"""A row counts as begun as soon as one of its first columns is filled."""


@dataclass(frozen=True)
class TableSheet:
    """Where things stand on a table's sheet."""

    table: Table
    wording: Wording
    macros: bool = False

    @cached_property
    def buttons(self) -> ButtonRow:
        """The buttons, drawn where there are macros, and their commands."""
        return ButtonRow(words_of(self.table.name), self.wording)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return columns_of(self.table, self.wording)

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self.wording.sheet(self.table)

    @cached_property
    def frozen(self) -> int:
        """How many columns stand still: key and label, as far as they leave room."""
        names = [column.field.name for column in self.columns]
        label = self.table.label_field
        wanted = names.index(label) + 1 if label else len(self.table.primary_key)
        for count in range(wanted, 1, -1):
            if self._width_to(count) <= _MOST_FROZEN:
                return count
        return 1

    @cached_property
    def hint(self) -> tuple[int, int]:
        """First and last column of the hint in row 1, right of the title or of all links.

        Beside buttons it is one cell that runs on to the right: merged cells keep people from
        moving the columns below them.
        """
        if self.macros:
            return self.link_column + 1, self.link_column + 1
        return self._span(self._beside_title, _HINT_WIDTH)

    @property
    def _beside_title(self) -> int:
        title = display_width(self.name) * 1.8 + 3
        first = self.frozen
        while self._width_to(first) < title and first < len(self.columns):
            first += 1
        return first

    @property
    def link_column(self) -> int:
        """Column of the link back to 總覽."""
        if self.macros:
            return self._span(self.outcome_link, _LINK_WIDTH)[1] + 1
        return self.hint[1] + 1

    @property
    def outcome(self) -> int:
        """Column of the buttons, and below them of what came of a press."""
        return self._beside_title

    @cached_property
    def outcome_link(self) -> int:
        """Column of the link to what a press made."""
        return self._span(self.outcome, _OUTCOME_WIDTH)[1] + 1

    def _span(self, first: int, width: int) -> tuple[int, int]:
        last = first
        while self._width_to(last + 1) - self._width_to(first) < width:
            last += 1
        return first, last

    def _width_to(self, count: int) -> int:
        known = [column.width for column in self.columns[:count]]
        return sum(known) + 9 * max(0, count - len(known))

    @property
    def pages_wide(self) -> int:
        """Pages side by side on which the print can still be read."""
        width = self._width_to(len(self.columns)) - _SQUEEZED
        return max(1, -(-width // _PAGE_WIDTH))

    @property
    def hint_lines(self) -> int:
        """Lines that the hint fills, the legend and the commands included."""
        first, last = self.hint
        width = self._width_to(last + 1) - self._width_to(first) - 4
        texts = (self.wording.title(self.table.description), self.commands)
        return sum(line_count(text, width) for text in texts) + 1

    @property
    def commands(self) -> str:
        """The commands that do what the buttons do."""
        return self.wording.text("hint-commands", commands=self.buttons.commands())


class SheetWriter:
    """Writes table sheets into one workbook."""

    def __init__(
        self, workbook: Workbook, styles: Styles, lists: Mapping[tuple[str, str], DropList]
    ) -> None:
        self._workbook = workbook
        self._styles = styles
        self._lists = lists

    def write(self, plan: TableSheet, rows: Sequence[Sequence[object]]) -> Worksheet:
        """Write the sheet of a table.

        Args:
            plan: the table.
            rows: cell values in column order; without rows the Table gets one blank row.
        """
        sheet = self._workbook.add_worksheet(plan.name)
        self._set_columns(sheet, plan)
        self._write_head(sheet, plan)
        self._write_table(sheet, plan, rows)
        self._guide_entry(sheet, plan)
        self._mark_rows(sheet, plan)
        set_up_print(sheet, plan.wording, self._styles.font, pages_wide=plan.pages_wide)
        sheet.repeat_rows(HEADER_ROW - 1)
        if plan.pages_wide > 1:
            sheet.repeat_columns(0, plan.frozen - 1)
        sheet.freeze_panes(HEADER_ROW, plan.frozen)
        sheet.set_tab_color(SILVER if plan.table.engine else BLUE)
        return sheet

    def _set_columns(self, sheet: Worksheet, plan: TableSheet) -> None:
        for index, column in enumerate(plan.columns):
            sheet.set_column(index, index, column.width, self._body(column, bordered=False))

    def _body(self, column: Column, *, bordered: bool) -> Format:
        look: Properties = {"num_format": column.number_format, **column.alignment}
        return self._styles.body(look, engine=column.is_locked, bordered=bordered)

    def _write_head(self, sheet: Worksheet, plan: TableSheet) -> None:
        bar, names = self._styles.look("bar"), self._styles.look("names")
        last = max(len(plan.columns) - 1, plan.link_column, plan.hint[1])
        for index in range(last + 1):
            sheet.write_blank(TITLE_ROW - 1, index, None, bar)
        for index, column in enumerate(plan.columns):
            sheet.write_string(FIELD_ROW - 1, index, column.field.name, names)
        title = self._styles.look("title", bottom=5, bottom_color=BLUE)
        sheet.write_string(TITLE_ROW - 1, 0, plan.name, title)
        height = _PRESS_POINTS if plan.macros else max(45, 13 * plan.hint_lines + 8)
        sheet.set_row(TITLE_ROW - 1, height)
        sheet.set_row(FIELD_ROW - 1, None, None, {"hidden": True})
        self._write_hint(sheet, plan)
        if plan.macros:
            self._write_buttons(sheet, plan)

    def _write_buttons(self, sheet: Worksheet, plan: TableSheet) -> None:
        """Put the buttons beside the title, and below them what the sheet is for.

        That text is on 總覽 too; what comes of a press takes its place.
        """
        row, low = TITLE_ROW - 1, {"bottom": 5, "bottom_color": BLUE, "valign": "bottom"}
        plan.buttons.insert(sheet, row, plan.outcome)
        look = self._styles.look("outcome", **low, text_wrap=False)
        places = (
            (OUTCOME_NAME, plan.outcome, look),
            (LINK_NAME, plan.outcome_link, self._styles.look("link", **low)),
        )
        for name, column, style in places:
            write_named(self._workbook, sheet, name, (row, column, column), style)
        sheet.write_string(row, plan.outcome, plan.wording.title(plan.table.description), look)

    def _write_hint(self, sheet: Worksheet, plan: TableSheet) -> None:
        beside = {"text_wrap": False, "valign": "bottom"} if plan.macros else {}
        hint = self._styles.look("hint", bottom=5, bottom_color=BLUE, **beside)
        first, last = plan.hint
        if last > first:
            sheet.merge_range(TITLE_ROW - 1, first, TITLE_ROW - 1, last, "", hint)
        say, styles = plan.wording.text, self._styles
        parts: list[object] = []
        if not plan.macros:
            about = plan.wording.title(plan.table.description)
            parts = [styles.of({"font_size": 9}), f"{about}\n"]
        for code, colour in (("required", NAVY), ("optional", BLUE), ("engine", GREY)):
            parts += [styles.of({"font_color": colour, "bold": True}), "■ "]
            parts += [styles.of({"font_size": 9}), say(f"legend-{code}") + "　"]
        between = "" if plan.macros else "\n"
        parts += [styles.of({"font_size": 9, "font_color": GREY}), f"{between}{plan.commands}"]
        sheet.write_rich_string(TITLE_ROW - 1, first, *parts, hint)
        sheet.write_url(
            TITLE_ROW - 1,
            plan.link_column,
            f"internal:'{plan.wording.title(OVERVIEW_SHEET)}'!A1",
            styles.look("link", bottom=5, bottom_color=BLUE),
            plan.wording.title(OVERVIEW_SHEET),
        )

    def _write_table(
        self, sheet: Worksheet, plan: TableSheet, rows: Sequence[Sequence[object]]
    ) -> None:
        last = FIRST_ROW - 1 + max(1, len(rows)) - 1
        cells = [self._body(column, bordered=True) for column in plan.columns]
        options = {
            "name": plan.table.name,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [
                {"header": column.header, "header_format": self._header(column), "format": cell}
                for column, cell in zip(plan.columns, cells, strict=True)
            ],
        }
        sheet.add_table(HEADER_ROW - 1, 0, last, len(plan.columns) - 1, options)
        sheet.set_row(HEADER_ROW - 1, 32)
        blank: tuple[object, ...] = (None,) * len(plan.columns)
        for offset, row in enumerate(rows or [blank]):
            lines = _lines(plan.columns, row)
            if lines > 1:
                sheet.set_row(FIRST_ROW - 1 + offset, min(409, 14 * lines + 2))
            for index, (value, cell) in enumerate(zip(row, cells, strict=True)):
                write_value(sheet, FIRST_ROW - 1 + offset, index, value, cell)

    def _header(self, column: Column) -> Format:
        if column.is_engine:
            return self._styles.look("header-engine")
        kind = "required" if column.must_be_filled else "optional"
        return self._styles.look(f"header-{kind}")

    def _guide_entry(self, sheet: Worksheet, plan: TableSheet) -> None:
        for index, column in enumerate(plan.columns):
            options = validation_of(column, self._lists)
            if options != {"validate": "any"}:
                sheet.data_validation(FIRST_ROW - 1, index, LAST_ROW - 1, index, options)
        letter = column_letters(len(plan.columns))
        sheet.ignore_errors({"number_stored_as_text": f"A{FIRST_ROW}:{letter}{LAST_ROW}"})

    def _mark_rows(self, sheet: Worksheet, plan: TableSheet) -> None:
        missing = self._workbook.add_format({"bg_color": AMBER})
        end = column_letters(min(_STARTED, len(plan.columns)))
        for first, last in _runs(plan.columns):
            letter = column_letters(first + 1)
            rule = f'=AND(COUNTA($A{FIRST_ROW}:${end}{FIRST_ROW})>0,{letter}{FIRST_ROW}="")'
            options = {"type": "formula", "criteria": rule, "format": missing}
            sheet.conditional_format(FIRST_ROW - 1, first, LAST_ROW - 1, last, options)
        if "inactive" in plan.table.by_name:
            self._mark_inactive(sheet, plan)

    def _mark_inactive(self, sheet: Worksheet, plan: TableSheet) -> None:
        letter = column_letters(plan.table.names.index("inactive") + 1)
        faded = self._workbook.add_format({"font_color": "#A6A6A6", "font_strikeout": True})
        rule = f'=${letter}{FIRST_ROW}="{plan.wording.yes}"'
        options = {"type": "formula", "criteria": rule, "format": faded}
        last = len(plan.columns) - 1
        sheet.conditional_format(FIRST_ROW - 1, 0, LAST_ROW - 1, last, options)


def write_named(
    workbook: Workbook,
    sheet: Worksheet,
    name: str,
    place: tuple[int, int, int],
    style: Format,
) -> None:
    """Write a blank cell that is known by a name of its sheet: row, first and last column."""
    row, first, last = place
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    else:
        sheet.write_blank(row, first, None, style)
    quoted = sheet.get_name().replace("'", "''")
    cell = f"${column_letters(first + 1)}${row + 1}"
    workbook.define_name(f"'{quoted}'!{name}", f"='{quoted}'!{cell}")


def write_value(sheet: Worksheet, row: int, column: int, value: object, cell: Format) -> None:
    """Write one cell value: text is always text, never a formula or a link."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, cell)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, cell)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, cell)
    else:
        sheet.write_string(row, column, str(value), cell)


def set_up_print(
    sheet: Worksheet, wording: Wording, font: str, *, pages_wide: int = 1, portrait: bool = False
) -> None:
    """Set paper, scale, header and footer, and hide the gridlines."""
    sheet.hide_gridlines(2)
    sheet.set_zoom(100)
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(pages_wide, 0)
    sheet.set_header(f'&L&"{font},Bold"&12&A&R&"{font},Regular"&9&F', {"margin": 0.3})
    sheet.set_footer(f'&C&"{font},Regular"&9{wording.text("page-numbers")}', {"margin": 0.25})


def _lines(columns: tuple[Column, ...], row: Sequence[object]) -> int:
    """Return the lines of a row's longest wrapped text.

    LibreOffice trusts the heights in a file that says it is Excel's, and does not fit them.
    """
    return max(
        (
            line_count(value, column.line_width)
            for column, value in zip(columns, row, strict=True)
            if column.wraps and isinstance(value, str)
        ),
        default=1,
    )


def _runs(columns: tuple[Column, ...]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of neighbouring columns that must be filled."""
    first: int | None = None
    for index, column in enumerate([*columns, None]):
        wanted = column is not None and column.must_be_filled
        if wanted and first is None:
            first = index
        if not wanted and first is not None:
            yield first, index - 1
            first = None
