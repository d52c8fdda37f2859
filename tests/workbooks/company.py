"""A few invented rows of every table that a figure counts, each figure with something to count."""

from __future__ import annotations

from datetime import date, datetime

AS_OF = date(2026, 8, 15)

Row = dict[str, object]


def company_rows() -> dict[str, list[Row]]:
    """Return rows by table."""
    return {
        **_organisation(),
        **_market(),
        **_customers(),
        **_plans(),
        **_sales(),
        **_contracts(),
        **_appraisals(),
        **_training(),
        **_audits(),
    }


def _organisation() -> dict[str, list[Row]]:
    return {
        "company": [{"company_id": "C1", "name": "昇達", "fiscal_start_month": 4}],
        "org_unit": [
            {"unit_id": "U-000001", "name": "業務部", "unit_type": "dept", "is_active": True},
            {"unit_id": "U-000002", "name": "舊團隊", "unit_type": "team", "is_active": False},
        ],
        "employee": [
            {
                "employee_id": f"E-{number:06d}",
                "name": name,
                "unit_id": "U-000001",
                "role_code": role,
                "status": status,
                "leave_date": leaves,
            }
            for number, (name, role, status, leaves) in enumerate(
                [
                    ("林怡君", "rep", "active", None),
                    ("陳大文", "rep", "active", date(2026, 9, 1)),
                    ("A. Lee", "manager", "active", None),
                    ("周離", "rep", "left", date(2026, 8, 1)),
                ],
                start=1,
            )
        ],
        "territory": [
            {"territory_id": "T-000001", "name": "北區"},
            {"territory_id": "T-000002", "name": "南區", "inactive": True},
        ],
        "clause": [
            {"clause_id": "三-4-a", "title": "業績", "effective_from": date(2026, 1, 1)},
            {
                "clause_id": "三-4-b",
                "title": "態度",
                "effective_from": date(2025, 1, 1),
                "effective_to": date(2025, 12, 31),
            },
        ],
    }


def _market() -> dict[str, list[Row]]:
    return {
        "category": [{"category_id": "CAT-000001", "name": "感測器"}],
        "product": [
            {
                "product_id": f"PRD-{number:06d}",
                "name": f"感測器 {number}",
                "category_id": "CAT-000001",
                "status": status,
            }
            for number, status in enumerate(["active", "active", "draft"], start=1)
        ],
        "channel": [
            {
                "channel_id": "CH-000001",
                "name": "直銷",
                "channel_type": "direct",
                "status": "active",
            }
        ],
    }


def _customers() -> dict[str, list[Row]]:
    return {
        "customer": [
            {
                "customer_id": f"C-{number:06d}",
                "name": name,
                "status": status,
                "value_class": value,
                "is_key": is_key,
                "owner_id": "E-000001",
                "next_visit_due": due,
            }
            for number, (name, status, value, is_key, due) in enumerate(
                [
                    ("甲（股）公司", "active", "high", True, date(2026, 8, 14)),
                    ("A&B <Ltd>", "active", "mid", False, date(2026, 8, 15)),
                    ('乙"公司', "prospect", None, None, None),
                    ("丙公司", "dormant", "low", False, date(2026, 8, 1)),
                ],
                start=1,
            )
        ],
        "key_account": [
            {
                "key_id": "KA-000001",
                "customer_id": "C-000001",
                "state": "confirmed",
                "review_due": date(2026, 8, 30),
            }
        ],
    }


def _plans() -> dict[str, list[Row]]:
    return {
        "kpi": [{"kpi_id": "SALES", "name": "銷售額", "formula_id": "F09-amount"}],
        "strategy": [{"strategy_id": "ST-000001", "title": "深耕", "state": "active"}],
        "sales_plan": [
            {
                "plan_id": "SP-000001",
                "name": "年度計劃",
                "period": "2026",
                "unit_id": "U-000001",
                "target_revenue": 1200,
                "state": "executing",
            },
            {
                "plan_id": "SP-000002",
                "name": "草案",
                "period": "2026",
                "unit_id": "U-000001",
                "target_revenue": 9999,
                "state": "submitted",
            },
        ],
        "target": [
            {
                "target_id": f"TG-{number:06d}",
                "plan_id": plan,
                "subject_type": kind,
                "subject_id": subject,
                "kpi_id": "SALES",
                "period": period,
                "target_value": value,
            }
            for number, (plan, kind, subject, period, value) in enumerate(
                [
                    ("SP-000001", "unit", "U-000001", "202604", 700.5),
                    ("SP-000001", "unit", "U-000001", "202605", 500),
                    ("SP-000001", "employee", "E-000001", "202604", 400),
                    ("SP-000001", "employee", "E-000002", "202604", 300.5),
                    ("SP-000002", "unit", "U-000001", "202604", 9999),
                ],
                start=1,
            )
        ],
    }


def _sales() -> dict[str, list[Row]]:
    orders = [
        ("SO-000001", "C-000001", date(2026, 4, 30), "completed", 600.25, None, "low"),
        ("SO-000002", "C-000002", date(2026, 8, 1), "processing", 300, date(2026, 8, 10), "high"),
        ("SO-000003", "C-000001", date(2026, 8, 15), "cancelled", 50, None, "low"),
        ("SO-000004", "C-000001", date(2026, 3, 31), "on_hold", 70, None, "mid"),
    ]
    return {
        "order": [
            {
                "order_id": key,
                "customer_id": customer,
                "order_on": day,
                "state": state,
                "total": amount,
                "promised_on": promised,
                "risk": risk,
                "currency": "USD",
            }
            for key, customer, day, state, amount, promised, risk in orders
        ],
        "order_line": [
            {
                "order_id": key,
                "line_no": 1,
                "product_id": "PRD-000001",
                "qty": 1,
                "price": amount,
                "unit_cost": 1,
                "returned_qty": 0,
            }
            for key, _, _, _, amount, _, _ in orders
        ],
        "order_credit": [
            {"order_id": "SO-000001", "employee_id": "E-000001", "share_pct": 60},
            {"order_id": "SO-000001", "employee_id": "E-000002", "share_pct": 40},
            {"order_id": "SO-000002", "employee_id": "E-000003", "share_pct": 100},
        ],
        "receipt": [
            {
                "receipt_id": "RC-000001",
                "order_id": "SO-000001",
                "kind": "receipt",
                "received_on": date(2026, 8, 2),
                "amount": 600.25,
            },
            {
                "receipt_id": "RC-000002",
                "order_id": "SO-000001",
                "kind": "refund",
                "received_on": date(2026, 8, 3),
                "amount": 10,
            },
        ],
    }


def _contracts() -> dict[str, list[Row]]:
    return {
        "contract": [
            {
                "contract_id": f"CON-{number:06d}",
                "title": f"合同 {number}",
                "contract_type": "sales",
                "owner_id": "E-000001",
                "state": state,
                "amount": amount,
                "end_on": end,
            }
            for number, (state, amount, end) in enumerate(
                [
                    ("performing", 1000, date(2026, 10, 14)),
                    ("signed", 500.5, date(2026, 10, 15)),
                    ("reviewing", 9, None),
                    ("approved", 9, None),
                ],
                start=1,
            )
        ],
        "milestone": [
            {
                "milestone_id": f"MS-{number:06d}",
                "contract_id": "CON-000001",
                "kind": "payment",
                "due_on": due,
                "done_on": done,
                "amount": amount,
                "status": status,
            }
            for number, (due, done, amount, status) in enumerate(
                [
                    (date(2026, 8, 14), None, 100, "overdue"),
                    (date(2026, 8, 31), None, 200, "todo"),
                    (date(2026, 7, 1), date(2026, 7, 2), 300, "done"),
                    (date(2026, 7, 1), None, 400, "waived"),
                ],
                start=1,
            )
        ],
    }


def _appraisals() -> dict[str, list[Row]]:
    return {
        "cycle": [
            {"cycle_id": "CY-000001", "name": "第一季", "end_on": date(2026, 3, 31)},
            {"cycle_id": "CY-000002", "name": "第二季", "end_on": date(2026, 6, 30)},
        ],
        "appraisal": [
            {
                "cycle_id": cycle,
                "employee_id": employee,
                "performance": performance,
                "attitude": 80,
                "total": total,
                "grade": grade,
                "appeal": appeal,
                "state": state,
            }
            for cycle, employee, performance, total, grade, appeal, state in [
                ("CY-000001", "E-000001", 70, 71.5, "C", "none", "final"),
                ("CY-000002", "E-000001", 104.17, 95.1, "A", "none", "final"),
                ("CY-000002", "E-000002", 88, 82.25, "B", "open", "appealed"),
                ("CY-000002", "E-000003", None, None, None, "none", "draft"),
            ]
        ],
    }


def _training() -> dict[str, list[Row]]:
    return {
        "training_plan": [{"training_plan_id": "TP-000001", "name": "年度", "state": "approved"}],
        "course": [{"course_id": "CRS-000001", "name": "產品", "kind": "product"}],
        "session": [
            {
                "session_id": "TS-000001",
                "course_id": "CRS-000001",
                "start_at": datetime.fromisoformat("2026-08-15T09:30"),
                "end_at": datetime.fromisoformat("2026-08-15T17:30"),
                "mandatory": True,
                "state": "scheduled",
            },
            {
                "session_id": "TS-000002",
                "course_id": "CRS-000001",
                "start_at": datetime.fromisoformat("2026-07-31T23:59"),
                "end_at": datetime.fromisoformat("2026-08-01T01:00"),
                "mandatory": False,
                "state": "completed",
            },
        ],
        "enrollment": [
            {
                "session_id": "TS-000002",
                "employee_id": f"E-{number:06d}",
                "attendance": attendance,
                "passed": passed,
            }
            for number, (attendance, passed) in enumerate(
                [("present", True), ("late", False), ("absent", None)], start=1
            )
        ],
    }


def _audits() -> dict[str, list[Row]]:
    return {
        "audit": [
            {
                "audit_id": "AU-000001",
                "scope_to": date(2026, 6, 30),
                "score": 76.6,
                "state": "following",
            }
        ],
        "audit_check": [{"check_id": "AC-000001", "question": "是否簽署？"}],
        "audit_result": [
            {
                "audit_id": "AU-000001",
                "check_id": "AC-000001",
                "sample_ref": "order/SO-000001",
                "result": "nonconform",
            }
        ],
        "finding": [
            {
                "finding_id": f"FD-{number:06d}",
                "audit_id": "AU-000001",
                "severity": "major",
                "due_on": date(2026, 8, 14),
                "state": state,
            }
            for number, state in enumerate(["action", "closed"], start=1)
        ],
        "action": [
            {"action_id": "AN-000001", "due_on": date(2026, 8, 20), "state": "doing"},
            {"action_id": "AN-000002", "due_on": date(2026, 8, 1), "state": "open"},
        ],
        "document": [
            {"document_id": "DOC-000001", "doc_type": "sales_contract", "state": "generated"}
        ],
    }
