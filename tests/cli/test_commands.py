"""What each command prints, for people and as an object."""

from __future__ import annotations

import io
import json
import operator
import sys
from decimal import Decimal

import pytest

from sheetsales.actions.fill import fill
from sheetsales.cli.main import run
from sheetsales.scores.derivation import Component, Input, recompute_component
from sheetsales.workspace import Workspace
from tests.actions.test_score import RATED
from tests.small import FAULT, state_of


def test_check_says_where_what_why_and_what_to_do(cli, small):
    said = cli("check", "-C", small)
    assert said.code == 1
    assert said.out.splitlines() == [
        "錯誤  customer.xlsm!客戶!I5  COL-required",
        "    「地址」是空的。",
        "    依據：此欄必填；缺了它，後面的規則、計分與文件都無從依據。",
        "    處理：填入「地址」；暫時沒有的資料，請向負責人取得後補上。",
        "錯誤 1 項、警告 0 項、提示 0 項。",
    ]


def test_check_gives_the_object_of_each_problem(cli, small):
    report = json.loads(cli("check", "-C", small, "--json").out)
    (problem,) = report["problems"]
    assert (problem["code"], problem["table"], problem["key"], problem["field"]) == FAULT
    assert (problem["book"], problem["sheet"], problem["cell"]) == ("customer.xlsm", "客戶", "I5")
    assert {"severity", "message", "why", "clause", "fix"} <= set(problem)
    assert report["counts"] == {"error": 1, "warning": 0, "info": 0}


def test_check_of_sound_tables_ends_with_zero(cli, small):
    assert cli("check", "order", "contract", "-C", small).code == 0


def test_status_names_the_next_step(cli, small):
    out = cli("status", "-C", small).out
    assert "資料錯誤" in out
    assert "sheetsales check" in out


def test_update_says_how_much(cli, small):
    first = cli("update", "-C", small)
    assert first.code == 0
    assert "計算欄" in first.out
    assert cli("update", "-C", small).out == "沒有需要更新的內容。\n"


def test_a_dry_update_shows_each_cell(cli, small):
    before = state_of(small)
    said = cli("update", "-n", "-C", small)
    assert "sales.xlsm!訂單!K4：（空白） → 30,000" in said.out.splitlines()
    assert state_of(small) == before


def test_score_shows_each_score_and_how_to_ask_on(cli, small):
    said = cli("score", "orders", "-C", small)
    assert said.code == 0
    assert said.out.splitlines()[1].split() == ["訂單金額、交付率與回款率", "2", "0", "6"]
    assert "sheetsales explain orders SO-000001" in said.err
    assert Workspace.open(small).frames["order"]["total"].tolist() == [30000, 15000]


def test_score_refreshes_what_rests_on_it(cli, small):
    cli("score", "-C", small)
    assert cli("update", "-C", small).out == "沒有需要更新的內容。\n"


def test_documents_are_listed_and_refusals_explained(cli, small):
    said = cli("docs", "make", "customer_card", "-C", small)
    assert said.code == 1
    assert said.out.splitlines() == [
        "documents/customer_card/2026-10-15/DOC-000001 宏遠電子股份有限公司.docx",
        "documents/customer_card/2026-10-15/DOC-000002 旭日食品行.docx",
        "產生 2 份，未產生 1 份。",
    ]
    assert "C-000002" in said.err
    assert "customer.xlsm!客戶!I5" in said.err


def test_documents_as_an_object(cli, small):
    said = cli("docs", "make", "customer_card", "-C", small, "--json")
    made = json.loads(said.out)
    assert made["counts"] == {"made": 2, "refused": 1}
    assert made["refused"][0]["key"] == "C-000002"


def test_templates_are_checked(cli, small):
    assert cli("docs", "check", "-C", small).code == 0
    counts = json.loads(cli("docs", "check", "-C", small, "--json").out)["counts"]
    assert (counts["error"], counts["warning"]) == (0, 0)


def test_explain_shows_steps_weights_and_cells(cli, small):
    fill(Workspace.open(small), RATED)
    lines = cli("explain", "appraisal", "CY-000001/E-000001", "-C", small).out.splitlines()
    assert lines[0] == "考核 CY-000001/E-000001（第三季・林一）"
    assert "總分  88  〔公式 F13〕" in lines
    assert "  態度分  88  權重 25 %  〔公式 F12〕" in lines
    assert any(line.startswith("  服務分  無值：") for line in lines)
    assert "        · 態度項目 AI-000001・權重%：40 %  ← performance.xlsm!態度項目!D4" in lines


def test_a_part_is_told_once(cli, small):
    fill(Workspace.open(small), RATED)
    out = cli("explain", "appraisal", "CY-000001/E-000001", "-C", small).out
    assert out.count("態度評分 CY-000001/E-000001/E-000002/AI-000001") == 1
    assert "態度分  88  〔公式 F12〕  （組成見上）" in out.splitlines()


def test_a_score_folds_again_from_its_object(cli, small):
    fill(Workspace.open(small), RATED)
    said = cli("explain", "appraisal", "CY-000001/E-000001", "-C", small, "--json")
    root = json.loads(said.out)["nodes"][0]
    assert recompute_component(component_of(root)) == Decimal(root["value"]) == 88


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The whole job on the believable company, in the language that is derived."""
    folder = tmp_path_factory.mktemp("demo") / "acme"
    assert run(["demo", str(folder), "--locale", "zh-Hans", "--workers", "2", "-q"]) == 0
    return folder


@pytest.mark.long
def test_the_demo_makes_documents_and_ends_up_to_date(cli, demo):
    assert len(list((demo / "documents").rglob("*.docx"))) > 400
    assert cli("check", "-C", demo).code == 1
    assert set(json.loads(cli("update", "-n", "-C", demo, "--json").out)["counts"].values()) == {0}


@pytest.mark.long
def test_all_appraisals_fold_again_from_their_objects(cli, demo):
    keys = Workspace.open(demo).tables["appraisal"].keys()
    for key in keys:
        root = json.loads(cli("explain", "appraisal", key, "-C", demo, "--json").out)["nodes"][0]
        parts = [part for part in root["children"] if part["value"] is not None]
        weights = [Decimal(part["weight"]) for part in parts]
        values = [Decimal(part["value"]) for part in parts]
        mean = sum(map(operator.mul, weights, values)) / sum(weights)
        assert abs(mean - Decimal(root["value"])) <= Decimal("0.0001")
        assert recompute_component(component_of(root)) == Decimal(root["value"])
    assert len(keys) == 14


def component_of(node) -> Component:
    return Component(
        name=node["name"],
        operation=node["operation"],
        value=value_of(node["value"]),
        inputs=tuple(map(input_of, node["inputs"])),
        children=tuple(map(component_of, node["children"])),
        weight=None if node["weight"] is None else Decimal(node["weight"]),
    )


def input_of(cell) -> Input:
    value = cell["value"]
    plain = cell["table"] == "param"
    return Input(cell["table"], cell["key"], cell["field"], value if plain else value_of(value))


def value_of(text):
    try:
        return Decimal(text) if isinstance(text, str) else text
    except ArithmeticError:
        return text


def test_tables_are_listed_with_their_fields(cli):
    assert "customer" in cli("tables").out
    out = cli("tables", "customer").out
    assert "customer_id" in out
    assert "新列請留空" in cli("tables", "customer", "--lang", "zh-Hant").out
    (table,) = json.loads(cli("tables", "customer", "--json").out)["tables"]
    assert table["primary_key"] == ["customer_id"]


def test_rows_are_exported(cli, small, tmp_path):
    said = cli("tables", "--datapackage", tmp_path / "out", "-C", small)
    assert said.code == 0
    assert (tmp_path / "out" / "datapackage.json").is_file()
    files = json.loads(cli("tables", "--datapackage", tmp_path / "out", "-C", small, "--json").out)[
        "files"
    ]
    assert "customer.csv" in files


def test_doctor_tells_what_is_broken_and_how_to_mend_it(cli, small):
    assert cli("doctor", "-C", small).code == 0
    (small / "workbooks" / "plan.xlsm").unlink()
    said = cli("doctor", "-C", small)
    assert said.code == 3
    assert "✗ 找不到活頁簿「workbooks/plan.xlsm」。" in said.out
    assert "→ 請確認檔名與資料夾" in said.out
    findings = json.loads(cli("doctor", "-C", small, "--json").out)["findings"]
    assert {one["code"] for one in findings if one["state"] == "broken"} == {"books"}


def test_init_asks_for_what_is_missing(cli, tmp_path, monkeypatch):
    answers = iter(["昇達感控", "04595257", ""])
    asked = []

    def prompt(text, **options):
        asked.append(text)
        return next(answers) or options["default"]

    monkeypatch.setattr("click.prompt", prompt)
    said = cli("init", tmp_path / "acme", "--lang", "zh-Hant")
    assert asked == ["公司名稱", "統一編號／稅號（可留空）", "本位幣"]
    assert said.code == 0
    assert "9 本活頁簿" in said.out
    workspace = Workspace.open(tmp_path / "acme")
    assert (workspace.settings.company, workspace.settings.currency) == ("昇達感控", "TWD")


def test_init_without_anybody_to_ask_names_the_option(cli, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said = cli("init", tmp_path / "acme")
    assert said.code == 2
    assert "--company" in said.err
    assert list(tmp_path.iterdir()) == []


def test_init_asks_nothing_about_a_folder_that_is_taken(cli, small, monkeypatch):
    monkeypatch.setattr("click.prompt", lambda *_arguments, **_options: pytest.fail("asked"))
    assert cli("init", small).code == 3
