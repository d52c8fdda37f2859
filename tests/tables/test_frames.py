from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables, build_frame
from tests import builders

AUDIT = load_regulation().tables["audit"]


def test_a_frame_has_every_field_with_its_dtype_even_without_rows():
    frame = build_frame(load_regulation().tables["customer"], [])
    dtypes = frame.dtypes.astype(str)
    assert tuple(frame.columns) == load_regulation().tables["customer"].names
    assert dtypes["name"] == "object"
    assert dtypes["credit_limit"] == "float64"
    assert dtypes["is_key"] == "boolean"
    assert dtypes["last_order_on"] == "datetime64[us]"


def test_values_keep_their_meaning():
    frame = build_frame(
        AUDIT,
        [
            {"audit_id": "AU-000001", "unit_ids": ("U-000001", "U-000002"), "sample_seed": 7},
            {"scope_from": date(2026, 1, 1), "score": Decimal("76.6"), "unit_ids": ("U", "V")},
        ],
    )
    assert frame["unit_ids"].tolist() == [("U-000001", "U-000002"), ("U", "V")]
    assert frame["sample_seed"].tolist() == [7, pd.NA]
    assert frame["score"].iat[1] == 76.6
    assert frame["scope_from"].tolist() == [pd.NaT, pd.Timestamp(2026, 1, 1)]
    assert frame["audit_id"].tolist() == ["AU-000001", None]


def test_an_unknown_field_is_refused():
    with pytest.raises(KeyError, match=r"audit\.colour"):
        build_frame(AUDIT, [{"colour": "red"}])


def test_keys_are_one_line_and_empty_where_a_part_is_missing():
    tables = builders.tables(
        class_result=[
            {"customer_id": "C-000001", "as_of": date(2026, 6, 30)},
            {"customer_id": "C"},
        ],
        order_line=[{"order_id": "SO-000001", "line_no": 2}],
        session=[
            {"session_id": "TS-000001", "start_at": datetime.fromisoformat("2026-01-02T09:00")}
        ],
    )
    assert tables["class_result"].keys() == ["C-000001/2026-06-30", ""]
    assert tables["order_line"].key(0) == "SO-000001/2"
    assert len(tables["session"]) == 1


def test_a_row_without_a_book_has_no_place():
    data = builders.tables(kpi=[{"kpi_id": "SALES"}])["kpi"]
    assert str(data.place(0, "name")) == "performance.xlsm!指標定義!B4"
    assert str(data.place(0)) == "performance.xlsm!指標定義!A4"
    assert str(data.place(5)) == ""


def test_writing_into_an_empty_column_leaves_others_alone():
    one, other = (builders.frames(kpi=[{"kpi_id": "SALES"}])["kpi"] for _ in range(2))
    one.loc[0, "remark"] = "x"
    bound = bind_tables(load_regulation(), {"kpi": [builders.raw_table("kpi", {"kpi_id": "S"})]})
    frame = bound["kpi"].frame
    frame.loc[0, "remark"] = "x"
    assert other["remark"].tolist() == [None]
    assert frame["inactive_reason"].tolist() == [None]
