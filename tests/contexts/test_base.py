from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from sheetsales.contexts.base import DASH, Source, Writer, field_paths
from sheetsales.contexts.charts import ChartData
from sheetsales.contexts.rows import rows_where
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.builders import frames
from tests.contexts.scene import scene

CUSTOMER: dict[str, object] = {"customer_id": "C-000001", "name": "甲"}


@dataclass(frozen=True)
class Inner:
    value: str


@dataclass(frozen=True)
class Outer:
    one: Inner
    many: tuple[Inner, ...]
    texts: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    chart: ChartData


def source(**rows: list[dict[str, object]]) -> Source:
    return Source(frames(**rows), load_regulation())


def test_field_paths_follow_nested_shapes_down_to_texts_and_charts() -> None:
    assert field_paths(Outer) == {"one.value", "many[].value", "texts[]", "table[][]", "chart"}


def test_rows_are_filtered_by_one_or_several_values_and_only_those_in_use() -> None:
    rows = [
        {"customer_id": f"C-00000{number}", "status": status, "inactive": number == 3}
        for number, status in enumerate(("active", "lost", "active"), start=1)
    ]
    frame = frames(customer=rows)["customer"]
    assert [row["customer_id"] for row in rows_where(frame, status="active")] == ["C-000001"]
    assert len(rows_where(frame, status={"active", "lost"})) == 2
    assert len(rows_where(frame)) == 2


def test_a_row_holds_plain_values_and_none_for_blanks() -> None:
    row = source(
        contract=[{"contract_id": "CON-000001", "amount": 0.1, "start_on": date(2026, 1, 2)}]
    ).subject("contract", "CON-000001")
    assert (row["amount"], row["start_on"], row["end_on"], row["auto_renew"]) == (
        Decimal("0.1"),
        date(2026, 1, 2),
        None,
        None,
    )


def test_a_row_out_of_use_can_still_be_named() -> None:
    found = source(employee=[{"employee_id": "E-000001", "name": "乙", "inactive": True}])
    assert found.name("employee", "E-000001") == "乙"
    assert found.rows("employee") == []


def test_a_reference_without_row_or_name_is_shown_by_its_key() -> None:
    found = source(customer=[{"customer_id": "C-000001"}])
    assert found.name("customer", "C-000001") == "C-000001"
    assert found.name("customer", "C-000009") == "C-000009"
    assert found.name("customer", None) == DASH


@pytest.mark.parametrize(("table", "key"), [("customer", "C-000009"), ("customer", "")])
def test_a_subject_that_is_not_there_is_an_error(table: str, key: str) -> None:
    with pytest.raises(SheetsalesError, match="document-subject"):
        source(customer=[CUSTOMER]).subject(table, key)


def test_a_company_that_is_not_filled_in_is_an_error() -> None:
    with pytest.raises(SheetsalesError, match="company"):
        _ = source().company


def test_every_blank_becomes_a_dash() -> None:
    writer = Writer.of(Source(scene(), load_regulation()), "en")
    shown = [
        writer.text(None),
        writer.text(""),
        writer.date(None),
        writer.period(None),
        writer.money(None),
        writer.amount(None),
        writer.price(None),
        writer.capital(None),
        writer.number(None),
        writer.percent(None),
        writer.quantity(None),
        writer.label("currency", None),
    ]
    assert shown == [DASH] * len(shown)


def test_values_are_written_for_the_locale_and_currency() -> None:
    writer = Writer.of(Source(scene(), load_regulation()), "zh-Hant")
    amount = Decimal("1250000.5")
    assert writer.money(amount) == "NT$ 1,250,001"
    assert writer.of_currency("USD").amount(amount) == "1,250,000.50"
    assert writer.price(Decimal("12.345")) == "12.345"
    assert writer.price(Decimal(1000)) == "1,000"
    assert writer.of_currency("USD").price(Decimal(1000)) == "1,000.00"
    assert writer.capital(Decimal(1305)) == "新臺幣壹仟參佰零伍元整"
    assert writer.label("currency", "TWD") == "新臺幣"
    assert writer.label("currency", "XXX") == "XXX"


def test_the_companys_own_codes_have_labels() -> None:
    tables = scene()
    added = frames(enum=[{"enum_name": "industry", "code": "yacht", "label_zh": "遊艇"}])["enum"]
    writer = Writer.of(Source({**tables, "enum": added}, load_regulation()), "zh-Hant")
    assert writer.label("industry", "yacht") == "遊艇"
