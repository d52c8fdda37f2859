from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import jinja2
import pytest

from sheetsales.word.environment import PlainEnvironment, compile_source
from sheetsales.word.limits import FAILURES, run

ENVIRONMENT = PlainEnvironment()
JINJA = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
DATA: dict[str, Any] = {
    "t": "the quick  brown-fox A&B",
    "n": [3, 1, 2, 3],
    "w": ["b", "A", "a", "c"],
    "d": {"b": 1, "a": 2},
    "l": [{"k": "x", "v": 1}, {"k": "y", "v": 5}, {"k": "x", "v": 7}, {"v": 2, "k": "Y"}],
}


def rendered(text: str, **data: Any) -> str:
    return run(compile_source(text, ENVIRONMENT)[0], {**DATA, **data})


@pytest.mark.parametrize(
    "expression",
    [
        "t|upper", "t|lower", "t|title", "t|capitalize", "' a '|trim", "'xax'|trim('x')",
        "t|length", "n|count", "t|replace('q', '<')", "t|replace('q', 'Q', 1)", "t|wordcount",
        "t|truncate(9)", "t|truncate(9, true)", "t|truncate(9, true, '…', 0)", "t|truncate(99)",
        "'a'|center(5)", "t|indent(2)", "t|e", "t|escape", "'<'|e|e",
        "n|join", "n|join('-')", "l|join(',', attribute='v')", "n|first", "n|last", "t|first",
        "n|sort|join", "w|sort|join", "w|sort(true)|join", "w|sort(case_sensitive=true)|join",
        "l|sort(attribute='v')|map(attribute='v')|join", "n|reverse|join", "t|reverse",
        "l|sort(attribute='k,v')|map(attribute='v')|join",
        "n|unique|join", "w|unique|join", "l|unique(attribute='k')|map(attribute='v')|join",
        "n|sum",
        "l|sum('v')", "n|sum(start=10)", "n|min", "n|max", "w|min", "(l|max(attribute='v')).v",
        "2.55|round(1)", "7|round", "2.5|round", "2.1|round(0, 'ceil')", "2.19|round(1, 'floor')",
        "-3|abs", "'7'|int", "'x'|int(4)", "'1f'|int(0, 16)", "'7.9'|int", "'1.5'|float",
        "'x'|float(2.5)", "5|string", "'abc'|list|join('-')", "x|default('q')", "''|d('q', true)",
        "n|batch(3)|map('join')|join('|')", "n|batch(3, 0)|map('join')|join('|')",
        "n|slice(3)|map('join')|join('|')", "n|slice(3, 0)|map('join')|join('|')",
        "l|groupby('k')|map(attribute='grouper')|join",
        "l|groupby('k')|map(attribute='list')|map('length')|join",
        "l|groupby('v')|map('first')|join", "w|map('upper')|join", "n|select('odd')|join",
        "n|reject('odd')|join", "n|select('gt', 1)|join", "l|selectattr('v', 'ge', 5)|list|length",
        "l|rejectattr('k', 'eq', 'x')|map(attribute='v')|join", "l|selectattr('v')|list|length",
        "w|map('replace', 'a', 'z')|join", "l|map(attribute='zz', default='-')|join",
        "d|dictsort|map('join', '=')|join(';')", "d|dictsort(by='value')|map('first')|join",
        "d|items|map('join')|join(',')", "d|list|join", "7 is odd", "7 is divisibleby(7)",
        "x is defined", "t is string", "n is sequence", "d is mapping", "1 is in(n)", "t is lower",
        "3 is number", "none is none", "t is eq(t)",
    ],
)  # fmt: skip
def test_a_filter_of_jinjas_name_does_what_jinjas_does(expression: str) -> None:
    if " is " in expression:
        expression = f"'yes' if {expression} else 'no'"
    text = f"{{{{ {expression} }}}}"
    assert rendered(text) == JINJA.from_string(text).render(DATA)


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("x|money", 1250000, "1,250,000"), ("x|money", Decimal("1234.5"), "1,234.50"),
        ("x|money", 0.1 + 0.2, "0.30"), ("x|money", "-1234.565", "-1,234.57"),
        ("x|money('TWD')", 1250000, "NT$ 1,250,000"), ("x|money('USD')", 5, "US$ 5.00"),
        ("x|money('TWD', 2)", 5, "NT$ 5.00"), ("x|money(decimals=0)", "2.5", "3"),
        ("x|capital", 1250000, "壹佰貳拾伍萬元整"), ("x|capital", Decimal("0.35"), "參角伍分"),
        ("x|capital", -205, "負貳佰零伍元整"), ("x|capital('TWD')", 10001, "新臺幣壹萬零壹元整"),
        ("x|capital('CNY', 'zh-Hans')", "12.30", "人民币壹拾贰元叁角整"),
        ("x|capital", 0, "零元整"),
        ("x|roc_date", date(2026, 11, 23), "民國115年11月23日"),
        ("x|roc_date", "1911-10-10", "民國前1年10月10日"),
        ("x|iso_date", date(2026, 1, 2), "2026-01-02"),
        ("x|date('%Y年%-m月%-d日')", "2026-03-05", "2026年3月5日"),
        ("x|date('%R/%m/%d %H:%M %%')", "2026-03-05T07:08:09", "115/03/05 07:08 %"),
        ("x|percent", 0.125, "12.5%"), ("x|percent(1)", "0.05", "5.0%"), ("x|percent", 1, "100%"),
        ("x|joined", ["甲", "乙", "丙"], "甲、乙、丙"),
        ("x|joined(last='和')", ["甲", "乙", "丙"], "甲、乙和丙"),
        ("x|blank", None, "—"), ("x|blank", "", "—"), ("x|blank", 0, "0"),
    ],
)  # fmt: skip
def test_amounts_dates_and_shares_are_written_as_contracts_do(
    expression: str, value: object, text: str
) -> None:
    assert rendered(f"{{{{ {expression} }}}}", x=value) == text


@pytest.mark.parametrize(
    "expression",
    [
        "x|money", "x|capital", "x|percent", "x|roc_date", "x|iso_date", "x|date", "x|upper",
        "x|replace('a', 'b')", "x|joined", "x|join", "x|sum", "x|round", "x|abs", "x|sort",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, True, object(), {1: 2}.values()])
def test_a_filter_makes_nothing_of_what_does_not_fit(expression: str, value: object) -> None:
    with pytest.raises(FAILURES):
        rendered(f"{{{{ {expression} }}}}", x=value)


@pytest.mark.parametrize("value", ["1e400", "nan", "inf", "1,000", "壹", "", float("nan")])
def test_an_amount_that_is_no_number_is_refused(value: object) -> None:
    for name in ("money", "capital", "percent"):
        with pytest.raises(FAILURES):
            rendered(f"{{{{ x|{name} }}}}", x=value)
