"""Reads and edits Excel workbooks without losing anything; knows nothing of sales.

Any .xlsx, .xlsm, .xltx or .xltm file will do. Only the edited cells are written anew; every other
byte of the workbook is copied.
"""

from __future__ import annotations

from sheetsales.store.applying import Outcome, save_books
from sheetsales.store.folders import StoreFolder
from sheetsales.store.inspection import Inspection
from sheetsales.store.isolated import inspect, read_foreign_tables
from sheetsales.store.pending import Pending, PendingPlan
from sheetsales.store.plan import CellChange, Plan, RowChange
from sheetsales.store.reading import RawTable, read_tables
from sheetsales.store.records import Signature
from sheetsales.store.recovery import recover
from sheetsales.store.sheet import Sheet
from sheetsales.store.table import Table
from sheetsales.store.undoing import restore, undo
from sheetsales.store.values import CellError, Formula, Value
from sheetsales.store.waiting import apply_pending
from sheetsales.store.workbook import Workbook

__all__ = [
    "CellChange",
    "CellError",
    "Formula",
    "Inspection",
    "Outcome",
    "Pending",
    "PendingPlan",
    "Plan",
    "RawTable",
    "RowChange",
    "Sheet",
    "Signature",
    "StoreFolder",
    "Table",
    "Value",
    "Workbook",
    "apply_pending",
    "inspect",
    "read_foreign_tables",
    "read_tables",
    "recover",
    "restore",
    "save_books",
    "undo",
]
