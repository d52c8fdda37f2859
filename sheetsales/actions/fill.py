"""Fill a workspace with rows, as the demo company's are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sheetsales.sample import RawCell
from sheetsales.tables import build_frame, row_keys
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.schema import Table
    from sheetsales.workspace import Workspace

Row = Mapping[str, object]


def fill(workspace: Workspace, rows: Mapping[str, Sequence[Row]]) -> int:
    """Write rows into the workbooks; rows whose key is there already are changed, not doubled.

    Args:
        workspace: its workbooks must not be open elsewhere.
        rows: Python values by table; a RawCell goes into its cell as it stands.

    Returns:
        How many rows were written.
    """
    writer = Writer(workspace, "fill")
    writer.add_labels(rows)
    for name, given in rows.items():
        table = workspace.regulation.tables[name]
        known = set(workspace.tables[name].keys())
        keys = row_keys(table, build_frame(table, map(_typed, given)))
        present = [row for key, row in zip(keys, given, strict=True) if key in known]
        new = [row for key, row in zip(keys, given, strict=True) if key not in known]
        if present:
            writer.write(name, _frame(table, present))
        cells = writer.cells(name, build_frame(table, map(_typed, new)))
        writer.append_cells(
            name, (_with_raw(row, cell) for row, cell in zip(new, cells, strict=True))
        )
    writer.save()
    workspace.reload()
    return sum(map(len, rows.values()))


def _typed(row: Row) -> Row:
    return {name: None if isinstance(value, RawCell) else value for name, value in row.items()}


def _frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    names = [name for name in table.names if any(name in row for row in rows)]
    return build_frame(table, rows)[names]


def _with_raw(row: Row, cells: Mapping[str, object]) -> dict[str, object]:
    raw = {name: value.content for name, value in row.items() if isinstance(value, RawCell)}
    return {**cells, **raw}
