"""The bridge between workbooks and programs: raw cells become typed rows, typed rows cell values.

Pure: knows the regulation's descriptors, no files. A :class:`TableData` knows the place of every
cell, so that whatever is found in a row can be shown where the staff work.
"""

from __future__ import annotations

from sheetsales.tables.binding import bind_tables
from sheetsales.tables.cells import ReferenceLabels, cell_values, reference_labels
from sheetsales.tables.data import BoundBook, TableData, Tables, column_letters, frames, row_keys
from sheetsales.tables.datapackage import build_datapackage
from sheetsales.tables.frames import Frames, build_frame
from sheetsales.tables.headers import Simplify
from sheetsales.tables.raw import RawTable
from sheetsales.tables.references import extended_enumerations

__all__ = [
    "BoundBook",
    "Frames",
    "RawTable",
    "ReferenceLabels",
    "Simplify",
    "TableData",
    "Tables",
    "bind_tables",
    "build_datapackage",
    "build_frame",
    "cell_values",
    "column_letters",
    "extended_enumerations",
    "frames",
    "reference_labels",
    "row_keys",
]
