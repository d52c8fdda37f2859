"""A company small enough to be made anew for every test: three customers, two orders, one letter.

Its only mistake is a customer without an address. The workspace is made once per session and
copied; tests change the copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from sheetsales.actions.fill import fill
from sheetsales.actions.init import init
from sheetsales.cli.main import run
from sheetsales.store import Workbook
from sheetsales.workspace import Settings, Workspace

AS_OF = date(2026, 10, 15)
FAULT = ("COL-required", "customer", "C-000002", "address")

_PERSON = {
    "unit_id": "U-000001",
    "position_id": "P-000001",
    "role_code": "rep",
    "hire_date": date(2020, 1, 1),
    "status": "active",
}
_CUSTOMER = {
    "customer_type": "company",
    "industry": "electronics",
    "size_band": "s3",
    "business_scope": "控制器",
    "address": "新竹市光復路 1 號",
    "phone": "03-5550000",
    "source": "referral",
    "territory_id": "T-000001",
    "channel_id": "CH-000001",
    "owner_id": "E-000001",
    "payment_terms": "net30",
    "status": "active",
}
_CONTACT = {
    "title": "採購",
    "decision_role": "decision_maker",
    "phone": "0912000000",
    "is_primary": True,
    "consent": "yes",
    "status": "active",
}
_ORDER = {
    "order_on": date(2026, 9, 1),
    "promised_on": date(2026, 9, 20),
    "channel_id": "CH-000001",
    "currency": "TWD",
    "risk": "low",
    "state": "completed",
}
_LINE = {
    "line_no": 1,
    "product_id": "PRD-000001",
    "qty": 10,
    "price": 3000,
    "unit_cost": 2000,
    "delivered_qty": 10,
    "returned_qty": 0,
}
ROWS: Mapping[str, list[dict[str, object]]] = {
    "company": [
        {
            "company_id": "C1",
            "tax_id": "04595257",
            "legal_rep": "王大同",
            "address": "臺北市中山北路 1 號",
        }
    ],
    "employee": [
        {
            **_PERSON,
            "employee_id": "E-000001",
            "name": "林一",
            "email": "a@x.example",
            "login": "a",
        },
        {
            **_PERSON,
            "employee_id": "E-000002",
            "name": "陳二",
            "email": "b@x.example",
            "login": "b",
        },
    ],
    "territory": [{"territory_id": "T-000001", "name": "北區"}],
    "category": [{"category_id": "CAT-000001", "name": "感測器"}],
    "channel": [
        {
            "channel_id": "CH-000001",
            "name": "直銷",
            "channel_type": "direct",
            "suited_products": ("CAT-000001",),
            "advantages": "近",
            "limits": "人少",
            "owner_id": "E-000001",
            "status": "active",
        }
    ],
    "product": [
        {
            "product_id": "PRD-000001",
            "name": "TX-100",
            "category_id": "CAT-000001",
            "features": "快",
            "advantages": "準",
            "limitations": "貴",
            "functions": "量溫度",
            "after_sales": "保固一年",
            "uom": "支",
            "is_commissionable": True,
            "status": "active",
        }
    ],
    "customer": [
        {**_CUSTOMER, "customer_id": "C-000001", "name": "宏遠電子股份有限公司"},
        {**_CUSTOMER, "customer_id": "C-000002", "name": "台光精密有限公司", "address": None},
        {**_CUSTOMER, "customer_id": "C-000003", "name": "旭日食品行", "owner_id": "E-000002"},
    ],
    "contact": [
        {
            **_CONTACT,
            "contact_id": f"CT-00000{number}",
            "customer_id": f"C-00000{number}",
            "name": name,
        }
        for number, name in enumerate(("周甲", "吳乙", "鄭丙"), start=1)
    ],
    "order": [
        {**_ORDER, "order_id": "SO-000001", "customer_id": "C-000001"},
        {**_ORDER, "order_id": "SO-000002", "customer_id": "C-000003"},
    ],
    "order_line": [
        {**_LINE, "order_id": "SO-000001"},
        {**_LINE, "order_id": "SO-000002", "qty": 5, "delivered_qty": 5},
    ],
    "order_credit": [
        {"order_id": "SO-000001", "employee_id": "E-000001", "share_pct": 100},
        {"order_id": "SO-000002", "employee_id": "E-000002", "share_pct": 100},
    ],
}


def make_small(folder: Path) -> Workspace:
    """Return the workspace, made anew."""
    settings = Settings(company="昇達感控股份有限公司", as_of=AS_OF)
    return init(folder, settings, furnish=lambda workspace: fill(workspace, ROWS))


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that tests copy; leave it as it is."""
    return make_small(tmp_path_factory.mktemp("small") / "acme").folder


@pytest.fixture
def small(original: Path, tmp_path: Path) -> Path:
    """A folder of one's own to change."""
    return Path(shutil.copytree(original, tmp_path / "acme"))


@dataclass(frozen=True)
class Said:
    """What a run of the command line said."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys):
    """Run the command line in this process: ``cli("check", "-C", folder)``."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


def edit(folder: Path, stem: str, table: str, rows: Mapping[str, Mapping[str, object]]) -> None:
    """Change cells as staff do, by the key of the row and the header of the column."""
    with Workbook.open(folder / "workbooks" / f"{stem}.xlsm") as book:
        headers = book.table(table).headers
        target = book.table(table, key=[headers[0]])
        target.update(rows)
        book.save()


def state_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file, to show that nothing has changed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
