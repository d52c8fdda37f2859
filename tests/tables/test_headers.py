from __future__ import annotations

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.schema import load_regulation
from sheetsales.tables.headers import bind_headers
from tests import builders

KPI = load_regulation().tables["kpi"]


def raw(**changes: object) -> builders.Raw:
    table = builders.raw_table("kpi", {"kpi_id": "SALES"})
    for name, value in changes.items():
        setattr(table, name, value)
    return table


def titles(locale: str = "zh-Hant", **replaced: str) -> list[str]:
    return [replaced.get(field.name, field.title.written(locale)) for field in KPI.fields]


def test_titles_of_any_locale_are_understood_and_tell_the_locale():
    english = bind_headers(KPI, raw(headers=titles("en"), field_row=()))
    assert english.columns["direction"] == KPI.names.index("direction") + 1
    assert english.locale == "en"
    assert bind_headers(KPI, raw()).locale == "zh-Hant"


def test_simplified_titles_are_understood_through_the_conversion():
    simplify = {"指標名稱": "指标名称"}
    book = bind_headers(
        KPI,
        raw(headers=titles(name="指标名称"), field_row=()),
        lambda text: simplify.get(text, text),
    )
    assert book.columns["name"] == 2
    assert book.headers["name"] == "指标名称"


def test_width_and_outer_blanks_of_a_header_do_not_matter():
    book = bind_headers(KPI, raw(headers=titles(name="　指標名稱 "), field_row=()))
    assert book.columns["name"] == 2


def test_the_key_row_speaks_for_an_unknown_header():
    book = bind_headers(KPI, raw(headers=titles(name="名目")))
    assert book.columns["name"] == 2
    assert book.headers["name"] == "名目"


def test_a_known_header_wins_over_the_key_row_beneath_another_column():
    moved = ["我的欄", *titles()]
    columns = [["x"], *raw().columns]
    book = bind_headers(KPI, raw(headers=moved, columns=columns, field_row=[*KPI.names, ""]))
    assert book.columns["kpi_id"] == 2


def test_columns_that_nobody_knows_are_left_alone():
    book = bind_headers(KPI, raw(headers=[*titles(), "我的註記"], field_row=()))
    assert set(book.columns) == set(KPI.names)


def test_two_columns_for_one_field_are_refused_with_their_cells():
    with pytest.raises(WorkbookError) as refused:
        bind_headers(KPI, raw(headers=[*titles(), KPI.by_name["name"].title.en], first_column=2))
    assert refused.value.code == "header-doubled"
    assert refused.value.arguments["header"] == "指標名稱"
    assert refused.value.arguments["cells"] == "C3, N3"


def test_a_required_field_without_a_column_is_refused():
    with pytest.raises(WorkbookError) as refused:
        bind_headers(KPI, raw(headers=titles(name="名目"), field_row=()))
    assert refused.value.code == "header-missing"
    assert refused.value.arguments["header"] == "指標名稱"
    assert refused.value.arguments["cells"] == "A3:L3"


def test_an_optional_field_may_have_no_column():
    headers = [title for title in titles() if title != "備註"]
    book = bind_headers(KPI, raw(headers=headers, field_row=()))
    assert "remark" not in book.columns
