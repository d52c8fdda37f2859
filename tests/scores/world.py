"""Rows that many scores need: parameters as shipped, people, orders, targets and actuals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pandas as pd

from sheetsales.scores import Params
from sheetsales.starter import load_starter
from tests.builders import frames

Row = dict[str, object]

AS_OF = date(2026, 3, 31)
PLAN: Row = {"plan_id": "PL-000001", "state": "executing"}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Sequence[Row]]:
    return load_starter("en")


def shipped(table: str) -> list[Row]:
    """Return the starter rows of a table."""
    return [dict(row) for row in _shipped()[table]]


def params(as_of: date = AS_OF, **changed: str) -> Params:
    """Return the parameters as shipped, some of them changed."""
    rows = [
        {**row, "value": changed.get(str(row["param_key"]), row["value"])}
        for row in shipped("param")
    ]
    return Params.of(frames(param=rows), as_of)


def only(frame: pd.DataFrame, **where: object) -> Row:
    """Return the one row of a frame that has these values."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    rows = frame.to_dict("records")
    assert len(rows) == 1, rows
    return {str(name): value for name, value in rows[0].items()}


def shown(value: object) -> str:
    """Return a score as people see it: two decimals."""
    assert isinstance(value, Decimal)
    return f"{value:.2f}"


def sale(
    number: int,
    on: date,
    *lines: tuple[int, float],
    credited: Mapping[str, float] | None = None,
    **order: object,
) -> dict[str, list[Row]]:
    """Return an order with lines of quantity and price, credited by employee."""
    key = f"SO-{number:06d}"
    return {
        "order": [
            {
                "order_id": key,
                "customer_id": "C-000001",
                "order_on": on,
                "currency": "TWD",
                "state": "completed",
                **order,
            }
        ],
        "order_line": [
            {
                "order_id": key,
                "line_no": place,
                "product_id": f"P-{place:06d}",
                "qty": qty,
                "price": price,
                "unit_cost": 0,
                "returned_qty": 0,
            }
            for place, (qty, price) in enumerate(lines, start=1)
        ],
        "order_credit": [
            {"order_id": key, "employee_id": who, "share_pct": share}
            for who, share in (credited or {"E-000001": 100}).items()
        ],
    }


def joined(*parts: Mapping[str, Iterable[Row]]) -> dict[str, list[Row]]:
    """Return the rows of several parts, table by table."""
    found: dict[str, list[Row]] = {}
    for part in parts:
        for table, rows in part.items():
            found.setdefault(table, []).extend(rows)
    return found


def people(*keys: str, **fields: object) -> dict[str, list[Row]]:
    """Return active representatives."""
    base: Row = {"unit_id": "U-000001", "position_id": "P-000001", "status": "active"}
    return {"employee": [{"employee_id": key, **base, **fields} for key in keys]}


def target(employee: str, kpi: str, period: str, value: float, **fields: object) -> Row:
    """Return a monthly target of an employee; its key is made of what it is about."""
    return {
        "target_id": f"T/{employee}/{kpi}/{period}/{fields.get('category_id', '')}",
        "plan_id": "PL-000001",
        "subject_type": "employee",
        "subject_id": employee,
        "kpi_id": kpi,
        "period": period,
        "target_value": value,
        **fields,
    }


def actual(employee: str, kpi: str, period: str, value: float | None, **fields: object) -> Row:
    """Return a monthly actual of an employee."""
    return {
        "employee_id": employee,
        "kpi_id": kpi,
        "period": period,
        "actual": value,
        "source": "computed",
        "locked": False,
        **fields,
    }


def scheme(**weights: float) -> list[Row]:
    """Return an attainment scheme of representatives with these weights."""
    return [
        {
            "scheme_id": "REP",
            "position_id": "P-000001",
            "kpi_id": kpi,
            "weight_pct": weight,
            "method": "attainment",
            "valid_from": date(2026, 1, 1),
        }
        for kpi, weight in weights.items()
    ]
