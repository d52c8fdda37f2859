from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from sheetsales.scores import SCORES, Component, Input
from sheetsales.workspace import Workspace
from sheetsales.workspace.naming import Names


@pytest.fixture(scope="module")
def workspace(original):
    return Workspace.open(original)


def names(workspace, score="appraisal", locale="zh-Hant"):
    return Names(workspace, locale, score)


def step(name, subject="", value=None):
    return Component(name, "given", value, subject=subject)


@pytest.mark.parametrize(
    ("score", "node", "title"),
    [
        ("appraisal", step("total"), "總分"),
        ("orders", step("total"), "訂單金額"),
        ("appraisal", step("performance_part"), "計入總分的業績分"),
        ("appraisal", step("SALES", "kpi:SALES"), "銷售額（SALES）"),
        ("actuals", step("credit", "order_credit:SO-000001/E-000001"), "歸屬業績（林一）"),
        ("orders", step("line", "order_line:SO-000001/1"), "明細（訂單明細 SO-000001/1）"),
        ("audit", step("area_kpi"), "類別：業務指標完成"),
        ("alerts", step("202609"), "2026年9月"),
        ("classes", step("discount_share"), "折扣單占比"),
    ],
)
def test_a_step_is_called_as_people_say(workspace, score, node, title):
    assert names(workspace, score).step(node) == title


def test_a_failed_critical_check_is_told_from_the_check(workspace):
    check = workspace.frames["audit_check"].iloc[0]
    key, label = check["check_id"], check["question"]
    told = names(workspace, "audit")
    assert told.step(step(key, f"audit_check:{key}")) == f"{label}（{key}）"
    assert told.step(step(f"{key}-critical", f"audit_check:{key}")) == f"關鍵項不符合（{label}）"


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        (Input("cycle", "CY-000001", "w_attitude", None), "考核週期 CY-000001・態度占比%"),
        (Input("param", "kpi_cap/2024-01-01", "value", "120"), "參數 kpi_cap"),
        (Input("", "", "as_of", None), "基準日"),
        (Input("employee", "E-000001", "performance", None), "員工 E-000001・業績分"),
    ],
)
def test_a_cell_is_called_by_table_key_and_header(workspace, cell, title):
    assert names(workspace).cell(cell) == title


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (Input("order_line", "SO-000001/1", "price", Decimal("1234567.50")), "1,234,567.5"),
        (Input("cycle", "CY-000001", "w_attitude", Decimal("25.0")), "25 %"),
        (Input("customer", "C-000001", "status", "active"), "有效"),
        (Input("kpi_actual", "A", "locked", value=True), "是"),
        (Input("kpi_actual", "A", "locked", value=False), "否"),
        (Input("order", "SO-000001", "order_on", date(2026, 9, 1)), "2026-09-01"),
        (Input("order", "SO-000001", "state", None), "（空白）"),
        (Input("class_rule", "CR-000001", "class_code", "high"), "高價值"),
    ],
)
def test_a_value_is_shown_as_people_read_it(workspace, cell, shown):
    assert names(workspace).cell_value(cell) == shown


@pytest.mark.parametrize(
    ("weight", "siblings", "shown"),
    [
        ("40", ["40", "60"], "權重 40 %"),
        ("0.125", ["0.125", "0.875"], "權重 12.5 %"),
        ("1", ["1"], "權重 100 %"),
    ],
)
def test_weights_are_shares_in_per_cent(workspace, weight, siblings, shown):
    numbers = [Decimal(one) for one in siblings]
    assert names(workspace).weight(Decimal(weight), numbers) == shown


def test_what_weighs_nothing_says_nothing(workspace):
    assert names(workspace).weight(None, []) == ""


def test_a_row_without_a_label_is_called_by_what_it_refers_to(workspace):
    assert names(workspace).row("order_credit", "SO-000001/E-000001") == "林一"
    assert names(workspace).row("customer", "C-000001") == "宏遠電子股份有限公司"
    assert names(workspace).row("order", "SO-000001") == ""


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
@pytest.mark.parametrize("score", SCORES)
def test_every_field_that_a_score_writes_has_a_title(workspace, score, locale):
    told = names(workspace, score, locale)
    for name in SCORES[score].writes:
        assert re.search(r"[a-z]_[a-z]", told.step(step(name))) is None
