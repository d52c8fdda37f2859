"""SAL: orders are credited in full, delivered in order, and within the customer's credit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.scores.money import net_amount

_WHOLE = Decimal(100)
_UNCREDITED = frozenset({None, "draft", "cancelled"})
_PENDING = frozenset({"draft", "submitted"})
_OWED = frozenset(
    "confirmed processing partially_shipped shipped delivered completed on_hold returning".split()
)
_UNDELIVERED = frozenset("confirmed processing partially_shipped shipped".split())


@rule("SAL-01", clause="三-4-a")
def find_uncredited_orders(context: Context) -> Iterator[Finding]:
    """The credits of an order sum to 100 %, and everybody credited was employed on its day."""
    shares: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, int] = {}
    orders = context.lookup("order", "order_id", "order_on", "state")
    people = context.lookup("employee", "employee_id", "name", "hire_date", "leave_date")
    names = ("order_id", "employee_id", "share_pct")
    for position, order, employee, share in context.rows("order_credit", *names):
        shares[order] += share or Decimal()
        first.setdefault(order, position)
        day, _ = orders.get(order, (None, None))
        if day is not None and employee in people:
            name, hired, left = people[employee]
            if not (hired or date.min) <= day <= (left or date.max):
                arguments = {"name": name or employee, "day": day}
                yield Finding("order_credit", position, "employee_id", "person", arguments)
    for position, order, state in context.rows("order", "order_id", "state"):
        if order is None or state in _UNCREDITED:
            continue
        if order not in first:
            yield Finding("order", position, "order_id", "none", {})
        elif shares[order] != _WHOLE:
            arguments = {"order": order, "total": shares[order]}
            yield Finding("order_credit", first[order], "share_pct", "total", arguments)


@rule("SAL-07", clause="四-3-b")
def find_impossible_deliveries(context: Context) -> Iterator[Finding]:
    """Deliveries stay within orders, returns within deliveries, promises after the order."""
    names = ("qty", "delivered_qty", "returned_qty")
    for position, ordered, delivered, returned in context.rows("order_line", *names):
        if ordered is not None and (delivered or 0) > ordered:
            arguments = {"delivered": delivered, "ordered": ordered}
            yield Finding("order_line", position, "delivered_qty", "delivered", arguments)
        # Until the engine has filled in what was delivered, all that was ordered may have been.
        most = ordered if delivered is None else delivered
        if most is not None and (returned or 0) > most:
            arguments = {"returned": returned, "delivered": most}
            yield Finding("order_line", position, "returned_qty", "returned", arguments)
    for position, ordered_on, promised_on in context.rows("order", "order_on", "promised_on"):
        if ordered_on and promised_on and promised_on < ordered_on:
            arguments = {"promised": promised_on, "ordered": ordered_on}
            yield Finding("order", position, "promised_on", "promised", arguments)


@rule("SAL-09", clause="六-1/3.1(2)")
def find_exceeded_credit(context: Context) -> Iterator[Finding]:
    """What a customer owes plus what he orders stays within his credit limit.

    Owed are the orders confirmed or later, less returns and less what was received. A pending
    order is judged with its own amount on top; where the limit is passed already, the newest
    order not yet delivered is reported.
    """
    amounts = _order_amounts(context)
    owed, newest = _receivables(context, amounts)
    limits = {
        key: limit
        for key, limit in context.lookup("customer", "customer_id", "credit_limit").items()
        if limit is not None
    }
    for customer, position in newest.items():
        if customer in limits and owed[customer] > limits[customer]:
            arguments = {"owed": owed[customer], "limit": limits[customer]}
            yield Finding("order", position, "customer_id", "owed", arguments)
    names = ("order_id", "customer_id", "state")
    for position, order, customer, state in context.rows("order", *names):
        if state in _PENDING and customer in limits:
            amount = amounts.get(order, Decimal())
            if owed[customer] + amount > limits[customer]:
                arguments = {
                    "owed": owed[customer],
                    "amount": amount,
                    "limit": limits[customer],
                }
                yield Finding("order", position, "total", "pending", arguments)


def _order_amounts(context: Context) -> dict[str, Decimal]:
    currencies = context.lookup("order", "order_id", "currency")
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    names = ("order_id", "qty", "returned_qty", "price")
    for _, order, ordered, returned, price in context.rows("order_line", *names):
        amounts[order] += net_amount(ordered, returned, price, currencies.get(order)) or Decimal()
    return amounts


def _receivables(
    context: Context, amounts: dict[str, Decimal]
) -> tuple[dict[str, Decimal], dict[str, int]]:
    """Return what each customer owes and the position of its newest undelivered order."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    newest: dict[str, tuple[date, int]] = {}
    names = ("order_id", "customer_id", "state", "order_on")
    for position, order, customer, state, day in context.rows("order", *names):
        if state in _OWED and customer is not None:
            owed[customer] += amounts.get(order, Decimal())
            if state in _UNDELIVERED:
                newest[customer] = max(
                    newest.get(customer, (date.min, -1)), (day or date.min, position)
                )
    buyers = context.lookup("order", "order_id", "customer_id")
    parties = context.lookup("contract", "contract_id", "party_id")
    names = ("order_id", "contract_id", "kind", "amount")
    for _, order, contract, kind, amount in context.rows("receipt", *names):
        customer = buyers.get(order) or parties.get(contract)
        if customer is not None and amount is not None:
            owed[customer] += amount if kind == "refund" else -amount
    return owed, {customer: position for customer, (_, position) in newest.items()}
