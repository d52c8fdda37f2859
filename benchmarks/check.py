"""How much faster the column checks are than frictionless, over the same customers.

    python -m benchmarks.check

100,000 customers in fifteen columns with a few hundred planted errors, in one run:

* in memory: typing, references and column rules of the raw columns, against
  ``frictionless.validate`` of the same rows with the descriptor that we export (types, required,
  unique, enum, pattern, minimum, primary and foreign keys). Goal: at least 15 times.
* from the .xlsx file, reading included, against ``frictionless.validate`` of the file, whose sheets
  have a plain header there. Goal: at least 5 times.

Both must find the same errors, or nothing is compared.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import frictionless
import xlsxwriter
from frictionless.resources import TableResource

from benchmarks.customer_book import FIELDS, customer_rows, referred_rows, write_customers
from sheetsales.checks import check_columns
from sheetsales.schema import load_regulation
from sheetsales.store import read_tables
from sheetsales.tables import bind_tables, build_datapackage

GOAL_IN_MEMORY = 15
GOAL_FROM_FILE = 5
HEADER_ROWS = 3
Finding = tuple[int, str, str]
"""Position of the row, field, kind of error."""
KINDS = {
    "COL-type": "type",
    "COL-enum": "enum",
    "COL-required": "required",
    "COL-key": "key",
    "COL-pattern": "pattern",
    "COL-minimum": "minimum",
    "COL-foreign-key": "foreign key",
}


@dataclass
class Raw:
    """A raw table in memory, as the store would hand it over."""

    name: str
    headers: Sequence[str]
    columns: Sequence[Sequence[object]]
    book: str = "customer.xlsx"
    sheet: str = ""
    field_row: Sequence[str] = ()
    first_row: int = HEADER_ROWS + 1
    first_column: int = 1
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


def plant_errors(rows: list[list[object]]) -> None:
    """Plant errors of each kind that both tools know, one row in 400."""
    wrong: list[tuple[str, object]] = [
        ("name", ""),
        ("credit_limit", -5.0),
        ("credit_limit", "很多"),
        ("customer_id", "C1"),
        ("customer_id", rows[0][0]),
        ("status", "不明"),
        ("owner_id", "E-999999"),
    ]
    for number, row in enumerate(rows[400::400]):
        name, value = wrong[number % len(wrong)]
        row[FIELDS.index(name)] = value


def raws_of(rows: list[list[object]]) -> dict[str, Raw]:
    tables = load_regulation().tables
    named = {"customer": (FIELDS, rows), **referred_rows()}
    return {
        name: Raw(
            name,
            [tables[name].by_name[one].title.zh_hant for one in names],
            [list(column) for column in zip(*cells, strict=True)],
        )
        for name, (names, cells) in named.items()
    }


def find_ours(raws: Mapping[str, Any]) -> Counter[Finding]:
    tables = bind_tables(load_regulation(), {name: [raw] for name, raw in raws.items()})
    data = tables["customer"]
    return Counter(
        (
            int(re.sub(r"\D", "", problem.place.cell)) - HEADER_ROWS - 1,
            problem.field,
            KINDS[problem.code],
        )
        for problem in [*data.problems, *check_columns(data)]
    )


def descriptor_and_rows(raws: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the exported descriptor of the tables in use, and their rows as texts."""
    tables = bind_tables(load_regulation(), {name: [raw] for name, raw in raws.items()})
    descriptor, rows = build_datapackage(load_regulation(), tables)
    resources = [one for one in descriptor["resources"] if one["name"] in raws]
    for resource in resources:
        _keep(resource["schema"], set(raws), _filled(rows[resource["name"]]))
    kept = {name: _without(rows[name], _filled(rows[name])) for name in raws}
    return {**descriptor, "resources": resources}, kept


def _filled(rows: list[list[str]]) -> list[int]:
    return [place for place, cells in enumerate(zip(*rows[1:], strict=True)) if any(cells)]


def _without(rows: list[list[str]], places: list[int]) -> list[list[str]]:
    return [[row[place] for place in places] for row in rows]


def _keep(schema: dict[str, Any], tables: set[str], places: list[int]) -> None:
    """Leave out of a schema the columns that are empty throughout, and what refers to them."""
    schema["fields"] = [schema["fields"][place] for place in places]
    names = {one["name"] for one in schema["fields"]}
    schema["foreignKeys"] = [
        key
        for key in schema.get("foreignKeys", [])
        if key["fields"][0] in names and key["reference"]["resource"] in tables
    ]


def find_theirs(package: frictionless.Package) -> Counter[Finding]:
    report = package.validate(limit_errors=10_000)
    assert not report.errors, report.errors
    (task,) = [task for task in report.tasks if task.name == "customer"]
    return Counter(_finding(error) for error in task.errors)


def _finding(error: Any) -> Finding:
    position = error.row_number - 2
    if error.type == "primary-key":
        return position, "customer_id", "key"
    if error.type == "foreign-key":
        return position, error.field_names[0], "foreign key"
    if error.type == "constraint-error":
        kind = re.search(r'constraint "(\w+)"', error.note)
        assert kind
        return position, error.field_name, kind[1]
    return position, error.field_name, error.type.removesuffix("-error")


def package_in_memory(
    descriptor: Mapping[str, Any], rows: Mapping[str, list[list[str]]]
) -> frictionless.Package:
    resources = [
        TableResource(
            name=one["name"],
            data=rows[one["name"]],
            schema=frictionless.Schema.from_descriptor(one["schema"]),
        )
        for one in descriptor["resources"]
    ]
    return frictionless.Package(name="memory", resources=resources)


def package_from_file(descriptor: Mapping[str, Any], folder: Path) -> frictionless.Package:
    resources = []
    for one in descriptor["resources"]:
        described = {
            "name": one["name"],
            "path": "plain.xlsx",
            "format": "xlsx",
            "dialect": {"excel": {"sheet": one["name"], "stringified": True}},
            "schema": one["schema"],
        }
        resources.append(described)
    return frictionless.Package.from_descriptor(
        {"name": "file", "resources": resources}, basepath=str(folder)
    )


def write_plain(path: Path, rows: Mapping[str, Iterable[Sequence[object]]]) -> None:
    """Write the rows as texts under plain headers, one sheet per table."""
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    for name, cells in rows.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    book.close()


def timed(action: Callable[[], Counter[Finding]]) -> tuple[float, Counter[Finding]]:
    start = time.process_time()
    found = action()
    return time.process_time() - start, found


def compare(
    title: str,
    goal: float,
    ours: Callable[[], Counter[Finding]],
    theirs: Callable[[], Counter[Finding]],
) -> bool:
    ours()
    mine = [timed(ours) for _ in range(3)]
    seconds, found = timed(theirs)
    assert mine[0][1] == found, f"different errors: {mine[0][1] ^ found}"
    best = min(taken for taken, _ in mine)
    passed = seconds / best >= goal
    print(f"{title}: {sum(found.values())} errors found by both")
    print(f"  column checks         {best:8.3f} CPU s (best of three)")
    print(f"  frictionless          {seconds:8.3f} CPU s")
    print(f"  times faster          {seconds / best:8.1f} (goal ≥ {goal}): ", end="")
    print("PASS" if passed else "FAIL")
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    rows = customer_rows(options.rows)
    plant_errors(rows)
    raws = raws_of(rows)
    descriptor, texts = descriptor_and_rows(raws)
    passed = compare(
        "in memory",
        GOAL_IN_MEMORY,
        lambda: find_ours(raws),
        lambda: find_theirs(package_in_memory(descriptor, texts)),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customer.xlsx"
        write_customers(path, rows)
        write_plain(Path(folder) / "plain.xlsx", texts)
        passed &= compare(
            "from the file, reading included",
            GOAL_FROM_FILE,
            lambda: find_ours(read_tables(path)),
            lambda: find_theirs(package_from_file(descriptor, Path(folder))),
        )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
