from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from sheetsales.errors import DescriptorError, WorkbookError
from sheetsales.locale.labels import label
from sheetsales.locale.messages import Messages, read_messages
from sheetsales.problems import Place, Problem
from sheetsales.schema import load_regulation

REGULATION = load_regulation()

TEXTS = """
[problem."SAL-07"]
what = { zh-Hant = "{table}的{field}是 {amount} 元", en = "{field} of {table} is {amount}" }
why = { zh-Hant = "條文 {clause}", en = "clause {clause}" }
do = { zh-Hant = "改 {place} 的 {missing}", en = "change {place} of {missing}" }

[problem."SAL-07.returned"]
what = { zh-Hant = "{state:grade}退貨", en = "{state:grade} returned, {column:field}, {to:table}" }
why = { zh-Hant = "", en = "" }
do = { zh-Hant = "", en = "" }

[error.workbook-missing]
what = { zh-Hant = "找不到 {file}", en = "{file} is missing" }
do = { zh-Hant = "放回去", en = "put it back" }

[reason.no-peers]
zh-Hant = "同儕只有 {count} 位"
en = "only {count} peers"

[text.value]
zh-Hant = "值：{value}"
en = "value: {value}"
"""


@pytest.fixture
def messages(tmp_path):
    def _load(locale: str, text: str = TEXTS, *more: str) -> Messages:
        files = []
        for number, content in enumerate((text, *more)):
            files.append(tmp_path / f"{number}.toml")
            files[-1].write_text(content, encoding="utf-8")
        return Messages(read_messages(files), locale)

    return _load


def _problem(**changes) -> Problem:
    given = {
        "code": "SAL-07",
        "table": "customer",
        "key": "C-000001",
        "field": "name",
        "place": Place("a.xlsx", "客戶", "B7"),
        "arguments": {"amount": Decimal("1E+6")},
        "clause": "四-1-a",
    }
    return Problem(**{**given, **changes})


def test_a_problem_knows_titles_place_and_clause(messages):
    what, why, todo = messages("zh-Hant").problem_texts(_problem())
    assert what.endswith("是 1,000,000 元")
    assert "customer" not in what
    assert why == "條文 四-1-a"
    assert todo == "改 a.xlsx!客戶!B7 的 {missing}"


def test_a_variant_has_its_own_texts_with_labels_and_titles(messages):
    arguments = {"state": "A", "column": "grade", "to": "customer"}
    problem = _problem(variant="returned", table="appraisal", field="", arguments=arguments)
    what, why, todo = messages("en").problem_texts(problem)
    tables = REGULATION.tables
    titles = [tables["appraisal"].by_name["grade"].title.en, tables["customer"].title.en]
    assert what == ", ".join([f"{label(REGULATION, 'grade', 'A', 'en')} returned", *titles])
    assert (why, todo) == ("", "")


def test_a_variant_without_texts_falls_back_to_the_rule(messages):
    assert messages("en").problem_texts(_problem(variant="other"))[1] == "clause 四-1-a"


def test_a_problem_without_texts_is_its_code(messages):
    assert messages("en").problem_texts(_problem(code="NEW-01", variant="x")) == (
        "NEW-01.x",
        "",
        "",
    )


def test_names_that_the_regulation_does_not_know_stay(messages):
    arguments = {"state": "Z", "column": "nowhere", "to": "nothing"}
    problem = _problem(variant="returned", table="other", arguments=arguments)
    assert messages("en").problem_texts(problem)[0] == "Z returned, nowhere, nothing"


def test_simplified_texts_are_derived_but_arguments_are_not(messages):
    error = WorkbookError("workbook-missing", file="銷售.xlsx")
    assert messages("zh-Hans").error_texts(error) == ("找不到 銷售.xlsx", "放回去")
    assert messages("zh-Hans").reason("no-peers", count=1) == "同侪只有 1 位"


def test_an_error_without_texts_is_its_code_and_arguments(messages):
    assert messages("en").error_texts(WorkbookError("odd", file="a")) == ("odd (file=a)", "")


def test_a_missing_reason_is_its_code(messages):
    assert messages("en").reason("unheard-of") == "unheard-of"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567.5, "1,234,567.5"),
        (1e21, "1,000,000,000,000,000,000,000"),
        (2026, "2026"),
        (Decimal("12.50"), "12.5"),
        (True, "yes"),
        (date(2026, 3, 13), "2026-03-13"),
        (datetime.fromisoformat("2026-03-13"), "2026-03-13"),
        (datetime.fromisoformat("2026-03-13T09:05"), "2026-03-13 09:05"),
        (("a", 2.0), "a, 2"),
        ("{value}", "{value}"),
    ],
)
def test_values_are_shown_plainly(messages, value, shown):
    assert messages("en").text("value", value=value) == f"value: {shown}"


def test_chinese_says_yes_and_lists_in_chinese(messages):
    assert messages("zh-Hant").text("value", value=[True, False]) == "值：是、否"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[problem", "descriptor-broken"),
        ("[problems.x]", "descriptor-unknown-key"),
        ('[error.x]\nwhat = { zh-Hant = "", en = "" }', "message-parts"),
        ('[text.x]\nzh-Hant = ""', "descriptor-text"),
        ('[text.value]\nzh-Hant = ""\nen = ""', "message-twice"),
    ],
)
def test_a_wrong_message_file_is_named(messages, text, code):
    with pytest.raises(DescriptorError) as caught:
        messages("en", TEXTS, text)
    assert caught.value.code == code
    assert caught.value.arguments["file"] == "1.toml"


def test_the_shipped_messages_load_in_every_locale():
    for locale in ("zh-Hant", "zh-Hans", "en"):
        assert Messages.load(locale).text("unheard-of") == "unheard-of"


def _placeholders(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"\{([a-z_][a-z0-9_]*)(?::([a-z_]+))?\}", text))


def test_both_languages_of_a_shipped_text_name_the_same_things():
    texts = Messages.load("en").texts
    differing = [
        f"{kind}.{code}"
        for kind, found in texts.items()
        for code, text in found.items()
        if {name for name, _ in _placeholders(text.zh_hant)}
        != {name for name, _ in _placeholders(text.en)}
    ]
    assert differing == []


def test_the_labels_that_shipped_texts_ask_for_exist():
    texts = Messages.load("en").texts
    known = {"", "table", "field", "cause", "spot", *REGULATION.enumerations}
    unknown = {
        (code, shown)
        for found in texts.values()
        for code, text in found.items()
        for _, shown in _placeholders(text.zh_hant) | _placeholders(text.en)
        if shown not in known
    }
    assert unknown == set()
