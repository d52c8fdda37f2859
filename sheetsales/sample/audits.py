"""The sample's audited quarter: results of every check, findings and corrective actions."""

from __future__ import annotations

from datetime import timedelta

from sheetsales.sample.organisation import DEPARTMENT, TEAM_UNITS
from sheetsales.sample.setting import Row, Setting, numbered

AUDIT = "AU-000001"
LEAD, AUDITOR = "E-000019", "E-000020"
_FINDINGS = [
    ("一份合同之履約節點未依期更新。", "Milestones of one contract were not kept up to date.",
     "交接時未指定節點負責人。", "No owner was named at hand-over."),
    ("三位客戶之主要聯絡人資料逾一年未覆核。", "Contacts of three customers not reviewed for a year.",
     "拜訪後未落實資料更新。", "Records were not updated after visits."),
    ("抽查訂單中兩筆折扣缺核准紀錄。", "Two sampled orders lack the record of an approved discount.",
     "核准以口頭進行，未留存文件。", "Approval was given orally and not filed."),
    ("業務團隊未於期限內完成策略檢討紀錄。", "Strategy reviews were not recorded in time.",
     "檢討會議延期。", "The review meeting was postponed."),
]  # fmt: skip


def build_audits(setting: Setting, starter: dict[str, list[Row]]) -> None:
    """Add audit, audit_result, finding and action for the audited quarter."""
    quarter = setting.audited_quarter
    setting.add(
        "audit",
        {
            "audit_id": AUDIT,
            "audit_type": "quarterly",
            "scope_from": quarter.start,
            "scope_to": quarter.end,
            "unit_ids": (DEPARTMENT, *TEAM_UNITS),
            "lead_id": LEAD,
            "auditor_ids": (LEAD, AUDITOR),
            "methods": ("onsite", "customer_survey", "file_review"),
            "sample_seed": 20260000 + quarter.number,
            "sample_plan": setting.say(
                "以季內訂單為母體，信賴水準 95 %、容許誤差 10 %，依公開種子抽樣。",
                "Orders of the quarter; 95 % confidence, 10 % error, drawn with the published seed.",
            ),
            "notice_on": quarter.end + timedelta(days=5),
            "opinion": "acceptable",
            "state": "following",
        },
    )
    failing = _add_results(setting, starter["audit_check"])
    for number, check in enumerate(failing, start=1):
        _add_finding(setting, number, check)


def _add_results(setting: Setting, checks: list[Row]) -> list[Row]:
    """Add one result per check, four of them not conforming; return the failing checks."""
    ordinary = [check for check in checks if not check.get("is_critical")]
    failing = ordinary[3 :: max(1, len(ordinary) // 4)][:4]
    for index, check in enumerate(checks):
        result = "conform" if index % 9 else "partial"
        if check in failing:
            result = "nonconform"
        elif index % 23 == 7:
            result = "na"
        setting.add(
            "audit_result",
            {
                "audit_id": AUDIT,
                "check_id": check["check_id"],
                "sample_ref": "*",
                "result": result,
                "evidence": None
                if result in ("conform", "na")
                else setting.say("見工作底稿與抽樣清單。", "See working papers and sample list."),
                "auditor_id": AUDITOR if index % 2 else LEAD,
            },
        )
    return failing


def _add_finding(setting: Setting, number: int, check: Row) -> None:
    fact_zh, fact_en, cause_zh, cause_en = _FINDINGS[number - 1]
    closed = number == 1
    raised = setting.audited_quarter.end + timedelta(days=25)
    owner = numbered("E", 1 + number % 4)
    setting.add(
        "finding",
        {
            "finding_id": numbered("FD", number),
            "audit_id": AUDIT,
            "check_id": check["check_id"],
            "severity": "major" if number == 3 else "minor",
            "description": setting.say(fact_zh, fact_en),
            "cause": setting.say(cause_zh, cause_en),
            "unit_id": DEPARTMENT if owner == "E-000001" else TEAM_UNITS[int(owner[-1]) - 2],
            "owner_id": owner,
            "due_on": setting.as_of + timedelta(days=20 + 5 * number),
            "action_id": numbered("ACT", number),
            "response": setting.say("同意，依措施辦理。", "Agreed; we will act as set out."),
            "state": "closed" if closed else "action",
        },
    )
    setting.add(
        "action",
        {
            "action_id": numbered("ACT", number),
            "source_table": "finding",
            "source_id": numbered("FD", number),
            "kind": "corrective",
            "title": setting.say(
                "改正：" + cause_zh.rstrip("。"), "Correct: " + cause_en.rstrip(".")
            ),
            "detail": setting.say(
                "修訂作業說明、補正資料並於部門會議宣導。",
                "Revise the instruction, correct the records and explain at the department meeting.",
            ),
            "owner_id": owner,
            "raised_on": raised,
            "due_on": raised + timedelta(days=60) if closed else setting.as_of + timedelta(days=25),
            "done_on": raised + timedelta(days=40) if closed else None,
            "metric": setting.say("抽查符合率", "Conforming samples") if closed else None,
            "before_value": 80 if closed else None,
            "after_value": 100 if closed else None,
            "verified_by": AUDITOR if closed else None,
            "effective": "yes" if closed else None,
            "state": "verified" if closed else "doing",
        },
    )
