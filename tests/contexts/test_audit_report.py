from __future__ import annotations

from datetime import date

import pytest

from sheetsales.contexts.audit_fieldwork import CheckLine, Member, SampleLine
from sheetsales.contexts.audit_findings import ActionLine, FindingCard
from sheetsales.contexts.audit_report import AuditReport, build_audit_report, select_audit_reports
from sheetsales.contexts.audit_scoring import AreaLine
from sheetsales.contexts.base import field_paths
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.contexts.office import AS_OF, LOCALES, office, template, unshown

AUDIT = {
    "audit_id": "AUD-000002",
    "audit_type": "quarterly",
    "scope_from": date(2026, 1, 1),
    "scope_to": date(2026, 3, 31),
    "unit_ids": ("U-000002",),
    "lead_id": "E-000006",
    "auditor_ids": ("E-000006", "E-000007"),
    "methods": ("onsite", "customer_survey", "file_review"),
    "sample_seed": 20260401,
    "sample_plan": "自季內訂單與合同隨機抽樣；滿意度以全部回收問卷查核。",
    "notice_on": date(2026, 4, 1),
    "state": "responded",
}
EARLIER = {**AUDIT, "audit_id": "AUD-000001", "scope_from": date(2025, 10, 1)}
EARLIER["scope_to"] = date(2025, 12, 31)
CHECKS = [
    ("AC-000001", "kpi", "四-1-b", "下層目標合計是否等於上層目標？", 3.0, False),
    ("AC-000002", "kpi", "三-4-a", "指標實績是否可由訂單重算且一致？", 2.0, False),
    ("AC-000003", "kpi", "二-2-c", "抽樣訂單的單價是否不低於最低售價？", 2.0, True),
    ("AC-000004", "csat", "四-3-a", "抽樣客戶的投訴紀錄是否有後續處理？", 1.0, False),
    ("AC-000005", "strategy", "四-4-c", "策略調整是否引用評估編號作為依據？", 1.0, False),
    ("AC-000006", "contract", "六-1/3.1", "抽樣合同是否於期限內歸檔？", 1.0, False),
]
RESULTS = [
    ("AC-000001", "*", "conform"),
    ("AC-000002", "order:SO-000001", "conform"),
    ("AC-000002", "order:SO-000002", "nonconform"),
    ("AC-000003", "*", "conform"),
    ("AC-000004", "customer:C-000001", "conform"),
    ("AC-000005", "*", "partial"),
    ("AC-000006", "archive:A-1", "na"),
]
FINDING = {
    "finding_id": "FD-000002",
    "audit_id": "AUD-000002",
    "check_id": "AC-000002",
    "severity": "major",
    "description": "訂單 SO-000002 之業績歸屬合計為 110%，實績重算不符。",
    "cause": "代理變更後未同步調整歸屬比例，亦無覆核步驟。",
    "unit_id": "U-000003",
    "owner_id": "E-000002",
    "due_on": date(2026, 5, 31),
    "action_id": "ACT-000001",
    "response": "同意，已重新分配並加入月結覆核。",
    "state": "action",
}
OBSERVED = {**FINDING, "finding_id": "FD-000001", "severity": "observation", "action_id": None}
OLD = {**FINDING, "finding_id": "FD-000009", "audit_id": "AUD-000001", "due_on": date(2026, 3, 1)}
ACTION = {
    "action_id": "ACT-000001",
    "source_table": "finding",
    "source_id": "FD-000002",
    "kind": "corrective",
    "title": "月結前覆核業績歸屬合計",
    "owner_id": "E-000002",
    "due_on": date(2026, 5, 15),
    "done_on": date(2026, 5, 10),
    "metric": "歸屬不符筆數",
    "before_value": 3.0,
    "after_value": 0.0,
    "state": "done",
}


def _checks(checks):
    names = ("check_id", "area", "clause_id", "question", "weight", "is_critical")
    return [{**dict(zip(names, check, strict=True)), "method": "file_review"} for check in checks]


def _results(results):
    return [
        {
            "audit_id": "AUD-000002",
            "check_id": check,
            "sample_ref": sample,
            "result": result,
            "evidence": "工作底稿 W-3" if result == "nonconform" else None,
            "auditor_id": "E-000007",
        }
        for check, sample, result in results
    ]


def _office(**rows):
    orders = [
        {"order_id": f"SO-{number:06d}", "order_on": date(2026, 1 + number % 6, 5)}
        for number in range(1, 13)
    ]
    given = {
        "audit": [AUDIT, EARLIER],
        "audit_check": _checks(CHECKS),
        "audit_result": _results(RESULTS),
        "finding": [OBSERVED, FINDING, OLD],
        "action": [ACTION],
        "order": orders,
        "customer": [{"customer_id": "C-000001"}, {"customer_id": "C-000002", "inactive": True}],
    }
    return office(**{**given, **rows})


def _build(locale="zh-Hant", **rows) -> AuditReport:
    return build_audit_report(
        _office(**rows),
        "AUD-000002",
        regulation=load_regulation(),
        locale=locale,
        as_of=AS_OF,
        document_no="DOC-000058",
    )


def test_the_report_says_what_was_audited():
    report = _build()
    assert (report.audit_type, report.state) == ("季度", "受審回覆")
    assert report.period == "2026年1月1日至2026年3月31日"
    assert (report.units, report.lead, report.auditors) == ("銷售部", "周慧敏", "許文彥")


def test_the_team_is_named_with_its_independence():
    report = _build()
    assert report.team[0] == Member("審計組長", "周慧敏", "稽核室", "稽核師", "不隸屬受審單位")
    assert report.team[1].role == "審計人員"
    assert report.independence.startswith("獨立性聲明")


def test_an_auditor_from_a_unit_below_the_audited_one_is_named():
    report = _build(audit=[{**AUDIT, "auditor_ids": ("E-000002",)}])
    assert report.team[1].independence == "隸屬受審單位"
    assert report.independence.startswith("注意：林志明")


def test_an_area_shows_its_results_and_what_it_adds():
    assert _build().scoring.areas[0] == AreaLine(
        name="業務指標完成",
        conform="3",
        partial="0",
        nonconform="1",
        na="0",
        score="85.71",
        weight="40%",
        weighted="34.29",
    )


def test_an_area_outside_the_total_is_shown_without_weight():
    line = _build().scoring.areas[-1]
    assert (line.name, line.na, line.score, line.weight) == ("合同與檔案", "1", "—", "—")


def test_the_score_is_shown_with_its_formula_and_scale():
    scoring = _build().scoring
    assert scoring.total == "79.29"
    assert scoring.formula == "(40 × 85.71 + 30 × 100.00 + 30 × 50.00) ÷ 100 = 79.29"
    assert scoring.scale == "良好 ≥ 90，尚可 ≥ 75，待改善 ≥ 60，不合格 < 60"
    assert scoring.cap_rule == "否決項不符合者，該類別得分以 59 為上限。本次否決項均未不符合。"


def test_a_failed_critical_check_is_named_and_caps_its_area():
    scoring = _build(audit_result=_results([*RESULTS, ("AC-000003", "x", "nonconform")])).scoring
    assert scoring.areas[0].score == "59.00"
    assert scoring.cap_rule.endswith("本次適用於：業務指標完成（AC-000003）。")


def test_charts_show_scores_and_results_by_area():
    scoring = _build("en").scoring
    assert scoring.score_chart.series[0].values == pytest.approx((85.7143, 100.0, 50.0))
    assert len(scoring.result_chart.categories) == 4
    assert [series.values[0] for series in scoring.result_chart.series] == [3.0, 0.0, 1.0]


def test_samples_are_held_against_what_was_required():
    sampling = _build("en").sampling
    archive, customer, order = sampling.lines
    assert archive == SampleLine("archive", "—", "—", "1", "")
    assert (customer.population, customer.required, customer.examined) == ("1", "1", "1")
    assert customer.remark == "all rows in use"
    assert (order.population, order.required, order.examined) == ("6", "6", "2")
    assert order.remark == "“Ordered on” within the period audited; fewer than required"
    assert sampling.seed == "20260401"
    assert "= 96.04 (z = 1.96, p = 0.5, e = 10%)" in sampling.formula


def test_an_audit_without_scope_counts_all_rows():
    audit = {**AUDIT, "scope_from": None, "scope_to": None}
    report = _build(audit=[audit, EARLIER])
    assert report.sampling.lines[-1].population == "12"
    assert report.follow_ups == ()


def test_findings_stand_the_worst_first_from_fact_to_response():
    first, second = _build().findings
    assert first == FindingCard(
        finding_id="FD-000002",
        severity="嚴重",
        state="整改中",
        clause="三-4-a 銷售業績考核",
        fact=FINDING["description"],
        cause=FINDING["cause"],
        unit="北區銷售組",
        owner="林志明",
        due="2026年5月31日",
        action="月結前覆核業績歸屬合計",
        response=FINDING["response"],
    )
    assert (second.severity, second.action) == ("觀察", "—")


def test_actions_show_their_effect():
    assert _build().actions == (
        ActionLine(
            action_id="ACT-000001",
            title="月結前覆核業績歸屬合計",
            kind="糾正措施",
            owner="林志明",
            due="2026年5月15日",
            done="2026年5月10日",
            effect="歸屬不符筆數 3 → 0",
            state="待驗證",
        ),
    )


def test_an_effect_without_figures_is_a_dash_and_one_without_metric_is_bare():
    bare = {**ACTION, "metric": None}
    assert _build(action=[bare]).actions[0].effect == "3 → 0"
    assert _build(action=[{**bare, "after_value": None}]).actions[0].effect == "—"


def test_a_finding_that_has_no_key_yet_is_shown():
    new = {**FINDING, "finding_id": None}
    assert [card.finding_id for card in _build(finding=[FINDING, new]).findings] == [
        "—",
        "FD-000002",
    ]


def test_open_findings_of_earlier_audits_are_followed_up():
    (line,) = _build().follow_ups
    assert (line.finding_id, line.audit_id) == ("FD-000009", "AUD-000001")
    assert line.due == "2026年3月1日（逾期）"


def test_closed_findings_are_not_followed_up():
    report = _build("en", finding=[{**OLD, "state": "closed"}])
    assert report.follow_ups == report.findings == ()
    assert "The audit made no findings." in report.conclusion
    assert "No finding of an earlier audit is open." in report.conclusion


def test_the_verdict_counts_findings_by_severity():
    verdict = _build().verdict
    assert (verdict.opinion, verdict.score, verdict.finding_count) == ("尚可", "79.29", "2")
    assert verdict.summary.startswith("發現：嚴重 1、一般 0、觀察 1。審計意見係依審計分建議")


def test_a_reported_audit_keeps_its_opinion_and_score():
    audit = {**AUDIT, "state": "reported", "score": 80.0, "opinion": "satisfactory"}
    verdict = _build(audit=[audit]).verdict
    assert (verdict.opinion, verdict.score) == ("良好", "80.00")
    assert verdict.summary == "發現：嚴重 1、一般 0、觀察 1"


def test_the_conclusion_names_score_findings_and_open_items():
    said = _build().conclusion
    assert said[0] == (
        "審計分為 79.29，審計意見為「尚可（建議）」。得分最高之類別為客戶滿意度（100.00），"
        "最低為策略實施效果（50.00）。"
    )
    assert said[1] == "本次提出發現 2 項，其中嚴重 1 項。"
    assert said[2] == "前次審計尚有 1 項發現未結，其中 1 項已逾期。"


def test_without_results_there_is_no_opinion():
    report = _build(audit_result=[])
    assert (report.verdict.opinion, report.verdict.score) == ("—", "—")
    assert report.conclusion[0] == "檢查結果尚不足以評分，本報告不表示意見。"
    assert report.scoring.formula not in {"", "—"}
    assert report.sampling.lines == ()


def test_every_check_is_listed_in_the_order_of_the_areas():
    checks = _build().checks
    assert checks[0] == CheckLine(
        check_id="AC-000001",
        question=CHECKS[0][3],
        clause="四-1-b",
        method="業務檔案查閱",
        sample="整體",
        result="符合",
        evidence="—",
    )
    assert (checks[2].sample, checks[2].evidence) == ("order:SO-000002", "工作底稿 W-3")


def test_a_result_of_an_unknown_check_is_listed_last():
    results = _results([("AC-000999", "*", "conform"), *RESULTS])
    last = _build(audit_result=results, finding=[{**FINDING, "check_id": "AC-000999"}])
    assert (last.checks[-1].check_id, last.checks[-1].question) == ("AC-000999", "—")
    assert last.findings[0].clause == "—"


def test_the_units_and_their_managers_receive_the_report():
    audit = {**AUDIT, "unit_ids": ("U-000002", "U-000001")}
    assert _build(audit=[audit]).distribution == "公司領導、銷售部（王建國）、晨曦精密股份有限公司"


def test_an_unknown_audit_is_refused():
    with pytest.raises(SheetsalesError) as caught:
        _build(audit=[EARLIER])
    assert caught.value.code == "document-subject"


def test_a_batch_makes_the_reports_of_audits_with_results():
    states = ["planned", "draft_report", "closed", None]
    audits = [{**AUDIT, "audit_id": f"AUD-{n}", "state": state} for n, state in enumerate(states)]
    assert select_audit_reports(_office(audit=audits), as_of=AS_OF) == ("AUD-1", "AUD-2")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_template_shows_exactly_the_fields(locale):
    paths = field_paths(AuditReport)
    found = template("audit_report", locale).check(paths)
    assert [problem for problem in found if problem.severity != "info"] == []
    assert unshown("audit_report", locale, paths) == set()
