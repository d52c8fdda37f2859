"""One measured run of the benchmark of the store, in a process of its own.

    python -m benchmarks.store_jobs CONTENDER JOB ROWS SOURCE TARGET

Every library does the job the way its documentation shows. Outside the clock are imports, the new
values, and the copy on which `save` works; inside are opening, editing and writing. The answer is
one line of JSON: CPU seconds of all threads and children, wall seconds, peak memory.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.store_books import (
    AMOUNT,
    FIRST_ROW,
    HEADERS,
    KEY,
    NOTE,
    SHEET,
    TABLE,
    Row,
    customers,
    key_of,
)

UPDATED = 100
APPENDED = 1_000
JOBS = ("update", "append")
PART = "xl/worksheets/sheet1.xml"
Cell = tuple[int, int, object]
"""Excel row, position of the column from 0, value."""
Work = Callable[[], None]


@dataclass(frozen=True)
class Task:
    """What one run has to do: the cells to update, or the rows to append."""

    job: str
    rows: int
    source: Path
    target: Path

    @property
    def cells(self) -> list[Cell]:
        """A hundred cells in a hundred rows all over the Table: notes and amounts in turn."""
        step = max(self.rows // UPDATED, 1)
        places = range(0, self.rows, step)[:UPDATED]
        return [
            (FIRST_ROW + place, NOTE, f"已更新 {place} & <確認>")
            if turn % 2
            else (FIRST_ROW + place, AMOUNT, place + 0.25)
            for turn, place in enumerate(places)
        ]

    @property
    def new_rows(self) -> list[Row]:
        return list(customers(self.rows, APPENDED))

    @property
    def first_new_row(self) -> int:
        return FIRST_ROW + self.rows

    @property
    def new_range(self) -> str:
        """The range of the Table when the rows are appended."""
        return f"A{FIRST_ROW - 1}:O{self.first_new_row + APPENDED - 1}"


# ── sheetsales ───────────────────────────────────────────────────────────────────────────────────


class _Nowhere:
    """Takes what is written and forgets it."""

    def write(self, data: bytes) -> int:
        return len(data)


def _edit_ours(task: Task) -> Callable[[Path], Any]:
    from sheetsales.store import Workbook

    by_key: dict[object, dict[str, object]] = {
        key_of(row - FIRST_ROW): {HEADERS[at]: value} for row, at, value in task.cells
    }
    records = [dict(zip(HEADERS, row, strict=True)) for row in task.new_rows]

    def edit(path: Path) -> Any:
        book = Workbook.open(path)
        table = book.table(TABLE, key=[KEY])
        if task.job == "update":
            table.update(by_key)
        else:
            table.append(records)
        return book

    return edit


def edit_rows_with_sheetsales(task: Task) -> Work:
    """Find the rows by their number, as the others do."""
    from sheetsales.store import Workbook

    by_row = {row: {HEADERS[at]: value} for row, at, value in task.cells}

    def work() -> None:
        book = Workbook.open(task.source)
        book.table(TABLE).update_rows(by_row)
        book.write_to(_Nowhere())

    return work


def edit_with_sheetsales(task: Task) -> Work:
    edit = _edit_ours(task)
    return lambda: edit(task.source).write_to(_Nowhere())


def save_with_sheetsales(task: Task) -> Work:
    edit = _edit_ours(task)
    shutil.copyfile(task.source, task.target)
    (task.target.parent / ".sheetsales").mkdir()  # not one of a folder above
    return lambda: edit(task.target).save()


# ── the others ───────────────────────────────────────────────────────────────────────────────────


def save_with_openpyxl(task: Task) -> Work:
    from openpyxl import load_workbook

    return _like_openpyxl(task, lambda: load_workbook(task.source))


def save_with_wolfxl(task: Task) -> Work:
    from wolfxl import load_workbook

    return _like_openpyxl(task, lambda: load_workbook(str(task.source), modify=True))


def _like_openpyxl(task: Task, load: Callable[[], Any]) -> Work:
    cells, new_rows = task.cells, task.new_rows

    def work() -> None:
        book = load()
        sheet = book[SHEET]
        if task.job == "update":
            for row, position, value in cells:
                sheet.cell(row, position + 1).value = value
        else:
            for values in new_rows:
                sheet.append(values)
            sheet.tables[TABLE].ref = task.new_range
            sheet.tables[TABLE].autoFilter.ref = task.new_range
        book.save(str(task.target))

    return work


def save_with_crabxl(task: Task) -> Work:
    """Rows are appended below the Table, which has no call to grow it; dates go as numbers."""
    from crabxl import load_workbook

    cells = task.cells
    new_rows = [[_serial(value) for value in row] for row in task.new_rows]

    def work() -> None:
        book = load_workbook(task.source)
        sheet = book[SHEET]
        if task.job == "update":
            for row, position, value in cells:
                sheet.cell(row, position + 1).value = value
        else:
            for values in new_rows:
                sheet.append(values)
        book.save(task.target)

    return work


def _serial(value: object) -> object:
    """Return a date as the number that Excel keeps: crabxl takes no new dates into a book."""
    if isinstance(value, date):
        moment = datetime.fromisoformat(value.isoformat())
        return (moment - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
    return value


def save_with_excelize(task: Task) -> Work:
    """Rows are written below the Table, which its Python binding has no call to grow."""
    import excelize

    cells = [(f"{_letter(position)}{row}", value) for row, position, value in task.cells]
    new_rows = [(f"A{task.first_new_row + n}", row) for n, row in enumerate(task.new_rows)]

    def work() -> None:
        book = excelize.open_file(str(task.source))
        if task.job == "update":
            for cell, value in cells:
                book.set_cell_value(SHEET, cell, value)
        else:
            for cell, row in new_rows:
                book.set_sheet_row(SHEET, cell, row)
        book.save_as(str(task.target))
        book.close()

    return work


def _letter(position: int) -> str:
    return chr(ord("A") + position)


# ── the floor ────────────────────────────────────────────────────────────────────────────────────


def touch_part(task: Task) -> Work:
    """Return the least that any editor does to the sheet's part: inflate, find a row, deflate."""
    from sheetsales.store import deflate

    with zipfile.ZipFile(task.source) as archive:
        info = archive.getinfo(PART)
    with task.source.open("rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = file.read(2), file.read(2)
        file.seek(int.from_bytes(name, "little") + int.from_bytes(extra, "little"), 1)
        packed = file.read(info.compress_size)
    mark = f'<row r="{task.rows + 1}"'.encode()

    def work() -> None:
        xml = deflate.inflater().decompress(packed)
        assert xml.find(mark) > 0
        stream = deflate.deflater()
        task.target.write_bytes(stream.compress(xml) + stream.flush())

    return work


# ── one run ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Contender:
    """A way to do the jobs.

    Attributes:
        title: how it is called in the results.
        prepare: returns the work to be measured.
        package: what has to be installed for it.
        is_stock_zlib: whether ISA-L is hidden from it.
        writes_book: whether its target is a workbook that can be looked at.
        jobs: those in which it takes part.
    """

    title: str
    prepare: Callable[[Task], Work]
    package: str
    is_stock_zlib: bool = False
    writes_book: bool = True
    jobs: tuple[str, ...] = JOBS

    @property
    def version(self) -> str:
        """Version of its package, "" if it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


CONTENDERS = {
    "floor": Contender("floor, ISA-L", touch_part, "isal", writes_book=False),
    "floor-zlib": Contender(
        "floor, stock zlib", touch_part, "sheetsales", is_stock_zlib=True, writes_book=False
    ),
    "edit-rows": Contender(
        "sheetsales edit by row number, ISA-L",
        edit_rows_with_sheetsales,
        "isal",
        writes_book=False,
        jobs=("update",),
    ),
    "edit": Contender(
        "sheetsales edit by key, ISA-L", edit_with_sheetsales, "isal", writes_book=False
    ),
    "edit-zlib": Contender(
        "sheetsales edit by key, stock zlib",
        edit_with_sheetsales,
        "sheetsales",
        is_stock_zlib=True,
        writes_book=False,
    ),
    "save": Contender("sheetsales save by key, ISA-L", save_with_sheetsales, "isal"),
    "save-zlib": Contender(
        "sheetsales save by key, stock zlib", save_with_sheetsales, "sheetsales", is_stock_zlib=True
    ),
    "wolfxl": Contender("wolfxl", save_with_wolfxl, "wolfxl"),
    "crabxl": Contender("crabxl", save_with_crabxl, "crabxl"),
    "excelize": Contender("excelize", save_with_excelize, "excelize"),
    "openpyxl": Contender("openpyxl", save_with_openpyxl, "openpyxl"),
}
PEERS = ("wolfxl", "crabxl", "excelize", "openpyxl")


def _peak_mb() -> float:
    """Return the peak memory of this process and its children in MB."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists():  # `ru_maxrss` would count what the parent held when it started us
        lines = status.read_text().splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return max(own, children) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children) / unit


def _cpu_seconds() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in found)


def measured(work: Work) -> dict[str, float]:
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return {
        "cpu": _cpu_seconds() - cpu,
        "wall": time.perf_counter() - wall,
        "peak_mb": _peak_mb(),
    }


def main(words: Sequence[str]) -> int:
    name, job, rows, source, target = words
    contender = CONTENDERS[name]
    if contender.is_stock_zlib:
        sys.modules["isal"] = None  # type: ignore[assignment]  # an import of it fails now
    work = contender.prepare(Task(job, int(rows), Path(source), Path(target)))
    print(json.dumps(measured(work)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
