"""Context of the sales contract (D24): what seller and buyer sign.

A contract's amount is what the buyer pays: it equals the sum of the lines and of the payment
milestones, tax included. The tax in it is amount · rate ÷ (100 + rate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sheetsales.contexts.base import (
    FILL_IN,
    Letterhead,
    Source,
    Writer,
    build_letterhead,
)
from sheetsales.contexts.rows import Row, rows_where
from sheetsales.schema import Regulation
from sheetsales.scores.decimals import percentage, round_money
from sheetsales.scores.money import line_amount
from sheetsales.tables import Frames

_TYPES = ("sales", "framework")
_UNSETTLED = frozenset({"draft", "reviewing", "rejected"})
_NOT_SIGNED = _UNSETTLED | {"approved", "void"}
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the contract and whom to write to."""

    name: str
    tax_id: str
    representative: str
    signatory: str
    address: str
    phone: str
    contact: str
    email: str


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of what is sold."""

    no: str
    product: str
    spec: str
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Price:
    """What the buyer pays, and the tax in it."""

    currency: str
    tax_rate: str
    net: str
    tax: str
    total: str
    capital: str


@dataclass(frozen=True, slots=True)
class Term:
    """When the contract was signed and how long it lasts.

    Attributes:
        signed_on: empty before it is signed.
        end_on: empty for a contract without a fixed end.
    """

    signed_on: str
    start_on: str
    end_on: str
    auto_renew: bool
    notice_days: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One instalment of the price."""

    no: str
    due: str
    share: str
    amount: str
    capital: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something else that is due on a day."""

    kind: str
    due: str


@dataclass(frozen=True, slots=True)
class Warranty:
    """After-sales conditions and the products that they are for."""

    products: str
    terms: str


@dataclass(frozen=True, slots=True)
class SalesContract:
    """Everything that the sales contract shows.

    Attributes:
        is_draft: not approved yet; the document says that it binds nobody.
        is_framework: quantities are estimates that orders call off.
        is_electronic: signed electronically at least in part.
        special_terms: empty if there are none.
        parent_no: empty unless it continues or amends another contract.
        law: code of the company's country format, which decides the governing law.
    """

    letterhead: Letterhead
    contract_no: str
    title: str
    contract_type: str
    secrecy: str
    is_draft: bool
    is_framework: bool
    is_electronic: bool
    sign_method: str
    term: Term
    parent_no: str
    parent_title: str
    seller: Party
    buyer: Party
    lines: tuple[SoldLine, ...]
    price: Price
    payments: tuple[Payment, ...]
    payment_terms: str
    bank_name: str
    bank_account: str
    delivery_terms: str
    deadlines: tuple[Deadline, ...]
    warranties: tuple[Warranty, ...]
    special_terms: str
    law: str


def build_sales_contract(
    tables: Frames,
    key: str,
    *,
    regulation: Regulation,
    locale: str,
    as_of: date,
    document_no: str,
) -> SalesContract:
    """Return the context of the contract of a key.

    Raises:
        SheetsalesError: there is no such contract, or no company.
    """
    source = Source(tables, regulation)
    contract = source.subject("contract", key)
    writer = _writer(source, locale, contract)
    lines = source.rows("contract_line", contract_id=key)
    lines.sort(key=lambda line: line["line_no"] or 0)
    milestones = source.rows("milestone", contract_id=key)
    milestones.sort(
        key=lambda milestone: (milestone["due_on"] or date.max, milestone["milestone_id"])
    )
    parent = source.row("contract", contract["parent_id"])
    company = source.company
    return SalesContract(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        contract_no=writer.text(contract["contract_no"]),
        title=writer.text(contract["title"]),
        contract_type=writer.label("contract_type", contract["contract_type"]),
        secrecy=writer.label("secrecy", contract["confidentiality"]),
        is_draft=contract["state"] in _UNSETTLED,
        is_framework=contract["contract_type"] == "framework",
        is_electronic=contract["sign_method"] in {"electronic", "hybrid"},
        sign_method=writer.label("sign_method", contract["sign_method"]),
        term=_term(writer, contract),
        parent_no=str(parent["contract_no"] or "") if parent else "",
        parent_title=str(parent["title"] or "") if parent else "",
        seller=_seller(source, writer, contract),
        buyer=_buyer(source, writer, contract),
        lines=_lines(source, writer, lines),
        price=_price(writer, contract),
        payments=_payments(writer, milestones, contract["amount"]),
        payment_terms=writer.text(contract["payment_terms"]),
        bank_name=writer.text(company["bank_name"]),
        bank_account=writer.text(company["bank_account"]),
        delivery_terms=writer.text(contract["delivery_terms"]),
        deadlines=_deadlines(writer, milestones),
        warranties=_warranties(source, writer, lines),
        special_terms=(contract["special_terms"] or "").strip(),
        law=company["locale"] or "",
    )


def select_sales_contracts(tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return the sales and framework contracts that have been signed, by number."""
    del as_of
    found = rows_where(tables["contract"], contract_type=_TYPES)
    signed = (row for row in found if row["state"] not in _NOT_SIGNED)
    return tuple(sorted(row["contract_id"] for row in signed))


def _writer(source: Source, locale: str, contract: Row) -> Writer:
    writer = Writer.of(source, locale, contract["currency"])
    # Contracts in Taiwan are dated by the Republic's calendar.
    return replace(writer, calendar="roc") if source.company["locale"] == "zh-TW" else writer


def _term(writer: Writer, contract: Row) -> Term:
    return Term(
        signed_on=writer.date(contract["signed_on"]) if contract["signed_on"] else "",
        start_on=writer.date(contract["start_on"]),
        end_on=writer.date(contract["end_on"]) if contract["end_on"] else "",
        auto_renew=bool(contract["auto_renew"]),
        notice_days=writer.number(contract["notice_days"]),
    )


def _price(writer: Writer, contract: Row) -> Price:
    amount = contract["amount"]
    tax = _tax_in(amount, contract["tax_rate"], contract["currency"])
    return Price(
        currency=_currency(writer),
        tax_rate=writer.percent(contract["tax_rate"], 0),
        net=writer.money(None if amount is None or tax is None else amount - tax),
        tax=writer.money(tax),
        total=writer.money(amount),
        capital=writer.capital(amount),
    )


def _tax_in(amount: Decimal | None, rate: Decimal | None, currency: str | None) -> Decimal | None:
    if amount is None or rate is None:
        return None
    return round_money(amount * rate / (_HUNDRED + rate), currency)


def _currency(writer: Writer) -> str:
    name = writer.label("currency", writer.currency)
    return (
        f"{name} ({writer.currency})" if writer.locale == "en" else f"{name}（{writer.currency}）"
    )


def _seller(source: Source, writer: Writer, contract: Row) -> Party:
    company = source.company
    owner = source.row("employee", contract["owner_id"]) or {}
    return Party(
        name=writer.text(company["name"]),
        tax_id=writer.text(company["tax_id"]),
        representative=writer.text(company["legal_rep"]),
        signatory=_signatory(source, contract["our_signer_id"]),
        address=writer.text(company["address"]),
        phone=writer.text(company["phone"]),
        contact=writer.text(owner.get("name")),
        email=writer.text(owner.get("email")),
    )


def _signatory(source: Source, key: str | None) -> str:
    signer = source.row("employee", key)
    if signer is None:
        return FILL_IN
    return f"{signer['name']}　{source.name('position', signer['position_id'])}"


def _buyer(source: Source, writer: Writer, contract: Row) -> Party:
    customer = source.subject("customer", contract["party_id"] or "")
    contact = _primary_contact(source, contract["party_id"])
    return Party(
        name=writer.text(customer["name"]),
        tax_id=writer.text(customer["tax_id"]),
        representative=contract["their_signer"] or FILL_IN,
        signatory=contract["their_signer"] or FILL_IN,
        address=writer.text(customer["address"]),
        phone=writer.text(customer["phone"]),
        contact=writer.text(contact.get("name")),
        email=writer.text(contact.get("email")),
    )


def _primary_contact(source: Source, customer_id: str | None) -> Row:
    contacts = source.rows("contact", customer_id=customer_id)
    contacts.sort(key=lambda contact: (not contact["is_primary"], contact["contact_id"]))
    return contacts[0] if contacts else {}


def _lines(source: Source, writer: Writer, lines: Sequence[Row]) -> tuple[SoldLine, ...]:
    return tuple(_line(source, writer, line) for line in lines)


def _line(source: Source, writer: Writer, line: Row) -> SoldLine:
    product = source.row("product", line["product_id"]) or {}
    return SoldLine(
        no=writer.number(line["line_no"]),
        product=source.name("product", line["product_id"]),
        spec=writer.text(line["spec"]),
        quantity=writer.quantity(line["qty"], product.get("uom") or ""),
        price=writer.price(line["price"]),
        amount=writer.amount(line_amount(line["qty"], line["price"], writer.currency)),
    )


def _payments(
    writer: Writer, milestones: Sequence[Row], total: Decimal | None
) -> tuple[Payment, ...]:
    instalments = [milestone for milestone in milestones if milestone["kind"] == "payment"]
    return tuple(
        Payment(
            no=str(number),
            due=writer.date(milestone["due_on"]),
            share=writer.percent(percentage(milestone["amount"], total), 1),
            amount=writer.amount(milestone["amount"]),
            capital=writer.capital(milestone["amount"]),
        )
        for number, milestone in enumerate(instalments, start=1)
    )


def _deadlines(writer: Writer, milestones: Sequence[Row]) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(
            writer.label("milestone_kind", milestone["kind"]), writer.date(milestone["due_on"])
        )
        for milestone in milestones
        if milestone["kind"] not in {"payment", "renewal"}
    )


def _warranties(source: Source, writer: Writer, lines: Sequence[Row]) -> tuple[Warranty, ...]:
    products: dict[str, dict[str, None]] = {}
    for line in lines:
        product = source.row("product", line["product_id"])
        if product is not None:
            terms = writer.text(product["after_sales"])
            products.setdefault(terms, {})[source.name("product", line["product_id"])] = None
    joiner = ", " if writer.locale == "en" else "、"
    return tuple(Warranty(joiner.join(names), terms) for terms, names in products.items())
