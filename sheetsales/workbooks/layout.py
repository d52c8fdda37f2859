"""Where everything stands in a standard workbook: sheets, rows, and the engine's own Tables."""

from __future__ import annotations

from sheetsales.schema import Enumeration, Field, Option, Table, Text

SCHEMA_VERSION = 1
"""Version of this layout, kept in each book's hidden sheet ``_meta``."""
TITLE_ROW = 1
"""Excel row of title, hint and buttons."""
FIELD_ROW = 2
"""Excel row of the field names; hidden."""
HEADER_ROW = 3
"""Excel row of the header, directly above the data."""
FIRST_ROW = 4
"""Excel row of the first data row."""
LAST_ROW = 1_048_576
"""Last row of a sheet; validations and formats reach down to it."""

OVERVIEW_SHEET = Text("總覽", "Overview")
"""First sheet: index, figures and charts."""
CHECKS_SHEET = Text("檢核", "Checks")
"""Last visible sheet: what ``check`` found in this book."""
LISTS_SHEET = "_lists"
"""Hidden sheet that the drop-downs read."""
META_SHEET = "_meta"
"""Hidden sheet: keys in column A, values in column B."""
MOST_CHOICES = 5000
"""Above so many rows a table is offered in no drop-down."""

SEVERITY = Enumeration(
    "severity",
    (
        Option("error", Text("錯誤", "Error")),
        Option("warning", Text("警告", "Warning")),
        Option("info", Text("提示", "Note")),
    ),
)
"""Severities of problems, as the sheet 檢核 names them."""


def _column(
    name: str, zh_hant: str, en: str, *, width: int, type_: str = "string", categories: str = ""
) -> Field:
    """Return a column of a Table that the engine writes; text may be long."""
    return Field(
        name=name,
        type=type_,
        title=Text(zh_hant, en),
        description=Text("", ""),
        max_length=32767 if width > 20 else None,
        enumeration=categories or None,
        computed=True,
        width=width,
    )


PROBLEM = Table(
    name="problem",
    title=CHECKS_SHEET,
    description=Text(
        "本活頁簿最近一次檢核發現的問題；點「連結」直達儲存格，改好後再檢核一次。",
        "What the last check found in this workbook. Follow the link to the cell, correct it, "
        "then check again.",
    ),
    workbook="",
    primary_key=("code", "sheet", "key", "field"),
    fields=(
        _column("severity", "嚴重度", "Severity", width=10, categories="severity"),
        _column("code", "代碼", "Code", width=12),
        _column("sheet", "工作表", "Sheet", width=14),
        _column("cell", "儲存格", "Cell", width=8),
        _column("key", "鍵", "Key", width=21),
        _column("field", "欄位", "Column", width=14),
        _column("message", "問題", "Problem", width=37),
        _column("why", "依據", "Why", width=32),
        _column("fix", "處理方式", "What to do", width=36),
        _column("link", "連結", "Link", width=8),
    ),
    engine=True,
)
"""The Excel Table of sheet 檢核; its last column holds HYPERLINK formulas."""
EXPLANATION = Table(
    name="explanation",
    title=Text("說明", "Explanation"),
    description=Text(
        "最近一次按〔說明分數〕的結果：分數如何一步步算出，以及取自哪些儲存格；點「連結」直達。",
        "How the score last asked about came about, step by step, and which cells it came from. "
        "Follow the link to the cell.",
    ),
    workbook="",
    primary_key=("step", "place"),
    fields=(
        _column("step", "步驟", "Step", width=44),
        _column("value", "數值", "Value", width=18),
        _column("weight", "權重", "Weight", width=10),
        _column("formula", "公式", "Formula", width=34),
        _column("place", "儲存格", "Cell", width=34),
        _column("link", "連結", "Link", width=8),
    ),
    engine=True,
)
"""The Excel Table of sheet 說明; its last column holds HYPERLINK formulas."""
EXPLAINED = "performance"
"""Stem of the workbook that has it."""
PROBLEM_FIELDS = PROBLEM.names
"""Field names of :data:`PROBLEM` in column order."""

OVERVIEW = Table(
    name="overview",
    title=OVERVIEW_SHEET,
    description=Text("", ""),
    workbook="",
    primary_key=("item", "period"),
    fields=(
        _column("item", "項目", "Item", width=20),
        _column("as_of", "截至", "As of", width=11, type_="date"),
        _column("period", "期間或對象", "Period or subject", width=17),
        _column("value", "數值", "Value", width=14, type_="number"),
    ),
    engine=True,
)
"""The Excel Table of sheet 總覽: figures that come from other books, with their date."""
OVERVIEW_FIELDS = OVERVIEW.names
"""Field names of :data:`OVERVIEW` in column order."""

ENUMERATIONS = {SEVERITY.name: SEVERITY}
"""Enumerations that only the engine's own Tables use."""
