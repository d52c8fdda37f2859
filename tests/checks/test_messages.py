"""Every problem that can be found has its texts, with exactly the arguments it supplies."""

from __future__ import annotations

import re
from datetime import date, datetime, time

import pytest

from sheetsales.checks import Evidence, check, check_columns
from sheetsales.errors import WorkbookError
from sheetsales.locale.messages import Messages, read_messages
from sheetsales.problems import Problem
from sheetsales.resources import regulation_folder
from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables
from sheetsales.tables.headers import bind_headers
from tests import builders
from tests.builders import raw_table
from tests.checks.breaches import BREACHES
from tests.checks.judge import AS_OF, PARAMS

FOLDER = regulation_folder() / "messages"
TEXTS = read_messages([FOLDER / "checks.toml", FOLDER / "tables.toml"])
PLACEHOLDER = re.compile(r"\{(\w+)(?::\w+)?\}")
ALWAYS_KNOWN = {"table", "field", "key", "place", "clause"}


def cell_problems() -> list[Problem]:
    raws = [
        raw_table("customer", {"customer_id": "C-000001", "name": "甲"}, {"name": "乙"}),
        raw_table(
            "order",
            {"order_id": 5.0, "customer_id": "C-9", "order_on": "昨天", "risk": "?"},
            {"customer_id": "乙", "order_on": "2026/1/1", "promised_on": time(9)},
        ),
        raw_table(
            "session",
            {"session_id": "TS-000001", "start_at": "昨天", "end_at": "2026/1/1", "mandatory": "?"},
        ),
        raw_table("employee", {"name": "丁"}, {"name": "丁"}, {"name": "戊", "reports_to": "丁"}),
        raw_table(
            "class_result",
            {"customer_id": "C-000001", "recency_days": 1.5, "monetary": "5元"},
            {"customer_id": "C-000001", "recency_days": "5", "monetary": "5"},
        ),
        raw_table(
            "clause",
            {
                "clause_id": "三-1",
                "title": 5.0,
                "effective_from": datetime.combine(date(2026, 1, 1), time(9)),
            },
        ),
    ]
    raws[0].errors = {(0, 1): "#N/A"}
    tables = bind_tables(load_regulation(), {raw.name: [raw] for raw in raws})
    return [problem for data in tables.values() for problem in data.problems]


def column_problems() -> list[Problem]:
    person = {"employee_id": "E-000001", "login": "a", "inactive_reason": "長" * 256}
    tables = builders.tables(
        employee=[person, person, {**person, "employee_id": "E-1"}],
        attitude_rating=[{"rating": 0}, {"rating": 9}],
        sales_plan=[{"period": "26"}],
        course=[{"material": "/x"}],
        contact=[{"email": "x"}],
    )
    return [problem for data in tables.values() for problem in check_columns(data)]


def rule_problems() -> list[Problem]:
    found = []
    for breach in BREACHES:
        tables = builders.tables(**{"param": PARAMS, **breach.rows})
        report = check(tables, load_regulation(), as_of=AS_OF, evidence=breach.evidence)
        found += [problem for problem in report if problem.code == breach.code]
    scored = [{"customer_id": f"C-00000{n}", "value_class": "high"} for n in (1, 2)]
    known = Evidence(written={"customer": {"C-000001": {"value_class": "low"}}})
    tables = builders.tables(param=PARAMS, customer=scored)
    found += check(tables, load_regulation(), as_of=AS_OF, evidence=known)
    for keys in (["C-000001", "C-000009"], ["C-000001", "C-000007", "C-000008"]):
        known = Evidence(known_keys={"customer": keys})
        found += check(tables, load_regulation(), as_of=AS_OF, evidence=known)
    for value in ("很高", ""):
        rows = [{**row, "value": value or None} for row in PARAMS]
        tables = builders.tables(param=rows, customer=[{"name": "甲"}])
        report = check(tables, load_regulation(), as_of=AS_OF)
        found += [problem for problem in report if problem.code == "PRM-01"]
    blank = builders.tables(param=PARAMS, company=[{"company_id": "C1"}])
    return [*found, *check(blank, load_regulation(), as_of=AS_OF)]


@pytest.fixture(scope="module")
def problems() -> dict[str, Problem]:
    return {
        problem.message_id: problem
        for problem in [*cell_problems(), *column_problems(), *rule_problems()]
    }


def test_every_message_belongs_to_a_problem_that_can_be_found(problems):
    written = {code.rsplit(".", 1)[0] for code in TEXTS["problem"]}
    assert written == set(problems)


def test_texts_name_exactly_the_arguments_that_problems_supply(problems):
    for message, problem in problems.items():
        parts = [TEXTS["problem"][f"{message}.{part}"] for part in ("what", "why", "do")]
        for written in ([text.zh_hant for text in parts], [text.en for text in parts]):
            named = set(PLACEHOLDER.findall(" ".join(written))) - ALWAYS_KNOWN
            assert named == set(problem.arguments) - ALWAYS_KNOWN, message


@pytest.mark.parametrize("locale", ["zh-Hant", "en", "zh-Hans"])
def test_nothing_is_left_open_when_texts_are_rendered(problems, locale):
    for problem in problems.values():
        for text in Messages(TEXTS, locale).problem_texts(problem):
            assert text
            assert not PLACEHOLDER.search(text), text


def test_rules_say_their_clause(problems):
    for message in problems:
        if not message.startswith(("COL-", "PRM-")):
            why = TEXTS["problem"][f"{message}.why"]
            assert "{clause}" in why.zh_hant
            assert "{clause}" in why.en


@pytest.mark.parametrize("locale", ["zh-Hant", "en"])
def test_a_layout_that_cannot_be_read_is_explained(locale):
    raw = raw_table("kpi", {}, locale=locale)
    for headers in ([raw.headers[0], *raw.headers[:-1]], raw.headers[1:]):
        raw.headers, raw.field_row = headers, ()
        with pytest.raises(WorkbookError) as refused:
            bind_headers(load_regulation().tables["kpi"], raw)
        for text in Messages(TEXTS, locale).error_texts(refused.value):
            assert text
            assert not PLACEHOLDER.search(text)
        title = load_regulation().tables["kpi"].by_name["kpi_id"].title.written(locale)
        assert title in Messages(TEXTS, locale).error_texts(refused.value)[0]
