"""CON: a contract adds up, names its party, runs in time and is paid as agreed.

Amounts of a contract, its lines, milestones and receipts are all on one basis; the tax rate only
states the tax that goes with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.scores.money import line_amount

_UNWRITTEN = frozenset({None, "draft", "rejected", "void"})
_DEAD = frozenset({"void"})
_UNSIGNED = frozenset({None, "draft", "reviewing", "rejected", "approved"})
_RUNNING = frozenset({"signed", "performing", "changing"})
_DELIVERING = frozenset({"sales"})
_PAID_BY_MILESTONES = frozenset({"sales", "service"})
_PARTY_BY_TYPE = {"sales": "customer", "agency": "agent"}
_DOCUMENT_BY_TYPE = {
    "sales": frozenset({"sales_contract"}),
    "agency": frozenset({"agency_agreement"}),
    "framework": frozenset({"framework_agreement", "sales_contract"}),
    "service": frozenset({"sales_contract"}),
    "supplement": frozenset({"contract_amendment", "sales_contract"}),
}
_YEAR = timedelta(days=366)


@rule("CON-01", clause="六-1/3.1(1)")
def find_unequal_amounts(context: Context) -> Iterator[Finding]:
    """The amount is the sum of quantity times price of the lines, each in whole minor units."""
    currencies = context.lookup("contract", "contract_id", "currency")
    totals: dict[str, Decimal] = {}
    lines = context.rows("contract_line", "contract_id", "qty", "price")
    for _, contract, quantity, price in lines:
        amount = line_amount(quantity, price, currencies.get(contract)) or Decimal()
        totals[contract] = totals.get(contract, Decimal()) + amount
    names = ("contract_id", "amount", "contract_type", "state")
    for position, key, amount, kind, state in context.rows("contract", *names):
        if key is None or amount is None or state in _DEAD:
            continue
        if key not in totals:
            if kind in _DELIVERING:
                yield Finding("contract", position, "amount", "no-lines", {"amount": amount})
        elif totals[key] != amount:
            arguments = {
                "amount": amount,
                "total": totals[key],
                "difference": amount - totals[key],
            }
            yield Finding("contract", position, "amount", "", arguments)


@rule("CON-02", clause="六-1/3.1(1)")
def find_unequal_milestones(context: Context) -> Iterator[Finding]:
    """The payment milestones of a contract sum to its amount; a framework is paid by its orders."""
    totals: dict[str, Decimal] = {}
    for _, contract, kind, amount in context.rows("milestone", "contract_id", "kind", "amount"):
        if kind == "payment":
            totals[contract] = totals.get(contract, Decimal()) + (amount or Decimal())
    names = ("contract_id", "amount", "contract_type", "state")
    for position, key, amount, kind, state in context.rows("contract", *names):
        if None in (key, amount) or state in _DEAD or kind == "framework":
            continue
        if key not in totals:
            if amount and kind in _PAID_BY_MILESTONES and state not in _UNWRITTEN:
                yield Finding("contract", position, "amount", "none", {"amount": amount})
        elif totals[key] != amount:
            arguments = {
                "amount": amount,
                "total": totals[key],
                "difference": amount - totals[key],
            }
            yield Finding("contract", position, "amount", "", arguments)


@rule("CON-03", clause="六-1/3.1(1)")
def find_wrong_parties(context: Context) -> Iterator[Finding]:
    """The party exists, and sales are contracted with customers, agency with agents."""
    customers = context.lookup("customer", "customer_id", "name")
    names = ("contract_type", "party_type", "party_id")
    for position, kind, party_type, party in context.rows("contract", *names):
        if party_type == "customer" and party is not None and party not in customers:
            yield Finding("contract", position, "party_id", "unknown", {"party": party})
        needed = _PARTY_BY_TYPE.get(kind)
        if needed and party_type and party_type != needed:
            arguments = {"kind": kind, "needed": needed, "party_type": party_type}
            yield Finding("contract", position, "party_type", "type", arguments)


@rule("CON-04", clause="六-1/3.1(1)")
def find_wrong_terms(context: Context) -> Iterator[Finding]:
    """A contract ends after it starts; its milestones lie in its term or the year after."""
    names = ("start_on", "end_on")
    for position, start, end in context.rows("contract", *names):
        if start and end and end < start:
            arguments = {"start": start, "end": end}
            yield Finding("contract", position, "end_on", "term", arguments)
    terms = context.lookup("contract", "contract_id", *names)
    for position, contract, due in context.rows("milestone", "contract_id", "due_on"):
        start, end = terms.get(contract, (None, None))
        if due is None:
            continue
        if (start and due < start) or (end and due > end + _YEAR):
            arguments = {"due": due, "start": start or "—", "end": end or "—"}
            yield Finding("milestone", position, "due_on", "milestone", arguments)


@rule("CON-05", clause="六-1/3.1(1)")
def find_wrong_templates(context: Context) -> Iterator[Finding]:
    """The template is of the contract's kind, approved, and was in force when it was used.

    Until it is signed, a contract is made with what is in force today; a signed one keeps its
    template, even when that is retired later.
    """
    templates = context.lookup("template", "template_id", "doc_type", "state", "effective_from")
    names = ("template_id", "contract_type", "state", "signed_on")
    for position, key, kind, state, signed_on in context.rows("contract", *names):
        if key not in templates or state in _DEAD:
            continue
        doc_type, doc_state, since = templates[key]
        unsigned = state in _UNSIGNED
        used_on = context.as_of if unsigned or signed_on is None else signed_on
        if doc_type and doc_type not in _DOCUMENT_BY_TYPE.get(kind, {doc_type}):
            arguments = {"template": key, "doc_type": doc_type, "kind": kind}
            yield Finding("contract", position, "template_id", "kind", arguments)
        elif doc_state == "draft" or (unsigned and doc_state == "retired"):
            arguments = {"template": key, "state": doc_state}
            yield Finding("contract", position, "template_id", "state", arguments)
        elif since and since > used_on:
            arguments = {"template": key, "since": since, "day": used_on}
            yield Finding("contract", position, "template_id", "date", arguments)


@rule("CON-13", clause="六-1/3.1(2)", severity="warning")
def find_overpaid_and_overdue(context: Context) -> Iterator[Finding]:
    """No more is received than agreed, and no milestone of a running contract is long overdue."""
    received: dict[str, Decimal] = defaultdict(Decimal)
    for _, contract, kind, amount in context.rows("receipt", "contract_id", "kind", "amount"):
        received[contract] += (-1 if kind == "refund" else 1) * (amount or Decimal())
    for position, key, amount, kind in context.rows(
        "contract", "contract_id", "amount", "contract_type"
    ):
        if amount is not None and kind != "framework" and received[key] > amount:
            arguments = {"received": received[key], "amount": amount}
            yield Finding("contract", position, "amount", "overpaid", arguments)
    states = context.lookup("contract", "contract_id", "state")
    milestones = context.rows("milestone", "contract_id", "due_on", "done_on", "status", "kind")
    grace = timedelta(days=context.params.integer("milestone_grace_days")) if milestones else None
    for position, contract, due, done, status, kind in milestones:
        if done or status in {"done", "waived"} or states.get(contract) not in _RUNNING:
            continue
        if due and grace is not None and due + grace < context.as_of:
            arguments = {"kind": kind or "", "due": due, "days": (context.as_of - due).days}
            yield Finding("milestone", position, "due_on", "overdue", arguments)
