"""Companies in folders of their own, for tests that need whole workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.init import init
from sheetsales.actions.update import update
from sheetsales.problems import Report
from sheetsales.sample import build_sample
from sheetsales.schema import load_regulation
from sheetsales.starter import load_starter
from sheetsales.workspace import Settings, Workspace

AS_OF = date(2026, 10, 15)
REGULATION = load_regulation()
Rows = Mapping[str, list[dict[str, object]]]
Problems = list[tuple[str, str, str, str]]


def filled_company(
    folder: Path, locale: str = "zh-Hant", customers: int | None = None
) -> Workspace:
    """Return a workspace filled with the sample company, or with a few of its customers."""
    sample = build_sample(REGULATION, load_starter(locale), seed=1, as_of=AS_OF, locale=locale)
    rows = sample.rows if customers is None else _thinned(sample.rows, customers)
    company = str(rows["company"][0]["name"])
    workspace = init(folder, Settings(company=company, locale=locale, as_of=AS_OF))
    fill(workspace, rows)
    return workspace


def checked(folder: Path) -> Report:
    """Return what is wrong in a folder, read anew."""
    return check(Workspace.open(folder), as_of=AS_OF)


def updated(folder: Path) -> None:
    """Bring a folder up to date."""
    workspace = Workspace.open(folder)
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))


def problems(folder: Path) -> Problems:
    """Return code, table, key and field of everything that is wrong in a folder."""
    return sorted((one.code, one.table, one.key, one.field) for one in checked(folder))


def _thinned(rows: Rows, customers: int) -> Rows:
    """Return the rows of the first customers, and of whatever does not belong to others."""
    keys = {row["customer_id"] for row in rows["customer"][:customers]}
    kept = {
        **rows,
        "customer": rows["customer"][:customers],
        "contract": [row for row in rows["contract"] if row.get("party_id") in keys],
    }
    gone = _gone(rows, kept)
    while gone:
        kept = {name: _without(name, given, gone) for name, given in kept.items()}
        found = _gone(rows, kept)
        if found == gone:
            return kept
        gone = found
    return kept


def _gone(rows: Rows, kept: Rows) -> dict[str, set[object]]:
    """Return the keys of left out rows, by table."""
    found = {}
    for name, given in rows.items():
        key = REGULATION.tables[name].primary_key[0]
        missing = {row.get(key) for row in given} - {row.get(key) for row in kept[name]}
        if missing:
            found[name] = missing
    return found


def _without(
    name: str, rows: list[dict[str, object]], gone: dict[str, set[object]]
) -> list[dict[str, object]]:
    references = [
        (field.name, gone[field.reference.table])
        for field in REGULATION.tables[name].references
        if field.reference is not None and field.reference.table in gone
    ]
    return [
        row for row in rows if not any(_key(row.get(field)) in keys for field, keys in references)
    ]


def _key(value: object) -> object:
    return value if isinstance(value, str | None) else str(value)
