"""The Python API: what the command line does, on one object, and cheap to import."""

from __future__ import annotations

import doctest
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

import sheetsales
from sheetsales import api
from tests.small import AS_OF, FAULT, original, small, state_of  # noqa: F401 - fixtures


@pytest.fixture
def company(small):  # noqa: F811 - pytest's way to ask for it
    return sheetsales.open(small)


def test_the_package_offers_at_most_eight_names():
    assert len(sheetsales.__all__) <= 8
    assert dir(sheetsales) == sorted(sheetsales.__all__)
    assert [name for name in sheetsales.__all__ if not hasattr(sheetsales, name)] == []


def test_a_name_that_there_is_not_is_refused():
    with pytest.raises(AttributeError, match="colour"):
        sheetsales.colour  # noqa: B018 - asking for it is the test


def test_importing_loads_nothing_but_the_package():
    code = "import sys, sheetsales; print(*(name for name in sys.modules if 'sheetsales.' in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


def test_a_table_is_a_typed_copy(company):
    frame = company.table("customer")
    frame["name"] = "x"
    assert company.table("customer")["name"].tolist()[0] == "宏遠電子股份有限公司"
    assert pd.api.types.is_datetime64_any_dtype(company.table("order")["order_on"])


def test_what_is_wrong_is_found_and_said(company):
    (problem,) = company.check()
    assert problem.identity == FAULT
    assert company.texts(problem)[0] == "「地址」是空的。"
    assert company.texts(problem, lang="en")[0] == "“Address” is empty."
    assert company.check("order").problems == ()


def test_the_date_of_reference_may_be_given(small):  # noqa: F811
    assert sheetsales.open(small).as_of == AS_OF
    assert sheetsales.open(small, as_of=date(2026, 1, 1)).as_of == date(2026, 1, 1)


def test_scores_are_written_and_explained(company):
    run = company.score("order_lines", "orders")
    assert [one.name for one in run.scores] == ["order_lines", "orders"]
    assert company.table("order")["total"].tolist() == [30000, 15000]
    assert company.explain("orders", "SO-000001").nodes[0].shown == "30,000"
    assert company.update().books == ()


def test_documents_are_made(company):
    outcome = company.docs("customer_card", keys=["C-000001"])
    assert [one.key for one in outcome.documents] == ["C-000001"]
    assert company.table("document")["document_id"].tolist() == ["DOC-000001"]
    chosen = company.docs("customer_card", where={"owner_id": "E-000002"}, dry_run=True)
    assert [one.key for one in chosen.documents] == ["C-000003"]


def test_what_is_due_is_counted_and_rows_exported(company, tmp_path):
    assert {one.code: one.count for one in company.status()}["errors"] == 1
    assert "customer.csv" in company.export(tmp_path / "out")


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda company: company.table("fame"), "table-unknown"),
        (lambda company: company.docs("fame"), "kind-unknown"),
        (lambda company: company.score("fame"), "score-unknown"),
        (lambda company: company.explain("fame", "X"), "score-unknown"),
        (lambda company: company.score("appraisal", period="2031Q1"), "period-unknown"),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_changes(company, small, act, code):  # noqa: F811
    before = state_of(small)
    with pytest.raises(sheetsales.SheetsalesError) as refused:
        act(company)
    assert refused.value.code == code
    assert state_of(small) == before


def test_a_new_company_is_made(tmp_path):
    company = sheetsales.create(tmp_path / "acme", "Acme", locale="en", currency="USD")
    assert company.table("company")["name"].tolist() == ["Acme"]
    assert repr(company) == f"Company({str(tmp_path / 'acme')!r})"


def test_rows_are_read_again_when_asked_for(company, small):  # noqa: F811
    other = sheetsales.open(small)
    assert company.table("order")["total"].isna().all()
    other.score("orders")
    company.reload()
    assert company.table("order")["total"].tolist() == [30000, 15000]


def test_the_examples_hold(company):
    results = doctest.testmod(api, extraglobs={"company": company})
    assert results.attempted >= 6
    assert results.failed == 0
