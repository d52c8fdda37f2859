"""Figures of the sales book that other books show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sheetsales.locale.periods import parse_period
from sheetsales.scores.ledger import Order
from sheetsales.workbooks.conditions import Moment
from sheetsales.workbooks.overview.model import FIRST_MONTH


def sales_by_month(moment: Moment) -> Iterator[tuple[str, float]]:
    """Yield months of the fiscal year and net sales, up to the date of reference."""
    months = fiscal_months(moment)
    sums = _sums((order.month, order.net_amount) for order in _orders(moment))
    for month in months:
        if month in sums:
            yield month, float(sums[month])


def sales_by_customer(moment: Moment) -> list[tuple[str, float]]:
    """Return customers and their net sales of the fiscal year, the largest first."""
    return _ranked((order.customer_id, order.net_amount) for order in _orders(moment))


def sales_by_product(moment: Moment) -> list[tuple[str, float]]:
    """Return products and their net sales of the fiscal year, the largest first."""
    return _ranked(
        (line.product_id, line.net_amount or Decimal())
        for order in _orders(moment)
        for line in order.lines
    )


def sales_by_employee(moment: Moment) -> list[tuple[str, float]]:
    """Return employees and their credited net sales of the fiscal year, the largest first."""
    return _ranked(
        (employee, order.net_amount * share / 100)
        for order in _orders(moment)
        for employee, share in order.credits
    )


def fiscal_months(moment: Moment) -> tuple[str, ...]:
    """Return the months of the fiscal year that the anchor begins; none in a blank book."""
    first = moment.anchors.get(FIRST_MONTH, "")
    if not first:
        return ()
    return parse_period(first[:4], parse_period(first).start.month).months


def _orders(moment: Moment) -> Iterator[Order]:
    months = set(fiscal_months(moment))
    if moment.as_of is None:
        return
    for order in moment.content.ledger(moment.as_of).counted:
        if order.month in months:
            yield order


def _sums(pairs: Iterable[tuple[str | None, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        if key is not None:
            sums[key] += amount
    return sums


def _ranked(pairs: Iterable[tuple[str | None, Decimal]]) -> list[tuple[str, float]]:
    sums = _sums(pairs)
    return [
        (key, float(amount))
        for key, amount in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
