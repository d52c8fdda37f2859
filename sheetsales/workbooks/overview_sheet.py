"""Writes the sheet 總覽: banner, cards, index of the sheets, charts, figures of other books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.workbooks.buttons import LINK_NAME, OUTCOME_NAME, ButtonRow, words_of
from sheetsales.workbooks.charts import PanelChart
from sheetsales.workbooks.columns import line_count
from sheetsales.workbooks.formats import NAVY, ORANGE, Styles
from sheetsales.workbooks.layout import LAST_ROW, OVERVIEW, OVERVIEW_SHEET
from sheetsales.workbooks.overview.places import (
    AS_OF_ROW,
    LEFT,
    LINK_COLUMNS,
    OUTCOME_COLUMNS,
    OUTCOME_ROW,
    PANEL_COLUMNS,
    WIDTHS,
    address,
)
from sheetsales.workbooks.sheets import set_up_print, write_named, write_value

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetsales.workbooks.overview.cells import OverviewCell, OverviewValues
    from sheetsales.workbooks.overview.places import OverviewPlaces, PanelPlace

_END = len(WIDTHS) - 1
"""Last column, counted from 0."""
_ABOUT_WIDTHS = {"en": 106}
"""Characters of 9 points that fit a line of the index's last column; 94 in Chinese."""


@dataclass(frozen=True)
class OverviewWriter:
    """Writes the 總覽 of one workbook.

    Attributes:
        workbook: the workbook being written.
        styles: its formats.
        places: where everything stands.
        stem: stem of the workbook, for its title.
        macros: whether it has buttons.
    """

    workbook: Workbook
    styles: Styles
    places: OverviewPlaces
    stem: str
    macros: bool = False

    def write(self, sheet: Worksheet, values: OverviewValues) -> None:
        """Fill the sheet; the sheets that it links to must be named as the tables are."""
        for index, width in enumerate(WIDTHS):
            sheet.set_column(index, index, width, self.styles.look("plain"))
        self._write_banner(sheet)
        self._write_anchors(sheet)
        self._write_cards(sheet)
        self._write_index(sheet)
        for place in self.places.panels:
            self._write_panel(sheet, place)
        for cell in values.cells:
            self._write_cell(sheet, cell)
        for place in self.places.panels:
            self._insert_chart(sheet, place)
        self._write_items(sheet, values)
        self._set_up(sheet)

    @property
    def _name(self) -> str:
        return self.places.wording.title(OVERVIEW_SHEET)

    def _write_banner(self, sheet: Worksheet) -> None:
        say, look = self.places.wording.text, self.styles.look
        sheet.set_row(0, 42)
        for column in range(_END + 1):
            sheet.write_blank(0, column, None, look("banner"))
        sheet.write_string(0, LEFT - 1, say(f"book-{self.stem}"), look("banner"))
        sheet.write_string(0, _END - 1, say("hint-commands-plain"), look("banner-side"))
        sheet.set_row(1, 30)
        about = say(f"book-{self.stem}-about")
        sheet.merge_range(1, LEFT - 1, 1, _END - 1, about, look("note"))
        if self.macros:
            self._write_buttons(sheet)

    def _write_buttons(self, sheet: Worksheet) -> None:
        """Put the buttons below the dates of reference, and what came of a press beside them."""
        row = OUTCOME_ROW - 1
        buttons = ButtonRow(words_of(OVERVIEW.name), self.places.wording)
        buttons.insert(sheet, row, LEFT - 1, x=4, y=2)
        sheet.set_row(row, 30)
        styles = ((OUTCOME_NAME, "outcome", OUTCOME_COLUMNS), (LINK_NAME, "link", LINK_COLUMNS))
        for name, look, (first, last) in styles:
            place = (row, first - 1, last - 1)
            write_named(self.workbook, sheet, name, place, self.styles.look(look))

    def _write_anchors(self, sheet: Worksheet) -> None:
        say, caption = self.places.wording.text, self.styles.look("caption")
        sheet.write_string(AS_OF_ROW - 1, LEFT - 1, say("as-of"), caption)
        for code, (row, column) in self.places.anchors.items():
            sheet.write_string(row - 1, column - 2, say(f"anchor-{code}"), caption)

    def _write_cards(self, sheet: Worksheet) -> None:
        say, look = self.places.wording.text, self.styles.look
        for card, row, column in self.places.cards:
            for offset, name in ((0, "card-label"), (1, "card-label"), (2, "card-note")):
                sheet.merge_range(
                    row - 1 + offset, column - 1, row - 1 + offset, column, "", look(name)
                )
            sheet.write_string(row - 1, column - 1, say(f"card-{card.code}"), look("card-label"))
            note = say(f"card-{card.code}-note")
            sheet.write_string(row + 1, column - 1, note, look("card-note"))
            sheet.set_row(row - 1, 20)
            sheet.set_row(row, 34)
            sheet.set_row(row + 1, 16)
            if card.alarm:
                self._mark_alarm(sheet, row, column)

    def _mark_alarm(self, sheet: Worksheet, row: int, column: int) -> None:
        colour = self.workbook.add_format({"font_color": ORANGE, "bold": True})
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": colour}
        sheet.conditional_format(row, column - 1, row, column - 1, rule)

    def _write_index(self, sheet: Worksheet) -> None:
        say, look = self.places.wording.text, self.styles.look
        self._write_section(sheet, self.places.index_row, LEFT, _END, say("index"))
        header = self.places.index_row
        sheet.set_row(header, 18)
        for column in range(LEFT - 1, _END):
            sheet.write_blank(header, column, None, look("panel-header"))
        texts = look("panel-header", align="left", indent=1)
        for column, code in ((LEFT - 1, "index-sheet"), (LEFT + 2, "index-about")):
            sheet.write_string(header, column, say(code), texts)
        for column, code in ((LEFT, "index-rows"), (LEFT + 1, "index-problems")):
            sheet.write_string(header, column, say(code), look("panel-header"))
        for row, table in enumerate(self.places.tables, start=self.places.index_first):
            name = self.places.wording.sheet(table)
            about = self.places.wording.title(table.description)
            quoted = name.replace("'", "''")
            link = f"internal:'{quoted}'!A1"
            sheet.write_url(row - 1, LEFT - 1, link, look("index-link"), name)
            sheet.write_blank(row - 1, LEFT + 1, None, look("index-text"))
            sheet.merge_range(row - 1, LEFT + 2, row - 1, _END - 1, about, look("index-text"))
            width = _ABOUT_WIDTHS.get(self.places.wording.locale, 94)
            sheet.set_row(row - 1, 18 if line_count(about, width) == 1 else 30)

    def _write_section(self, sheet: Worksheet, row: int, first: int, last: int, title: str) -> None:
        section = self.styles.look("section")
        for column in range(first - 1, last):
            sheet.write_blank(row - 1, column, None, section)
        sheet.write_string(row - 1, first - 1, title, section)
        sheet.set_row(row - 1, 22)

    def _write_panel(self, sheet: Worksheet, place: PanelPlace) -> None:
        say, look = self.places.wording.text, self.styles.look
        title = say(f"panel-{place.panel.code}")
        self._write_section(sheet, place.title_row, place.column, place.column + 3, title)
        for offset in range(PANEL_COLUMNS):
            sheet.write_blank(
                place.header_row - 1, place.column - 1 + offset, None, look("panel-header")
            )
        for index, series in enumerate(place.panel.series):
            name = say(f"series-{series.code}")
            column = place.series_column(index) - 1
            sheet.write_string(place.header_row - 1, column, name, look("panel-header"))
        self._write_labels(sheet, place)

    def _write_labels(self, sheet: Worksheet, place: PanelPlace) -> None:
        rows, wording = place.panel.rows, self.places.wording
        label = self._label(place)
        labels = rows.labels(wording)
        for offset in range(place.count):
            row = place.first_row - 1 + offset
            for column in range(PANEL_COLUMNS):
                sheet.write_blank(row, place.column - 1 + column, None, label)
            if offset < len(labels):
                sheet.write_string(row, place.column - 1, labels[offset], label)

    def _write_cell(self, sheet: Worksheet, cell: OverviewCell) -> None:
        row, column = cell.row - 1, cell.column - 1
        if cell.formula:
            style = self.styles.figure(cell.shape, card=cell.is_card)
            sheet.write_formula(row, column, f"={cell.formula}", style, cell.value)
            return
        style = self.styles.look("anchor-date" if cell.shape == "date" else "anchor")
        for place in self.places.panels:
            if place.column == cell.column and place.first_row <= cell.row <= place.last_row:
                style = self._label(place)
        write_value(sheet, row, column, cell.value, style)

    def _label(self, place: PanelPlace) -> Format:
        """Return the format of a row's text, shrunk where figures stand right beside it."""
        return self.styles.look("panel-label", shrink=len(place.panel.series) == PANEL_COLUMNS - 1)

    def _insert_chart(self, sheet: Worksheet, place: PanelPlace) -> None:
        wording = self.places.wording
        chart = PanelChart(place, self._name, wording, self.styles.font).build(self.workbook)
        options = {
            "object_position": 2,
            "y_offset": 4,
            "description": wording.text(f"panel-{place.panel.code}"),
        }
        sheet.insert_chart(place.chart_row - 1, place.column - 1, chart, options)

    def _write_items(self, sheet: Worksheet, values: OverviewValues) -> None:
        title_row, header = self.places.items_row, self.places.table_row
        if title_row is None or header is None:
            return
        wording, look = self.places.wording, self.styles.look
        self._write_section(sheet, title_row, LEFT, LEFT + 3, wording.text("from-other-books"))
        names = look("names")
        for offset, field in enumerate(OVERVIEW.fields):
            sheet.write_string(header - 2, LEFT - 1 + offset, field.name, names)
        sheet.set_row(header - 2, None, None, {"hidden": True})
        formats = [
            look("panel-label", shrink=True),
            look("panel-label", num_format="yyyy-mm-dd", align="left"),
            look("panel-label", shrink=True),
            self.styles.figure("money"),
        ]
        options = {
            "name": OVERVIEW.name,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "autofilter": False,
            "columns": [
                {
                    "header": wording.header(field),
                    "header_format": look("header-engine", font_size=9),
                    "format": cell,
                }
                for field, cell in zip(OVERVIEW.fields, formats, strict=True)
            ],
        }
        last = header - 1 + max(1, len(values.rows))
        sheet.add_table(header - 1, LEFT - 1, last, LEFT + 2, options)
        for row, figures in enumerate(values.rows or [{}], start=header):
            for offset, (field, cell) in enumerate(zip(OVERVIEW.fields, formats, strict=True)):
                write_value(sheet, row, LEFT - 1 + offset, figures.get(field.name), cell)

    def _set_up(self, sheet: Worksheet) -> None:
        set_up_print(sheet, self.places.wording, self.styles.font, portrait=True)
        sheet.set_h_pagebreaks(self.places.page_breaks)
        sheet.set_tab_color(NAVY)
        everything = f"A1:{address(LAST_ROW, _END + 1)}"
        sheet.ignore_errors({"number_stored_as_text": everything, "formula_differs": everything})
        sheet.freeze_panes(1, 0)
        sheet.activate()
        sheet.set_first_sheet()
