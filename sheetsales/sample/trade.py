"""The sample's orders, lines and credits, and the contracts and receipts that go with them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sheetsales.sample.catalogue import Article
from sheetsales.sample.customers import buyers
from sheetsales.sample.organisation import representatives
from sheetsales.sample.setting import Quarter, Row, Setting, numbered

ORDERS_PER_QUARTER = 3.95
"""Orders of an average buyer in a quarter; six quarters give about 3,400 orders."""
PAYMENTS = 4
_PENDING_STATES = ("confirmed", "processing", "partially_shipped", "shipped")


@dataclass
class Account:
    """What one customer buys: its agreed prices and its orders."""

    customer: Row
    discount: float
    since: Quarter
    appetite: float
    orders: list[Row] = field(default_factory=list)
    bought: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Product key → (quantity over all orders, agreed price)."""

    def price(self, article: Article) -> int:
        """Return the agreed price of an article, whole units of currency."""
        return round(article.price * (1 - self.discount))


def build_trade(setting: Setting, articles: list[Article]) -> None:
    """Add order, order_line, order_credit, contract, contract_line, milestone and receipt."""
    accounts = [_open_account(setting, customer) for customer in buyers(setting)]
    for quarter in setting.quarters:
        for account in accounts:
            if account.since <= quarter:
                _order_in(setting, account, quarter, articles)
    setting.rows["order"].sort(key=lambda order: str(order["order_on"]))
    _number_orders(setting)
    for number, account in enumerate(accounts, start=1):
        _sign_contract(setting, account, number)
    _receive(setting, accounts)
    _draft_contracts(setting, len(accounts), articles)


def _open_account(setting: Setting, customer: Row) -> Account:
    weights = (70, 6, 6, 5, 5, 8)
    since = setting.random.choices(setting.quarters, weights)[0]
    return Account(
        customer,
        discount=setting.random.choice([0.0, 0.0, 0.02, 0.03, 0.05, 0.08]),
        since=since,
        appetite=min(3.2, setting.random.lognormvariate(-0.18, 0.6)),
    )


def _order_in(
    setting: Setting, account: Account, quarter: Quarter, articles: list[Article]
) -> None:
    expected = ORDERS_PER_QUARTER * account.appetite
    count = int(expected) + (setting.random.random() < expected % 1)
    if quarter == account.since:
        count = max(count, 1)
    for _ in range(count):
        order = setting.add("order", _order(setting, account, quarter))
        account.orders.append(order)
        order["lines"] = _lines(setting, account, articles, str(order["state"]))


def _order(setting: Setting, account: Account, quarter: Quarter) -> Row:
    ordered = setting.day_in(quarter)
    promised = ordered + timedelta(days=setting.random.choice([7, 10, 14, 21]))
    state = "completed"
    if (setting.as_of - ordered).days < 45:
        state = setting.random.choice(_PENDING_STATES)
    elif setting.random.random() < 0.02:
        state = "cancelled"
    return {
        "customer_id": account.customer["customer_id"],
        "order_on": ordered,
        "promised_on": max(promised, setting.as_of + timedelta(days=3))
        if state in _PENDING_STATES
        else promised,
        "channel_id": account.customer["channel_id"],
        "currency": "TWD",
        "risk": setting.random.choice(["low", "low", "low", "mid"]),
        "state": state,
        "state_reason": setting.say("客戶取消專案", "Customer cancelled the project")
        if state == "cancelled"
        else None,
        "closed_on": promised + timedelta(days=5) if state in ("completed", "cancelled") else None,
    }


def _lines(setting: Setting, account: Account, articles: list[Article], state: str) -> list[Row]:
    chosen = setting.random.sample(articles, setting.random.choice([1, 2, 2, 3, 3, 4]))
    lines = []
    for number, article in enumerate(chosen, start=1):
        quantity = max(1, round(article.usual * setting.random.uniform(0.4, 1.6)))
        price = account.price(article)
        total, _ = account.bought.get(article.key, (0, price))
        account.bought[article.key] = (total + quantity, price)
        lines.append(
            {
                "line_no": number,
                "product_id": article.key,
                "qty": quantity,
                "price": price,
                "unit_cost": article.cost,
                "delivered_qty": _delivered(state, quantity),
                "returned_qty": 0,
            }
        )
    return lines


def _delivered(state: str, quantity: int) -> int:
    if state in ("shipped", "delivered", "completed"):
        return quantity
    return quantity // 2 if state == "partially_shipped" else 0


def _number_orders(setting: Setting) -> None:
    colleagues = _colleagues(setting)
    owners = {row["customer_id"]: str(row["owner_id"]) for row in setting.rows["customer"]}
    for number, order in enumerate(setting.rows["order"], start=1):
        order["order_id"] = key = numbered("SO", number)
        lines = order.pop("lines")
        assert isinstance(lines, list)
        for line in lines:
            setting.add("order_line", {"order_id": key, **line})
        order["value"] = sum(line["qty"] * line["price"] for line in lines)
        owner = owners[order["customer_id"]]
        shared = setting.random.random() < 0.12
        setting.add(
            "order_credit",
            {"order_id": key, "employee_id": owner, "share_pct": 70 if shared else 100},
        )
        if shared:
            helper = setting.random.choice(colleagues[owner])
            reason = setting.say("共同開發", "Joint development")
            setting.add(
                "order_credit",
                {"order_id": key, "employee_id": helper, "share_pct": 30, "reason": reason},
            )


def _colleagues(setting: Setting) -> dict[str, list[str]]:
    teams: dict[object, list[str]] = defaultdict(list)
    for row in representatives(setting):
        teams[row["unit_id"]].append(str(row["employee_id"]))
    return {
        one: [other for other in team if other != one] for team in teams.values() for one in team
    }


def _sign_contract(setting: Setting, account: Account, number: int) -> None:
    first = min(_day(order["order_on"]) for order in account.orders)
    framework = number % 4 == 0
    lines = [
        {"product_id": product, "qty": math.ceil(quantity * 1.1), "price": price}
        for product, (quantity, price) in sorted(account.bought.items())
    ]
    signed = first - timedelta(days=8)
    contract = _contract(setting, number, signed, account.customer, lines)
    contract.update(
        contract_type="framework" if framework else "sales",
        title=setting.say("長期供貨合同", "Framework supply contract")
        if framework
        else setting.say("產品銷售合同", "Sales contract"),
        start_on=first - timedelta(days=5),
        end_on=date(setting.as_of.year, 12, 31),
        signed_on=signed,
        our_signer_id="E-000001",
        their_signer=_signer(setting, account.customer),
        state="signed" if number % 11 == 0 else "performing",
    )
    _add_milestones(setting, contract)
    for order in account.orders:
        order["contract_id"] = contract["contract_id"]


def _contract(setting: Setting, number: int, since: date, customer: Row, lines: list[Row]) -> Row:
    key = numbered("CON", number)
    for line_no, line in enumerate(lines, start=1):
        setting.add("contract_line", {"contract_id": key, "line_no": line_no, **line})
    return setting.add(
        "contract",
        {
            "contract_id": key,
            "contract_no": f"SC-{since.year}-{number:04d}",
            "party_type": "customer",
            "party_id": customer["customer_id"],
            "template_id": "TPL-000001",
            "owner_id": customer["owner_id"],
            "amount": sum(int(str(line["qty"])) * int(str(line["price"])) for line in lines),
            "tax_rate": 5,
            "currency": "TWD",
            "sign_method": "wet" if number % 3 else "electronic",
            "payment_terms": setting.say(
                "依附表節點分期付款，買方於收到發票後三十日內匯款。",
                "Paid in instalments as scheduled, by transfer within thirty days of the invoice.",
            ),
            "delivery_terms": setting.say(
                "賣方依買方訂單分批交貨至買方指定地點，運費由賣方負擔。",
                "Delivered in lots on the buyer's orders to the place named by the buyer, freight paid.",
            ),
            "special_terms": None,
            "notice_days": 60,
            "auto_renew": number % 4 == 0,
            "confidentiality": "internal",
        },
    )


def _add_milestones(setting: Setting, contract: Row) -> None:
    start, end, amount = _day(contract["start_on"]), _day(contract["end_on"]), contract["amount"]
    assert isinstance(amount, int)
    span = (end - start).days
    paid = 0
    for step in range(1, PAYMENTS + 1):
        due = start + timedelta(days=span * step // PAYMENTS)
        part = amount * step // PAYMENTS - paid
        paid += part
        setting.add("milestone", _milestone(setting, contract, "payment", due, part))
    setting.add("milestone", _milestone(setting, contract, "acceptance", end, None))


def _milestone(setting: Setting, contract: Row, kind: str, due: date, amount: int | None) -> Row:
    number = len(setting.rows.get("milestone", [])) + 1
    done = due + timedelta(days=setting.random.randint(-3, 5))
    return {
        "milestone_id": numbered("MS", number),
        "contract_id": contract["contract_id"],
        "kind": kind,
        "due_on": due,
        "amount": amount,
        "owner_id": contract["owner_id"],
        "done_on": done if done <= setting.as_of and due <= setting.as_of else None,
    }


def _receive(setting: Setting, accounts: list[Account]) -> None:
    for account in accounts:
        owed = [(_day(order["order_on"]), int(str(order["value"]))) for order in _counted(account)]
        owed += [(day, -amount) for day, amount in _receipts(setting, account)]
        exposure = peak = 0
        for _, amount in sorted(owed):
            exposure += amount
            peak = max(peak, exposure)
        account.customer["credit_limit"] = max(500_000, math.ceil(peak * 1.3 / 100_000) * 100_000)
    for order in setting.rows["order"]:
        del order["value"]


def _counted(account: Account) -> list[Row]:
    return [order for order in account.orders if order["state"] != "cancelled"]


def _receipts(setting: Setting, account: Account) -> list[tuple[date, int]]:
    paid = []
    for order in _counted(account):
        received = _day(order["order_on"]) + timedelta(days=setting.random.randint(25, 75))
        if received > setting.as_of or order["state"] in ("confirmed", "processing"):
            continue
        number = len(setting.rows.get("receipt", [])) + 1
        amount = int(str(order["value"]))
        setting.add(
            "receipt",
            {
                "receipt_id": numbered("RC", number),
                "contract_id": order["contract_id"],
                "order_id": order["order_id"],
                "kind": "receipt",
                "received_on": received,
                "amount": amount,
                "method": setting.random.choice(["transfer", "transfer", "cheque"]),
                "voucher_no": f"RV{received:%y%m}-{number:05d}",
            },
        )
        paid.append((received, amount))
    return paid


def _draft_contracts(setting: Setting, signed: int, articles: list[Article]) -> None:
    prospects = setting.rows["customer"][signed : signed + 8]
    for offset, customer in enumerate(prospects, start=1):
        chosen = setting.random.sample(articles, 3)
        lines: list[Row] = [
            {"product_id": article.key, "qty": article.usual * 4, "price": article.price}
            for article in chosen
        ]
        number = signed + offset
        contract = _contract(setting, number, setting.as_of, customer, lines)
        contract.update(
            contract_type="sales",
            title=setting.say("產品銷售合同", "Sales contract"),
            start_on=setting.as_of + timedelta(days=20),
            end_on=setting.as_of + timedelta(days=385),
            state="reviewing" if offset % 2 else "draft",
        )
        _add_milestones(setting, contract)


def _signer(setting: Setting, customer: Row) -> str:
    for contact in setting.rows["contact"]:
        if contact["customer_id"] == customer["customer_id"]:
            return str(contact["name"])
    return setting.say("負責人", "Representative")


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value
