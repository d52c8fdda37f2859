"""How much reading typed, placed rows costs over calamine alone.

    python -m benchmarks.read

Builds a workbook of 100,000 customers in fifteen columns in the product's own layout, then reads
it in turn with calamine alone (all sheets, as Python lists) and with the store and the binding of
all tables, CPU seconds of the best of several turns. The goal is a ratio of at most 1.6.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from benchmarks.customer_book import customer_rows, write_customers
from sheetsales.schema import load_regulation
from sheetsales.store import read_tables
from sheetsales.tables import bind_tables

GOAL = 1.6


def read_with_calamine(path: Path) -> int:
    book = CalamineWorkbook.from_path(path)
    return sum(
        len(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for name in book.sheet_names
    )


def read_bound(path: Path) -> int:
    raws = {name: [raw] for name, raw in read_tables(path).items()}
    tables = bind_tables(load_regulation(), raws)
    assert all(data.problems == () for data in tables.values())
    return len(tables["customer"])


def cpu_seconds(action: Callable[[Path], int], path: Path) -> float:
    start = time.process_time()
    action(path)
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customer.xlsx"
        write_customers(path, customer_rows(options.rows))
        read_bound(path)
        alone, bound = [], []
        for _ in range(options.turns):
            alone.append(cpu_seconds(read_with_calamine, path))
            bound.append(cpu_seconds(read_bound, path))
    ratio = min(bound) / min(alone)
    verdict = "PASS" if ratio <= GOAL else "FAIL"
    print(f"rows {options.rows}, columns 15, turns {options.turns}")
    print(f"calamine alone        {min(alone):.3f} CPU s")
    print(f"store and binding     {min(bound):.3f} CPU s")
    print(f"ratio                 {ratio:.2f} (goal ≤ {GOAL}): {verdict}")
    return 0 if verdict == "PASS" else 1


if __name__ == "__main__":
    sys.exit(main())
