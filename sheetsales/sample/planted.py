"""The errors planted in the sample: each a small change of one row, and what it must be found as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sheetsales.sample.organisation import TEAM_UNITS
from sheetsales.sample.setting import Row, Setting, numbered
from sheetsales.schema import KEY_JOINER, Regulation


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell content that is no value of its field, such as a word where a number belongs."""

    content: object


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted error as ``check`` must report it.

    Attributes:
        code: rule code.
        book: stem of the workbook.
        sheet: table whose sheet it stands on.
        key: one-line primary key of the row.
        field: field name; empty if the row is meant.
    """

    code: str
    book: str
    sheet: str
    key: str
    field: str


def plant_errors(setting: Setting, regulation: Regulation) -> tuple[Planted, ...]:
    """Change rows of the sample so that rules are broken, and return what was broken."""
    planter = _Planter(setting, regulation)
    for plant in _PLANTS:
        plant(planter)
    return tuple(planter.planted)


@dataclass
class _Planter:
    """Picks rows that nothing was planted in yet, and notes what was planted."""

    setting: Setting
    regulation: Regulation
    planted: list[Planted] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def rows(self, table: str) -> list[Row]:
        return self.setting.rows[table]

    def pick(self, table: str, suits: Callable[[Row], bool] = lambda _row: True) -> Row:
        """Return a suitable row, drawn by the seed, and never the same twice."""
        free = [row for row in self.rows(table) if id(row) not in self.used and suits(row)]
        row = self.setting.random.choice(free)
        self.used.add(id(row))
        return row

    def expect(self, code: str, table: str, row: Row, name: str = "") -> None:
        """Note that a rule must report a row."""
        described = self.regulation.tables[table]
        parts = [row[part] for part in described.primary_key]
        key = KEY_JOINER.join(
            part.isoformat() if isinstance(part, date) else str(part) for part in parts
        )
        self.planted.append(Planted(code, described.workbook, table, key, name))

    def change(self, code: str, table: str, row: Row, name: str, value: object) -> None:
        """Give a field a value that a rule must report on that field."""
        row[name] = value
        self.expect(code, table, row, name)

    def prospect(self) -> Row:
        """Return a customer without orders and contracts."""
        contracted = {row["party_id"] for row in self.rows("contract")}
        return self.pick("customer", lambda row: row["customer_id"] not in contracted)

    def contract(self, *states: str) -> Row:
        """Return a contract in one of the states."""
        return self.pick("contract", lambda row: row["state"] in states)

    def old_line(self) -> Row:
        """Return an order line of the first year, which no appraisal or plan rests on."""
        limit = self.setting.quarters[2].start
        old = {
            row["order_id"]
            for row in self.rows("order")
            if str(row["order_on"]) < str(limit) and row["state"] == "completed"
        }
        return self.pick("order_line", lambda row: row["order_id"] in old and row["qty"] != 1)


def _missing(plant: _Planter) -> None:
    customer = plant.pick("customer", lambda row: row["status"] == "active")
    plant.change("COL-required", "customer", customer, "address", None)
    plant.change("COL-required", "contract", plant.contract("draft"), "payment_terms", None)


def _repeated(plant: _Planter) -> None:
    receipts = plant.rows("receipt")
    first = plant.setting.random.randrange(len(receipts) // 2)
    plant.change("COL-unique", "receipt", receipts[-5], "voucher_no", receipts[first]["voucher_no"])
    staff = plant.rows("employee")
    plant.change("COL-unique", "employee", staff[-1], "email", staff[-2]["email"])


def _malformed(plant: _Planter) -> None:
    plant.change("COL-pattern", "contract", plant.contract("draft"), "contract_no", "SC2026-12")
    period = plant.pick(
        "target", lambda row: row["kpi_id"] == "COLLECT" and row["subject_id"] == _MUDDLED
    )
    plant.change("COL-pattern", "target", period, "period", f"{plant.setting.as_of.year}13")


def _unknown_labels(plant: _Planter) -> None:
    huge = RawCell(plant.setting.say("超大型", "gigantic"))
    plant.change("COL-enum", "customer", plant.prospect(), "size_band", huge)
    role = RawCell(plant.setting.say("老闆的朋友", "friend of the boss"))
    plant.change("COL-enum", "contact", plant.pick("contact"), "decision_role", role)


def _wrong_types(plant: _Planter) -> None:
    dozen = RawCell(plant.setting.say("十二", "a dozen"))
    plant.change("COL-type", "order_line", plant.old_line(), "qty", dozen)
    enrolled = plant.pick("enrollment", lambda row: row.get("post_score") is not None)
    plant.change("COL-type", "enrollment", enrolled, "pre_score", RawCell("55 分"))
    action = plant.pick("action", lambda row: row["state"] == "doing")
    plant.change("COL-type", "action", action, "due_on", RawCell("2026年底前"))


def _out_of_bounds(plant: _Planter) -> None:
    values = (
        ("COL-maximum", "post_score", 101),
        ("COL-maximum", "reaction", 9),
        ("COL-minimum", "reaction", 0),
        ("COL-minimum", "pre_score", -5),
    )
    for code, name, value in values:
        row = plant.pick("enrollment", lambda row: row.get("post_score") is not None)
        plant.change(code, "enrollment", row, name, value)


def _doubled_keys(plant: _Planter) -> None:
    second = plant.pick("contact", lambda row: not row["is_primary"])
    copy = plant.setting.add("contact", {**second, "email": "office@double.example"})
    plant.expect("COL-key", "contact", copy, "contact_id")
    enrolled = plant.pick("enrollment", lambda row: row["session_id"] == "TS-000005")
    copy = plant.setting.add("enrollment", {**enrolled, "attendance": "leave"})
    plant.expect("COL-key", "enrollment", copy, "session_id")


def _dangling(plant: _Planter) -> None:
    second = plant.pick("contact", lambda row: not row["is_primary"])
    plant.change("COL-foreign-key", "contact", second, "customer_id", "C-009999")
    plant.change("COL-foreign-key", "order_line", plant.old_line(), "product_id", "PRD-000099")
    milestone = plant.pick("milestone", lambda row: row["kind"] == "acceptance")
    plant.change("COL-foreign-key", "milestone", milestone, "owner_id", "E-000099")


def _tax_ids(plant: _Planter) -> None:
    wrong = plant.prospect()
    # Numbers have a check digit in Taiwan; an English company says no place whose rule to apply.
    if plant.setting.locale != "en":
        plant.change("CUS-01", "customer", wrong, "tax_id", "12345678")
    later = plant.prospect()
    others = [row for row in plant.rows("customer") if str(row["customer_id"]) < "C-000100"]
    plant.change(
        "CUS-01", "customer", later, "tax_id", plant.setting.random.choice(others)["tax_id"]
    )


def _doubled_customer(plant: _Planter) -> None:
    original, copy = plant.rows("customer")[10], plant.prospect()
    name = str(original["name"])
    short = name.removesuffix("股份有限公司").removesuffix(" Co., Ltd.")
    plant.change("CUS-02", "customer", copy, "name", short + plant.setting.say("有限公司", " Ltd."))


def _contacts(plant: _Planter) -> None:
    owners = [row["customer_id"] for row in plant.rows("contact")]
    lone = plant.pick(
        "contact",
        lambda row: owners.count(row["customer_id"]) == 1 and str(row["customer_id"]) < "C-000170",
    )
    lone["is_primary"] = False
    customers = {row["customer_id"]: row for row in plant.rows("customer")}
    plant.expect("CUS-03", "customer", customers[lone["customer_id"]], "customer_id")
    silent = plant.pick("contact", lambda row: not row["is_primary"])
    silent["phone"] = silent["email"] = None
    plant.expect("CUS-03", "contact", silent, "phone")


def _merged(plant: _Planter) -> None:
    old = plant.prospect()
    old["status"], old["merged_into"] = "blocked", "C-000001"
    for contact in plant.rows("contact"):
        if contact["customer_id"] == old["customer_id"]:
            plant.expect("CUS-08", "contact", contact, "customer_id")


def _contract_sums(plant: _Planter) -> None:
    wrong = plant.contract("performing")
    line = plant.pick("contract_line", lambda row: row["contract_id"] == wrong["contract_id"])
    line["qty"] = int(str(line["qty"])) + 3
    plant.expect("CON-01", "contract", wrong, "amount")
    other = plant.pick(
        "contract", lambda row: row["contract_type"] == "sales" and row["state"] == "performing"
    )
    paid = plant.pick(
        "milestone",
        lambda row: row["contract_id"] == other["contract_id"] and row["kind"] == "payment",
    )
    paid["amount"] = int(str(paid["amount"])) - 1000
    plant.expect("CON-02", "contract", other, "amount")


def _contract_terms(plant: _Planter) -> None:
    party = plant.contract("reviewing")
    plant.change("CON-03", "contract", party, "party_type", "agent")
    acceptance = plant.pick("milestone", lambda row: row["kind"] == "acceptance")
    late = date(plant.setting.as_of.year + 3, 6, 30)
    plant.change("CON-04", "milestone", acceptance, "due_on", late)
    plant.change("CON-05", "contract", plant.contract("reviewing"), "template_id", "TPL-000002")
    overdue = plant.setting.as_of - timedelta(days=20)
    forgotten = plant.pick(
        "milestone",
        lambda row: row["done_on"] is not None and str(row["due_on"]) < str(overdue),
    )
    forgotten["done_on"] = None
    plant.expect("CON-13", "milestone", forgotten, "due_on")


def _orders(plant: _Planter) -> None:
    counted = {row["order_id"] for row in plant.rows("order") if row["state"] == "completed"}
    single = plant.pick(
        "order_credit",
        lambda row: (
            row["share_pct"] == 100
            and row["order_id"] in counted
            and str(row["order_id"]) < "SO-000900"
        ),
    )
    single["share_pct"] = 90
    plant.expect("SAL-01", "order_credit", single, "share_pct")
    line = plant.old_line()
    line["returned_qty"] = int(str(line["delivered_qty"])) + 2
    plant.expect("SAL-07", "order_line", line, "returned_qty")
    _over_limit(plant)
    receipts = plant.rows("receipt")
    paid = plant.pick("receipt", lambda row: str(row["receipt_id"]) < "RC-000200")
    paid["contract_id"] = receipts[-1]["contract_id"]
    plant.expect("CUS-04", "receipt", paid, "order_id")


def _over_limit(plant: _Planter) -> None:
    """Put a customer over his limit; late in a quarter nobody waits for an order."""
    orders = plant.rows("order")
    if not any(_is_newest(row, orders) for row in orders):
        return
    waiting = plant.pick("order", lambda row: _is_newest(row, orders))
    customers = {row["customer_id"]: row for row in plant.rows("customer")}
    customers[waiting["customer_id"]]["credit_limit"] = 1000
    plant.expect("SAL-09", "order", waiting, "customer_id")


def _is_newest(order: Row, orders: list[Row]) -> bool:
    """Whether an order not delivered yet is its customer's last one."""
    if order["state"] != "processing":
        return False
    own = [row for row in orders if row["customer_id"] == order["customer_id"]]
    return own[-1] is order


def _targets(plant: _Planter) -> None:
    year = plant.setting.as_of.year

    def of(kind: str, subjects: list[str], kpi: str, month: int) -> Callable[[Row], bool]:
        wanted = (kind, kpi, f"{year}{month:02d}")
        return lambda row: (
            (row["subject_type"], row["kpi_id"], row["period"]) == wanted
            and row["subject_id"] in subjects
        )

    member = plant.pick("target", of("employee", ["E-000005", "E-000006"], "SALES", 11))
    member["target_value"] = int(str(member["target_value"])) + 50_000
    team = plant.pick("target", of("unit", TEAM_UNITS[:1], "SALES", 11))
    plant.expect("PLN-01", "target", team, "target_value")
    stretch = plant.pick("target", of("employee", [_MUDDLED], "QTY", 12))
    plant.change(
        "PLN-03", "target", stretch, "stretch_value", int(str(stretch["target_value"])) - 1
    )
    # A period of his that is malformed already cannot also stand twice.
    month = 12 if any(map(of("employee", [_MUDDLED], "COLLECT", 12), plant.rows("target"))) else 11
    twice = plant.pick("target", of("employee", [_MUDDLED], "COLLECT", month))
    number = len(plant.rows("target")) + 1
    copy = plant.setting.add("target", {**twice, "target_id": numbered("TG", number)})
    plant.expect("PLN-02", "target", copy, "subject_id")
    left = {
        **plant.rows("employee")[13],
        **_FORMER,
        "name": plant.setting.say("高立群", "Li-Chun Kao"),
    }
    left["leave_date"] = date(year, 3, 31)
    plant.setting.add("employee", left)
    number += 1
    idle = {**twice, "target_id": numbered("TG", number), "subject_id": left["employee_id"]}
    plant.expect("PLN-05", "target", plant.setting.add("target", idle), "period")


_FORMER: Row = {
    "employee_id": "E-000022",
    "email": "lichun.kao@shengda.example",
    "login": "lichun.kao",
    "status": "left",
}
"""A representative who left in March."""


def _reviews(plant: _Planter) -> None:
    actual = plant.pick(
        "kpi_actual", lambda row: row["source"] == "computed" and row["kpi_id"] == "QTY"
    )
    plant.change("PER-02", "kpi_actual", actual, "actual", float(str(actual["actual"])) + 10)
    vague = plant.pick("attitude_rating", lambda row: row["rating"] == 5)
    plant.change("PER-06", "attitude_rating", vague, "comment", None)
    own = plant.pick("attitude_rating", lambda row: row["rater_type"] == "self")
    own["rater_type"] = "supervisor"
    plant.expect("PER-03", "attitude_rating", own, "rater_id")


def _scheme(plant: _Planter) -> None:
    rows = [
        {
            "scheme_id": "ADM-2026",
            "position_id": "P-000004",
            "kpi_id": kpi,
            "weight_pct": weight,
            "method": "attainment",
            "valid_from": date(plant.setting.cycle_quarter.year, 1, 1),
        }
        for kpi, weight in (("SALES", 50), ("CSAT", 40))
    ]
    for row in rows:
        plant.setting.add("kpi_scheme", row)
    plant.expect("MKT-01", "kpi_scheme", rows[0], "weight_pct")
    plant.expect("PER-07", "kpi_scheme", rows[1], "kpi_id")


def _training(plant: _Planter) -> None:
    absent = [row for row in plant.rows("enrollment") if row["attendance"] == "absent"]
    if absent:
        row = plant.pick("enrollment", lambda row: row["attendance"] == "absent")
        plant.change("TAL-01", "enrollment", row, "post_score", 88)


def _governance(plant: _Planter) -> None:
    action = plant.pick("action", lambda row: row["state"] == "verified")
    plant.change("GOV-01", "action", action, "verified_by", action["owner_id"])
    check = plant.rows("audit_result")[0]["check_id"]
    audit = plant.setting.add("audit", {**plant.rows("audit")[0], **_SURPRISE})
    audit["scope_from"], audit["scope_to"] = plant.setting.quarters[-1].start, plant.setting.as_of
    plant.expect("GOV-03", "audit", audit, "auditor_ids")
    result = {
        "audit_id": audit["audit_id"],
        "check_id": check,
        "sample_ref": "*",
        "result": "nonconform",
        "auditor_id": audit["lead_id"],
    }
    plant.setting.add("audit_result", result)
    plant.expect("GOV-05", "audit_result", result, "evidence")
    plant.expect("GOV-05", "audit_result", result, "check_id")


_SURPRISE: Row = {
    "audit_id": "AU-000002",
    "audit_type": "adhoc",
    "auditor_ids": ("E-000019", "E-000006"),
    "notice_on": None,
    "opinion": None,
    "state": "fieldwork",
}
"""An audit outside the calendar, with a salesman among the auditors of his own department."""
_MUDDLED = "E-000011"
"""Whose targets hold several mistakes; he alone gets no target letter."""


def _territories(plant: _Planter) -> None:
    south = plant.rows("territory")[3]
    plant.change("ORG-01", "territory", south, "parent_id", south["territory_id"])


def _clauses(plant: _Planter) -> None:
    clause = {
        "clause_id": "七-1",
        "title": plant.setting.say("附則：海外出差", "Annex: travel abroad"),
        "content": plant.setting.say(
            "海外出差須於出發前十日提出行程與客戶名單。",
            "Travel abroad is announced ten days before with route and customers.",
        ),
        "version": "1.0",
        "effective_from": date(plant.setting.as_of.year, 1, 1),
        "owner_unit_id": "U-000001",
    }
    plant.expect("ORG-06", "clause", plant.setting.add("clause", clause), "clause_id")


def _documents(plant: _Planter) -> None:
    made = datetime.combine(plant.setting.as_of - timedelta(days=40), time(10, 0))
    row = {
        "document_id": "DOC-000001",
        "doc_type": "customer_card",
        "template_id": "TPL-000006",
        "subject": "customer:C-000003",
        "file": f"documents/customer_card/{made:%Y-%m-%d}/DOC-000001.docx",
        "data_hash": "0" * 64,
        "generated_at": made,
        "recipient": plant.setting.say("業務部", "Sales Department"),
        "sent_on": made.date(),
        "state": "signed",
    }
    plant.setting.add("document", row)
    plant.expect("SYS-03", "document", row, "data_hash")


_PLANTS: tuple[Callable[[_Planter], None], ...] = (
    _missing,
    _repeated,
    _malformed,
    _unknown_labels,
    _wrong_types,
    _out_of_bounds,
    _doubled_keys,
    _dangling,
    _tax_ids,
    _doubled_customer,
    _contacts,
    _merged,
    _contract_sums,
    _contract_terms,
    _orders,
    _targets,
    _reviews,
    _scheme,
    _training,
    _governance,
    _territories,
    _clauses,
    _documents,
)
