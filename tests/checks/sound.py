"""A small company in which every rule has something to look at and nothing to say."""

from __future__ import annotations

from datetime import date

from sheetsales.checks import Evidence
from tests import builders
from tests.checks import breaches as bad

REP, PEER, LEADER, AUDITOR = (f"E-00000{number}" for number in range(1, 5))
PEOPLE = [
    {**bad.PERSON, "reports_to": LEADER},
    {**bad.PERSON, "employee_id": PEER, "reports_to": LEADER},
    {**bad.PERSON, "employee_id": LEADER, "role_code": "supervisor"},
    {**bad.PERSON, "employee_id": AUDITOR, "role_code": "auditor", "unit_id": "U-000003"},
]
UNITS = [
    {"unit_id": "U-000001"},
    {"unit_id": "U-000002", "parent_unit_id": "U-000001", "manager_id": LEADER},
    {"unit_id": "U-000003", "parent_unit_id": "U-000001"},
]
TARGETS = [
    {**bad.TARGET, "target_value": 100, "month_weight_pct": 100, "stretch_value": 120},
    {**bad.PERSONAL, "subject_id": REP, "target_value": 60},
    {**bad.PERSONAL, "subject_id": PEER, "target_value": 40},
    {**bad.PERSONAL, "subject_id": LEADER, "target_value": 100},
    {**bad.TARGET, "subject_type": "company", "subject_id": "C1", "target_value": 100},
    {**bad.TARGET, "category_id": "CAT-000001", "target_value": 70},
    {**bad.TARGET, "category_id": "CAT-000002", "target_value": 30},
    {**bad.TARGET, "kpi_id": "CSAT", "target_value": 85},
    {**bad.PERSONAL, "subject_id": REP, "kpi_id": "CSAT", "target_value": 90},
]
RATINGS = [
    {**bad.RATING, "rater_id": PEER, "rating": 4},
    {**bad.RATING, "rater_id": AUDITOR, "rating": 5, "comment": "客戶來信致謝"},
    {**bad.RATING, "rater_id": LEADER, "rater_type": "supervisor", "rating": 3},
    {**bad.RATING, "rater_id": REP, "rater_type": "self"},
    {**bad.RATING, "employee_id": PEER, "rater_id": LEADER, "rater_type": "supervisor"},
]
ROWS: dict[str, builders.Rows] = {
    "company": [{**bad.COMPANY, "tax_id": "00501503"}],
    "org_unit": UNITS,
    "employee": PEOPLE,
    "territory": [{"territory_id": "T-000001"}],
    "category": [{"category_id": "CAT-000001"}, {"category_id": "CAT-000002"}],
    "clause": [
        {"clause_id": "三-1", "effective_from": date(2026, 1, 1)},
        {"clause_id": "三-9", "effective_from": date(2026, 8, 1)},
        {
            "clause_id": "三-8",
            "effective_from": date(2020, 1, 1),
            "effective_to": date(2026, 7, 30),
        },
    ],
    "audit_check": [{"check_id": "AC-000001", "clause_id": "三-1"}],
    "kpi": [bad.KPI, {"kpi_id": "CSAT"}],
    "kpi_scheme": [
        {"scheme_id": "REP-2026", "kpi_id": "SALES", "weight_pct": 60.5},
        {"scheme_id": "REP-2026", "kpi_id": "COLLECT", "weight_pct": 39.5},
        {
            "scheme_id": "MGR-2026",
            "kpi_id": "CSAT",
            "weight_pct": 100,
            "valid_from": date(2027, 1, 1),
        },
    ],
    "attitude_item": [{"weight_pct": 60}, {"weight_pct": 40}, {"weight_pct": 9, "inactive": True}],
    "cycle": [{**bad.CYCLE, "state": "closed"}],
    "customer": [
        {
            **bad.CUSTOMER,
            "tax_id": "04595257",
            "status": "active",
            "credit_limit": 1000,
        },
        {**bad.OTHER, "tax_id": "22099131", "status": "prospect"},
        {
            "customer_id": "C-000003",
            "name": "大同機械有限公司",
            "tax_id": "04595257",
            "merged_into": "C-000001",
        },
    ],
    "contact": [
        {"customer_id": "C-000001", "phone": "1", "is_primary": True, "status": "active"},
        {"customer_id": "C-000001", "email": "a@b.c", "is_primary": True, "status": "inactive"},
        {"customer_id": "C-000001", "email": "a@b.c", "is_primary": False, "status": "active"},
    ],
    "key_account": [{"customer_id": "C-000003", "state": "removed"}],
    "class_rule": [
        {**bad.BAND, "class_code": "low", "high": 40},
        bad.MIDDLE,
        {**bad.BAND, "class_code": "high", "low": 70},
        {**bad.BAND, "class_code": "high", "low": 75, "valid_from": date(2025, 1, 1)},
        {**bad.BAND, "class_code": "high", "low": 80, "valid_from": date(2027, 1, 1)},
        {**bad.BAND, "axis": "need", "metric": "industry_rank", "class_code": "leader", "high": 4},
    ],
    "sales_plan": [{**bad.PLAN, "target_revenue": 100}],
    "target": [{**row, "target_id": f"TG-{n:06d}"} for n, row in enumerate(TARGETS)],
    "contract": [
        {**bad.CONTRACT, "contract_id": "CON-000001"},
        {**bad.CONTRACT, "contract_id": "CON-000002", "state": "void", "amount": 7},
        {**bad.CONTRACT, "contract_id": "CON-000003", "contract_type": "framework", "amount": 5},
        {
            **bad.CONTRACT,
            "contract_id": "CON-000004",
            "contract_type": "agency",
            "party_type": "agent",
            "party_id": "A-000001",
            "amount": 0,
            "template_id": None,
        },
    ],
    "contract_line": [
        {"contract_id": "CON-000001", "qty": 3, "price": 300},
        {"contract_id": "CON-000001", "qty": 0.5, "price": 200},
    ],
    "milestone": [
        {
            "milestone_id": "MS-000001",
            "contract_id": "CON-000001",
            "kind": "payment",
            "amount": 400,
            "due_on": date(2026, 7, 24),
        },
        {
            "milestone_id": "MS-000002",
            "contract_id": "CON-000001",
            "kind": "payment",
            "amount": 600,
            "due_on": date(2026, 3, 1),
            "done_on": date(2026, 3, 2),
        },
        {
            "milestone_id": "MS-000003",
            "contract_id": "CON-000001",
            "kind": "acceptance",
            "due_on": date(2027, 12, 31),
        },
    ],
    "template": [bad.TEMPLATE],
    "order": [
        {**bad.ORDER, "contract_id": "CON-000001"},
        {**bad.ORDER, "order_id": "SO-000002", "state": "submitted", "customer_id": "C-000002"},
        {**bad.ORDER, "order_id": "SO-000003", "state": "cancelled"},
        {**bad.ORDER, "order_id": "SO-000004", "state": "completed", "customer_id": "C-000003"},
    ],
    "order_line": [
        {**bad.LINE, "delivered_qty": 10, "returned_qty": 10},
        {**bad.LINE, "order_id": "SO-000002", "line_no": 1},
        {**bad.LINE, "order_id": "SO-000004", "line_no": 1, "returned_qty": 0},
    ],
    "order_credit": [
        {"order_id": "SO-000001", "employee_id": REP, "share_pct": 70},
        {"order_id": "SO-000001", "employee_id": PEER, "share_pct": 30},
        {"order_id": "SO-000002", "employee_id": REP, "share_pct": 100},
        {"order_id": "SO-000004", "employee_id": REP, "share_pct": 100},
    ],
    "receipt": [
        {
            "contract_id": "CON-000001",
            "order_id": "SO-000001",
            "milestone_id": "MS-000001",
            "kind": "receipt",
            "amount": 1100,
        },
        {"contract_id": "CON-000001", "kind": "refund", "amount": 100},
    ],
    "kpi_actual": [
        bad.ACTUAL,
        {**bad.ACTUAL, "kpi_id": "CSAT", "source": "manual", "evidence": "問卷"},
    ],
    "attitude_rating": RATINGS,
    "appraisal": [
        {
            "cycle_id": "CY-000001",
            "employee_id": REP,
            "state": "final",
            "total": 95.1,
            "rank": 2,
            "grade": "A",
        },
        {"cycle_id": "CY-000001", "employee_id": PEER, "state": "draft", "total": 1},
    ],
    "enrollment": [
        {"attendance": "absent", "pre_score": 50},
        {"attendance": "present", "passed": True, "post_score": 90, "certificate_no": "TC-1"},
    ],
    "action": [
        {
            "owner_id": REP,
            "verified_by": PEER,
            "kind": "corrective",
            "state": "verified",
            "effective": "yes",
        },
        {"owner_id": REP, "kind": "decision", "state": "verified"},
    ],
    "audit": [{"unit_ids": ("U-000002",), "lead_id": AUDITOR, "auditor_ids": (AUDITOR,)}],
    "audit_result": [
        {
            "audit_id": "AU-000001",
            "check_id": "AC-000001",
            "result": "nonconform",
            "evidence_file": "a.pdf",
        },
        {"audit_id": "AU-000001", "check_id": "AC-000002", "result": "conform"},
    ],
    "finding": [{"audit_id": "AU-000001", "check_id": "AC-000001"}],
    "document": [
        {"document_id": "DOC-000001", "data_hash": "a", "state": "sent"},
        {"document_id": "DOC-000002", "data_hash": "a", "state": "superseded"},
        {"document_id": "DOC-000003", "data_hash": "a", "state": "sent"},
    ],
}
EVIDENCE = Evidence(
    kpi_actuals=bad.evidence_of([{**bad.ACTUAL, "actual": 5.00004}]),
    appraisals=bad.evidence_of(
        [
            {
                "cycle_id": "CY-000001",
                "employee_id": REP,
                "total": 95.10001,
                "rank": 2,
                "grade": "A",
                "attitude": None,
            }
        ]
    ),
    document_hashes={"DOC-000001": "a", "DOC-000002": "b"},
)
