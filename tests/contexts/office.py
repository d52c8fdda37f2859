"""A small believable office around the documents: the shipped starter rows and some people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime

import pandas as pd

from sheetsales.contexts.charts import ChartData
from sheetsales.resources import doc_templates
from sheetsales.starter import load_starter
from sheetsales.word import Template
from tests.builders import frames

AS_OF = date(2026, 4, 10)
LOCALES = ("zh-Hant", "en")
_PEOPLE = [
    ("E-000001", "王建國", "U-000002", "P-000003", None),
    ("E-000002", "林志明", "U-000003", "P-000002", "E-000001"),
    ("E-000003", "陳怡君", "U-000003", "P-000001", "E-000002"),
    ("E-000004", "黃俊傑", "U-000003", "P-000001", "E-000002"),
    ("E-000005", "張雅婷", "U-000003", "P-000001", "E-000002"),
    ("E-000008", "吳佳穎", "U-000003", "P-000001", "E-000002"),
    ("E-000009", "蔡宗翰", "U-000003", "P-000001", "E-000002"),
    ("E-000006", "周慧敏", "U-000004", "P-000004", None),
    ("E-000007", "許文彥", "U-000004", "P-000004", "E-000006"),
]
_UNITS = [
    ("U-000001", "晨曦精密股份有限公司", None, None),
    ("U-000002", "銷售部", "U-000001", "E-000001"),
    ("U-000003", "北區銷售組", "U-000002", "E-000002"),
    ("U-000004", "稽核室", "U-000001", "E-000006"),
]


def office(**rows: Iterable[Mapping[str, object]]) -> dict[str, pd.DataFrame]:
    """Return the tables of the office; the named ones are added to, or replaced."""
    shipped = load_starter("zh-Hant")
    given = {name: list(added) for name, added in rows.items()}
    shipped["company"] = [_company()]
    shipped["org_unit"] = [_unit(*unit) for unit in _UNITS]
    shipped["position"].append({"position_id": "P-000004", "name": "稽核師", "rank": 2})
    shipped["employee"] = [_person(*person) for person in _PEOPLE]
    return frames(**{**shipped, **given})


def moment(text: str) -> datetime:
    """Return a moment; tables know no time zones."""
    return datetime.fromisoformat(text)


def leaves(value: object) -> Iterable[str]:
    """Yield every text of a context."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from leaves(part)
    elif is_dataclass(value) and not isinstance(value, ChartData):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))


def template(kind: str, locale: str) -> Template:
    """Return the shipped template of a kind."""
    return Template(doc_templates(locale) / f"{kind}.docx")


def unshown(kind: str, locale: str, paths: frozenset[str]) -> set[str]:
    """Return the fields of a context that the template does not show, letterhead apart."""
    return {
        path for path in paths - template(kind, locale).fields if not path.startswith("letterhead.")
    }


def _company() -> dict[str, object]:
    return {
        "company_id": "C1",
        "name": "晨曦精密股份有限公司",
        "tax_id": "22099131",
        "legal_rep": "王大明",
        "address": "新竹市東區光復路二段101號",
        "phone": "03-5712345",
        "currency": "TWD",
        "fiscal_start_month": 1,
        "locale": "zh-TW",
    }


def _unit(key: str, name: str, parent: str | None, manager: str | None) -> dict[str, object]:
    kind = "company" if parent is None else "dept"
    return {
        "unit_id": key,
        "name": name,
        "unit_type": kind,
        "parent_unit_id": parent,
        "manager_id": manager,
        "is_active": True,
    }


def _person(
    key: str, name: str, unit: str, position: str, reports_to: str | None
) -> dict[str, object]:
    return {
        "employee_id": key,
        "name": name,
        "unit_id": unit,
        "position_id": position,
        "level_id": "L2",
        "reports_to": reports_to,
        "hire_date": date(2022, 3, 1),
        "status": "active",
    }
