"""The bridge between workbooks and programs: raw cells become typed rows, typed rows cell values.

Pure: knows the regulation's descriptors, no files. A :class:`TableData` knows the place of every
cell, so that whatever is found in a row can be shown where the staff work.
"""

from __future__ import annotations

from sheetsales.tables.data import BoundBook, TableData, Tables, frames, row_keys
from sheetsales.tables.frames import Frames, build_frame
from sheetsales.tables.raw import RawTable

__all__ = [
    "BoundBook",
    "Frames",
    "RawTable",
    "TableData",
    "Tables",
    "build_frame",
    "frames",
    "row_keys",
]
