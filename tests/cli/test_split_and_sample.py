"""``sheetsales split`` and ``sheetsales sample``: targets of plans, samples of audits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from sheetsales.actions.fill import fill
from sheetsales.actions.init import init
from sheetsales.workspace import Settings, Workspace
from tests.small import AS_OF, ROWS, edit, state_of

PLAN = {
    "plan_id": "SP-000001",
    "name": "年度計劃",
    "period": "2026",
    "unit_id": "U-000001",
    "version": 1,
    "target_revenue": 1_000_001,
    "state": "draft",
}
AUDIT = {
    "audit_id": "AU-000001",
    "audit_type": "quarterly",
    "scope_from": date(2026, 7, 1),
    "scope_to": date(2026, 9, 30),
    "unit_ids": ("U-000001",),
    "lead_id": "E-000001",
    "methods": ("file_review",),
    "sample_seed": 20260401,
    "sample_plan": "訂單",
    "state": "fieldwork",
}
KPI = {"kpi_id": "SALES", "name": "銷售額", "formula_id": "F09-amount", "unit": "money"}
ROWS_MORE: Mapping[str, list[dict[str, object]]] = {
    **ROWS,
    "sales_plan": [PLAN, {**PLAN, "plan_id": "SP-000002", "state": "executing"}],
    "audit": [
        AUDIT,
        {**AUDIT, "audit_id": "AU-000002", "state": "closed"},
        {**AUDIT, "audit_id": "AU-000003", "sample_seed": None},
    ],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "acme"
    settings = Settings(company="昇達感控股份有限公司", as_of=AS_OF)
    return init(folder, settings, furnish=lambda one: fill(one, ROWS_MORE)).folder


@pytest.fixture
def acme(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "acme"))


def test_a_plan_is_split_and_new_targets_get_numbers(cli, acme: Path) -> None:
    said = cli("split", "SP-000001", "-C", acme)
    assert said.code == 0, said.err
    targets = Workspace.open(acme).frames["target"]
    assert said.out.strip() == f"已分解：變更 0 列目標，新增 {len(targets)} 列。"
    unit = targets[targets["subject_id"] == "U-000001"]
    assert (len(unit), unit["target_value"].sum()) == (12, 1_000_001)
    people = targets[targets["subject_type"] == "employee"]
    assert people["target_value"].sum() == 1_000_001
    assert targets["target_id"].str.fullmatch(r"TG-\d{6}").all()


def test_what_is_split_already_stays(cli, acme: Path) -> None:
    cli("split", "SP-000001", "-C", acme)
    again = json.loads(cli("split", "SP-000001", "-C", acme, "--json").out)
    assert again["counts"] == {"changed": 0, "added": 0}
    assert again["changes"] == []


def test_a_changed_figure_changes_the_targets_that_are_there(cli, acme: Path) -> None:
    cli("split", "SP-000001", "-C", acme)
    edit(acme, "plan", "sales_plan", {"SP-000001": {"目標營收": 2_000_002}})
    said = json.loads(cli("split", "SP-000001", "-C", acme, "--json").out)
    assert said["counts"]["added"] == 0
    assert said["counts"]["changed"] > 0
    targets = Workspace.open(acme).frames["target"]
    unit = targets[targets["subject_id"] == "U-000001"]
    assert unit["target_value"].sum() == 2_000_002


@pytest.mark.parametrize(
    "arguments", [("split", "SP-000001"), ("sample", "AU-000001")], ids=lambda given: given[0]
)
def test_a_dry_run_shows_cells_and_writes_nothing(
    cli, acme: Path, arguments: tuple[str, str]
) -> None:
    before = state_of(acme)
    said = cli(*arguments, "-C", acme, "--dry-run")
    assert said.code == 0
    assert "xlsm!" in said.out
    assert state_of(acme) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("split", "SP-000002"), ["SP-000002", "執行中"]),
        (("split", "SP-000009"), ["SP-000009"]),
        (("sample", "AU-000002"), ["AU-000002", "結案"]),
        (("sample", "AU-000003"), ["AU-000003", "種子"]),
        (("sample", "AU-000009"), ["AU-000009"]),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    cli, acme: Path, arguments: tuple[str, str], words: list[str]
) -> None:
    books = {path: path.read_bytes() for path in (acme / "workbooks").iterdir()}
    said = cli(*arguments, "-C", acme)
    assert said.code == 3
    assert all(word in said.err for word in words), said.err
    assert {path: path.read_bytes() for path in (acme / "workbooks").iterdir()} == books


def test_samples_are_drawn_once_and_answered_by_the_rules(cli, acme: Path) -> None:
    said = cli("sample", "AU-000001", "-C", acme)
    assert said.code == 0, said.err
    assert "訂單：2 筆中抽 2 筆。" in said.out
    results = Workspace.open(acme).frames["audit_result"]
    drawn = results[results["audit_id"] == "AU-000001"]
    assert set(drawn["sample_ref"]) == {"order:SO-000001", "order:SO-000002"}
    assert set(drawn["result"]) <= {"conform", "nonconform"}
    assert drawn["evidence"].str.len().min() > 0
    again = json.loads(cli("sample", "AU-000001", "-C", acme, "--json").out)
    assert again["counts"] == {"added": 0, "nonconform": 0}
    assert again["samples"][1] == {
        "table": "order", "size": 2, "keys": again["samples"][1]["keys"],
    }  # fmt: skip


def test_a_sample_that_a_rule_finds_fault_with_does_not_conform(cli, acme: Path) -> None:
    problems = json.loads(cli("check", "-C", acme, "--json").out)["problems"]
    faulty = {(one["code"], one["key"].partition("/")[0]): one["message"] for one in problems}
    cli("sample", "AU-000001", "-C", acme)
    frames = Workspace.open(acme).frames
    codes = dict(
        zip(frames["audit_check"]["check_id"], frames["audit_check"]["query_code"], strict=True)
    )
    for row in frames["audit_result"].to_dict("records"):
        key = (codes[row["check_id"]], row["sample_ref"].partition(":")[2])
        assert row["result"] == ("nonconform" if key in faulty else "conform")
        if key in faulty:
            assert faulty[key] in row["evidence"]


def test_english_is_spoken_too(cli, acme: Path) -> None:
    said = cli("sample", "AU-000001", "-C", acme, "--lang", "en")
    assert "Order: 2 of 2 drawn." in said.out
