from __future__ import annotations

import pytest

from sheetsales.schema import load_regulation
from sheetsales.workbooks.columns import Column, columns_of, display_width, line_count
from sheetsales.workbooks.wording import Wording

REGULATION = load_regulation()


def column(table: str, field: str, locale: str = "zh-Hant") -> Column:
    described = REGULATION.tables[table]
    return Column(described, described.by_name[field], Wording(REGULATION, locale))


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_every_header_fits_two_lines_beside_the_filter_button(locale: str) -> None:
    wording = Wording(REGULATION, locale)
    for table in REGULATION.tables.values():
        for one in columns_of(table, wording):
            widest = max(map(display_width, one.header.split()))
            longest = widest if " " in one.header else display_width(one.header) / 2
            assert one.width >= longest + 2, (table.name, one.header, one.width)


@pytest.mark.parametrize("locale", ["zh-Hant", "en"])
def test_every_label_of_a_drop_down_fits_its_column(locale: str) -> None:
    wording = Wording(REGULATION, locale)
    for table in REGULATION.tables.values():
        for one in columns_of(table, wording):
            enumeration = wording.enumeration(one.field)
            if enumeration is not None and one.field.width is None and not one.field.many:
                assert one.width >= max(map(display_width, wording.labels(enumeration)))


@pytest.mark.parametrize(
    ("table", "field", "expected"),
    [
        ("customer", "customer_id", "@"),
        ("customer", "phone", "@"),
        ("customer", "status", "@"),
        ("customer", "is_key", "@"),
        ("customer", "credit_limit", "#,##0.00"),
        ("customer", "last_order_on", "yyyy-mm-dd"),
        ("session", "start_at", "yyyy-mm-dd hh:mm"),
        ("order", "delivered_pct", "0.00"),
        ("appraisal", "total", "0.00"),
        ("order_line", "qty", "General"),
        ("order_line", "line_no", "0"),
    ],
)
def test_a_column_shows_its_type(table: str, field: str, expected: str) -> None:
    assert column(table, field).number_format == expected


def test_only_computed_columns_refuse_typing_in_a_table_that_staff_share_with_the_engine() -> None:
    assert column("class_result", "customer_id").is_locked
    assert column("class_result", "rfm_score").is_locked
    assert not column("class_result", "override_reason").is_locked
    assert not column("document", "sent_on").is_locked
    assert column("metric", "value").is_locked


def test_staff_need_not_fill_a_key_that_update_gives() -> None:
    assert not column("customer", "customer_id").must_be_filled
    assert not column("customer", "customer_id").is_locked
    assert column("customer", "name").must_be_filled
    assert column("company", "company_id").must_be_filled


def test_a_chinese_character_is_two_wide() -> None:
    assert display_width("訂單 SO-1｜甲") == 13


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("訂單", 1), ("訂單訂單訂", 2), ("a\nb", 2)])
def test_lines_are_counted_as_wrapped(text: str, lines: int) -> None:
    assert line_count(text, 8) == lines
