"""CUS: customers are who they are said to be, once, and can be reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sheetsales.checks.duplicates import find_alike, folded_name
from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.locale.tax_ids import is_valid_tax_id

_OPEN_STATES = {
    "order": frozenset({"draft", "submitted"}),
    "contract": frozenset({"draft", "reviewing", "approved"}),
    "key_account": frozenset({"candidate", "confirmed", "watch"}),
    "contact": frozenset({"draft", "active"}),
}


@rule("CUS-01", clause="五-1-a")
def find_bad_tax_ids(context: Context) -> Iterator[Finding]:
    """A tax number passes the check of the company's place, and no two customers share one."""
    locale = next((locale for _, locale in context.rows("company", "locale")), None)
    if locale:
        for table in ("company", "customer"):
            for position, tax_id in context.rows(table, "tax_id"):
                if tax_id and not is_valid_tax_id(tax_id, locale):
                    arguments = {"value": tax_id, "region": locale}
                    yield Finding(table, position, "tax_id", "invalid", arguments)
    first: dict[str, tuple[str, str]] = {}
    names = ("customer_id", "name", "tax_id", "merged_into")
    for position, key, name, tax_id, merged_into in context.rows("customer", *names):
        if not tax_id or merged_into:
            continue
        if tax_id in first:
            other, other_name = first[tax_id]
            arguments = {"value": tax_id, "other": other, "other_name": other_name}
            yield Finding("customer", position, "tax_id", "shared", arguments)
        else:
            first[tax_id] = (key or "", name or "")


@rule("CUS-02", clause="五-1-a", severity="warning")
def find_suspected_duplicates(context: Context) -> Iterator[Finding]:
    """Two customers of nearly the same name are probably one; merged ones are settled."""
    rows = [
        (position, key, name)
        for position, key, name, merged_into in context.rows(
            "customer", "customer_id", "name", "merged_into"
        )
        if name and not merged_into
    ]
    if not rows:
        return
    tails = context.params.texts("name_tails")
    threshold = float(context.params.decimal("dup_threshold"))
    names = [folded_name(name, tails) for _, _, name in rows]
    for likeness in find_alike(names, threshold):
        position, _, name = rows[likeness.position]
        _, other, other_name = rows[likeness.other]
        yield Finding(
            "customer",
            position,
            "name",
            "",
            {
                "name": name,
                "other": other or "",
                "other_name": other_name,
                "percent": likeness.percent,
            },
        )


@rule("CUS-03", clause="五-1-c")
def find_unreachable(context: Context) -> Iterator[Finding]:
    """An active customer has exactly one primary contact; a contact has phone or e-mail."""
    primaries: Counter[str] = Counter()
    names = ("customer_id", "phone", "email", "is_primary", "status", "name")
    for position, customer, phone, email, is_primary, status, name in context.rows(
        "contact", *names
    ):
        if is_primary and status == "active":
            primaries[customer] += 1
        if not phone and not email:
            yield Finding("contact", position, "phone", "unreachable", {"name": name or ""})
    for position, key, status, merged_into in context.rows(
        "customer", "customer_id", "status", "merged_into"
    ):
        if key is None or status != "active" or merged_into or primaries[key] == 1:
            continue
        variant = "several" if primaries[key] else "none"
        arguments = {"count": primaries[key]} if primaries[key] else {}
        yield Finding("customer", position, "customer_id", variant, arguments)


@rule("CUS-04", clause="五-1-a")
def find_mixed_customers(context: Context) -> Iterator[Finding]:
    """What one row points to belongs to one customer, whichever way one looks."""
    parties = _parties(context)
    buyers = context.lookup("order", "order_id", "customer_id")
    for position, customer, contract in context.rows("order", "customer_id", "contract_id"):
        party = parties.get(contract)
        if customer and party and customer != party:
            arguments = {"customer": customer, "contract": contract, "party": party}
            yield Finding("order", position, "contract_id", "order", arguments)
    contracts = context.lookup("milestone", "milestone_id", "contract_id")
    names = ("contract_id", "order_id", "milestone_id")
    for position, contract, order, milestone in context.rows("receipt", *names):
        party, buyer = parties.get(contract), buyers.get(order)
        if party and buyer and party != buyer:
            arguments = {"order": order, "customer": buyer, "contract": contract, "party": party}
            yield Finding("receipt", position, "order_id", "receipt", arguments)
        other = contracts.get(milestone)
        if contract and other and contract != other:
            arguments = {"milestone": milestone, "other": other, "contract": contract}
            yield Finding("receipt", position, "milestone_id", "milestone", arguments)
    for position, contract, parent in context.rows("contract", "contract_id", "parent_id"):
        party, parent_party = parties.get(contract), parties.get(parent)
        if party and parent_party and party != parent_party:
            arguments = {"party": party, "parent": parent, "parent_party": parent_party}
            yield Finding("contract", position, "parent_id", "renewal", arguments)


def _parties(context: Context) -> dict[str, str]:
    """Return the customer by contract; contracts with agents are left out."""
    found = context.lookup("contract", "contract_id", "party_type", "party_id")
    return {key: party for key, (kind, party) in found.items() if kind == "customer" and party}


@rule("CUS-05", clause="五-3-a")
def find_broken_bands(context: Context) -> Iterator[Finding]:
    """The bands of one axis and metric leave no gap, do not overlap, and are open at both ends.

    Of each class the row in force counts. A metric with a single band is a threshold, not a scale.
    """
    bands: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = defaultdict(dict)
    names = ("axis", "metric", "class_code", "valid_from", "low", "high")
    for position, axis, metric, code, since, low, high in context.rows("class_rule", *names):
        if None in (axis, metric, code, since) or since > context.as_of:
            continue
        known = bands[axis, metric].get(code)
        if known is None or since >= known[0]:
            bands[axis, metric][code] = (since, position, low, high)
    for by_class in bands.values():
        ordered = sorted(by_class.values(), key=lambda band: (band[2] is not None, band[2] or 0))
        if len(ordered) > 1:
            yield from _breaks([band[1:] for band in ordered])


def _breaks(bands: list[tuple[Any, ...]]) -> Iterator[Finding]:
    position, low, _ = bands[0]
    if low is not None:
        yield Finding("class_rule", position, "low", "lowest", {"low": low})
    for (_, _, high), (position, low, _) in pairwise(bands):
        if high is None or low is None or high != low:
            shown = {"high": "∞" if high is None else high, "low": "−∞" if low is None else low}
            yield Finding("class_rule", position, "low", "joint", shown)
    position, _, high = bands[-1]
    if high is not None:
        yield Finding("class_rule", position, "high", "highest", {"high": high})


@rule("CUS-08", clause="五-1-a")
def find_uses_of_merged_customers(context: Context) -> Iterator[Finding]:
    """Nothing new points to a merged customer, and a merged customer leads to one that is not.

    What was finished before the merger keeps its customer; only rows in an open state count.
    """
    merged = {
        key: into
        for key, into in context.lookup("customer", "customer_id", "merged_into").items()
        if into
    }
    for position, key, into in context.rows("customer", "customer_id", "merged_into"):
        if into and (into == key or into in merged):
            yield Finding("customer", position, "merged_into", "chain", {"into": into})
    for table, states in _OPEN_STATES.items():
        status = "status" if table == "contact" else "state"
        reference = "party_id" if table == "contract" else "customer_id"
        for position, customer, state in context.rows(table, reference, status):
            if customer in merged and state in states:
                arguments = {"customer": customer, "into": merged[customer]}
                yield Finding(table, position, reference, "use", arguments)
