"""A believable company made from a seed, and the list of the errors planted in it. Pure.

Three sales teams, fourteen people who sell, 240 customers, 40 products, six quarters of orders
with contracts and receipts, plans, ratings, courses and one audited quarter. The same seed and
date of reference make the same company, to the last cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sheetsales.sample.audits import build_audits
from sheetsales.sample.catalogue import build_catalogue
from sheetsales.sample.customers import build_customers
from sheetsales.sample.organisation import build_organisation
from sheetsales.sample.plans import build_plans
from sheetsales.sample.planted import Planted, RawCell, plant_errors
from sheetsales.sample.reviews import build_actuals, build_reviews
from sheetsales.sample.setting import Row, Setting
from sheetsales.sample.trade import build_trade
from sheetsales.sample.training import build_training
from sheetsales.schema import Regulation

__all__ = ["Planted", "RawCell", "Sample", "build_sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A company as rows.

    Attributes:
        rows: Python values by table; a :class:`RawCell` is put into its cell as it stands.
        planted: the errors that ``check`` must find, and nothing else.
    """

    rows: Mapping[str, list[Row]]
    planted: tuple[Planted, ...]


def build_sample(
    regulation: Regulation,
    starter: Mapping[str, list[Row]],
    *,
    seed: int,
    as_of: date,
    locale: str,
    planted: bool = True,
) -> Sample:
    """Return a believable company.

    Args:
        regulation: the descriptors.
        starter: the starter rows of the workbooks; the sample adds to them.
        seed: same seed, same company.
        as_of: date of reference; history is the six whole quarters before it.
        locale: ``en`` or a Chinese locale; names and texts are made in it.
        planted: whether to plant errors.
    """
    setting = Setting(seed, as_of, locale)
    given = {name: [dict(row) for row in rows] for name, rows in starter.items()}
    build_organisation(setting)
    articles = build_catalogue(setting)
    build_customers(setting)
    build_trade(setting, articles)
    build_plans(setting)
    build_reviews(setting, given)
    build_training(setting, given)
    build_audits(setting, given)
    build_actuals(setting, given, regulation)
    errors = plant_errors(setting, regulation) if planted else ()
    return Sample(setting.rows, errors)
