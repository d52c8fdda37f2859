"""What the sheet 總覽 of each workbook shows; one module of declarations per workbook.

A workbook without a module shows the index of its sheets and the number of problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sheetsales.workbooks.conditions import Is
from sheetsales.workbooks.figures import Count
from sheetsales.workbooks.layout import PROBLEM
from sheetsales.workbooks.overview.contract import CONTRACT
from sheetsales.workbooks.overview.customer import CUSTOMER
from sheetsales.workbooks.overview.governance import GOVERNANCE
from sheetsales.workbooks.overview.market import MARKET
from sheetsales.workbooks.overview.model import Card, Overview
from sheetsales.workbooks.overview.org import ORG
from sheetsales.workbooks.overview.performance import PERFORMANCE
from sheetsales.workbooks.overview.places import OverviewPlaces
from sheetsales.workbooks.overview.plan import PLAN
from sheetsales.workbooks.overview.sales import SALES
from sheetsales.workbooks.overview.talent import TALENT
from sheetsales.workbooks.wording import Wording

OVERVIEWS: Mapping[str, Overview] = MappingProxyType(
    {
        "org": ORG,
        "market": MARKET,
        "customer": CUSTOMER,
        "plan": PLAN,
        "sales": SALES,
        "contract": CONTRACT,
        "performance": PERFORMANCE,
        "talent": TALENT,
        "governance": GOVERNANCE,
    }
)
"""What is declared, by workbook."""

_ERRORS = Card("errors", Count(PROBLEM.name, (Is("severity", ("error",)),)), alarm=True)


def overview_places(stem: str, wording: Wording) -> OverviewPlaces:
    """Return where everything stands on the 總覽 of a workbook."""
    declared = OVERVIEWS.get(stem, Overview())
    overview = replace(declared, cards=(*declared.cards, _ERRORS))
    return OverviewPlaces(overview, (*wording.regulation.of_workbook(stem), PROBLEM), wording)
