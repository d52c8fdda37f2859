"""One breach of every message of every rule: the rows that commit it, and where it is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from sheetsales.checks import Evidence
from tests import builders


@dataclass(frozen=True, eq=False)
class Breach:
    """A breach.

    Attributes:
        code: code of the rule.
        variant: which message.
        found: table, position and field of the finding.
        rows: rows by table.
        evidence: what the rule compares with.
    """

    code: str
    variant: str
    found: tuple[str, int, str]
    rows: dict[str, builders.Rows]
    evidence: Evidence = field(default_factory=Evidence)

    def __str__(self) -> str:
        return f"{self.code}.{self.variant}".removesuffix(".")


def breach(code, found, evidence=None, **rows) -> Breach:
    code, _, variant = code.partition(".")
    return Breach(code, variant, found, rows, evidence or Evidence())


COMPANY = {"company_id": "C1", "locale": "zh-TW", "fiscal_start_month": 1}
CUSTOMER = {"customer_id": "C-000001", "name": "大同機械"}
OTHER = {"customer_id": "C-000002", "name": "聯華食品"}
CONTRACT = {
    "contract_id": "CON-000001",
    "contract_type": "sales",
    "party_type": "customer",
    "party_id": "C-000001",
    "amount": 1000,
    "currency": "TWD",
    "state": "performing",
    "start_on": date(2026, 1, 1),
    "end_on": date(2026, 12, 31),
    "signed_on": date(2025, 12, 20),
    "template_id": "TPL-000001",
}
SIGNED_LINE = {"contract_id": "CON-000001", "line_no": 1, "qty": 10, "price": 100}
SEALED_CONTRACT = {
    "contract": {"CON-000001": {"amount": "1000", "@parts": "CON-000001/1", "@amendments": ""}},
    "contract_line": {"CON-000001/1": {"qty": "10", "price": "100"}},
}
APPROVED_PLAN = {"plan_id": "SP-000001", "state": "approved", "target_revenue": 1000}
PLANNED = {"target_id": "TG-000001", "plan_id": "SP-000001", "target_value": 80}
SEALED_PLAN = {
    "sales_plan": {"SP-000001": {"target_revenue": "1000", "@parts": "TG-000001"}},
    "target": {"TG-000001": {"plan_id": "SP-000001", "target_value": "80"}},
}
TEMPLATE = {
    "template_id": "TPL-000001",
    "doc_type": "sales_contract",
    "state": "approved",
    "effective_from": date(2025, 1, 1),
}
ORDER = {
    "order_id": "SO-000001",
    "customer_id": "C-000001",
    "currency": "TWD",
    "order_on": date(2026, 7, 1),
    "promised_on": date(2026, 7, 20),
    "state": "confirmed",
}
LINE = {"order_id": "SO-000001", "line_no": 1, "qty": 10, "price": 100}
PERSON = {
    "employee_id": "E-000001",
    "name": "陳一",
    "unit_id": "U-000002",
    "role_code": "rep",
    "status": "active",
    "hire_date": date(2020, 1, 1),
}
UNITS = [
    {"unit_id": "U-000001"},
    {"unit_id": "U-000002", "parent_unit_id": "U-000001", "manager_id": "E-000009"},
]
TARGET = {
    "target_id": "TG-000001",
    "plan_id": "SP-000001",
    "subject_type": "unit",
    "subject_id": "U-000002",
    "kpi_id": "SALES",
    "period": "202607",
    "target_value": 100,
}
PERSONAL = {
    **TARGET,
    "target_id": "TG-000002",
    "subject_type": "employee",
    "subject_id": "E-000001",
}
KPI = {"kpi_id": "SALES", "formula_id": "F09-amount", "direction": "higher"}
PLAN = {"plan_id": "SP-000001", "period": "2026", "unit_id": "U-000002", "state": "executing"}
RATING = {
    "cycle_id": "CY-000001",
    "employee_id": "E-000001",
    "rater_id": "E-000002",
    "rater_type": "peer",
    "item_id": "AI-000001",
    "rating": 4,
}
CYCLE = {
    "cycle_id": "CY-000001",
    "name": "第三季",
    "end_on": date(2026, 9, 30),
    "w_performance": 60,
    "w_attitude": 25,
    "w_service": 15,
    "state": "open",
}
ACTUAL = {
    "employee_id": "E-000001",
    "kpi_id": "SALES",
    "period": "202607",
    "actual": 5,
    "source": "computed",
}
BAND = {"axis": "value", "metric": "rfm_score", "valid_from": date(2026, 1, 1)}
MIDDLE = {**BAND, "class_code": "mid", "low": 40, "high": 70}


def evidence_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame({name: [row[name] for row in rows] for name in rows[0]}, dtype=object)


BREACHES = [
    breach(
        "ORG-01",
        ("org_unit", 0, "parent_unit_id"),
        org_unit=[{"unit_id": "U-000001", "parent_unit_id": "U-000001"}],
    ),
    breach(
        "ORG-06",
        ("clause", 0, "clause_id"),
        clause=[{"clause_id": "三-1", "title": "組織", "effective_from": date(2026, 1, 1)}],
    ),
    breach(
        "MKT-01.scheme",
        ("kpi_scheme", 0, "weight_pct"),
        kpi_scheme=[{"scheme_id": "REP-2026", "weight_pct": 60}] * 2,
    ),
    breach(
        "MKT-01.attitude",
        ("attitude_item", 0, "weight_pct"),
        attitude_item=[{"weight_pct": 60}, {"weight_pct": None}],
    ),
    breach(
        "MKT-01.cycle",
        ("cycle", 0, "w_performance"),
        cycle=[{**CYCLE, "w_service": 10}],
    ),
    breach(
        "CUS-01.invalid",
        ("customer", 0, "tax_id"),
        company=[COMPANY],
        customer=[{**CUSTOMER, "tax_id": "12345678"}],
    ),
    breach(
        "CUS-01.shared",
        ("customer", 1, "tax_id"),
        customer=[{**CUSTOMER, "tax_id": "04595257"}, {**OTHER, "tax_id": "04595257"}],
    ),
    breach(
        "CUS-02",
        ("customer", 1, "name"),
        customer=[CUSTOMER, {**OTHER, "name": "大同機械股份有限公司"}],
    ),
    breach(
        "CUS-03.none", ("customer", 0, "customer_id"), customer=[{**CUSTOMER, "status": "active"}]
    ),
    breach(
        "CUS-03.several",
        ("customer", 0, "customer_id"),
        customer=[{**CUSTOMER, "status": "active"}],
        contact=[{"customer_id": "C-000001", "phone": "1", "is_primary": True, "status": "active"}]
        * 2,
    ),
    breach("CUS-03.unreachable", ("contact", 0, "phone"), contact=[{"customer_id": "C-000001"}]),
    breach(
        "CUS-04.order",
        ("order", 0, "contract_id"),
        contract=[CONTRACT],
        order=[{**ORDER, "customer_id": "C-000002", "contract_id": "CON-000001"}],
    ),
    breach(
        "CUS-04.receipt",
        ("receipt", 0, "order_id"),
        contract=[CONTRACT],
        order=[{**ORDER, "customer_id": "C-000002"}],
        receipt=[{"contract_id": "CON-000001", "order_id": "SO-000001"}],
    ),
    breach(
        "CUS-04.milestone",
        ("receipt", 0, "milestone_id"),
        milestone=[{"milestone_id": "MS-000001", "contract_id": "CON-000002"}],
        receipt=[{"contract_id": "CON-000001", "milestone_id": "MS-000001"}],
    ),
    breach(
        "CUS-04.renewal",
        ("contract", 1, "parent_id"),
        contract=[
            CONTRACT,
            {
                **CONTRACT,
                "contract_id": "CON-000002",
                "party_id": "C-000002",
                "parent_id": "CON-000001",
            },
        ],
    ),
    breach(
        "CUS-05.lowest",
        ("class_rule", 0, "low"),
        class_rule=[{**MIDDLE}, {**BAND, "class_code": "high", "low": 70}],
    ),
    breach(
        "CUS-05.joint",
        ("class_rule", 1, "low"),
        class_rule=[
            {**BAND, "class_code": "low", "high": 40},
            {**BAND, "class_code": "high", "low": 50},
        ],
    ),
    breach(
        "CUS-05.highest",
        ("class_rule", 1, "high"),
        class_rule=[{**BAND, "class_code": "low", "high": 40}, MIDDLE],
    ),
    breach(
        "CUS-08.chain",
        ("customer", 0, "merged_into"),
        customer=[{**CUSTOMER, "merged_into": "C-000001"}],
    ),
    breach(
        "CUS-08.use",
        ("order", 0, "customer_id"),
        customer=[{**CUSTOMER, "merged_into": "C-000002"}, OTHER],
        order=[{**ORDER, "state": "draft"}],
    ),
    breach(
        "PLN-01.organisation",
        ("target", 0, "target_value"),
        kpi=[KPI],
        org_unit=UNITS,
        employee=[PERSON],
        target=[TARGET, {**PERSONAL, "target_value": 90}],
    ),
    breach(
        "PLN-01.category",
        ("target", 0, "target_value"),
        kpi=[KPI],
        category=[{"category_id": "CAT-000001"}],
        target=[TARGET, {**TARGET, "category_id": "CAT-000001", "target_value": 90}],
    ),
    breach(
        "PLN-01.plan",
        ("sales_plan", 0, "target_revenue"),
        kpi=[KPI],
        sales_plan=[{**PLAN, "target_revenue": 90}],
        target=[TARGET],
    ),
    breach(
        "PLN-02",
        ("target", 1, "subject_id"),
        target=[TARGET, {**TARGET, "target_id": "TG-000002"}],
    ),
    breach(
        "PLN-03.stretch", ("target", 0, "stretch_value"), target=[{**TARGET, "stretch_value": 90}]
    ),
    breach(
        "PLN-03.weights",
        ("target", 0, "month_weight_pct"),
        target=[{**TARGET, "month_weight_pct": 90}],
    ),
    breach("PLN-05.missing", ("employee", 0, "employee_id"), sales_plan=[PLAN], employee=[PERSON]),
    breach(
        "PLN-05.absent",
        ("target", 0, "period"),
        employee=[{**PERSON, "leave_date": date(2026, 6, 30)}],
        target=[PERSONAL],
    ),
    breach(
        "SAL-01.person",
        ("order_credit", 0, "employee_id"),
        order=[ORDER],
        employee=[{**PERSON, "hire_date": date(2026, 7, 2)}],
        order_credit=[{"order_id": "SO-000001", "employee_id": "E-000001", "share_pct": 100}],
    ),
    breach("SAL-01.none", ("order", 0, "order_id"), order=[ORDER]),
    breach(
        "SAL-01.total",
        ("order_credit", 0, "share_pct"),
        order=[ORDER],
        order_credit=[{"order_id": "SO-000001", "share_pct": 40}] * 2,
    ),
    breach(
        "SAL-07.delivered",
        ("order_line", 0, "delivered_qty"),
        order_line=[{**LINE, "delivered_qty": 11}],
    ),
    breach(
        "SAL-07.returned",
        ("order_line", 0, "returned_qty"),
        order_line=[{**LINE, "delivered_qty": 4, "returned_qty": 5}],
    ),
    breach(
        "SAL-07.promised",
        ("order", 0, "promised_on"),
        order=[{**ORDER, "promised_on": date(2026, 6, 30)}],
    ),
    breach(
        "SAL-09.owed",
        ("order", 0, "customer_id"),
        customer=[{**CUSTOMER, "credit_limit": 999}],
        order=[ORDER],
        order_line=[LINE],
    ),
    breach(
        "SAL-09.pending",
        ("order", 0, "total"),
        customer=[{**CUSTOMER, "credit_limit": 999}],
        order=[{**ORDER, "state": "submitted"}],
        order_line=[LINE],
    ),
    breach(
        "CON-01",
        ("contract", 0, "amount"),
        contract=[CONTRACT],
        contract_line=[{"contract_id": "CON-000001", "qty": 9, "price": 100}],
    ),
    breach("CON-01.no-lines", ("contract", 0, "amount"), contract=[CONTRACT]),
    breach(
        "CON-02",
        ("contract", 0, "amount"),
        contract=[CONTRACT],
        milestone=[{"contract_id": "CON-000001", "kind": "payment", "amount": 900}],
    ),
    breach("CON-02.none", ("contract", 0, "amount"), contract=[CONTRACT]),
    breach("CON-03.unknown", ("contract", 0, "party_id"), contract=[CONTRACT]),
    breach(
        "CON-03.type",
        ("contract", 0, "party_type"),
        contract=[{**CONTRACT, "party_type": "agent"}],
    ),
    breach(
        "CON-04.term",
        ("contract", 0, "end_on"),
        contract=[{**CONTRACT, "end_on": date(2025, 12, 31)}],
    ),
    breach(
        "CON-04.milestone",
        ("milestone", 0, "due_on"),
        contract=[CONTRACT],
        milestone=[{"contract_id": "CON-000001", "due_on": date(2025, 12, 31)}],
    ),
    breach(
        "CON-05.kind",
        ("contract", 0, "template_id"),
        contract=[CONTRACT],
        template=[{**TEMPLATE, "doc_type": "quotation"}],
    ),
    breach(
        "CON-05.state",
        ("contract", 0, "template_id"),
        contract=[CONTRACT],
        template=[{**TEMPLATE, "state": "draft"}],
    ),
    breach(
        "CON-05.date",
        ("contract", 0, "template_id"),
        contract=[CONTRACT],
        template=[{**TEMPLATE, "effective_from": date(2025, 12, 21)}],
    ),
    breach(
        "CON-13.overpaid",
        ("contract", 0, "amount"),
        contract=[CONTRACT],
        receipt=[{"contract_id": "CON-000001", "kind": "receipt", "amount": 1001}],
    ),
    breach(
        "CON-13.overdue",
        ("milestone", 0, "due_on"),
        contract=[CONTRACT],
        milestone=[{"contract_id": "CON-000001", "kind": "payment", "due_on": date(2026, 7, 23)}],
    ),
    breach(
        "PER-02.evidence",
        ("kpi_actual", 0, "evidence"),
        kpi_actual=[{**ACTUAL, "source": "manual"}],
    ),
    breach(
        "PER-02.differs",
        ("kpi_actual", 0, "actual"),
        Evidence(kpi_actuals=evidence_of([{**ACTUAL, "actual": 5.0001}])),
        kpi_actual=[ACTUAL],
    ),
    breach(
        "PER-03.self",
        ("attitude_rating", 0, "rater_id"),
        attitude_rating=[{**RATING, "rater_id": "E-000001"}],
    ),
    breach(
        "PER-03.other",
        ("attitude_rating", 0, "rater_id"),
        attitude_rating=[{**RATING, "rater_type": "self"}],
    ),
    breach(
        "PER-03.few",
        ("attitude_rating", 0, "rater_type"),
        cycle=[{**CYCLE, "state": "closed"}],
        attitude_rating=[RATING],
    ),
    breach(
        "PER-04",
        ("appraisal", 0, "total"),
        Evidence(
            appraisals=evidence_of(
                [{"cycle_id": "CY-000001", "employee_id": "E-000001", "total": 95.1}]
            )
        ),
        appraisal=[
            {"cycle_id": "CY-000001", "employee_id": "E-000001", "total": 95.2, "state": "final"}
        ],
    ),
    breach(
        "PER-06.extreme",
        ("attitude_rating", 0, "comment"),
        attitude_rating=[{**RATING, "rating": 5}],
    ),
    breach(
        "PER-06.spread",
        ("attitude_rating", 0, "rating"),
        attitude_rating=[RATING, {**RATING, "employee_id": "E-000003"}],
    ),
    breach(
        "PER-07",
        ("kpi_scheme", 0, "kpi_id"),
        cycle=[CYCLE],
        kpi_scheme=[
            {
                "scheme_id": "REP-2026",
                "kpi_id": "CSAT",
                "weight_pct": 15,
                "valid_from": date(2026, 1, 1),
            }
        ],
    ),
    breach(
        "TAL-01.absent",
        ("enrollment", 0, "post_score"),
        enrollment=[{"attendance": "absent", "post_score": 80}],
    ),
    breach(
        "TAL-01.certificate",
        ("enrollment", 0, "certificate_no"),
        enrollment=[{"attendance": "present", "passed": False, "certificate_no": "TC-1"}],
    ),
    breach(
        "GOV-01.verifier",
        ("action", 0, "verified_by"),
        action=[{"owner_id": "E-000001", "verified_by": "E-000001"}],
    ),
    breach(
        "GOV-01.effect",
        ("action", 0, "effective"),
        action=[{"kind": "corrective", "state": "verified"}],
    ),
    breach(
        "GOV-03",
        ("audit", 0, "lead_id"),
        org_unit=UNITS,
        employee=[PERSON],
        audit=[{"unit_ids": ("U-000001",), "lead_id": "E-000001"}],
    ),
    breach(
        "GOV-05.evidence",
        ("audit_result", 0, "evidence"),
        finding=[{"audit_id": "AU-000001", "check_id": "AC-000001"}],
        audit_result=[{"audit_id": "AU-000001", "check_id": "AC-000001", "result": "nonconform"}],
    ),
    breach(
        "GOV-05.finding",
        ("audit_result", 0, "check_id"),
        audit_result=[
            {
                "audit_id": "AU-000001",
                "check_id": "AC-000001",
                "result": "nonconform",
                "evidence": "抽樣 3",
            }
        ],
    ),
    breach(
        "SYS-03",
        ("document", 0, "data_hash"),
        Evidence(document_hashes={"DOC-000001": "b"}),
        document=[{"document_id": "DOC-000001", "data_hash": "a", "state": "generated"}],
    ),
    breach(
        "PLN-04",
        ("sales_plan", 0, "target_revenue"),
        Evidence(sealed=SEALED_PLAN),
        sales_plan=[{**APPROVED_PLAN, "target_revenue": 900}],
        target=[PLANNED],
    ),
    breach(
        "PLN-04.reopened",
        ("sales_plan", 0, "state"),
        Evidence(sealed=SEALED_PLAN),
        sales_plan=[{**APPROVED_PLAN, "state": "draft"}],
        target=[PLANNED],
    ),
    breach(
        "PLN-04.gone",
        ("sales_plan", 0, ""),
        Evidence(sealed=SEALED_PLAN),
        sales_plan=[APPROVED_PLAN],
    ),
    breach(
        "PLN-04.added",
        ("target", 1, ""),
        Evidence(sealed=SEALED_PLAN),
        sales_plan=[APPROVED_PLAN],
        target=[PLANNED, {**PLANNED, "target_id": "TG-000002"}],
    ),
    breach(
        "CON-07",
        ("contract", 0, "amount"),
        Evidence(sealed=SEALED_CONTRACT),
        contract=[{**CONTRACT, "amount": 900}],
        contract_line=[SIGNED_LINE],
    ),
    breach(
        "CON-07.reopened",
        ("contract", 0, "state"),
        Evidence(sealed=SEALED_CONTRACT),
        contract=[{**CONTRACT, "state": "draft"}],
        contract_line=[SIGNED_LINE],
    ),
    breach(
        "CON-07.gone",
        ("contract", 0, ""),
        Evidence(sealed=SEALED_CONTRACT),
        contract=[CONTRACT],
    ),
    breach(
        "CON-07.added",
        ("contract_line", 1, ""),
        Evidence(sealed=SEALED_CONTRACT),
        contract=[CONTRACT],
        contract_line=[SIGNED_LINE, {**SIGNED_LINE, "line_no": 2}],
    ),
]
