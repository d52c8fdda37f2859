from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from sheetsales.sample import build_sample
from sheetsales.schema import load_regulation
from sheetsales.starter import load_starter
from sheetsales.tables import build_frame

REGULATION = load_regulation()
AS_OF = date(2026, 10, 15)
ACROSS_TABLES = {
    "COL-foreign-key", "CUS-04", "CUS-08", "CON-01", "CON-02", "CON-05", "GOV-03", "GOV-05",
    "ORG-06", "PER-02", "PER-07", "PLN-01", "PLN-05", "SAL-01", "SAL-09", "SYS-03",
}  # fmt: skip
"""Rules that take more than one table to break."""


def sample(seed=1, locale="zh-Hant", **options):
    starter = load_starter(locale)
    return build_sample(REGULATION, starter, seed=seed, as_of=AS_OF, locale=locale, **options)


@pytest.fixture(scope="module")
def company():
    return sample()


def test_the_company_has_the_size_that_a_real_one_has(company):
    rows = {name: len(found) for name, found in company.rows.items()}
    selling = [row for row in company.rows["employee"] if row.get("level_id")]
    contracts = [
        row for row in company.rows["contract"] if row["state"] in ("signed", "performing")
    ]
    assert [row["unit_type"] for row in company.rows["org_unit"]].count("team") == 3
    assert len([row for row in selling if row["status"] == "active"]) == 14
    assert (rows["customer"], rows["product"]) == (240, 40)
    assert rows["order"] >= 3000
    assert (
        len({(row["order_on"].year, row["order_on"].month) for row in company.rows["order"]}) == 18
    )
    assert len(contracts) >= 150


def test_the_same_seed_makes_the_same_company(company):
    again = sample()
    assert again.rows == company.rows
    assert again.planted == company.planted


def test_another_seed_makes_another_company(company):
    assert sample(seed=2).rows["order"] != company.rows["order"]


def test_enough_is_planted_of_enough_kinds(company):
    kinds = Counter(one.code for one in company.planted)
    assert sum(kinds.values()) >= 30
    assert len(kinds) >= 20
    assert sum(count for code, count in kinds.items() if code in ACROSS_TABLES) >= 12


def test_what_is_planted_names_rows_that_exist(company):
    for one in company.planted:
        table = REGULATION.tables[one.sheet]
        keys = {
            "/".join(
                part.isoformat() if isinstance(part, date) else str(part)
                for part in (row[name] for name in table.primary_key)
            )
            for row in company.rows[one.sheet]
        }
        assert one.book == table.workbook
        assert one.key in keys
        assert one.field in table.by_name


def test_nothing_is_planted_when_nothing_is_wanted():
    clean = sample(planted=False)
    assert clean.planted == ()
    for name, rows in clean.rows.items():
        assert len(build_frame(REGULATION.tables[name], rows)) == len(rows)


def test_an_english_company_speaks_no_chinese():
    texts = [
        value
        for rows in sample(locale="en").rows.values()
        for row in rows
        for value in row.values()
        if isinstance(value, str)
    ]
    chinese = {text for text in texts if any("\u4e00" <= one <= "\u9fff" for one in text)}
    # A clause keeps its number, and a raw cell is what somebody typed.
    assert {text for text in chinese if not text.startswith(("七-", "三-"))} == set()
