"""Context of the customer card (D36): everything that the company knows about one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sheetsales.contexts.base import (
    Letterhead,
    Source,
    Writer,
    build_letterhead,
)
from sheetsales.contexts.customer_trade import Trade, build_trade
from sheetsales.contexts.rows import Row, rows_where
from sheetsales.schema import Regulation
from sheetsales.tables import Frames

_LISTED_KEY_STATES = ("candidate", "confirmed", "watch")


@dataclass(frozen=True, slots=True)
class Master:
    """Who the customer is."""

    customer_no: str
    name: str
    short_name: str
    tax_id: str
    customer_type: str
    industry: str
    size: str
    business_scope: str
    address: str
    phone: str
    website: str
    culture: str
    philosophy: str
    prior_purchases: str
    source: str
    territory: str
    channel: str
    owner: str
    status: str
    payment_terms: str
    remark: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the customer.

    Attributes:
        consented: whether personal data may be kept; if not, the ways to reach them are blank.
    """

    name: str
    title: str
    decision_role: str
    is_primary: bool
    consented: bool
    phone: str
    email: str
    social: str
    interests: str
    preferred_time: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The latest classification on the three axes, with the numbers behind it."""

    day: str
    recency_days: str
    frequency: str
    monetary: str
    r_score: str
    f_score: str
    m_score: str
    rfm_score: str
    value_class: str
    behavior_class: str
    need_class: str
    reason: str
    override_reason: str


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """The customer as a key account."""

    state: str
    criteria: str
    marked_on: str
    manager: str
    sponsor: str
    review_due: str


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Everything that the customer card shows.

    Attributes:
        key_accounts: the customer's entry in the list of key accounts; none or one.
        visit_overdue: the next visit was due before the date of the card.
    """

    letterhead: Letterhead
    customer: Master
    contacts: tuple[Contact, ...]
    classification: Classification
    key_accounts: tuple[KeyAccount, ...]
    trade: Trade
    last_contact_on: str
    next_visit_due: str
    visit_overdue: bool


def build_customer_card(
    tables: Frames,
    key: str,
    *,
    regulation: Regulation,
    locale: str,
    as_of: date,
    document_no: str,
) -> CustomerCard:
    """Return the context of the card of a customer.

    Raises:
        SheetsalesError: there is no such customer, or no company.
    """
    source = Source(tables, regulation)
    writer = Writer.of(source, locale)
    customer = source.subject("customer", key)
    visit_due: date | None = customer["next_visit_due"]
    return CustomerCard(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        customer=_master(source, writer, customer),
        contacts=_contacts(source, writer, key),
        classification=_classification(source, writer, key, as_of),
        key_accounts=_key_accounts(source, writer, key),
        trade=build_trade(source, writer, customer, as_of),
        last_contact_on=writer.date(customer["last_contact_on"]),
        next_visit_due=writer.date(visit_due),
        visit_overdue=visit_due is not None and visit_due < as_of,
    )


def select_customer_cards(tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return all customers in use, except those merged into another."""
    del as_of
    found = rows_where(tables["customer"])
    return tuple(sorted(row["customer_id"] for row in found if not row["merged_into"]))


def _master(source: Source, writer: Writer, customer: Row) -> Master:
    return Master(
        customer_no=customer["customer_id"],
        name=writer.text(customer["name"]),
        short_name=writer.text(customer["short_name"]),
        tax_id=writer.text(customer["tax_id"]),
        customer_type=writer.label("customer_type", customer["customer_type"]),
        industry=writer.label("industry", customer["industry"]),
        size=writer.label("size_band", customer["size_band"]),
        business_scope=writer.text(customer["business_scope"]),
        address=writer.text(customer["address"]),
        phone=writer.text(customer["phone"]),
        website=writer.text(customer["website"]),
        culture=writer.text(customer["culture"]),
        philosophy=writer.text(customer["philosophy"]),
        prior_purchases=writer.text(customer["prior_purchases"]),
        source=writer.label("lead_source", customer["source"]),
        territory=source.name("territory", customer["territory_id"]),
        channel=source.name("channel", customer["channel_id"]),
        owner=source.name("employee", customer["owner_id"]),
        status=writer.label("customer_status", customer["status"]),
        payment_terms=writer.label("payment_terms", customer["payment_terms"]),
        remark=writer.text(customer["remark"]),
    )


def _contacts(source: Source, writer: Writer, key: str) -> tuple[Contact, ...]:
    rows = source.rows("contact", customer_id=key)
    rows.sort(key=lambda row: (not row["is_primary"], row["contact_id"]))
    return tuple(_contact(writer, row) for row in rows)


def _contact(writer: Writer, row: Row) -> Contact:
    consented = row["consent"] == "yes"
    reach = {
        field: writer.text(row[field] if consented else None)
        for field in ("phone", "email", "social", "interests", "preferred_time")
    }
    return Contact(
        name=writer.text(row["name"]),
        title=writer.text(row["title"]),
        decision_role=writer.label("decision_role", row["decision_role"]),
        is_primary=bool(row["is_primary"]),
        consented=consented,
        **reach,
    )


def _classification(source: Source, writer: Writer, key: str, as_of: date) -> Classification:
    found = [
        row
        for row in source.rows("class_result", customer_id=key)
        if row["as_of"] is not None and row["as_of"] <= as_of
    ]
    empty: Row = dict.fromkeys(source.regulation.tables["class_result"].names)
    row = max(found, key=lambda one: one["as_of"], default=empty)
    return Classification(
        day=writer.date(row["as_of"]),
        recency_days=writer.number(row["recency_days"]),
        frequency=writer.number(row["frequency"]),
        monetary=writer.amount(row["monetary"]),
        r_score=writer.number(row["r_score"]),
        f_score=writer.number(row["f_score"]),
        m_score=writer.number(row["m_score"]),
        rfm_score=writer.number(row["rfm_score"], 2),
        value_class=writer.label("value_class", row["override_class"] or row["value_class"]),
        behavior_class=writer.label("behavior_class", row["behavior_class"]),
        need_class=writer.label("need_class", row["need_class"]),
        reason=writer.text(row["reason"]),
        override_reason=writer.text(row["override_reason"]),
    )


def _key_accounts(source: Source, writer: Writer, key: str) -> tuple[KeyAccount, ...]:
    rows = source.rows("key_account", customer_id=key, state=_LISTED_KEY_STATES)
    rows.sort(key=lambda row: (row["marked_on"] or date.min, row["key_id"]))
    return tuple(
        KeyAccount(
            state=writer.label("key_state", row["state"]),
            criteria=writer.label("key_criteria", row["criteria"]),
            marked_on=writer.date(row["marked_on"]),
            manager=source.name("employee", row["account_manager_id"]),
            sponsor=source.name("employee", row["sponsor_id"]),
            review_due=writer.date(row["review_due"]),
        )
        for row in rows[-1:]
    )
