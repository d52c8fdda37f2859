"""Money of order and contract lines, rounded to the minor unit of the currency."""

from __future__ import annotations

from decimal import Decimal

from sheetsales.scores.decimals import round_money


def line_amount(qty: Decimal | None, price: Decimal | None, currency: str | None) -> Decimal | None:
    """Return quantity times price; None where one is missing."""
    if qty is None or price is None:
        return None
    return round_money(qty * price, currency)


def net_amount(
    qty: Decimal | None, returned: Decimal | None, price: Decimal | None, currency: str | None
) -> Decimal | None:
    """Return the amount of a line less what came back at its price (F09)."""
    ordered = line_amount(qty, price, currency)
    back = line_amount(returned or Decimal(), price, currency)
    return None if ordered is None or back is None else ordered - back


def line_profit(
    qty: Decimal | None, price: Decimal | None, unit_cost: Decimal | None, currency: str | None
) -> Decimal | None:
    """Return the amount of a line less the cost of its quantity; None where one is missing."""
    return net_profit(qty, None, price, unit_cost, currency)


def net_profit(
    qty: Decimal | None,
    returned: Decimal | None,
    price: Decimal | None,
    unit_cost: Decimal | None,
    currency: str | None,
) -> Decimal | None:
    """Return the gross profit of what the customer kept; None where a number is missing."""
    amount = net_amount(qty, returned, price, currency)
    if amount is None or qty is None or unit_cost is None:
        return None
    return amount - round_money((qty - (returned or Decimal())) * unit_cost, currency)
